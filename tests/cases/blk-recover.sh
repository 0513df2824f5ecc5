# SPDX-License-Identifier: GPL-2.0
# about: the device asks for a reset, or does not answer, under load: it is set up again and no data is lost
# tools: fio
# boot: own
# memory: shared
# timeout: 120

need_disk
dev=$(device_of virtio_blk) || die "no device is bound to virtio_blk"
said() { dmesg | grep -c "$dev: $1"; }
more() { [ "$(said "$1")" -gt "$2" ]; }
is_live() { same "status has DRIVER_OK $1" "$(cat /sys/bus/virtio/devices/$dev/status)" $(live); }

# running: the load has done something since it was asked last
done=0
running()
{
	set -- $(cat $SYS/stat)
	[ $5 -gt $((done + 100)) ] || return 1
	done=$5
}

# The fifth failure within 300 s would be the end of the disk.
# Writes and verifies until there is /tmp/enough, at least once.
write_and_verify()
{
	while fio --name=$1 --filename=$DISK --offset=64m --direct=1 --rw=randwrite --bsrange=512-64k --size=16m \
		--ioengine=libaio --iodepth=16 --verify=crc32c --output=/tmp/fio.$1 >/dev/null 2>&1; do
		[ ! -e /tmp/enough ] || return 0
	done
	return 1
}

# load NAME: the same in the background
load()
{
	rm -f /tmp/enough
	write_and_verify $1 &
	fio=$!
}

# load_end: 0 when all that it read was right
load_end()
{
	touch /tmp/enough
	wait $fio
}

random_file /tmp/data 8
sum=$(sha256sum </tmp/data | cut -d' ' -f1)
check "write before" dd if=/tmp/data of=$DISK bs=1M oflag=direct conv=fsync

if [ "$(version_1)" = 0 ]; then
	skip "it needs a reset" "QEMU sets the bit on no legacy device"
elif [ "$CFG_indirect_desc" = off ] || [ "$CFG_packed" = on ]; then
	skip "it needs a reset" "the case spoils the links of indirect tables"
elif [ "$CFG_iommu_platform" = on ]; then
	skip "it needs a reset" "the case finds descriptors by physical addresses only"
else
	load reset
	for i in 1 2; do
		check "the load runs" try_for 20 running
		before=$(said recovered)
		check "spoil what it will read, round $i ($(host spoil) tables)" true
		check "it needed a reset and recovered" try_for 20 more recovered $before
	done
	load_end
	same "fio that ran across it verified its data" $? 0
	check "the device had said so" more "it needs a reset" 0
	is_live "after the resets"
fi

# A driver that is bound anew counts from nothing.
check "unbind" sh -c "echo $dev >/sys/bus/virtio/drivers/virtio_blk/unbind"
check "bind" sh -c "echo $dev >/sys/bus/virtio/drivers/virtio_blk/bind"
need_disk
echo 2000 >$SYS/queue/io_timeout
before=$(said recovered)
done=$(awk '{ print $5 }' $SYS/stat)
load silence
check "the load runs" try_for 20 running
check "the host stops the backend" host throttle 1
check "it did not answer and recovered" try_for 20 more recovered $before
check "the host lets it run" host throttle 0
load_end
same "fio that ran across it verified its data" $? 0
is_live "after the silence"

same "data from before" "$(disk_sum 8 0)" "$sum"
check "write after" dd if=/tmp/data of=$DISK bs=1M seek=32 oflag=direct conv=fsync
same "data from after" "$(disk_sum 8 32)" "$sum"
echo 30000 >$SYS/queue/io_timeout
