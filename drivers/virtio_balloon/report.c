// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Free page reporting, and what free pages contain
 *
 * The kernel's free page reporting (mm/page_reporting.c) isolates free blocks,
 * up to 32 at a time, and calls vbal_report(), which gives them to the device
 * as one buffer and returns when the device has used it (VIRTIO 1.4, 5.5.6.7).
 * The kernel puts the pages back then whatever the answer was, so there is no
 * returning before the device is through with them: one that does not answer
 * is reset.
 *
 * A host that takes a page gives a page of zeros in its place.  A kernel that
 * expects free pages to keep a value may report them only when the device
 * knows that value (PAGE_POISON, 5.5.6.6).
 */
#include <linux/delay.h>
#include <linux/poison.h>
#include "vbal.h"

/**
 * vbal_kernel_poisons - does the kernel give free pages a value?
 *
 * Return: true when it fills them as they are freed.
 */
bool vbal_kernel_poisons(void)
{
	return want_init_on_free() || page_poisoning_enabled_static();
}

/**
 * vbal_poison_value - what free pages contain
 *
 * Return: 32 bits of it.
 */
u32 vbal_poison_value(void)
{
	return want_init_on_free() ? 0 : PAGE_POISON * 0x01010101U;
}

#ifdef CONFIG_PAGE_REPORTING

static bool vbal_report_ended(struct vbal *vb)
{
	struct vbal_queue *q = &vb->queues[VBAL_VQ_REPORT];
	unsigned int len;
	bool ended;

	spin_lock(&q->lock);
	if (q->up && virtqueue_get_buf(q->vq, &len))
		vb->report_out = false;
	ended = !vb->report_out;
	spin_unlock(&q->lock);
	return ended;
}

/* To the end: until the device has used the buffer, or was reset. */
static void vbal_report_wait(struct vbal *vb)
{
	struct vbal_queue *q = &vb->queues[VBAL_VQ_REPORT];
	unsigned long since = jiffies;

	while (!wait_event_timeout(q->wait, vbal_report_ended(vb), HZ / 4))
		vbal_waited_long(q, since);
}

/**
 * vbal_report - tell the device of free pages
 * @report: &vbal.report
 * @sg: the pages, isolated
 * @nents: how many blocks
 *
 * Context: process, one at a time.
 *
 * Return: 0, or an error when the device did not take them.
 */
static int vbal_report(struct page_reporting_dev_info *report,
		       struct scatterlist *sg, unsigned int nents)
{
	struct vbal *vb = container_of(report, struct vbal, report);
	struct vbal_queue *q = &vb->queues[VBAL_VQ_REPORT];
	int err = -ESHUTDOWN;

	spin_lock(&q->lock);
	if (q->up && !READ_ONCE(vb->failed))
		err = virtqueue_add_inbuf(q->vq, sg, nents, &vb->report,
					  GFP_NOWAIT | __GFP_NOWARN);
	if (!err) {
		vb->report_out = true;
		virtqueue_kick(q->vq);
	}
	spin_unlock(&q->lock);
	if (err)
		return err;
	vbal_report_wait(vb);
	return READ_ONCE(q->up) ? 0 : -ESHUTDOWN;
}

/**
 * vbal_report_start - from now on the kernel reports free pages
 * @vb: the balloon, its device up
 *
 * A ring that is too short for a report of the kernel's is not used, and only
 * one device can be reported to.  Context: process.
 */
void vbal_report_start(struct vbal *vb)
{
	struct device *dev = &vb->vdev->dev;
	unsigned int size;
	int err;

	if (!vb->has_report || vb->reporting)
		return;
	size = virtqueue_get_vring_size(vb->queues[VBAL_VQ_REPORT].vq);
	if (size < PAGE_REPORTING_CAPACITY) {
		dev_info(dev, "free pages are not reported: a ring of %u is too short\n",
			 size);
		return;
	}
	vb->report.report = vbal_report;
	err = page_reporting_register(&vb->report);
	if (err)
		dev_info(dev, "free pages are not reported: %d\n", err);
	vb->reporting = !err;
}

/**
 * vbal_report_stop - undo vbal_report_start()
 * @vb: the balloon
 *
 * Waits for a report that is with the device.  Context: process.
 */
void vbal_report_stop(struct vbal *vb)
{
	if (vb->reporting)
		page_reporting_unregister(&vb->report);
	vb->reporting = false;
}

#else

void vbal_report_start(struct vbal *vb)
{
}

void vbal_report_stop(struct vbal *vb)
{
}

#endif /* CONFIG_PAGE_REPORTING */
