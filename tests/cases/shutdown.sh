# SPDX-License-Identifier: GPL-2.0
# about: reboot with I/O outstanding: no hang, all devices reset before the machine is; data is there
# boot: own
# timeout: 240

if [ -n "$BOOT" ]; then
	devices=$(host at_reset) || die "nobody looked"
	echo "at the reset: $devices"
	for device in $devices; do
		same "${device%=*} is reset" "${device#*=}" 0
	done
	check "the disk gets fast again" host throttle 0
	check "load the modules" load_all
	features_as_configured
	transport_as_configured
	need_disk
	# The sum lies behind the data, since the guest has no other memory.
	was=$(dd if=$DISK bs=1M skip=4 count=1 2>/dev/null | head -n 1)
	same "the data of before" "$(disk_sum 4 0)" "$was"
	check "the rng works" dd if=/dev/hwrng of=/dev/null bs=4k count=1
	finish
fi

need_disk
random_file /tmp/data 4
check "write" dd if=/tmp/data of=$DISK bs=1M oflag=direct
disk_sum 4 0 | dd of=$DISK bs=1M seek=4 conv=fsync 2>/dev/null
check "the disk gets slow" host throttle 16384
for i in $(seq 0 63); do
	dd if=$DISK of=/dev/null bs=128k skip=$((64 + i)) count=1 iflag=direct 2>/dev/null &
done
dd if=/dev/hwrng of=/dev/null bs=4k 2>/dev/null &
deep() { [ "$(awk '{ print $1 }' $SYS/inflight)" -ge 60 ]; }
check "60 reads are outstanding" try_for 60 deep
check "the host waits for the reset" host stop_at_reset
host comes_back $TESTS >/dev/null
reboot -f
die "the guest went on after its reboot"
