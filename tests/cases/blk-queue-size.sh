# SPDX-License-Identifier: GPL-2.0
# about: the rings change their size while fio writes and verifies
# tools: fio
# timeout: 150

need_disk
dev=$(device_of virtio_blk) || die "no device is bound to virtio_blk"
reset=1
case "$CFG_queue_reset,$CFG_transport" in
off,* | *,pci-legacy | *,pci-forced | *,mmio-v1) reset=0 ;;
esac
same "RING_RESET as the device offers" "$(feature $dev 40)" $reset
[ "$(cut -c35 /sys/bus/virtio/devices/$dev/features)" = 1 ] && packed=1

size() { cat $SYS/queue_size; }
resize() { echo "$1" >$SYS/queue_size; }
# why SIZE: prints the error of a write that has to fail
why() { echo "$1" 2>&1 >$SYS/queue_size | sed 's/.*: //'; }

most=$(size)
same "the size that the device offers" "$most" $CFG_queue_size
if [ $reset = 0 ]; then
	same "a device that cannot" "$(why $((most / 2)))" "Operation not supported"
	same "it is left as it was" "$(size)" "$most"
	finish
fi
same "one that it has not" "$(why $((most * 2)))" "Argument list too long"
same "none" "$(why 0)" "Invalid argument"
same "less than the longest request" "$(why 4)" "Invalid argument"
[ "$packed" ] || same "no power of two" "$(why $((most - 1)))" "Invalid argument"
same "no number" "$(why x)" "Invalid argument"
same "after all that" "$(size)" "$most"

# The longest request is of 254 segments and 2 descriptors.
small=256
check "smaller" resize $small
same "it is" "$(size)" $small
check "the size that it has" resize $small
check "reading works" dd if=$DISK of=/dev/null bs=64k count=16 iflag=direct
before=$(irq_count $dev)
dd if=$DISK of=/dev/null bs=4k count=64 iflag=direct 2>/dev/null
check "by interrupts" [ $(($(irq_count $dev) - before)) -ge 32 ]
check "larger again" resize "$most"

# churn NAME DEPTH: sizes go up and down for as long as fio runs
churn()
{
	fio --name="$1" --filename=$DISK --direct=1 --ioengine=libaio --iodepth="$2" --rw=randwrite \
	    --bsrange=4k-32k --size=24m --time_based=0 --verify=crc32c --verify_fatal=1 \
	    --numjobs=2 --offset_increment=32m --output=/tmp/fio >/dev/null 2>/tmp/fio.err &
	_fio=$!
	_n=0
	_bad=0
	while kill -0 $_fio 2>/dev/null; do
		for _s in $small "$most" $((most / 2)) $small $((most / 2)) "$most"; do
			resize "$_s" && [ "$(size)" = "$_s" ] || _bad=$((_bad + 1))
			_n=$((_n + 1))
		done
	done
	wait $_fio
	_status=$?
	[ $_status = 0 ] || cat /tmp/fio /tmp/fio.err
	same "$1: written, read back, compared" $_status 0
	same "$1: sizes refused of $_n" $_bad 0
	check "$1: sizes changed often" [ $_n -ge 18 ]
	fact "$1.resizes" $_n
}
churn "a few requests" 8
churn "more requests than the small ring has room for" 512

# What the rings are left at is what the next user finds.
resize $small
random_file /tmp/r 8
check "write with small rings" dd if=/tmp/r of=$DISK bs=1M oflag=direct conv=fsync
resize "$most"
same "read with large ones" "$(disk_sum 8 0)" "$(sha256sum </tmp/r | cut -d' ' -f1)"
same "nothing is left in flight" "$(echo $(tr -s ' \n' ' ' <$SYS/inflight))" "0 0"
same "status has DRIVER_OK and no FAILED" "$(cat /sys/bus/virtio/devices/$dev/status)" $(live)

# The disk goes while its rings are being changed.
while resize $small && resize "$most"; do :; done 2>/dev/null &
changer=$!
sleep 0.3
check "unbind meanwhile" sh -c "echo $dev >/sys/bus/virtio/drivers/virtio_blk/unbind"
wait $changer
refused "the disk is gone" has_disk
check "bind" sh -c "echo $dev >/sys/bus/virtio/drivers/virtio_blk/bind"
need_disk
same "the size that the device offers, again" "$(size)" "$most"
same "what was written is there" "$(disk_sum 8 0)" "$(sha256sum </tmp/r | cut -d' ' -f1)"
