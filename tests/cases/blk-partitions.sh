# SPDX-License-Identifier: GPL-2.0
# about: partitions appear, hold file systems and go away
# tools: mkfs.ext4
# modules: ext4 crc32c_generic
# timeout: 60

need_disk
check "two partitions" sh -c "printf 'o\nn\np\n1\n\n+64M\nn\np\n2\n\n+64M\nw\n' |
	fdisk $DISK >/dev/null 2>&1"
check "the first appears" try_for 5 [ -b ${DISK}1 ]
check "the second appears" try_for 5 [ -b ${DISK}2 ]
same "minor of the second" "$(cat $SYS/vda2/dev | cut -d: -f2)" 2
for part in 1 2; do
	check "ext4 on partition $part" make_fs $DISK$part
	random_file /mnt/f 8
	sum=$(sha256sum </mnt/f)
	check "unmount" umount /mnt
	mount -t ext4 $DISK$part /mnt
	same "the file of partition $part" "$(sha256sum </mnt/f)" "$sum"
	check "unmount" umount /mnt
done
dd if=/dev/zero of=$DISK bs=1M count=1 2>/dev/null
check "no partition after the table is gone" sh -c "blockdev --rereadpt $DISK && ! [ -e $SYS/vda1 ]"
