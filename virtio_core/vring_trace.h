/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: Tracepoints of the ring
 *
 * Events of the system "virtio_ring", for perf and trace-cmd.  Each names the
 * device and the queue.  Used by files that export nothing: with this header
 * in sight the checksums of exported symbols would differ from the kernel's.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM virtio_ring

#if !defined(_VIRTIO_CORE_VRING_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _VIRTIO_CORE_VRING_TRACE_H

#include <linux/tracepoint.h>
#include <linux/virtio.h>

/* A buffer was given to the queue: slots that it takes, bytes to be written. */
TRACE_EVENT(virtqueue_add,
	TP_PROTO(struct virtqueue *vq, void *data, u16 num, u32 in_bytes),
	TP_ARGS(vq, data, num, in_bytes),
	TP_STRUCT__entry(
		__string(dev, dev_name(&vq->vdev->dev))
		__field(unsigned int, index)
		__field(void *, data)
		__field(u16, num)
		__field(u32, in_bytes)
	),
	TP_fast_assign(
		__assign_str(dev, dev_name(&vq->vdev->dev));
		__entry->index = vq->index;
		__entry->data = data;
		__entry->num = num;
		__entry->in_bytes = in_bytes;
	),
	TP_printk("%s vq=%u data=%p descriptors=%u in_bytes=%u", __get_str(dev),
		  __entry->index, __entry->data, __entry->num,
		  __entry->in_bytes)
);

/* Buffers were exposed and the device may want to know. */
TRACE_EVENT(virtqueue_notify,
	TP_PROTO(struct virtqueue *vq, bool due),
	TP_ARGS(vq, due),
	TP_STRUCT__entry(
		__string(dev, dev_name(&vq->vdev->dev))
		__field(unsigned int, index)
		__field(bool, due)
	),
	TP_fast_assign(
		__assign_str(dev, dev_name(&vq->vdev->dev));
		__entry->index = vq->index;
		__entry->due = due;
	),
	TP_printk("%s vq=%u %s", __get_str(dev), __entry->index,
		  __entry->due ? "due" : "suppressed")
);

/* The queue's interrupt handler ran. */
TRACE_EVENT(virtqueue_interrupt,
	TP_PROTO(struct virtqueue *vq, bool used),
	TP_ARGS(vq, used),
	TP_STRUCT__entry(
		__string(dev, dev_name(&vq->vdev->dev))
		__field(unsigned int, index)
		__field(bool, used)
	),
	TP_fast_assign(
		__assign_str(dev, dev_name(&vq->vdev->dev));
		__entry->index = vq->index;
		__entry->used = used;
	),
	TP_printk("%s vq=%u %s", __get_str(dev), __entry->index,
		  __entry->used ? "used" : "empty")
);

/* A used buffer was taken: bytes that the device wrote. */
TRACE_EVENT(virtqueue_get,
	TP_PROTO(struct virtqueue *vq, void *data, u32 len),
	TP_ARGS(vq, data, len),
	TP_STRUCT__entry(
		__string(dev, dev_name(&vq->vdev->dev))
		__field(unsigned int, index)
		__field(void *, data)
		__field(u32, len)
	),
	TP_fast_assign(
		__assign_str(dev, dev_name(&vq->vdev->dev));
		__entry->index = vq->index;
		__entry->data = data;
		__entry->len = len;
	),
	TP_printk("%s vq=%u data=%p len=%u", __get_str(dev), __entry->index,
		  __entry->data, __entry->len)
);

/* The queue was given up. */
TRACE_EVENT(virtqueue_break,
	TP_PROTO(struct virtqueue *vq, const char *reason),
	TP_ARGS(vq, reason),
	TP_STRUCT__entry(
		__string(dev, dev_name(&vq->vdev->dev))
		__field(unsigned int, index)
		__string(reason, reason)
	),
	TP_fast_assign(
		__assign_str(dev, dev_name(&vq->vdev->dev));
		__entry->index = vq->index;
		__assign_str(reason, reason);
	),
	TP_printk("%s vq=%u %s", __get_str(dev), __entry->index,
		  __get_str(reason))
);

#endif /* _VIRTIO_CORE_VRING_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE vring_trace
#include <trace/define_trace.h>
