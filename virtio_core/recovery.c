// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio.ko: devices that fail
 *
 * What drivers see of it is told in include/virtio_recovery.h.  Here is who
 * notices a failure, what is done about it, and what it must keep clear of.
 *
 * A failure is noted in @failures by whoever sees it, in any context: drivers
 * (virtio_recovery_report()), the ring (through virtqueue_ext_watch()),
 * transports, and device.c when a configuration change comes (VIRTIO 1.4,
 * 2.1.2).  The work item does the rest, with @lock held: it looks at the status
 * (2.1.1), and takes the device down and up, or down for good.
 *
 * @state says what the work item may do; it changes under @lock only.  What
 * the bus does otherwise with a device (probe, remove, sleep, shutdown) moves
 * it to another state first, which waits for a recovery that runs, and never
 * calls the driver with @lock held.  Where a failure must wait, its note stays.
 *
 * Locks, outermost first: the device lock (not taken here), @lock,
 * virtio_recovery_list_lock (spinlock, any context).  A struct is found on the
 * list under that lock, or under the device lock, which who frees it holds.
 */
#define VIRTIO_RECOVERY_PROVIDER
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/suspend.h>
#include <linux/workqueue.h>
#include <virtio_recovery.h>
#include "core.h"

/* What a register reads as when nothing answers. */
#define VIRTIO_ALL_ONES		0xff

/*
 * It ends the wait for a device whose transport or bus could not bring it back
 * and so never called us.  While the system is on its way to sleep and back
 * other devices take their time, so it counts some times over.
 */
static unsigned int wake_limit = 60;
module_param(wake_limit, uint, 0644);
MODULE_PARM_DESC(wake_limit,
		 "Seconds that a device may take to come back from sleep, not counting sleep (default 60)");

/* How often, then. */
#define VIRTIO_WAKE_ROUNDS	10

/* Beside the failures of enum virtio_failure: there may be one, look. */
#define VIRTIO_LOOK		(VIRTIO_FAILURE_GONE + 1)

/**
 * enum virtio_recovery_state - what may be done to a device that fails
 * @VIRTIO_PROBING: nothing yet
 * @VIRTIO_LIVE: it is taken down and up
 * @VIRTIO_ASLEEP: nothing: its driver is in freeze() or restore(), or between
 * @VIRTIO_HELD: nothing: its transport or bus resets it below its driver
 * @VIRTIO_LEAVING: its driver is in remove(): it is taken down
 * @VIRTIO_DEAD: nothing more: it was taken down, and dead() called
 * @VIRTIO_LEFT: nothing more: the driver does without, or the system goes down
 */
enum virtio_recovery_state {
	VIRTIO_PROBING,
	VIRTIO_LIVE,
	VIRTIO_ASLEEP,
	VIRTIO_HELD,
	VIRTIO_LEAVING,
	VIRTIO_DEAD,
	VIRTIO_LEFT,
};

/**
 * struct virtio_recovery - what is known of a device whose driver joined
 * @link: in virtio_recovery_list
 * @vdev: the device
 * @ops: what its driver does
 * @failures: bits of &enum virtio_failure, and VIRTIO_LOOK; atomic
 * @work: looks at them
 * @wake: the device should be back from sleep by now
 * @rounds: how often @wake found the system on its way; @wake's own
 * @lock: held while the device is taken down and up
 * @state: see &enum virtio_recovery_state; under @lock
 * @probed: probe is over, so configuration changes are delivered; under @lock
 * @failed: when it failed, in jiffies, the last ones, a ring; under @lock
 * @num_failed: how often it failed; under @lock
 */
struct virtio_recovery {
	struct list_head link;
	struct virtio_device *vdev;
	const struct virtio_recovery_ops *ops;
	unsigned long failures;
	struct work_struct work;
	struct delayed_work wake;
	unsigned int rounds;
	struct mutex lock;	/* see above */
	enum virtio_recovery_state state;
	bool probed;
	unsigned long failed[VIRTIO_RECOVERIES];
	unsigned int num_failed;
};

static LIST_HEAD(virtio_recovery_list);
static DEFINE_SPINLOCK(virtio_recovery_list_lock);
static struct workqueue_struct *virtio_recovery_wq;

static const char * const virtio_failure_names[] = {
	[VIRTIO_FAILURE_NEEDS_RESET]	= "it needs a reset",
	[VIRTIO_FAILURE_QUEUE]		= "it broke a queue",
	[VIRTIO_FAILURE_TIMEOUT]	= "it does not answer",
	[VIRTIO_FAILURE_ASLEEP]		= "it did not come back from sleep",
	[VIRTIO_FAILURE_GONE]		= "it is gone",
};

static struct virtio_recovery *virtio_recovery_listed(struct virtio_device *dev)
{
	struct virtio_recovery *r;

	lockdep_assert_held(&virtio_recovery_list_lock);
	list_for_each_entry(r, &virtio_recovery_list, link)
		if (r->vdev == dev)
			return r;
	return NULL;
}

/* For those who have the device lock, or may not be there without it. */
static struct virtio_recovery *virtio_recovery_of(struct virtio_device *dev)
{
	struct virtio_recovery *r;
	unsigned long flags;

	spin_lock_irqsave(&virtio_recovery_list_lock, flags);
	r = virtio_recovery_listed(dev);
	spin_unlock_irqrestore(&virtio_recovery_list_lock, flags);
	return r;
}

/* Note a failure and have the work look at it.  Context: any. */
static void virtio_recovery_note(struct virtio_device *dev, unsigned int bit)
{
	struct virtio_recovery *r;
	unsigned long flags;

	spin_lock_irqsave(&virtio_recovery_list_lock, flags);
	r = virtio_recovery_listed(dev);
	if (r) {
		set_bit(bit, &r->failures);
		queue_work(virtio_recovery_wq, &r->work);
	}
	spin_unlock_irqrestore(&virtio_recovery_list_lock, flags);
}

/**
 * virtio_recovery_look - there may be news in the status
 * @dev: the device
 *
 * Context: any.
 */
void virtio_recovery_look(struct virtio_device *dev)
{
	virtio_recovery_note(dev, VIRTIO_LOOK);
}

/**
 * virtio_recovery_report - the device failed
 * @vdev: the device, of a driver that joined; any other changes nothing
 * @why: what is wrong
 *
 * Context: any.
 */
void virtio_recovery_report(struct virtio_device *vdev, enum virtio_failure why)
{
	if (WARN_ON_ONCE(why > VIRTIO_FAILURE_GONE))
		return;
	virtio_recovery_note(vdev, why);
}
EXPORT_SYMBOL_GPL(virtio_recovery_report);

/* The ring gave a queue up.  Context: any, with the lock of the queue's user. */
static void virtio_queue_broken(struct virtqueue *vq)
{
	virtio_recovery_note(vq->vdev, VIRTIO_FAILURE_QUEUE);
}

/**
 * virtio_find_failure - what is wrong with a device?
 * @r: the device, locked
 * @why: the answer
 *
 * What the status says goes before what was noted: a device that is gone
 * neither answers nor takes notifications.
 *
 * Return: false when nothing is.
 */
static bool virtio_find_failure(struct virtio_recovery *r,
				enum virtio_failure *why)
{
	u8 status = r->vdev->config->get_status(r->vdev);
	unsigned long noted;

	clear_bit(VIRTIO_LOOK, &r->failures);
	/* It may be set again at any time. */
	noted = READ_ONCE(r->failures) & ~BIT(VIRTIO_LOOK);
	if (status == VIRTIO_ALL_ONES)
		*why = VIRTIO_FAILURE_GONE;
	else if (noted & BIT(VIRTIO_FAILURE_GONE))
		*why = VIRTIO_FAILURE_GONE;
	else if (status & VIRTIO_CONFIG_S_NEEDS_RESET)
		*why = VIRTIO_FAILURE_NEEDS_RESET;
	else if (noted)
		*why = __ffs(noted);
	else
		return false;
	return true;
}

/* Write down that it failed.  True: too often, it is not tried again. */
static bool virtio_failed_too_often(struct virtio_recovery *r)
{
	unsigned long *first = &r->failed[(r->num_failed + 1) %
					  VIRTIO_RECOVERIES];

	r->failed[r->num_failed % VIRTIO_RECOVERIES] = jiffies;
	r->num_failed++;
	return r->num_failed >= VIRTIO_RECOVERIES &&
	       time_before(jiffies, *first + VIRTIO_RECOVERY_SPAN * HZ);
}

/**
 * virtio_take_down - the driver lets go of its device
 * @r: the device, locked
 *
 * In this order: nobody uses the queues, the device uses no buffer any more
 * (VIRTIO 1.4, 2.4), the buffers are the driver's again (3.3.1).  What was
 * noted about the device as it was is void then.
 */
static void virtio_take_down(struct virtio_recovery *r)
{
	virtio_config_gate_close(r->vdev);
	r->ops->stop(r->vdev);
	virtio_reset_device(r->vdev);
	virtio_synchronize_cbs(r->vdev);
	r->ops->reclaim(r->vdev);
	WRITE_ONCE(r->failures, 0);
}

/* From reset to live.  Returns 0, or an error with the device in no use. */
static int virtio_take_up(struct virtio_recovery *r)
{
	struct virtio_device *dev = r->vdev;
	int err = virtio_device_again(dev);

	if (!err)
		err = r->ops->restart(dev);
	if (err)
		return err;
	virtio_device_live(dev);
	return 0;
}

/**
 * virtio_give_up - the end of a device, without queues
 * @r: the device, locked
 * @why: what is wrong
 *
 * FAILED tells a device that is still there (VIRTIO 1.4, 2.1.1).  One that is
 * asleep is left alone: its bus may not lead to it.
 */
static void virtio_give_up(struct virtio_recovery *r, enum virtio_failure why)
{
	dev_err(&r->vdev->dev, "given up: %s\n", virtio_failure_names[why]);
	r->state = VIRTIO_DEAD;
	if (why != VIRTIO_FAILURE_ASLEEP)
		virtio_device_give_up(r->vdev);
	r->ops->dead(r->vdev, why);
}

/* Down and up again.  The gate stays closed in a probe, for the bus to open. */
static void virtio_recover(struct virtio_recovery *r, enum virtio_failure why)
{
	bool too_often = virtio_failed_too_often(r);
	struct device *dev = &r->vdev->dev;
	int err = 0;

	dev_err(dev, "%s: resetting it\n", virtio_failure_names[why]);
	virtio_take_down(r);
	if (too_often)
		dev_err(dev, "failed %u times in %u s\n", VIRTIO_RECOVERIES,
			VIRTIO_RECOVERY_SPAN);
	else if (why != VIRTIO_FAILURE_GONE)
		err = virtio_take_up(r);
	if (err)
		dev_err(dev, "does not come up again: error %d\n", err);
	if (err || too_often || why == VIRTIO_FAILURE_GONE) {
		virtio_give_up(r, why);
		return;
	}
	dev_info(dev, "recovered\n");
	virtio_config_missed(r->vdev);
	if (r->probed)
		virtio_config_gate_open(r->vdev);
}

/* Under @r->lock: do what the state asks for, if there is a failure. */
static void virtio_answer_failure(struct virtio_recovery *r)
{
	enum virtio_failure why;

	if (r->state != VIRTIO_LIVE && r->state != VIRTIO_LEAVING)
		return;
	if (!virtio_find_failure(r, &why))
		return;
	if (r->state == VIRTIO_LIVE) {
		virtio_recover(r, why);
		return;
	}
	virtio_take_down(r);
	virtio_give_up(r, why);
}

/* Rings are allocated: do not wait for writing to the disk that failed. */
static void virtio_recovery_work(struct work_struct *work)
{
	struct virtio_recovery *r = container_of(work, struct virtio_recovery,
						 work);
	unsigned int noio = memalloc_noio_save();

	mutex_lock(&r->lock);
	virtio_answer_failure(r);
	mutex_unlock(&r->lock);
	memalloc_noio_restore(noio);
}

/* Between the wish of the system to sleep and its being awake again. */
static bool virtio_system_sleeps;

static int virtio_pm_notify(struct notifier_block *nb, unsigned long event,
			    void *data)
{
	switch (event) {
	case PM_SUSPEND_PREPARE:
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
		WRITE_ONCE(virtio_system_sleeps, true);
		break;
	default:
		WRITE_ONCE(virtio_system_sleeps, false);
	}
	return NOTIFY_DONE;
}

static struct notifier_block virtio_pm_nb = {
	.notifier_call = virtio_pm_notify,
};

static void virtio_wake_in_time(struct virtio_recovery *r)
{
	queue_delayed_work(virtio_recovery_wq, &r->wake,
			   READ_ONCE(wake_limit) * HZ);
}

static void virtio_wake_work(struct work_struct *work)
{
	struct virtio_recovery *r = container_of(to_delayed_work(work),
						 struct virtio_recovery, wake);

	if (READ_ONCE(virtio_system_sleeps) &&
	    ++r->rounds < VIRTIO_WAKE_ROUNDS) {
		virtio_wake_in_time(r);
		return;
	}
	mutex_lock(&r->lock);
	if (r->state == VIRTIO_ASLEEP)
		virtio_give_up(r, VIRTIO_FAILURE_ASLEEP);
	mutex_unlock(&r->lock);
}

/**
 * virtio_recovery_join - from now on the bus looks after this device
 * @vdev: the device, in the probe of its driver
 * @ops: what the driver does
 *
 * Context: process, device lock held.
 *
 * Return: 0, -ENOMEM, or -EINVAL for functions that are missing.
 */
int virtio_recovery_join(struct virtio_device *vdev,
			 const struct virtio_recovery_ops *ops)
{
	struct virtio_recovery *r;

	if (WARN_ON_ONCE(!ops->stop || !ops->reclaim || !ops->restart ||
			 !ops->dead || virtio_recovery_of(vdev)))
		return -EINVAL;
	r = kzalloc(sizeof(*r), GFP_KERNEL);
	if (!r)
		return -ENOMEM;
	r->vdev = vdev;
	r->ops = ops;
	INIT_WORK(&r->work, virtio_recovery_work);
	INIT_DELAYED_WORK(&r->wake, virtio_wake_work);
	mutex_init(&r->lock);
	spin_lock_irq(&virtio_recovery_list_lock);
	list_add(&r->link, &virtio_recovery_list);
	spin_unlock_irq(&virtio_recovery_list_lock);
	return 0;
}
EXPORT_SYMBOL_GPL(virtio_recovery_join);

/* To another state; a recovery that runs is waited for.  What it was before. */
static enum virtio_recovery_state
virtio_recovery_move(struct virtio_recovery *r, enum virtio_recovery_state to)
{
	enum virtio_recovery_state from;

	mutex_lock(&r->lock);
	from = r->state;
	/* Nothing leads back from these but the end of the driver. */
	if (from != VIRTIO_DEAD && from != VIRTIO_LEFT)
		r->state = to;
	mutex_unlock(&r->lock);
	return from;
}

/**
 * virtio_recovery_begin - do not wait for the end of probe
 * @vdev: the device, live, in the probe of its driver
 *
 * Context: process, device lock held.
 */
void virtio_recovery_begin(struct virtio_device *vdev)
{
	struct virtio_recovery *r = virtio_recovery_of(vdev);

	if (WARN_ON_ONCE(!r))
		return;
	virtio_recovery_move(r, VIRTIO_LIVE);
	queue_work(virtio_recovery_wq, &r->work);
}
EXPORT_SYMBOL_GPL(virtio_recovery_begin);

/**
 * virtio_recovery_leave - none of the functions is called any more
 * @vdev: the device, in the remove of its driver or on its way out of probe
 *
 * Context: process, device lock held.
 *
 * Return: true when dead() was called: the device is reset and has no queues.
 */
bool virtio_recovery_leave(struct virtio_device *vdev)
{
	struct virtio_recovery *r = virtio_recovery_of(vdev);

	return r && virtio_recovery_move(r, VIRTIO_LEFT) == VIRTIO_DEAD;
}
EXPORT_SYMBOL_GPL(virtio_recovery_leave);

/**
 * virtio_recovery_begun - is it the recovery's to say whether a device lives?
 * @dev: the device, behind the probe of its driver
 *
 * Return: true when the driver called virtio_recovery_begin().
 */
bool virtio_recovery_begun(struct virtio_device *dev)
{
	struct virtio_recovery *r = virtio_recovery_of(dev);
	bool begun = false;

	if (r) {
		mutex_lock(&r->lock);
		begun = r->state != VIRTIO_PROBING;
		mutex_unlock(&r->lock);
	}
	return begun;
}

/**
 * virtio_recovery_probed - probe is over: deliver configuration changes
 * @dev: the device
 *
 * What was noted in probe is looked at now.  Context: process, device lock
 * held.
 */
void virtio_recovery_probed(struct virtio_device *dev)
{
	struct virtio_recovery *r = virtio_recovery_of(dev);

	if (!r) {
		virtio_config_gate_open(dev);
		return;
	}
	mutex_lock(&r->lock);
	r->probed = true;
	if (r->state == VIRTIO_PROBING)
		r->state = VIRTIO_LIVE;
	if (r->state == VIRTIO_LIVE)
		virtio_config_gate_open(dev);
	mutex_unlock(&r->lock);
	queue_work(virtio_recovery_wq, &r->work);
}

/* Did somebody break all its queues, and not say why? */
static bool virtio_all_broken(struct virtio_device *dev)
{
	struct virtqueue *vq;
	bool broken = !list_empty(&dev->vqs);

	spin_lock(&dev->vqs_list_lock);
	list_for_each_entry(vq, &dev->vqs, list)
		broken &= virtqueue_is_broken(vq);
	spin_unlock(&dev->vqs_list_lock);
	return broken;
}

/**
 * virtio_recovery_removing - the driver is about to leave its device
 * @dev: the device
 *
 * A device that failed, or is gone, or asleep, has its end here, so that
 * remove() finds nothing to wait for.  Context: process, device lock held.
 */
void virtio_recovery_removing(struct virtio_device *dev)
{
	struct virtio_recovery *r = virtio_recovery_of(dev);

	if (!r)
		return;
	cancel_delayed_work_sync(&r->wake);
	mutex_lock(&r->lock);
	if (r->state == VIRTIO_ASLEEP) {
		virtio_give_up(r, VIRTIO_FAILURE_ASLEEP);
	} else if (r->state == VIRTIO_LIVE) {
		r->state = VIRTIO_LEAVING;
		if (virtio_all_broken(dev))
			set_bit(VIRTIO_FAILURE_QUEUE, &r->failures);
		virtio_answer_failure(r);
	}
	mutex_unlock(&r->lock);
}

/**
 * virtio_recovery_forget - the driver has left, or did not get through probe
 * @dev: the device
 *
 * Context: process, device lock held.
 */
void virtio_recovery_forget(struct virtio_device *dev)
{
	struct virtio_recovery *r = virtio_recovery_of(dev);

	if (!r)
		return;
	virtio_recovery_move(r, VIRTIO_LEFT);
	spin_lock_irq(&virtio_recovery_list_lock);
	list_del(&r->link);
	spin_unlock_irq(&virtio_recovery_list_lock);
	cancel_delayed_work_sync(&r->wake);
	cancel_work_sync(&r->work);
	mutex_destroy(&r->lock);
	kfree(r);
}

/**
 * virtio_recovery_stop - the system goes down: no device is brought up again
 * @dev: the device
 *
 * Context: process, device lock held.
 */
void virtio_recovery_stop(struct virtio_device *dev)
{
	struct virtio_recovery *r = virtio_recovery_of(dev);

	if (r)
		virtio_recovery_move(r, VIRTIO_LEFT);
}

/**
 * virtio_recovery_sleep - the driver is about to be frozen
 * @dev: the device
 *
 * Context: process.
 *
 * Return: false when the device is dead: its driver has nothing to freeze.
 */
bool virtio_recovery_sleep(struct virtio_device *dev)
{
	struct virtio_recovery *r = virtio_recovery_of(dev);

	return !r || virtio_recovery_move(r, VIRTIO_ASLEEP) != VIRTIO_DEAD;
}

/**
 * virtio_recovery_frozen - the driver was frozen, or not
 * @dev: the device
 * @err: what its freeze() returned
 *
 * A driver that was not goes on, with whatever its device did meanwhile.
 * Context: process.
 */
void virtio_recovery_frozen(struct virtio_device *dev, int err)
{
	struct virtio_recovery *r = virtio_recovery_of(dev);

	if (!r)
		return;
	if (!err) {
		r->rounds = 0;
		virtio_wake_in_time(r);
		return;
	}
	virtio_recovery_move(r, VIRTIO_LIVE);
	queue_work(virtio_recovery_wq, &r->work);
}

/**
 * virtio_recovery_wake - the device is about to be brought up after sleep
 * @dev: the device
 *
 * What was noted about it is void.  Context: process.
 *
 * Return: false when it is dead, and stays so.
 */
bool virtio_recovery_wake(struct virtio_device *dev)
{
	struct virtio_recovery *r = virtio_recovery_of(dev);
	bool dead;

	if (!r)
		return true;
	cancel_delayed_work_sync(&r->wake);
	mutex_lock(&r->lock);
	dead = r->state == VIRTIO_DEAD;
	WRITE_ONCE(r->failures, 0);
	mutex_unlock(&r->lock);
	return !dead;
}

/**
 * virtio_recovery_awake - the driver was restored, or not
 * @dev: the device
 * @err: why not, or 0
 *
 * Context: process.
 */
void virtio_recovery_awake(struct virtio_device *dev, int err)
{
	struct virtio_recovery *r = virtio_recovery_of(dev);

	if (!r)
		return;
	mutex_lock(&r->lock);
	if (r->state == VIRTIO_ASLEEP && err)
		virtio_give_up(r, VIRTIO_FAILURE_ASLEEP);
	else if (r->state == VIRTIO_ASLEEP)
		r->state = VIRTIO_LIVE;
	mutex_unlock(&r->lock);
	queue_work(virtio_recovery_wq, &r->work);
}

/**
 * virtio_recovery_hold - it is reset below its driver: not by us meanwhile
 * @vdev: the device
 *
 * Waits for a recovery that runs.  What is reported from now on is noted.
 * Context: process, device lock held until virtio_recovery_release().
 */
void virtio_recovery_hold(struct virtio_device *vdev)
{
	struct virtio_recovery *r = virtio_recovery_of(vdev);

	if (r)
		virtio_recovery_move(r, VIRTIO_HELD);
}
EXPORT_SYMBOL_GPL(virtio_recovery_hold);

/**
 * virtio_recovery_release - the counterpart of virtio_recovery_hold()
 * @vdev: the device
 *
 * What was reported is answered now.  Context: process, device lock held.
 */
void virtio_recovery_release(struct virtio_device *vdev)
{
	struct virtio_recovery *r = virtio_recovery_of(vdev);

	if (!r)
		return;
	virtio_recovery_move(r, VIRTIO_LIVE);
	queue_work(virtio_recovery_wq, &r->work);
}
EXPORT_SYMBOL_GPL(virtio_recovery_release);

/**
 * virtio_recovery_init - virtio.ko is loaded
 *
 * On the kernel's own ring a driver has to say that a queue is broken.
 *
 * Return: 0 or -ENOMEM.
 */
int __init virtio_recovery_init(void)
{
	virtio_recovery_wq = alloc_workqueue("virtio-recovery", WQ_MEM_RECLAIM,
					     0);
	if (!virtio_recovery_wq)
		return -ENOMEM;
	register_pm_notifier(&virtio_pm_nb);
	if (virtqueue_ext_has(virtqueue_ext_watch))
		virtqueue_ext_watch(virtio_queue_broken);
	return 0;
}

/**
 * virtio_recovery_exit - virtio.ko goes, or did not get on: no device is left
 */
void virtio_recovery_exit(void)
{
	if (virtqueue_ext_has(virtqueue_ext_watch))
		virtqueue_ext_watch(NULL);
	unregister_pm_notifier(&virtio_pm_nb);
	destroy_workqueue(virtio_recovery_wq);
}
