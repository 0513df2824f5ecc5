# SPDX-License-Identifier: GPL-2.0
# about: the disk grows and shrinks while it is in use
# timeout: 40

need_disk
grown=$((CFG_disk + 134217728))

dd if=$DISK of=/dev/null bs=64k count=512 iflag=direct 2>/dev/null &
reader=$!
check "the host makes it larger" host resize $grown
check "the new size is seen" try_for 5 size_is $grown
wait $reader
same "reading meanwhile went well" $? 0
last=$((grown / 4096 - 1))
random_file /tmp/r 1
check "write at the new end" dd if=/tmp/r of=$DISK bs=4096 seek=$last count=1 oflag=direct
dd if=/tmp/r of=/tmp/want bs=4096 count=1 2>/dev/null
dd if=$DISK of=/tmp/got bs=4096 skip=$last count=1 iflag=direct 2>/dev/null
check "read it back" cmp /tmp/want /tmp/got
check "the host makes it smaller" host resize $CFG_disk
check "the old size is seen" try_for 5 size_is $CFG_disk
same "no reading beyond the end" \
	"$(dd if=$DISK bs=4096 skip=$((CFG_disk / 4096 - 1)) count=2 iflag=direct 2>/dev/null | wc -c)" 4096
for i in 1 2 3 4 5 6 7 8; do
	host resize $((CFG_disk + i * 1048576)) >/dev/null
done
check "the last of many changes wins" try_for 5 size_is $((CFG_disk + 8 * 1048576))
host resize $CFG_disk >/dev/null
check "back to the first size" try_for 5 size_is $CFG_disk
