# SPDX-License-Identifier: GPL-2.0
# about: suspend to RAM and resume, with I/O before, across and after
# tools: fio
# boot: own
# kernel: bzimage
# append: no_console_suspend suspend.pm_test_delay=1 lapic=notscdeadline nox2apic
# timeout: 120

# With what is switched off above, the timer of the first processor stands still
# once QEMU 10 has woken an emulated guest.
. /vgd/pci.sh
need_disk
disk=$(function_of $(device_of virtio_blk))
[ "$CFG_no_soft_reset" = auto ] ||
	same "the way back from D3hot is without a reset" "$(no_soft_reset $disk)" "$CFG_no_soft_reset"
# The kernel then says which state a function sleeps in.
control=/sys/kernel/debug/dynamic_debug/control
[ ! -e $control ] || echo 'file drivers/pci/pci-driver.c +p' >$control

ROUNDS=${ROUNDS:-2}
random_file /tmp/data 8
sum=$(sha256sum </tmp/data | cut -d' ' -f1)

# sleep_really: to RAM, through the firmware, and woken up by the host
sleep_really()
{
	check "arm the wake-up" host wakeup
	check "suspend to RAM and come back" sh -c 'echo mem >/sys/power/state'
	check "it did sleep and was woken" host woken
}

# slept_deeply: the disk's function, if it can
slept_deeply()
{
	[ -e $control ] || { skip "the function slept in D3hot" "this kernel does not say"; return; }
	if ! capability $disk 1 >/dev/null; then
		skip "the function slept in D3hot" "it has no power management"
		return
	fi
	check "the function slept in D3hot" \
		sh -c "dmesg | grep -q '$disk: PCI PM: Suspend power state: D3hot'"
	dmesg -c >/dev/null
}

# sleep_devices: QEMU 7.2 sleeps once in the life of a guest (the second time
# returns at once, with no virtio in the guest as well); so from then on only
# the devices are suspended and resumed, through the state in which they sleep
sleep_devices()
{
	echo platform >/sys/power/pm_test
	check "suspend the devices and resume them" sh -c 'echo mem >/sys/power/state'
}

# A size that was chosen is to last.
small=$(($(cat $SYS/queue_size) / 2))
[ "$CFG_queue_size" != 1024 ] || check "smaller rings" sh -c "echo $small >$SYS/queue_size"
size=$(cat $SYS/queue_size)

for i in $(seq 1 $ROUNDS); do
	check "write before" dd if=/tmp/data of=$DISK bs=1M oflag=direct
	fio --name=across --filename=$DISK --offset=64m --direct=1 --rw=randwrite --bs=4k --size=16m \
		--ioengine=libaio --iodepth=8 --verify=crc32c --time_based --runtime=6 \
		--output=/tmp/fio >/dev/null 2>&1 &
	fio=$!
	sleep 0.5
	if [ $i = 1 ]; then sleep_really; else sleep_devices; fi
	slept_deeply
	same "size of the rings" "$(cat $SYS/queue_size)" "$size"
	same "data from before" "$(disk_sum 8 0)" "$sum"
	check "write after" dd if=/tmp/data of=$DISK bs=1M seek=32 oflag=direct
	same "data from after" "$(disk_sum 8 32)" "$sum"
	wait $fio
	same "fio that ran across it verified its data" $? 0
	check "the rng works" dd if=/dev/hwrng of=/dev/null bs=4k count=4 iflag=fullblock
done
dev=$(device_of virtio_blk)
same "status has DRIVER_OK" "$(cat /sys/bus/virtio/devices/$dev/status)" $(live)
