# SPDX-License-Identifier: GPL-2.0
# about: the SCSI host is put to sleep and woken up, and its function is reset, with I/O across
# tools: fio
# modules: sd_mod
# timeout: 120

. /vgd/scsi.sh
modprobe sd_mod
ROUNDS=$(fewer ${ROUNDS:-3} 1)
use_unit 0:0
random_file /tmp/data 1
sum=$(sha256sum </tmp/data | cut -d' ' -f1)
dev=$(device_of virtio_scsi)
fn=$(readlink -f /sys/bus/virtio/devices/$dev/..)

# across NAME COMMAND: while fio verifies
across()
{
	_what=$1
	shift
	check "write before" dd if=/tmp/data of=$DISK bs=64k oflag=direct
	fio --name=across --filename=$DISK --offset=8m --direct=1 --rw=randwrite --bs=4k --size=8m \
		--ioengine=libaio --iodepth=8 --verify=crc32c --time_based --runtime=5 \
		--output=/tmp/fio >/dev/null 2>&1 &
	_fio=$!
	sleep 1
	check "$_what" "$@"
	same "data from before" "$(disk_sum 1 0)" "$sum"
	wait $_fio
	same "fio that ran across it verified its data" $? 0
}
# Only the devices sleep: that is where the driver has its part.
echo platform >/sys/power/pm_test
for i in $(seq 1 $ROUNDS); do
	across "suspend the devices and resume them, round $i" sh -c 'echo mem >/sys/power/state'
done
[ -w $fn/reset ] || { skip "reset of the function" "it cannot be reset"; finish; }
same "it may be reset in use" "$(cat /sys/bus/virtio/devices/$dev/live_reset)" 1
for i in $(seq 1 $ROUNDS); do
	across "reset of the function, round $i" sh -c "echo 1 >$fn/reset"
done
