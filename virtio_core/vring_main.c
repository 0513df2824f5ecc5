// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_ring.ko is loaded and unloaded
 *
 * What all queues share: the workqueue for lines in the log about broken ones,
 * and the folder of debugfs.
 */
#include <linux/module.h>
#include <linux/workqueue.h>
#include "vring.h"

/*
 * Who recovers a disk deletes its queues and waits for what is to be said of
 * them: that must not wait for memory.
 */
struct workqueue_struct *vring_wq;

static int __init vring_load(void)
{
	vring_wq = alloc_workqueue("virtio-ring", WQ_MEM_RECLAIM, 0);
	if (!vring_wq)
		return -ENOMEM;
	vring_debugfs_init();
	return 0;
}

static void __exit vring_unload(void)
{
	vring_debugfs_exit();
	destroy_workqueue(vring_wq);
}

module_init(vring_load);
module_exit(vring_unload);
