// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The balloon and system sleep
 *
 * Before sleep all pages go back to the guest, so that an image of its memory
 * is whole and the host's books are right; after it, the device says by its
 * configuration how large the balloon is to be.  A host that does not answer
 * delays sleep by the limit of a wait, and its pages come back by the reset.
 *
 * The workqueue is freezable, and stands still already when the system sleeps;
 * so the pages move in the context of freeze().
 *
 * Reporting ends last: who reports free pages to a device that is silent waits
 * until it is reset, and nobody else resets it here.
 */
#include "vbal.h"

#ifdef CONFIG_PM

/**
 * vbal_freeze - let go of everything
 * @vdev: the device
 *
 * Context: process.
 *
 * Return: 0.
 */
int vbal_freeze(struct virtio_device *vdev)
{
	struct vbal *vb = vdev->priv;

	WRITE_ONCE(vb->leaving, true);
	vbal_quiet(vb);
	vbal_empty(vb);
	vbal_take_down(vb);
	vbal_report_stop(vb);
	return 0;
}

/**
 * vbal_restore - begin again with an empty balloon
 * @vdev: the device, reset, with its features negotiated again
 *
 * Context: process.
 *
 * Return: 0 or why the queues could not be set up.
 */
int vbal_restore(struct virtio_device *vdev)
{
	struct vbal *vb = vdev->priv;
	int err;

	if (vb->dead)
		return 0;
	WRITE_ONCE(vb->leaving, false);
	err = vbal_start(vb);
	if (err) {
		vb->dead = true;
		dev_err(&vdev->dev, "not resumed: %d\n", err);
		return err;
	}
	vbal_report_start(vb);
	return 0;
}

#endif /* CONFIG_PM */
