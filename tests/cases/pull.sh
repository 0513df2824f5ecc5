# SPDX-License-Identifier: GPL-2.0
# about: a device is pulled out while nobody tells, in the middle of probe, and of a resize
# tools: fio
# boot: own
# io-errors: expected
# timeout: 240

. /vgd/plug.sh
[ "$CFG_hotplug" = pcie ] || skip_case "only a port with hot-plug by PCIe can be pulled from"
# Requests that are lost are given up after 30 seconds.
echo 60 >/proc/sys/kernel/hung_task_timeout_secs

# ended NAME PROCESS SECONDS: it ends in that time, with an error
ended()
{
	check "$1 ends" try_for $3 sh -c "! kill -0 $2"
	wait $2
	check "with an error" [ $? -ne 0 ]
}
# again PORT DEVICE: put one in
again()
{
	check "QEMU has taken it out" host pulled $2
	check "its device is gone" try_for 10 away $virtio
	check "plug one in" plug_in $1 $2
}
disk_again()
{
	again $port blk0
	need_disk
	check "it works" dd if=$DISK of=/dev/null bs=64k count=16 iflag=direct
}

# Nobody says that it is gone: configuration space reads as ones, memory as
# nothing (QEMU) or ones, and no interrupt comes.
need_disk
disk=$(device_of virtio_blk) || die "no device is bound to virtio_blk"
virtio=/sys/bus/virtio/devices/$disk
port=$(port_of $disk)
load || die "fio does not run"
echo 2000 >$SYS/queue/io_timeout
check "pull the disk out, the port keeps silent" pull $port quietly
ended "fio" $load 30
check "the kernel still has the device" [ -e $virtio ]
status=$(cat $virtio/status)
echo "status $status"
check "which has no status" [ $status = 0x000000ff -o $status = 0x00000000 ]
refused "reading works" dd if=$DISK of=/dev/null bs=4k count=1 iflag=direct
check "unbind it" sh -c "echo $disk >/sys/bus/virtio/drivers/virtio_blk/unbind"
refused "binding works" sh -c "echo $disk >/sys/bus/virtio/drivers/virtio_blk/bind"
check "the port speaks" tell $port
disk_again

# Probe waits for the partition table.
disk=$(device_of virtio_blk)
virtio=/sys/bus/virtio/devices/$disk
check "unbind it" sh -c "echo $disk >/sys/bus/virtio/drivers/virtio_blk/unbind"
check "a very slow disk" host throttle 1
echo $disk >/sys/bus/virtio/drivers/virtio_blk/bind &
bind=$!
reading() { [ "$(awk '{ print $1 }' $SYS/inflight)" -gt 0 ]; }
check "bind it: it reads" try_for 10 reading
check "pull it out" pull $port
check "binding ends" try_for 45 sh -c "! kill -0 $bind"
check "a fast disk" host throttle 0
disk_again

# Its rings are being reset and resized, under load.
disk=$(device_of virtio_blk)
virtio=/sys/bus/virtio/devices/$disk
resize()
{
	while [ -e $SYS/queue_size ]; do
		for n in 64 128 256; do echo $n >$SYS/queue_size; done
	done 2>/dev/null
}
if [ "$(feature $disk 40)" = 1 ]; then
	load || die "fio does not run"
	resize &
	resizer=$!
	sleep 1
	check "pull it out while its rings are resized" pull $port
	ended "fio" $load 45
	check "resizing ends" try_for 20 sh -c "! kill -0 $resizer"
	disk_again
else
	skip "pull it out while its rings are resized" "they cannot be"
fi

# A reader of entropy that nobody tells.
rng=$(device_of virtio_rng) || die "no device is bound to virtio_rng"
virtio=/sys/bus/virtio/devices/$rng
port=$(port_of $rng)
dd if=/dev/hwrng of=/dev/null bs=4k 2>/dev/null &
reader=$!
sleep 0.5
check "pull the rng out, the port keeps silent" pull $port quietly
ended "its reader" $reader 45
check "the port speaks" tell $port
again $port rng0
check "it is in use" try_for 10 have_rng
check "it works" dd if=/dev/hwrng of=/dev/null bs=4k count=1
