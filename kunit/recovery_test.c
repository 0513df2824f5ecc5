// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_recovery: devices that fail, and what the bus does
 *
 * A driver that joined, with one queue, on a mock.  It writes down what the bus
 * calls, a letter each, and each case says which letters have to come:
 *
 *	s stop   r reclaim   u restart   d dead
 *	p probe  R remove    f freeze    F restore   c config_changed
 */
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <virtio_recovery.h>

#include "play.h"

#define REC_DEVICE_ID	0xfe02
#define REC_LETTERS	64

/* The bus's limit for a device asleep is a parameter; and some time more. */
#define REC_SLEEP_MS	70000

/* Status of a device in use, and of one that was given up: VIRTIO 1.4, 2.1. */
#define REC_LIVE	(ST_ACKNOWLEDGE | ST_DRIVER | ST_FEATURES_OK | \
			 ST_DRIVER_OK)

/**
 * struct rec - device, driver, and what the driver saw
 * @test: the test
 * @m: the device
 * @p: its player
 * @drv: the driver
 * @drv_registered: and it is on the bus
 * @vq: its queue
 * @begin: probe does not let recovery wait for its end
 * @probe_err: what probe returns
 * @restart_err: what restart returns
 * @freeze_err: what freeze returns
 * @restore_err: what restore returns
 * @report: who reports a time-out, once: the letter of a function
 * @wait: who waits until the device recovered or is dead: p or R
 * @left_dead: what virtio_recovery_leave() said
 * @why: what dead() was told
 * @lock: protects @letters
 * @letters: what was called, in order
 * @num: how many
 * @byte: a buffer
 */
struct rec {
	struct kunit *test;
	struct mock *m;
	struct play *p;
	struct virtio_driver drv;
	bool drv_registered;
	struct virtqueue *vq;
	bool begin;
	int probe_err;
	int restart_err;
	int freeze_err;
	int restore_err;
	char report;
	char wait;
	bool left_dead;
	enum virtio_failure why;
	spinlock_t lock;	/* see above */
	char letters[REC_LETTERS];
	unsigned int num;
	u8 *byte;
};

static const struct virtio_device_id rec_ids[] = {
	{ REC_DEVICE_ID, MOCK_VENDOR },
	{ 0 },
};

static struct rec *rec_of(struct virtio_device *vdev)
{
	return container_of(drv_to_virtio(vdev->dev.driver), struct rec, drv);
}

/* A function of the driver was called. */
static void rec_called(struct rec *f, char letter)
{
	unsigned long flags;

	spin_lock_irqsave(&f->lock, flags);
	if (f->num < REC_LETTERS - 1)
		f->letters[f->num++] = letter;
	spin_unlock_irqrestore(&f->lock, flags);
	if (f->report != letter)
		return;
	f->report = 0;
	virtio_recovery_report(&f->m->vdev, VIRTIO_FAILURE_TIMEOUT);
}

/* The letters so far are @want, possibly with one c more at the end. */
static bool rec_is(struct rec *f, const char *want)
{
	size_t len = strlen(want);
	unsigned long flags;
	bool is;

	spin_lock_irqsave(&f->lock, flags);
	is = !strncmp(f->letters, want, len) &&
	     (!f->letters[len] || !strcmp(f->letters + len, "c"));
	spin_unlock_irqrestore(&f->lock, flags);
	return is;
}

/* These letters come, in time, and no others soon after. */
static void rec_expect(struct rec *f, const char *want)
{
	bool came = play_until(rec_is(f, want));

	usleep_range(20000, 30000);
	KUNIT_EXPECT_TRUE_MSG(f->test, came && rec_is(f, want),
			      "called: %s, expected: %s", f->letters, want);
}

static void rec_callback(struct virtqueue *vq)
{
	unsigned int len;

	while (virtqueue_get_buf(vq, &len))
		;
}

static int rec_find(struct rec *f, struct virtio_device *vdev)
{
	struct virtqueue *vq;
	struct scatterlist sg;

	vq = virtio_find_single_vq(vdev, rec_callback, "rec");
	if (IS_ERR(vq))
		return PTR_ERR(vq);
	f->vq = vq;
	virtio_device_ready(vdev);
	sg_init_one(&sg, f->byte, 1);
	virtqueue_add_inbuf(vq, &sg, 1, f, GFP_KERNEL);
	virtqueue_kick(vq);
	return 0;
}

static void rec_delete(struct rec *f, struct virtio_device *vdev)
{
	while (virtqueue_detach_unused_buf(f->vq))
		;
	vdev->config->del_vqs(vdev);
	f->vq = NULL;
}

static void rec_stop(struct virtio_device *vdev)
{
	rec_called(rec_of(vdev), 's');
}

static void rec_reclaim(struct virtio_device *vdev)
{
	struct rec *f = rec_of(vdev);

	rec_called(f, 'r');
	if (!f->m->dead && !f->m->ignore_reset)
		KUNIT_EXPECT_EQ(f->test, f->m->status, 0);
	rec_delete(f, vdev);
}

static int rec_restart(struct virtio_device *vdev)
{
	struct rec *f = rec_of(vdev);
	int err = f->restart_err ?: rec_find(f, vdev);

	rec_called(f, 'u');
	return err;
}

static void rec_dead(struct virtio_device *vdev, enum virtio_failure why)
{
	struct rec *f = rec_of(vdev);

	KUNIT_EXPECT_NULL(f->test, f->vq);
	f->why = why;
	rec_called(f, 'd');
}

static const struct virtio_recovery_ops rec_ops = {
	.stop = rec_stop,
	.reclaim = rec_reclaim,
	.restart = rec_restart,
	.dead = rec_dead,
};

/* Like a driver whose requests have to end before it goes on. */
static void rec_wait(struct rec *f)
{
	bool over = play_until(strpbrk(f->letters, "ud"));

	KUNIT_EXPECT_TRUE_MSG(f->test, over, "nobody ended the wait");
}

static int rec_probe(struct virtio_device *vdev)
{
	struct rec *f = rec_of(vdev);
	int err = virtio_recovery_join(vdev, &rec_ops);

	if (!err)
		err = rec_find(f, vdev);
	if (err)
		return err;
	if (f->begin)
		virtio_recovery_begin(vdev);
	rec_called(f, 'p');
	if (f->wait == 'p')
		rec_wait(f);
	if (f->probe_err) {
		virtio_recovery_leave(vdev);
		virtio_reset_device(vdev);
		rec_delete(f, vdev);
	}
	return f->probe_err;
}

static void rec_remove(struct virtio_device *vdev)
{
	struct rec *f = rec_of(vdev);

	rec_called(f, 'R');
	if (f->wait == 'R')
		rec_wait(f);
	f->left_dead = virtio_recovery_leave(vdev);
	KUNIT_EXPECT_EQ(f->test, f->left_dead, !f->vq);
	if (f->left_dead)
		return;
	virtio_reset_device(vdev);
	rec_delete(f, vdev);
}

static void rec_config_changed(struct virtio_device *vdev)
{
	rec_called(rec_of(vdev), 'c');
}

#ifdef CONFIG_PM
static int rec_freeze(struct virtio_device *vdev)
{
	struct rec *f = rec_of(vdev);

	rec_called(f, 'f');
	if (f->freeze_err)
		return f->freeze_err;
	virtio_reset_device(vdev);
	rec_delete(f, vdev);
	return 0;
}

static int rec_restore(struct virtio_device *vdev)
{
	struct rec *f = rec_of(vdev);

	rec_called(f, 'F');
	return f->restore_err ?: rec_find(f, vdev);
}
#endif

static int rec_resource_init(struct kunit_resource *res, void *data)
{
	res->data = data;
	return 0;
}

static void rec_resource_free(struct kunit_resource *res)
{
	struct rec *f = res->data;

	if (f->drv_registered)
		unregister_virtio_driver(&f->drv);
	kfree(f->byte);
	kfree(f);
}

/* Device and driver, with neither on the bus. */
static struct rec *rec_new(struct kunit *test)
{
	struct rec *f = kzalloc(sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f);
	f->test = test;
	f->byte = kzalloc(1, GFP_KERNEL);
	f->m = mock_new(test, REC_DEVICE_ID, FB_VERSION_1 | FB_INDIRECT);
	f->p = play_new(f->m);
	spin_lock_init(&f->lock);
	f->drv.driver.name = "virtio-kunit-recovery";
	f->drv.id_table = rec_ids;
	f->drv.probe = rec_probe;
	f->drv.remove = rec_remove;
	f->drv.config_changed = rec_config_changed;
#ifdef CONFIG_PM
	f->drv.freeze = rec_freeze;
	f->drv.restore = rec_restore;
#endif
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test,
				     kunit_alloc_resource(test,
							  rec_resource_init,
							  rec_resource_free,
							  GFP_KERNEL, f));
	return f;
}

static void rec_start(struct rec *f)
{
	KUNIT_ASSERT_EQ(f->test, register_virtio_driver(&f->drv), 0);
	f->drv_registered = true;
	KUNIT_ASSERT_EQ(f->test, mock_register(f->m), 0);
}

/* A device in use.  What came before is forgotten. */
static struct rec *rec_setup(struct kunit *test)
{
	struct rec *f = rec_new(test);

	rec_start(f);
	rec_expect(f, "p");
	memset(f->letters, 0, sizeof(f->letters));
	f->num = 0;
	mock_clear_log(f->m);
	return f;
}

/* Is it in use, with the buffer of before? */
static void rec_expect_live(struct rec *f)
{
	struct play_buf b;

	KUNIT_EXPECT_EQ(f->test, f->m->status, REC_LIVE);
	KUNIT_EXPECT_EQ(f->test, f->m->accepted, f->m->offered);
	KUNIT_EXPECT_TRUE(f->test, play_take(f->p, 0, &b));
}

/* 2.1.1: was it told? */
static void rec_expect_failed(struct rec *f)
{
	KUNIT_EXPECT_TRUE(f->test, f->m->status & ST_FAILED);
	KUNIT_EXPECT_FALSE(f->test, f->m->status & ST_DRIVER_OK);
}

/* 2.1.1, 3.1.1: reset, and the whole sequence again. */
static void needs_reset(struct kunit *test)
{
	struct rec *f = rec_setup(test);

	mock_needs_reset(f->m);
	/* The notification itself, and one for what was missed. */
	play_until(rec_is(f, "csru"));
	rec_expect(f, "csruc");
	rec_expect_live(f);
	MOCK_EXPECT_TRACE(f->m, TRACE_RESET, ST_ACKNOWLEDGE,
			  ST_ACKNOWLEDGE | ST_DRIVER,
			  ST_ACKNOWLEDGE | ST_DRIVER | ST_FEATURES_OK,
			  REC_LIVE);
}

/* 2.1.2: a notification that says nothing of the kind. */
static void only_a_change(struct kunit *test)
{
	struct rec *f = rec_setup(test);

	mock_config_interrupt(f->m);
	rec_expect(f, "c");
	KUNIT_EXPECT_EQ(test, f->m->status, REC_LIVE);
}

/* 2.7.8: the device names a buffer that it does not have. */
static void queue_broken(struct kunit *test)
{
	struct rec *f = rec_setup(test);

	play_lie(f->p, 0, 7, 1);
	rec_expect(f, "sruc");
	rec_expect_live(f);
}

static void timed_out(struct kunit *test)
{
	struct rec *f = rec_setup(test);

	virtio_recovery_report(&f->m->vdev, VIRTIO_FAILURE_TIMEOUT);
	rec_expect(f, "sruc");
	rec_expect_live(f);
}

static void reported_in_interrupt(struct kunit *test)
{
	struct rec *f = rec_setup(test);
	unsigned long flags;

	local_irq_save(flags);
	virtio_recovery_report(&f->m->vdev, VIRTIO_FAILURE_TIMEOUT);
	local_irq_restore(flags);
	rec_expect(f, "sruc");
}

/* What is said of the device as it was counts once. */
static void reported_again_in_stop(struct kunit *test)
{
	struct rec *f = rec_setup(test);

	f->report = 's';
	virtio_recovery_report(&f->m->vdev, VIRTIO_FAILURE_TIMEOUT);
	rec_expect(f, "sruc");
}

static void reported_again_in_reclaim(struct kunit *test)
{
	struct rec *f = rec_setup(test);

	f->report = 'r';
	virtio_recovery_report(&f->m->vdev, VIRTIO_FAILURE_TIMEOUT);
	rec_expect(f, "sruc");
}

/* And what is said of the device as it is now counts anew. */
static void fails_in_restart(struct kunit *test)
{
	struct rec *f = rec_setup(test);

	f->report = 'u';
	virtio_recovery_report(&f->m->vdev, VIRTIO_FAILURE_TIMEOUT);
	rec_expect(f, "srucsruc");
	rec_expect_live(f);
}

/* 2.4.2: a driver that was reset starts only when it is seen to be. */
static void reset_not_complete(struct kunit *test)
{
	struct rec *f = rec_setup(test);

	/* To the mock the device is live, so no queue may be removed. */
	f->m->ignore_reset = true;
	f->m->tolerate = true;
	virtio_recovery_report(&f->m->vdev, VIRTIO_FAILURE_TIMEOUT);
	rec_expect(f, "srd");
	KUNIT_EXPECT_EQ(test, f->why, VIRTIO_FAILURE_TIMEOUT);
	KUNIT_EXPECT_TRUE(test, f->m->status & ST_FAILED);
	KUNIT_EXPECT_EQ(test, f->m->violations, 1);
	f->m->ignore_reset = false;
}

/* 2.2.1: what is not offered may not be accepted, and is relied upon. */
static void feature_gone(struct kunit *test)
{
	struct rec *f = rec_setup(test);

	f->m->offered &= ~FB_INDIRECT;
	mock_needs_reset(f->m);
	rec_expect(f, "csrd");
	rec_expect_failed(f);
}

/* More is offered than before: it is not taken. */
static void feature_new(struct kunit *test)
{
	struct rec *f = rec_setup(test);

	f->m->offered |= FB_EVENT_IDX;
	mock_needs_reset(f->m);
	rec_expect(f, "csruc");
	KUNIT_EXPECT_EQ(test, f->m->accepted, FB_VERSION_1 | FB_INDIRECT);
}

/* 3.1.1: FEATURES_OK is read back. */
static void features_refused(struct kunit *test)
{
	struct rec *f = rec_setup(test);

	f->m->refuse_features = true;
	mock_needs_reset(f->m);
	rec_expect(f, "csrd");
	rec_expect_failed(f);
}

static void no_queues(struct kunit *test)
{
	struct rec *f = rec_setup(test);

	f->m->refuse_vqs = -ENOENT;
	mock_needs_reset(f->m);
	rec_expect(f, "csrud");
	rec_expect_failed(f);
}

static void restart_fails(struct kunit *test)
{
	struct rec *f = rec_setup(test);

	f->restart_err = -EIO;
	mock_needs_reset(f->m);
	rec_expect(f, "csrud");
	rec_expect_failed(f);
	KUNIT_EXPECT_EQ(test, f->why, VIRTIO_FAILURE_NEEDS_RESET);
}

static void too_often(struct kunit *test)
{
	struct rec *f = rec_setup(test);
	int i;

	for (i = 1; i < VIRTIO_RECOVERIES; i++) {
		virtio_recovery_report(&f->m->vdev, VIRTIO_FAILURE_TIMEOUT);
		KUNIT_ASSERT_TRUE(test, play_until(f->num == 4 * i));
	}
	virtio_recovery_report(&f->m->vdev, VIRTIO_FAILURE_TIMEOUT);
	rec_expect(f, "srucsrucsrucsrucsrd");
	rec_expect_failed(f);
	virtio_recovery_report(&f->m->vdev, VIRTIO_FAILURE_TIMEOUT);
	mock_config_interrupt(f->m);
	rec_expect(f, "srucsrucsrucsrucsrd");
}

/* Registers read as all ones: nothing is there to be set up again. */
static void gone(struct kunit *test)
{
	struct rec *f = rec_setup(test);

	f->m->dead = true;
	virtio_recovery_report(&f->m->vdev, VIRTIO_FAILURE_TIMEOUT);
	rec_expect(f, "srd");
	KUNIT_EXPECT_EQ(test, f->why, VIRTIO_FAILURE_GONE);
	mock_unregister(f->m);
	rec_expect(f, "srdR");
	KUNIT_EXPECT_TRUE(test, f->left_dead);
}

static void removed_well(struct kunit *test)
{
	struct rec *f = rec_setup(test);

	mock_unregister(f->m);
	rec_expect(f, "R");
	KUNIT_EXPECT_FALSE(test, f->left_dead);
}

/* As the transport has it after a surprise removal. */
static void removed_gone(struct kunit *test)
{
	struct rec *f = rec_setup(test);

	f->m->dead = true;
	virtio_break_device(&f->m->vdev);
	mock_unregister(f->m);
	rec_expect(f, "srdR");
	KUNIT_EXPECT_TRUE(test, f->left_dead);
	KUNIT_EXPECT_EQ(test, f->why, VIRTIO_FAILURE_GONE);
}

static void removed_broken(struct kunit *test)
{
	struct rec *f = rec_setup(test);

	virtio_break_device(&f->m->vdev);
	mock_unregister(f->m);
	rec_expect(f, "srdR");
	KUNIT_EXPECT_TRUE(test, f->left_dead);
}

/* The bit is set, and the notification was lost. */
static void removed_needing_reset(struct kunit *test)
{
	struct rec *f = rec_setup(test);

	f->m->status |= ST_NEEDS_RESET;
	mock_unregister(f->m);
	rec_expect(f, "srdR");
	KUNIT_EXPECT_TRUE(test, f->left_dead);
}

/* Who waits for the device in remove sees the end. */
static void fails_in_remove(struct kunit *test)
{
	struct rec *f = rec_setup(test);

	f->report = 'R';
	f->wait = 'R';
	mock_unregister(f->m);
	rec_expect(f, "Rsrd");
	KUNIT_EXPECT_TRUE(test, f->left_dead);
}

/* The driver can be bound again to a device that was given up: 2.1.1. */
static void bound_again(struct kunit *test)
{
	struct rec *f = rec_setup(test);

	f->restart_err = -EIO;
	mock_needs_reset(f->m);
	rec_expect(f, "csrud");
	device_release_driver(&f->m->vdev.dev);
	KUNIT_EXPECT_EQ(test, device_attach(&f->m->vdev.dev), 1);
	rec_expect(f, "csrudRp");
	rec_expect_live(f);
}

/* Not before probe is through; but then. */
static void fails_in_probe(struct kunit *test)
{
	struct rec *f = rec_new(test);

	f->report = 'p';
	rec_start(f);
	rec_expect(f, "psruc");
	rec_expect_live(f);
}

/* A driver that waits for its device there asks for more. */
static void begins_in_probe(struct kunit *test)
{
	struct rec *f = rec_new(test);

	f->begin = true;
	f->report = 'p';
	f->wait = 'p';
	rec_start(f);
	rec_expect(f, "psruc");
	rec_expect_live(f);
}

static void dies_in_probe(struct kunit *test)
{
	struct rec *f = rec_new(test);

	f->begin = true;
	f->report = 'p';
	f->wait = 'p';
	f->restart_err = -EIO;
	rec_start(f);
	rec_expect(f, "psrud");
	rec_expect_failed(f);
	mock_unregister(f->m);
	rec_expect(f, "psrudR");
}

static void probe_fails(struct kunit *test)
{
	struct rec *f = rec_new(test);

	f->probe_err = -ENOMEM;
	f->report = 'p';
	rec_start(f);
	rec_expect(f, "p");
	KUNIT_EXPECT_NULL(test, f->m->vdev.dev.driver);
	virtio_recovery_report(&f->m->vdev, VIRTIO_FAILURE_TIMEOUT);
	rec_expect(f, "p");
}

/* As a reboot does it.  Nobody brings a device up again then. */
static void fails_after_shutdown(struct kunit *test)
{
	struct rec *f = rec_setup(test);
	struct device *dev = &f->m->vdev.dev;

	device_lock(dev);
	dev->bus->shutdown(dev);
	device_unlock(dev);
	virtio_recovery_report(&f->m->vdev, VIRTIO_FAILURE_TIMEOUT);
	rec_expect(f, "");
	KUNIT_EXPECT_EQ(test, f->m->status, 0);
}

/* Its transport resets it: what is wrong with it waits until that is done. */
static void held(struct kunit *test)
{
	struct rec *f = rec_setup(test);
	struct device *dev = &f->m->vdev.dev;

	device_lock(dev);
	virtio_recovery_hold(&f->m->vdev);
	virtio_break_device(&f->m->vdev);
	virtio_recovery_report(&f->m->vdev, VIRTIO_FAILURE_QUEUE);
	rec_expect(f, "");
	virtio_recovery_release(&f->m->vdev);
	device_unlock(dev);
	rec_expect(f, "sruc");
	rec_expect_live(f);
}

/* One that was given up stays so. */
static void held_dead(struct kunit *test)
{
	struct rec *f = rec_setup(test);
	struct device *dev = &f->m->vdev.dev;

	f->restart_err = -EIO;
	mock_needs_reset(f->m);
	rec_expect(f, "csrud");
	device_lock(dev);
	virtio_recovery_hold(&f->m->vdev);
	virtio_recovery_report(&f->m->vdev, VIRTIO_FAILURE_NEEDS_RESET);
	virtio_recovery_release(&f->m->vdev);
	device_unlock(dev);
	rec_expect(f, "csrud");
	rec_expect_failed(f);
}

#ifdef CONFIG_PM_SLEEP
/* The reset of the sleep is as good as any. */
static void fails_in_freeze(struct kunit *test)
{
	struct rec *f = rec_setup(test);

	f->report = 'f';
	KUNIT_EXPECT_EQ(test, virtio_device_freeze(&f->m->vdev), 0);
	rec_expect(f, "f");
	KUNIT_EXPECT_EQ(test, virtio_device_restore(&f->m->vdev), 0);
	rec_expect(f, "fF");
	rec_expect_live(f);
}

/* It stays awake: the failure waited for that. */
static void freeze_refused(struct kunit *test)
{
	struct rec *f = rec_setup(test);

	f->report = 'f';
	f->freeze_err = -EBUSY;
	KUNIT_EXPECT_EQ(test, virtio_device_freeze(&f->m->vdev), -EBUSY);
	rec_expect(f, "fsruc");
	rec_expect_live(f);
}

static void fails_in_restore(struct kunit *test)
{
	struct rec *f = rec_setup(test);

	f->report = 'F';
	KUNIT_EXPECT_EQ(test, virtio_device_freeze(&f->m->vdev), 0);
	KUNIT_EXPECT_EQ(test, virtio_device_restore(&f->m->vdev), 0);
	rec_expect(f, "fFsruc");
	rec_expect_live(f);
}

static void restore_fails(struct kunit *test)
{
	struct rec *f = rec_setup(test);

	f->restore_err = -EIO;
	KUNIT_EXPECT_EQ(test, virtio_device_freeze(&f->m->vdev), 0);
	KUNIT_EXPECT_EQ(test, virtio_device_restore(&f->m->vdev), -EIO);
	rec_expect(f, "fFd");
	KUNIT_EXPECT_EQ(test, f->why, VIRTIO_FAILURE_ASLEEP);
	rec_expect_failed(f);
	/* The next sleep is none of its driver's business. */
	KUNIT_EXPECT_EQ(test, virtio_device_freeze(&f->m->vdev), 0);
	KUNIT_EXPECT_EQ(test, virtio_device_restore(&f->m->vdev), 0);
	rec_expect(f, "fFd");
	rec_expect_failed(f);
}

static void no_reset_in_restore(struct kunit *test)
{
	struct rec *f = rec_setup(test);

	KUNIT_EXPECT_EQ(test, virtio_device_freeze(&f->m->vdev), 0);
	f->m->ignore_reset = true;
	f->m->status = ST_NEEDS_RESET;
	KUNIT_EXPECT_EQ(test, virtio_device_restore(&f->m->vdev), -EIO);
	rec_expect(f, "fd");
	f->m->ignore_reset = false;
}

static void removed_asleep(struct kunit *test)
{
	struct rec *f = rec_setup(test);

	KUNIT_EXPECT_EQ(test, virtio_device_freeze(&f->m->vdev), 0);
	mock_unregister(f->m);
	rec_expect(f, "fdR");
	KUNIT_EXPECT_EQ(test, f->why, VIRTIO_FAILURE_ASLEEP);
}

/* The limit is virtio.wake_limit; tests/unit/kunit.sh makes it short. */
static void never_woken(struct kunit *test)
{
	struct rec *f = rec_setup(test);
	unsigned long end = jiffies + msecs_to_jiffies(REC_SLEEP_MS);

	KUNIT_EXPECT_EQ(test, virtio_device_freeze(&f->m->vdev), 0);
	while (!rec_is(f, "fd") && time_before(jiffies, end))
		usleep_range(1000, 2000);
	rec_expect(f, "fd");
	KUNIT_EXPECT_EQ(test, f->why, VIRTIO_FAILURE_ASLEEP);
	KUNIT_EXPECT_EQ(test, virtio_device_restore(&f->m->vdev), 0);
	rec_expect(f, "fd");
	rec_expect_failed(f);
}

static void dead_is_not_frozen(struct kunit *test)
{
	struct rec *f = rec_setup(test);

	f->restart_err = -EIO;
	mock_needs_reset(f->m);
	rec_expect(f, "csrud");
	KUNIT_EXPECT_EQ(test, virtio_device_freeze(&f->m->vdev), 0);
	KUNIT_EXPECT_EQ(test, virtio_device_restore(&f->m->vdev), 0);
	rec_expect(f, "csrud");
	rec_expect_failed(f);
}
#endif

static struct kunit_case recovery_cases[] = {
	KUNIT_CASE(needs_reset),
	KUNIT_CASE(only_a_change),
	KUNIT_CASE(queue_broken),
	KUNIT_CASE(timed_out),
	KUNIT_CASE(reported_in_interrupt),
	KUNIT_CASE(reported_again_in_stop),
	KUNIT_CASE(reported_again_in_reclaim),
	KUNIT_CASE(fails_in_restart),
	KUNIT_CASE(reset_not_complete),
	KUNIT_CASE(feature_gone),
	KUNIT_CASE(feature_new),
	KUNIT_CASE(features_refused),
	KUNIT_CASE(no_queues),
	KUNIT_CASE(restart_fails),
	KUNIT_CASE(too_often),
	KUNIT_CASE(gone),
	KUNIT_CASE(removed_well),
	KUNIT_CASE(removed_gone),
	KUNIT_CASE(removed_broken),
	KUNIT_CASE(removed_needing_reset),
	KUNIT_CASE(fails_in_remove),
	KUNIT_CASE(bound_again),
	KUNIT_CASE(held),
	KUNIT_CASE(held_dead),
	KUNIT_CASE(fails_in_probe),
	KUNIT_CASE(begins_in_probe),
	KUNIT_CASE(dies_in_probe),
	KUNIT_CASE(probe_fails),
	KUNIT_CASE(fails_after_shutdown),
#ifdef CONFIG_PM_SLEEP
	KUNIT_CASE(fails_in_freeze),
	KUNIT_CASE(freeze_refused),
	KUNIT_CASE(fails_in_restore),
	KUNIT_CASE(restore_fails),
	KUNIT_CASE(no_reset_in_restore),
	KUNIT_CASE(removed_asleep),
	KUNIT_CASE(never_woken),
	KUNIT_CASE(dead_is_not_frozen),
#endif
	{}
};

static struct kunit_suite recovery_suite = {
	.name = "virtio_recovery",
	.test_cases = recovery_cases,
};

kunit_test_suites(&recovery_suite);

MODULE_DESCRIPTION("Unit tests of the recovery of virtio devices");
MODULE_LICENSE("GPL");
