# SPDX-License-Identifier: GPL-2.0
# about: size, limits, serial, cache_type and features are those of the device
# timeout: 40

need_disk
dev=$(device_of virtio_blk) || die "no device is bound to virtio_blk"
same "capacity in sectors" "$(cat $SYS/size)" $((CFG_disk / 512))
same "serial" "$(cat $SYS/serial)" vgd-disk-0
same "logical block size" "$(cat $SYS/queue/logical_block_size)" 512
same "writable" "$(cat $SYS/ro)" 0
same "sixteen minors per disk" "$(cat $SYS/ext_range 2>/dev/null)" 256
same "minors" "$(cat $SYS/range)" 16

want=$CFG_queues
[ "$CFG_cpus" -lt "$want" ] && want=$CFG_cpus
same "hardware queues" "$(ls -d $SYS/mq/[0-9]* | wc -l)" "$want"

on_off() { [ "$1" = on ] && echo 1 || echo 0; }
# Over MMIO QEMU has another vendor.
vendor=00001AF4
[ "${CFG_transport#mmio}" = "$CFG_transport" ] || vendor=554D4551
same "VERSION_1" "$(feature $dev 32)" $(version_1)
same "EVENT_IDX as the device offers" "$(feature $dev 29)" "$(on_off $CFG_event_idx)"
same "INDIRECT_DESC as the device offers" "$(feature $dev 28)" "$(on_off $CFG_indirect_desc)"
for bit in 2 6 9 10 11 13 14; do
	same "feature bit $bit" "$(feature $dev $bit)" 1
done
[ "$CFG_queues" -gt 1 ] && same "MQ" "$(feature $dev 12)" 1
same "status has DRIVER_OK and no FAILED" "$(cat /sys/bus/virtio/devices/$dev/status)" $(live)
same "modalias" "$(cat /sys/bus/virtio/devices/$dev/modalias)" virtio:d00000002v$vendor

# The attribute is there with the event index, and on a ring that can.
if [ "$(feature $dev 29)" = 0 ]; then
	check "no interrupt_batch without EVENT_IDX" [ ! -e $SYS/interrupt_batch ]
elif [ -e $SYS/interrupt_batch ]; then
	same "interrupt_batch at first" "$(cat $SYS/interrupt_batch)" 16
	for batch in 0 1 65535 16; do
		check "interrupt_batch $batch" sh -c "echo $batch >$SYS/interrupt_batch"
		same "it is so" "$(cat $SYS/interrupt_batch)" $batch
		check "reading works so" dd if=$DISK of=/dev/null bs=64k count=4 iflag=direct
	done
	refused "interrupt_batch beyond 16 bits" sh -c "echo 65536 >$SYS/interrupt_batch 2>/dev/null"
else
	skip interrupt_batch "this virtio_ring.ko cannot wait"
fi

same "cache_type at first" "$(cat $SYS/cache_type)" "write back"
check "write through" sh -c "echo 'write through' >$SYS/cache_type"
same "cache_type after" "$(cat $SYS/cache_type)" "write through"
same "the block layer knows it" "$(cat $SYS/queue/write_cache)" "write through"
check "writing works so" dd if=/dev/zero of=$DISK bs=64k count=4 oflag=direct
check "write back again" sh -c "echo 'write back' >$SYS/cache_type"
same "the block layer knows that too" "$(cat $SYS/queue/write_cache)" "write back"
refused "any other word" sh -c "echo sideways >$SYS/cache_type 2>/dev/null"

flushes=$(awk '{ print $16 }' $SYS/stat)
dd if=/dev/zero of=$DISK bs=64k count=4 conv=fsync 2>/dev/null
check "fsync becomes a flush" [ "$(awk '{ print $16 }' $SYS/stat)" -gt "$flushes" ]
check "unbind" sh -c "echo $dev >/sys/bus/virtio/drivers/virtio_blk/unbind"
refused "the disk is gone" has_disk
check "bind" sh -c "echo $dev >/sys/bus/virtio/drivers/virtio_blk/bind"
check "the disk is back" try_for 10 has_disk
