// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Counters of each queue, for people to read
 *
 * /sys/kernel/debug/virtio/<device>/vq<index>: one "name value" per line.
 * Counting itself is done where things happen and costs an addition; here it
 * is only read.  Called by vring_create.c when a queue comes and goes.
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "vring.h"

static struct dentry *vring_debugfs_root;

static const char * const vring_error_names[VIRTQUEUE_ERRORS] = {
	[VQ_ERR_INDEX] = "err_index",
	[VQ_ERR_ID] = "err_id",
	[VQ_ERR_STALE] = "err_stale",
	[VQ_ERR_ORDER] = "err_order",
	[VQ_ERR_LEN] = "err_len",
	[VQ_ERR_NOTIFY] = "err_notify",
	[VQ_ERR_RESET] = "err_reset",
};

static void vring_show_counters(struct seq_file *s,
				const struct virtqueue_stats *stats)
{
	unsigned int i;

	seq_printf(s, "added %llu\n", stats->added);
	seq_printf(s, "used %llu\n", stats->used);
	seq_printf(s, "out_bytes %llu\n", stats->out_bytes);
	seq_printf(s, "in_bytes %llu\n", stats->in_bytes);
	seq_printf(s, "notified %llu\n", stats->notified);
	seq_printf(s, "suppressed %llu\n", stats->suppressed);
	seq_printf(s, "interrupts %llu\n", stats->interrupts);
	seq_printf(s, "empty_interrupts %llu\n", stats->empty_interrupts);
	seq_printf(s, "full %llu\n", stats->full);
	seq_printf(s, "indirect %llu\n", stats->indirect);
	for (i = 0; i < VIRTQUEUE_ERRORS; i++)
		seq_printf(s, "%s %llu\n", vring_error_names[i],
			   stats->errors[i]);
}

static int vring_show(struct seq_file *s, void *unused)
{
	struct vring_virtqueue *vr = s->private;
	struct virtqueue_stats stats;

	virtqueue_ext_stats(&vr->vq, &stats);
	seq_printf(s, "name %s\n", vr->vq.name ?: "-");
	seq_printf(s, "size %u\n", READ_ONCE(vr->mem.num));
	seq_printf(s, "layout %s\n", vr->is_packed ? "packed" : "split");
	seq_printf(s, "in_order %u\n", vr->in_order);
	seq_printf(s, "strict %u\n", READ_ONCE(vr->strict));
	vring_show_counters(s, &stats);
	seq_printf(s, "broken %u\n", READ_ONCE(vr->broken));
	seq_printf(s, "reason %s\n", vr->reason[0] ? vr->reason : "-");
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(vring);

/**
 * vring_debugfs_add - show a queue
 * @vr: the queue, in its device's list
 *
 * Context: may sleep.  Without debugfs, nothing is shown.
 */
void vring_debugfs_add(struct vring_virtqueue *vr)
{
	const char *device = dev_name(&vr->vq.vdev->dev);
	struct dentry *dir;
	char name[16];

	if (!device || IS_ERR_OR_NULL(vring_debugfs_root))
		return;
	dir = debugfs_lookup(device, vring_debugfs_root);
	if (!dir) {
		debugfs_create_dir(device, vring_debugfs_root);
		dir = debugfs_lookup(device, vring_debugfs_root);
	}
	if (!dir)
		return;
	snprintf(name, sizeof(name), "vq%u", vr->vq.index);
	debugfs_create_file(name, 0444, dir, vr, &vring_fops);
	dput(dir);
}

/**
 * vring_debugfs_remove - stop showing a queue
 * @vr: the queue, out of its device's list
 *
 * Waits for readers.  The last queue takes the device's folder with it.
 * Context: may sleep.
 */
void vring_debugfs_remove(struct vring_virtqueue *vr)
{
	const char *device = dev_name(&vr->vq.vdev->dev);
	struct dentry *dir;
	char name[16];

	if (!device || IS_ERR_OR_NULL(vring_debugfs_root))
		return;
	dir = debugfs_lookup(device, vring_debugfs_root);
	if (!dir)
		return;
	snprintf(name, sizeof(name), "vq%u", vr->vq.index);
	debugfs_lookup_and_remove(name, dir);
	if (list_empty(&vr->vq.vdev->vqs))
		debugfs_remove(dir);
	dput(dir);
}

/**
 * vring_debugfs_init - virtio_ring.ko is loaded
 */
void __init vring_debugfs_init(void)
{
	vring_debugfs_root = debugfs_create_dir("virtio", NULL);
}

/**
 * vring_debugfs_exit - virtio_ring.ko goes, or did not get on
 */
void vring_debugfs_exit(void)
{
	debugfs_remove(vring_debugfs_root);
}
