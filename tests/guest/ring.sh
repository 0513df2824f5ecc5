# SPDX-License-Identifier: GPL-2.0
# What the ring shows of itself: counters in debugfs, events in tracefs.

COUNTERS=/sys/kernel/debug/virtio
TRACING=/sys/kernel/tracing
EVENTS="virtqueue_add virtqueue_notify virtqueue_interrupt virtqueue_get virtqueue_break"

# note DEVICE NAME: keep the counters of all its queues, summed
note()
{
	cat $COUNTERS/$1/vq* | awk '$2 ~ /^[0-9]+$/ { n[$1] += $2 } END { for (k in n) print k, n[k] }' \
		>/tmp/counters.$2
}

# rise COUNTER FROM TO: by how much it rose between two notes
rise()
{
	awk -v k="$1" '$1 == k { if (FNR == NR) a = $2; else b = $2; seen++ }
		END { print seen == 2 ? b - a : "no " k }' /tmp/counters.$2 /tmp/counters.$3
}

# errors_rise FROM TO: all kinds together
errors_rise()
{
	awk '/^err_/ { n += FNR == NR ? -$2 : $2; seen++ } END { print seen ? n : "no err_" }' \
		/tmp/counters.$1 /tmp/counters.$2
}

open_tracing()
{
	[ -d $TRACING/events ] || mount -t tracefs tracefs $TRACING
	echo nop >$TRACING/current_tracer
	echo 8192 >$TRACING/buffer_size_kb
}

# events 0|1: all those of the ring
events() { echo $1 >$TRACING/events/virtio_ring/enable; }

# count_events EVENT DEVICE [WORDS]: how many of one device are in /tmp/trace
count_events() { grep -c " $1: $2 vq=.*${3:-}" /tmp/trace; }
