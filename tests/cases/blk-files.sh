# SPDX-License-Identifier: GPL-2.0
# about: files on ext4 are the same after sync, unmount and mount
# tools: mkfs.ext4
# modules: ext4 crc32c_generic
# timeout: 60

need_disk
make_fs $DISK || die "mkfs.ext4 and mount fail"
mkdir -p /mnt/d/e
random_file /mnt/big $(fewer 24)
files=$(fewer 100)
for i in $(seq 1 $files); do
	head -c $((i * 331)) /dev/urandom >/mnt/d/e/$i
done
(cd /mnt && find . -type f | sort | xargs sha256sum) >/tmp/before
check "sync" sync
before=$(awk '{ print $1 }' $SYS/stat)
check "unmount" umount /mnt
echo 3 >/proc/sys/vm/drop_caches
check "mount again" mount -t ext4 $DISK /mnt
(cd /mnt && find . -type f | sort | xargs sha256sum) >/tmp/after
same "number of files" "$(wc -l </tmp/after)" $((files + 1))
check "all have the same sha256" cmp /tmp/before /tmp/after
check "they were read from the disk" [ "$(awk '{ print $1 }' $SYS/stat)" -gt "$before" ]
check "truncate and remove" sh -c 'rm -r /mnt/d && : >/mnt/big && sync'
check "fstrim" fstrim /mnt
check "unmount at the end" umount /mnt
