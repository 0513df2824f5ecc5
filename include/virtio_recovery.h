/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: When a device fails: the bus takes it down, and up again if it can
 *
 * One mechanism for a device that sets DEVICE_NEEDS_RESET, breaks a virtqueue,
 * does not answer within its driver's limit, is gone, or does not come back
 * from system sleep.  A driver joins in probe with four functions, and reports
 * what only it can see, a timeout; the bus sees the rest by itself (a broken
 * queue on this project's ring only, see virtio_report_failure()), and calls
 *
 *	stop()		nobody touches a queue any more
 *	  (the bus resets the device: VIRTIO 1.4, 2.4)
 *	reclaim()	the device uses no buffer any more: take them back, and
 *			delete the queues
 *	  (the bus goes through the initialization sequence, 3.1.1, with the
 *	  features of before)
 *	restart()	set the queues up, DRIVER_OK, give again what may be
 *			given twice, fail the rest
 *
 * or, instead of what follows reclaim(),
 *
 *	dead()		everything outstanding fails, and all that comes later
 *
 * when the device is gone, leaving, does not complete its reset, cannot be set
 * up again, or fails for the %VIRTIO_RECOVERIES th time within
 * %VIRTIO_RECOVERY_SPAN seconds.  The status FAILED tells a device that is
 * still there (2.1.1).  dead() comes alone, after freeze() of the driver, when
 * the device does not come back from sleep: restore() failed or was not called.
 *
 * The functions are called in process context from a work item that memory
 * reclaim may wait for (or from the thread that removes or restores the
 * device), one at a time, each device for itself; never while freeze() or
 * restore() of the driver runs, nor during probe unless it says
 * virtio_begin_recovery(); and not any more after virtio_leave_recovery().
 * During remove() a failure still leads to stop(), reclaim() and dead(), so
 * that a driver which waits there for requests sees their end; a device that
 * failed before, or is gone or asleep, has its end before remove() is called.
 * A dead device is not frozen or restored any more.  Configuration changes are
 * not delivered between stop() and the end of restart(); one is delivered then,
 * for what was missed.
 *
 * A driver built with this header still loads on the kernel's own virtio.ko,
 * which has no such thing: a failed device has its queues broken there.
 */
#ifndef _VIRTIO_RECOVERY_H
#define _VIRTIO_RECOVERY_H

#include <linux/virtio.h>
#include <linux/virtio_config.h>
#include <virtqueue_ext.h>

/* The bus's own files define the symbols; everybody else may miss them. */
#ifdef VIRTIO_RECOVERY_PROVIDER
#define VIRTIO_RECOVERY_WEAK
#else
#define VIRTIO_RECOVERY_WEAK __weak
#endif

/* A device that fails so often in so many seconds is not tried again. */
#define VIRTIO_RECOVERIES	5
#define VIRTIO_RECOVERY_SPAN	300

/**
 * enum virtio_failure - what is wrong with a device
 * @VIRTIO_FAILURE_NEEDS_RESET: it says so in its status (VIRTIO 1.4, 2.1.1)
 * @VIRTIO_FAILURE_QUEUE: it broke the rules of a virtqueue
 * @VIRTIO_FAILURE_TIMEOUT: it did not answer within the driver's limit
 * @VIRTIO_FAILURE_ASLEEP: it did not come back from system sleep
 * @VIRTIO_FAILURE_GONE: it is not there any more
 */
enum virtio_failure {
	VIRTIO_FAILURE_NEEDS_RESET,
	VIRTIO_FAILURE_QUEUE,
	VIRTIO_FAILURE_TIMEOUT,
	VIRTIO_FAILURE_ASLEEP,
	VIRTIO_FAILURE_GONE,
};

/**
 * struct virtio_recovery_ops - how a driver takes part
 * @stop: keep everybody off the queues.  The device may still write to buffers
 *	and interrupt.  Must not wait for the device.
 * @reclaim: the device is reset, no callback runs.  Take all buffers back, by
 *	virtqueue_detach_unused_buf() and by the driver's own books for those
 *	that the ring lost, keep what may be given again, and delete the queues.
 * @restart: as @restore of &struct virtio_driver: create the queues, set
 *	DRIVER_OK, go on.  After an error (queues deleted) @dead follows.
 * @dead: end all that is kept with an error, make everything later fail at
 *	once.  The device has no queues.  Comes after @reclaim, a failed
 *	@restart, or freeze() of &struct virtio_driver.
 *
 * All are needed.  Context: process, may sleep, with a mutex of the bus held:
 * not virtio_leave_recovery(), nor the device lock, nor waiting for who has
 * either.  Allocations do not wait for I/O (memalloc_noio_save()).
 */
struct virtio_recovery_ops {
	void (*stop)(struct virtio_device *vdev);
	void (*reclaim)(struct virtio_device *vdev);
	int (*restart)(struct virtio_device *vdev);
	void (*dead)(struct virtio_device *vdev, enum virtio_failure why);
};

/**
 * virtio_recovery_join - from now on the bus looks after this device
 * @vdev: the device
 * @ops: what the driver does
 *
 * In probe, before the device could fail.  Ends by itself when probe fails or
 * the driver is unbound.  Context: process.
 *
 * Return: 0 or -ENOMEM.
 */
int virtio_recovery_join(struct virtio_device *vdev,
			 const struct virtio_recovery_ops *ops)
			VIRTIO_RECOVERY_WEAK;

/**
 * virtio_recovery_begin - do not wait for the end of probe
 * @vdev: the device
 *
 * For a driver that waits for its device in probe: behind DRIVER_OK, when all
 * is there that the functions need.  If probe fails after that,
 * virtio_leave_recovery() comes before anything is taken down.
 * Context: process, in probe.
 */
void virtio_recovery_begin(struct virtio_device *vdev) VIRTIO_RECOVERY_WEAK;

/**
 * virtio_recovery_leave - none of the functions is called any more
 * @vdev: the device
 *
 * In remove, when nobody is left to wait for the device, before the driver
 * takes its queues down itself.  Waits for a function that runs.
 * Context: process, in remove or in a probe that fails.
 *
 * Return: true when dead() was called: the device is reset and has no queues.
 */
bool virtio_recovery_leave(struct virtio_device *vdev) VIRTIO_RECOVERY_WEAK;

/**
 * virtio_recovery_report - the device failed
 * @vdev: the device, of a driver that joined
 * @why: what is wrong
 *
 * Schedules the recovery; a report while one is due, or before reclaim() has
 * returned in one that runs, changes nothing.  The line in the log is the
 * bus's.  Context: any.
 */
void virtio_recovery_report(struct virtio_device *vdev,
			    enum virtio_failure why) VIRTIO_RECOVERY_WEAK;

/**
 * virtio_recovery_hold - it is reset below its driver: not by the bus too
 * @vdev: the device
 *
 * For a transport.  Waits for a recovery that runs.  What is reported until
 * virtio_recovery_release() is answered there.
 * Context: process, with the device lock, held until then.
 */
void virtio_recovery_hold(struct virtio_device *vdev) VIRTIO_RECOVERY_WEAK;

/**
 * virtio_recovery_release - the counterpart of virtio_recovery_hold()
 * @vdev: the device
 *
 * Context: process, with the device lock.
 */
void virtio_recovery_release(struct virtio_device *vdev) VIRTIO_RECOVERY_WEAK;

/**
 * virtio_has_recovery - is this the bus that looks after devices?
 *
 * Constant from load to unload.  Return: false on the kernel's own bus.
 */
static inline bool virtio_has_recovery(void)
{
	return virtqueue_ext_has(virtio_recovery_join);
}

/**
 * virtio_join_recovery - virtio_recovery_join() on any bus
 * @vdev: the device
 * @ops: what the driver does
 *
 * Return: 0 or an error.  On the kernel's own bus 0, and nothing happens.
 */
static inline int virtio_join_recovery(struct virtio_device *vdev,
				       const struct virtio_recovery_ops *ops)
{
	if (!virtqueue_ext_has(virtio_recovery_join))
		return 0;
	return virtio_recovery_join(vdev, ops);
}

/**
 * virtio_begin_recovery - virtio_recovery_begin() on any bus
 * @vdev: the device
 */
static inline void virtio_begin_recovery(struct virtio_device *vdev)
{
	if (virtqueue_ext_has(virtio_recovery_begin))
		virtio_recovery_begin(vdev);
}

/**
 * virtio_leave_recovery - virtio_recovery_leave() on any bus
 * @vdev: the device
 *
 * Return: true when dead() was called.
 */
static inline bool virtio_leave_recovery(struct virtio_device *vdev)
{
	if (!virtqueue_ext_has(virtio_recovery_leave))
		return false;
	return virtio_recovery_leave(vdev);
}

/**
 * virtio_report_failure - virtio_recovery_report() on any bus
 * @vdev: the device
 * @why: what is wrong
 *
 * On the kernel's own bus all queues are broken: the driver sees to the rest.
 * A queue that the device broke need be reported on the kernel's own ring only,
 * and may be on any.  Context: any but hard interrupt; there, on that bus,
 * virtio_break_device() may not be called.
 */
static inline void virtio_report_failure(struct virtio_device *vdev,
					 enum virtio_failure why)
{
	if (virtqueue_ext_has(virtio_recovery_report))
		virtio_recovery_report(vdev, why);
	else
		virtio_break_device(vdev);
}

/**
 * virtio_hold_recovery - virtio_recovery_hold() on any bus
 * @vdev: the device
 */
static inline void virtio_hold_recovery(struct virtio_device *vdev)
{
	if (virtqueue_ext_has(virtio_recovery_hold))
		virtio_recovery_hold(vdev);
}

/**
 * virtio_release_recovery - virtio_recovery_release() on any bus
 * @vdev: the device
 */
static inline void virtio_release_recovery(struct virtio_device *vdev)
{
	if (virtqueue_ext_has(virtio_recovery_release))
		virtio_recovery_release(vdev);
}

#endif /* _VIRTIO_RECOVERY_H */
