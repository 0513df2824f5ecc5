# SPDX-License-Identifier: GPL-2.0
# about: the counters and the events of the ring say exactly what was done
# tools: fio
# timeout: 90
#
# A read or write of virtio-blk has 16 bytes of header to be read by the device
# and one byte of status to be written by it (VIRTIO 1.4: 5.2.6).

. /vgd/ring.sh
need_disk
dev=$(device_of virtio_blk) || die "no device is bound to virtio_blk"
[ -d $COUNTERS/$dev ] || die "no $COUNTERS/$dev"
same "a file for each queue" "$(ls $COUNTERS/$dev | wc -l)" \
	"$([ "$CFG_cpus" -lt "$CFG_queues" ] && echo $CFG_cpus || echo $CFG_queues)"
layout=split
[ "$CFG_packed" = on ] && layout=packed
same "the layout" "$(sed -n 's/^layout //p' $COUNTERS/$dev/vq0)" $layout
same "in order" "$(sed -n 's/^in_order //p' $COUNTERS/$dev/vq0)" "$([ "$CFG_in_order" = on ] && echo 1 || echo 0)"
same "no queue is broken" "$(cat $COUNTERS/$dev/vq* | sort -u | grep -E '^(broken|reason)' | tr '\n' ' ')" \
	"broken 0 reason - "
echo 2 >$SYS/queue/nomerges

# one_by_one NAME REQUESTS OUT IN: what one request after another does to the
# counters; each brings so many bytes, and one decision and one interrupt
one_by_one()
{
	same "$1: buffers added" "$(rise added a b)" $2
	same "$1: buffers used" "$(rise used a b)" $2
	same "$1: bytes out" "$(rise out_bytes a b)" $(($2 * $3))
	same "$1: bytes in" "$(rise in_bytes a b)" $(($2 * $4))
	same "$1: decisions about a notification" "$(($(rise notified a b) + $(rise suppressed a b)))" $2
	same "$1: interrupts that found a buffer" \
		"$(($(rise interrupts a b) - $(rise empty_interrupts a b)))" $2
	same "$1: indirect tables" "$(rise indirect a b)" "$([ "$CFG_indirect_desc" = on ] && echo $2 || echo 0)"
	same "$1: errors, and adds that found no room" "$(errors_rise a b) $(rise full a b)" "0 0"
}

irqs=$(irq_count $dev)
note $dev a
dd if=$DISK of=/dev/null bs=4k count=300 iflag=direct 2>/dev/null
note $dev b
one_by_one "300 reads of 4 KiB" 300 16 4097
[ "$CFG_vectors" = auto ] && same "interrupts of the ring and of /proc/interrupts" \
	"$(rise interrupts a b)" "$(($(irq_count $dev) - irqs))"

note $dev a
dd if=/dev/zero of=$DISK bs=64k count=100 oflag=direct 2>/dev/null
note $dev b
one_by_one "100 writes of 64 KiB" 100 65552 1

# Many at a time: as many buffers and bytes, and at most one decision for each.
note $dev a
fio --name=deep --filename=$DISK --direct=1 --rw=randread --bs=4k --size=8m --invalidate=0 \
	--ioengine=libaio --iodepth=32 --iodepth_batch=16 --output=/tmp/fio
note $dev b
same "2048 queued reads: buffers" "$(rise added a b) $(rise used a b)" "2048 2048"
same "2048 queued reads: bytes" "$(rise out_bytes a b) $(rise in_bytes a b)" "32768 8390656"
kicks=$(($(rise notified a b) + $(rise suppressed a b)))
check "2048 queued reads: at most one decision for each" [ $kicks -gt 0 -a $kicks -le 2048 ]
fact queued.reads "2048 buffers, $(rise notified a b) notified, $(rise suppressed a b) suppressed, \
$(rise interrupts a b) interrupts ($(rise empty_interrupts a b) empty), full $(rise full a b)"

# The events, of the same kind of load.
open_tracing
for event in $EVENTS; do
	check "event $event" [ -d $TRACING/events/virtio_ring/$event ]
done
note $dev a
events 1
dd if=$DISK of=/dev/null bs=8k count=50 iflag=direct 2>/dev/null
fio --name=deep --filename=$DISK --direct=1 --rw=randread --bs=4k --size=2m --invalidate=0 \
	--ioengine=libaio --iodepth=32 --iodepth_batch=16 --output=/tmp/fio
events 0
note $dev b
cat $TRACING/trace >/tmp/trace
same "562 buffers" "$(rise added a b)" 562
same "events of adding" "$(count_events virtqueue_add $dev)" 562
same "events of taking" "$(count_events virtqueue_get $dev)" 562
same "events of notifying, due" "$(count_events virtqueue_notify $dev due)" "$(rise notified a b)"
same "events of notifying, suppressed" "$(count_events virtqueue_notify $dev suppressed)" \
	"$(rise suppressed a b)"
same "events of interrupts, empty" "$(count_events virtqueue_interrupt $dev empty)" \
	"$(rise empty_interrupts a b)"
same "events of interrupts" "$(count_events virtqueue_interrupt $dev)" "$(rise interrupts a b)"
same "no event of breaking" "$(count_events virtqueue_break $dev)" 0
same "bytes in the events of taking" "$(awk -v e="virtqueue_get: $dev" 'index($0, e) { sub(/.*len=/, "")
	n += $0 } END { print n }' /tmp/trace)" "$(rise in_bytes a b)"
same "most that may be written, in the events of adding" "$(awk -v e="virtqueue_add: $dev" \
	'index($0, e) { sub(/.*in_bytes=/, ""); n += $0 } END { print n }' /tmp/trace)" \
	$((50 * 8193 + 512 * 4097))

# The files go with the device and come back with it.
drivers=/sys/bus/virtio/drivers/virtio_blk
check "unbind" sh -c "echo $dev >$drivers/unbind"
refused "its counters are gone" [ -e $COUNTERS/$dev/vq0 ]
check "bind" sh -c "echo $dev >$drivers/bind"
need_disk
dd if=$DISK of=/dev/null bs=4k count=1 iflag=direct 2>/dev/null
check "they count from the beginning" [ "$(awk '/^added / { n += $2 } END { print n }' \
	$COUNTERS/$dev/vq*)" -lt 100 ]
