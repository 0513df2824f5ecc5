# SPDX-License-Identifier: GPL-2.0
# about: the PCI function is reset below a disk and an rng in use; no data is lost
# tools: fio
# timeout: 90

need_disk
ROUNDS=${ROUNDS:-4}
dev=$(device_of virtio_blk) || die "no device is bound to virtio_blk"
rng=$(device_of virtio_rng)
fn=$(readlink -f /sys/bus/virtio/devices/$dev/..)
rngfn=$(readlink -f /sys/bus/virtio/devices/$rng/..)
[ -w "$fn/reset" ] || skip_case "the function cannot be reset"
grep -qw flr $fn/reset_method || skip_case "the function has no FLR"
echo flr >$fn/reset_method

random_file /tmp/data 8
sum=$(sha256sum </tmp/data | cut -d' ' -f1)
layout() { interrupts $dev | awk '{ print $NF }' | sort | tr '\n' ' '; }
size=$(cat $SYS/queue_size)
before=$(layout)
check "write before" dd if=/tmp/data of=$DISK bs=1M oflag=direct
fio --name=across --filename=$DISK --offset=64m --direct=1 --rw=randwrite --bs=4k --size=16m \
	--ioengine=libaio --iodepth=8 --verify=crc32c --time_based --runtime=8 \
	--output=/tmp/fio >/dev/null 2>&1 &
fio=$!
for i in $(seq 1 $ROUNDS); do
	sleep 1
	check "reset the function under I/O, round $i" sh -c "echo 1 >$fn/reset"
done
wait $fio
same "fio that ran across it verified its data" $? 0
same "data from before" "$(disk_sum 8 0)" "$sum"
check "write after" dd if=/tmp/data of=$DISK bs=1M seek=32 oflag=direct
same "data from after" "$(disk_sum 8 32)" "$sum"
same "the interrupts are the same" "$(layout)" "$before"
same "size of the rings" "$(cat $SYS/queue_size)" "$size"
same "status has DRIVER_OK" "$(cat /sys/bus/virtio/devices/$dev/status)" $(live)

if [ -n "$rng" ] && [ -w "$rngfn/reset" ]; then
	check "reset the rng" sh -c "echo 1 >$rngfn/reset"
	check "the rng works" dd if=/dev/hwrng of=/dev/null bs=4k count=4 iflag=fullblock
fi

# Without a virtio driver the function is reset all the same.
echo $dev >/sys/bus/virtio/drivers/virtio_blk/unbind
check "reset it without a driver" sh -c "echo 1 >$fn/reset"
check "bind the driver again" sh -c "echo $dev >/sys/bus/virtio/drivers/virtio_blk/bind"
try_for 10 test -b $DISK
same "data from before, with the driver bound again" "$(disk_sum 8 0)" "$sum"
