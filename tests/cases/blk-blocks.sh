# SPDX-License-Identifier: GPL-2.0
# about: logical blocks of 4 KiB; requests larger than one range of the device
# tools: fio mkfs.ext4 fallocate
# modules: ext4 crc32c_generic
# timeout: 90
#
# QEMU takes 4194303 sectors of 512 bytes in a range, which are no whole blocks.
# fallocate -p does not fall back to writing zeroes, as blkdiscard -z does.

need_disk
same "logical blocks" "$(cat $SYS/queue/logical_block_size)" "$CFG_blk_size"
same "the limit of write-zeroes is in whole blocks" \
	"$(($(cat $SYS/queue/write_zeroes_max_bytes) % CFG_blk_size))" 0
same "the limit of discard is in whole blocks" \
	"$(($(cat $SYS/queue/discard_max_bytes) % CFG_blk_size))" 0

# On both sides of where the first request has to end.
edge=$((4194303 * 512 / 4096))
random_file /tmp/r 1
for at in $((edge - 128)) $edge; do
	dd if=/tmp/r of=$DISK bs=4096 seek=$at count=128 oflag=direct 2>/dev/null
done
check "write zeroes to 4 GiB" /bin/fallocate -p -o 0 -l 4294967296 $DISK
same "it reads as zeroes across the edge" "$(dd if=$DISK bs=4096 skip=$((edge - 128)) count=256 \
	iflag=direct 2>/dev/null | tr -d '\000' | wc -c)" 0
check "a file system" make_fs $DISK
random_file /mnt/f 8
want=$(sha256sum </mnt/f)
umount /mnt
mount -t ext4 $DISK /mnt
same "its file after a remount" "$(sha256sum </mnt/f)" "$want"
umount /mnt
check "fio verifies" fio --name=v --filename=$DISK --direct=1 --rw=randwrite --bs=4k --size=8m \
	--ioengine=libaio --iodepth=16 --verify=crc32c --thread --output=/tmp/fio
