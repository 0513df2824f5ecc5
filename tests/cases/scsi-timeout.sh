# SPDX-License-Identifier: GPL-2.0
# about: commands that the device does not answer are aborted, or reset away, and repeated
# modules: sd_mod
# io-errors: expected
# timeout: 120

. /vgd/scsi.sh
modprobe sd_mod
use_unit 0:0
random_file /tmp/data 1
check "write what will be read" dd if=/tmp/data of=$DISK bs=64k oflag=direct
echo 2 >$(unit_path 0:0)/timeout
said() { dmesg | grep -q "$1"; }
dmesg -c >/dev/null
check "the host stops the backend" host throttle 1 limit1
dd if=$DISK of=/tmp/got bs=4k count=256 iflag=direct 2>/tmp/dd &
reader=$!
check "a command is aborted" try_for 15 said "virtio_scsi\|sd .*abort"
check "the host lets the backend run" host throttle 0 limit1
check "reading ends" try_for 60 ended $reader
wait $reader
same "without an error" $? 0
check "and with the right data" cmp /tmp/data /tmp/got
dmesg | grep -i "abort\|reset\|task management" | tail -n 20
check "the disk works" dd if=$DISK of=/dev/null bs=64k count=64 iflag=direct
need_unit 1:0
check "so does the other one" dd if=/dev/$(unit_disk 1:0) of=/dev/null bs=64k count=64 iflag=direct
