# SPDX-License-Identifier: GPL-2.0
# about: trace-cmd and perf count the events of the ring, and agree with its counters
# tools: trace-cmd perf
# boot: own
# timeout: 90

. /vgd/ring.sh
need_disk
dev=$(device_of virtio_blk) || die "no device is bound to virtio_blk"
[ -d $COUNTERS/$dev ] || die "no $COUNTERS/$dev"
open_tracing
echo 2 >$SYS/queue/nomerges
read="dd if=$DISK of=/dev/null bs=4k count=200 iflag=direct"

note $dev a
check "trace-cmd records" trace-cmd record -q -o /tmp/trace.dat -e virtio_ring $read
note $dev b
trace-cmd report -i /tmp/trace.dat >/tmp/trace 2>/tmp/report.err || cat /tmp/report.err
count() { grep -c "$1: *$dev vq=" /tmp/trace; }
same "200 buffers" "$(rise added a b)" 200
same "its events of adding" "$(count virtqueue_add)" 200
same "its events of taking" "$(count virtqueue_get)" 200
same "its events of notifying" "$(count virtqueue_notify)" \
	$(($(rise notified a b) + $(rise suppressed a b)))
same "its events of interrupts" "$(count virtqueue_interrupt)" "$(rise interrupts a b)"

note $dev a
check "perf counts" perf stat -x, -o /tmp/stat -e virtio_ring:virtqueue_add --filter "dev == \"$dev\"" \
	-e virtio_ring:virtqueue_get --filter "dev == \"$dev\"" \
	-e virtio_ring:virtqueue_interrupt --filter "dev == \"$dev\"" -a $read
note $dev b
counted() { awk -F, -v e="virtio_ring:$1" '$3 == e { print $1 }' /tmp/stat; }
cat /tmp/stat
same "its count of adding" "$(counted virtqueue_add)" "$(rise added a b)"
same "its count of taking" "$(counted virtqueue_get)" "$(rise used a b)"
same "its count of interrupts" "$(counted virtqueue_interrupt)" "$(rise interrupts a b)"
same "200 buffers" "$(rise added a b)" 200
