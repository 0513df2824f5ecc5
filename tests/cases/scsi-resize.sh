# SPDX-License-Identifier: GPL-2.0
# about: a SCSI disk grows and shrinks in use: seen by the change event, nobody asks
# modules: sd_mod
# timeout: 60

. /vgd/scsi.sh
modprobe sd_mod
use_unit 0:0
first=$(($(cat $SYS/size) * 512))
grown=$((first + 16777216))

same "feature CHANGE" "$(feature $(device_of virtio_scsi) 2)" 1
dd if=$DISK of=/dev/null bs=64k count=256 iflag=direct 2>/dev/null &
reader=$!
check "the host makes it larger" host resize $grown sdisk0
check "the new size is seen" try_for 5 size_is $grown
wait $reader
same "reading meanwhile went well" $? 0
last=$((grown / 4096 - 1))
random_file /tmp/r 1
check "write at the new end" dd if=/tmp/r of=$DISK bs=4096 seek=$last count=1 oflag=direct
dd if=/tmp/r of=/tmp/want bs=4096 count=1 2>/dev/null
dd if=$DISK of=/tmp/got bs=4096 skip=$last count=1 iflag=direct 2>/dev/null
check "read it back" cmp /tmp/want /tmp/got
check "the host makes it smaller" host resize $first sdisk0
check "the old size is seen" try_for 5 size_is $first
for i in 1 2 3 4 5 6 7 8; do
	host resize $((first + i * 1048576)) sdisk0 >/dev/null
done
check "the last of many changes wins" try_for 5 size_is $((first + 8 * 1048576))
host resize $first sdisk0 >/dev/null
check "back to the first size" try_for 5 size_is $first
