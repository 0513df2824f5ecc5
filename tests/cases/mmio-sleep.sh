# SPDX-License-Identifier: GPL-2.0
# about: devices without a bus sleep and wake up under I/O; one that may wake the system stays up
# tools: fio
# boot: own
# append: no_console_suspend suspend.pm_test_delay=1
# timeout: 120

# The machine cannot sleep really: its devices are taken down and up.
need_disk
[ -e /sys/power/pm_test ] || skip_case "this kernel has no /sys/power/pm_test"
dev=$(device_of virtio_blk)
rng=$(device_of virtio_rng)
random_file /tmp/data 8
sum=$(sha256sum </tmp/data | cut -d' ' -f1)
echo devices >/sys/power/pm_test
wake=$(readlink -f /sys/bus/virtio/devices/$rng/..)/power/wakeup
same "the devices may wake nobody at first" "$(cat $wake)" disabled

for may in disabled enabled; do
	check "the entropy device: wake-up $may" sh -c "echo $may >$wake"
	check "write before" dd if=/tmp/data of=$DISK bs=1M oflag=direct
	fio --name=across --filename=$DISK --offset=64m --direct=1 --rw=randwrite --bs=4k --size=16m \
		--ioengine=libaio --iodepth=8 --verify=crc32c --time_based --runtime=5 \
		--output=/tmp/fio >/dev/null 2>&1 &
	fio=$!
	sleep 0.5
	check "sleep and wake up" sh -c 'echo freeze >/sys/power/state'
	same "data from before" "$(disk_sum 8 0)" "$sum"
	wait $fio
	same "fio that ran across it verified its data" $? 0
	check "the rng works" dd if=/dev/hwrng of=/dev/null bs=4k count=4 iflag=fullblock
	for d in $dev $rng; do
		same "$d is live" $(($(cat /sys/bus/virtio/devices/$d/status) & 0x84)) 4
	done
done
refused "nothing was lost" sh -c "dmesg | grep 'lost its state'"
