// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_status: the initialization sequence, step by step
 *
 * The order of resets and status writes in a good probe, in each failing
 * one, in removal and around system sleep (VIRTIO 1.4, 2.1, 3.1, 3.3), and
 * the gate for configuration change notifications.  The mock itself fails a
 * test on any step that the specification forbids.
 */
#include <linux/module.h>

#include "bus_fix.h"

#define A	ST_ACKNOWLEDGE
#define D	ST_DRIVER
#define F	ST_FEATURES_OK
#define OK	ST_DRIVER_OK
#define BAD	ST_FAILED

static void good_probe(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	bus_start(f);
	KUNIT_EXPECT_TRUE(test, bus_bound(f));
	MOCK_EXPECT_TRACE(f->m, TRACE_RESET, A, A | D, A | D | F,
			  A | D | F | OK);
}

/* 3.1.2: the same without FEATURES_OK. */
static void good_probe_legacy(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB(3));

	bus_start(f);
	KUNIT_EXPECT_TRUE(test, bus_bound(f));
	MOCK_EXPECT_TRACE(f->m, TRACE_RESET, A, A | D, A | D | OK);
}

/* Where features and queues come in between the status writes, 3.1.1. */
static void order_of_all_steps(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);
	int driver, offer, accept, ok, reread, vqs, live;

	bus_start(f);
	driver = mock_find_status(f->m, A | D);
	offer = mock_find_access(f->m, MOCK_FEATURES_READ, 0);
	accept = mock_find_access(f->m, MOCK_FEATURES_WRITE, 0);
	ok = mock_find_status(f->m, A | D | F);
	vqs = mock_find_access(f->m, MOCK_FIND_VQS, 0);
	live = mock_find_status(f->m, A | D | F | OK);
	KUNIT_ASSERT_GE(test, driver, 0);
	KUNIT_ASSERT_GE(test, ok, 0);
	reread = mock_find_access(f->m, MOCK_STATUS_READ, ok);
	KUNIT_EXPECT_LT(test, driver, offer);
	KUNIT_EXPECT_LT(test, offer, accept);
	KUNIT_EXPECT_LT(test, accept, ok);
	KUNIT_EXPECT_LT(test, ok, reread);
	KUNIT_EXPECT_LT(test, reread, vqs);
	KUNIT_EXPECT_LT(test, vqs, live);
}

/* A driver that needs its queues in probe sets DRIVER_OK itself. */
static void ready_in_probe(struct bus_fix *f)
{
	virtio_device_ready(&f->m->vdev);
}

static void driver_ok_in_probe(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	f->on_probe = ready_in_probe;
	bus_start(f);
	KUNIT_EXPECT_TRUE(test, bus_bound(f));
	MOCK_EXPECT_TRACE(f->m, TRACE_RESET, A, A | D, A | D | F,
			  A | D | F | OK);
}

static void scan_after_driver_ok(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	f->drv.scan = bus_scan;
	bus_start(f);
	KUNIT_EXPECT_EQ(test, f->scanned, 1);
}

/* No driver was bound, FAILED was set, and no step of @never came. */
static void expect_failed(struct bus_fix *f, u8 never)
{
	struct kunit *test = f->test;
	unsigned int i;

	KUNIT_EXPECT_FALSE(test, bus_bound(f));
	KUNIT_EXPECT_TRUE(test, f->m->status & BAD);
	for (i = 0; i < f->m->log_num; i++)
		if (f->m->log[i].op == MOCK_STATUS_WRITE)
			KUNIT_EXPECT_FALSE(test, f->m->log[i].value & never);
}

/* 3.1.1 step 6: FEATURES_OK does not stay. */
static void features_refused(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	f->m->refuse_features = true;
	bus_start(f);
	KUNIT_EXPECT_EQ(test, f->probed, 0);
	expect_failed(f, OK);
	KUNIT_EXPECT_EQ(test, mock_find_access(f->m, MOCK_FIND_VQS, 0), -1);
	MOCK_EXPECT_TRACE(f->m, TRACE_RESET, A, A | D, A | D | F,
			  TRACE_RESET, A | D | BAD);
}

static void validate_fails(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	f->drv.validate = bus_validate;
	f->validate_err = -EINVAL;
	bus_start(f);
	KUNIT_EXPECT_EQ(test, f->probed, 0);
	expect_failed(f, F | OK);
	MOCK_EXPECT_TRACE(f->m, TRACE_RESET, A, A | D, TRACE_RESET,
			  A | D | BAD);
}

/* The driver takes VERSION_1 back: a modern transport refuses that. */
static void validate_clears_version_1(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	f->drv.validate = bus_validate;
	f->validate_clears = FB_VERSION_1;
	f->m->tolerate = true;
	bus_start(f);
	KUNIT_EXPECT_EQ(test, f->probed, 0);
	expect_failed(f, F | OK);
	KUNIT_EXPECT_EQ(test, f->m->violations, 1);
}

static void probe_fails(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	f->probe_err = -ENOMEM;
	bus_start(f);
	KUNIT_EXPECT_EQ(test, f->probed, 1);
	KUNIT_EXPECT_EQ(test, f->removed, 0);
	expect_failed(f, OK);
	MOCK_EXPECT_TRACE(f->m, TRACE_RESET, A, A | D, A | D | F, TRACE_RESET,
			  A | D | BAD);
}

static void probe_fails_legacy(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, 0);

	f->probe_err = -EIO;
	bus_start(f);
	expect_failed(f, F | OK);
	MOCK_EXPECT_TRACE(f->m, TRACE_RESET, A, A | D, TRACE_RESET,
			  A | D | BAD);
}

static void no_queues(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	f->m->refuse_vqs = -ENOENT;
	bus_start(f);
	expect_failed(f, OK);
	KUNIT_EXPECT_EQ(test, mock_find_access(f->m, MOCK_NOTIFY, 0), -1);
}

/* 2.1.1: "the driver MUST later reset the device" before it tries again. */
static void retry_after_failed(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	f->probe_err = -ENOMEM;
	bus_start(f);
	bus_unregister_driver(f);
	f->probe_err = 0;
	mock_clear_log(f->m);
	bus_register_driver(f);
	KUNIT_EXPECT_TRUE(test, bus_bound(f));
	MOCK_EXPECT_TRACE(f->m, TRACE_RESET, A, A | D, A | D | F,
			  A | D | F | OK);
}

/* The second of two drivers that match starts from a reset device, too. */
static void refused_then_accepted(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	f->m->refuse_features = true;
	bus_start(f);
	f->m->refuse_features = false;
	bus_unregister_driver(f);
	bus_register_driver(f);
	KUNIT_EXPECT_TRUE(test, bus_bound(f));
	KUNIT_EXPECT_EQ(test, f->m->status, A | D | F | OK);
}

/* A device left alive by who had the machine before is reset first. */
static void found_running(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	f->m->status = A | D | F | OK;
	bus_start(f);
	KUNIT_EXPECT_TRUE(test, bus_bound(f));
	MOCK_EXPECT_TRACE(f->m, TRACE_RESET, A, A | D, A | D | F,
			  A | D | F | OK);
}

/* 2.4.2: without a completed reset nothing may follow. */
static void reset_ignored(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	f->m->status = A | D | F | OK;
	f->m->ignore_reset = true;
	bus_register_driver(f);
	KUNIT_EXPECT_LT(test, mock_register(f->m), 0);
	KUNIT_EXPECT_EQ(test, f->probed, 0);
	KUNIT_EXPECT_EQ(test, mock_find_access(f->m, MOCK_FEATURES_READ, 0),
			-1);
}

/* An unplugged device reads as all ones. */
static void gone_before_registration(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	f->m->dead = true;
	f->m->tolerate = true;
	bus_register_driver(f);
	KUNIT_EXPECT_LT(test, mock_register(f->m), 0);
	KUNIT_EXPECT_EQ(test, f->probed, 0);
}

/* 3.3.1: no queue is live when the driver is gone; and ready for the next. */
static void remove_resets(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	bus_start(f);
	mock_clear_log(f->m);
	bus_unregister_driver(f);
	KUNIT_EXPECT_EQ(test, f->removed, 1);
	MOCK_EXPECT_TRACE(f->m, TRACE_RESET, A);
	KUNIT_EXPECT_GT(test, mock_find_access(f->m, MOCK_DEL_VQS, 0),
			mock_find_access(f->m, MOCK_RESET, 0));
}

/* A driver that has no remove leaves the reset to the bus. */
static void remove_without_function(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	f->no_vqs = true;
	f->drv.remove = NULL;
	bus_start(f);
	mock_clear_log(f->m);
	bus_unregister_driver(f);
	MOCK_EXPECT_TRACE(f->m, TRACE_RESET, A);
}

/* Before a reboot or kexec: the device must not touch memory any more. */
static void shutdown_resets(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	bus_start(f);
	if (!f->m->vdev.dev.bus->shutdown)
		kunit_skip(test, "this bus leaves shutdown to transports");
	mock_clear_log(f->m);
	device_lock(&f->m->vdev.dev);
	f->m->vdev.dev.bus->shutdown(&f->m->vdev.dev);
	device_unlock(&f->m->vdev.dev);
	MOCK_EXPECT_TRACE(f->m, TRACE_RESET);
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(f->vq));
	mock_config_interrupt(f->m);
	KUNIT_EXPECT_EQ(test, f->changed, 0);
	f->m->status = 0;
}

static void unplug_resets(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	bus_start(f);
	mock_clear_log(f->m);
	mock_unregister(f->m);
	KUNIT_EXPECT_EQ(test, f->removed, 1);
	KUNIT_EXPECT_GE(test, mock_find_access(f->m, MOCK_RESET, 0), 0);
	KUNIT_EXPECT_FALSE(test, f->m->status & OK);
}

static void add_status_keeps_bits(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	bus_start(f);
	mock_clear_log(f->m);
	virtio_add_status(&f->m->vdev, ST_FAILED);
	MOCK_EXPECT_TRACE(f->m, A | D | F | OK | BAD);
}

static void change_in_probe(struct bus_fix *f)
{
	mock_config_interrupt(f->m);
	mock_config_interrupt(f->m);
	KUNIT_EXPECT_EQ(f->test, f->changed, 0);
}

/* Kept while probe runs, delivered once when it is through. */
static void config_change_during_probe(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	f->on_probe = change_in_probe;
	bus_start(f);
	KUNIT_EXPECT_EQ(test, f->changed_in_probe, 0);
	KUNIT_EXPECT_EQ(test, f->changed, 1);
	mock_config_interrupt(f->m);
	KUNIT_EXPECT_EQ(test, f->changed, 2);
}

static void config_change_without_driver(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	KUNIT_ASSERT_EQ(test, mock_register(f->m), 0);
	mock_config_interrupt(f->m);
	KUNIT_EXPECT_EQ(test, f->changed, 0);
}

static void config_change_after_remove(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	bus_start(f);
	bus_unregister_driver(f);
	mock_config_interrupt(f->m);
	KUNIT_EXPECT_EQ(test, f->changed, 0);
}

/* A driver need not care. */
static void config_change_without_callback(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	f->drv.config_changed = NULL;
	bus_start(f);
	mock_config_interrupt(f->m);
	KUNIT_EXPECT_EQ(test, f->changed, 0);
}

/* 2.1.2: DEVICE_NEEDS_RESET comes with a notification. */
static void needs_reset_is_told(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	bus_start(f);
	mock_needs_reset(f->m);
	KUNIT_EXPECT_EQ(test, f->changed, 1);
	bus_unregister_driver(f);
	KUNIT_EXPECT_EQ(test, f->m->status, A);
}

#ifdef CONFIG_PM_SLEEP
static void freeze_and_restore(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1 | FB_EVENT_IDX);

	bus_start(f);
	mock_clear_log(f->m);
	KUNIT_EXPECT_EQ(test, virtio_device_freeze(&f->m->vdev), 0);
	KUNIT_EXPECT_EQ(test, f->frozen, 1);
	mock_clear_log(f->m);
	KUNIT_EXPECT_EQ(test, virtio_device_restore(&f->m->vdev), 0);
	KUNIT_EXPECT_EQ(test, f->restored, 1);
	MOCK_EXPECT_TRACE(f->m, TRACE_RESET, A, A | D, A | D | F,
			  A | D | F | OK);
	KUNIT_EXPECT_EQ(test, f->m->accepted, FB_VERSION_1 | FB_EVENT_IDX);
	KUNIT_EXPECT_EQ(test, f->probed, 1);
}

static void freeze_and_restore_legacy(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_EVENT_IDX);

	bus_start(f);
	KUNIT_EXPECT_EQ(test, virtio_device_freeze(&f->m->vdev), 0);
	mock_clear_log(f->m);
	KUNIT_EXPECT_EQ(test, virtio_device_restore(&f->m->vdev), 0);
	MOCK_EXPECT_TRACE(f->m, TRACE_RESET, A, A | D, A | D | OK);
}

/* Changes while the driver is down are kept for when it is up again. */
static void config_change_while_frozen(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	bus_start(f);
	KUNIT_EXPECT_EQ(test, virtio_device_freeze(&f->m->vdev), 0);
	mock_config_interrupt(f->m);
	mock_config_interrupt(f->m);
	KUNIT_EXPECT_EQ(test, f->changed, 0);
	KUNIT_EXPECT_EQ(test, virtio_device_restore(&f->m->vdev), 0);
	KUNIT_EXPECT_EQ(test, f->changed, 1);
}

/* The system stays up: so does the device. */
static void freeze_fails(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	bus_start(f);
	f->freeze_err = -EBUSY;
	mock_clear_log(f->m);
	KUNIT_EXPECT_EQ(test, virtio_device_freeze(&f->m->vdev), -EBUSY);
	KUNIT_EXPECT_EQ(test, mock_find_access(f->m, MOCK_RESET, 0), -1);
	mock_config_interrupt(f->m);
	KUNIT_EXPECT_EQ(test, f->changed, 1);
}

static void restore_fails(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	bus_start(f);
	KUNIT_EXPECT_EQ(test, virtio_device_freeze(&f->m->vdev), 0);
	f->restore_err = -EIO;
	KUNIT_EXPECT_EQ(test, virtio_device_restore(&f->m->vdev), -EIO);
	KUNIT_EXPECT_TRUE(test, f->m->status & BAD);
	KUNIT_EXPECT_FALSE(test, f->m->status & OK);
	bus_unregister_driver(f);
	KUNIT_EXPECT_EQ(test, f->m->status, A);
}

/* 2.2.1: after sleep the device offers less than was accepted before. */
static void restore_with_fewer_features(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1 | FB_EVENT_IDX);

	bus_start(f);
	KUNIT_EXPECT_EQ(test, virtio_device_freeze(&f->m->vdev), 0);
	f->m->offered &= ~FB_EVENT_IDX;
	KUNIT_EXPECT_LT(test, virtio_device_restore(&f->m->vdev), 0);
	KUNIT_EXPECT_EQ(test, f->restored, 0);
	KUNIT_EXPECT_FALSE(test, f->m->status & OK);
}

static void restore_with_features_refused(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	bus_start(f);
	KUNIT_EXPECT_EQ(test, virtio_device_freeze(&f->m->vdev), 0);
	f->m->refuse_features = true;
	KUNIT_EXPECT_LT(test, virtio_device_restore(&f->m->vdev), 0);
	KUNIT_EXPECT_EQ(test, f->restored, 0);
	KUNIT_EXPECT_TRUE(test, f->m->status & BAD);
}

static void restore_reset_ignored(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	bus_start(f);
	KUNIT_EXPECT_EQ(test, virtio_device_freeze(&f->m->vdev), 0);
	f->m->status = A | D | F | OK;
	f->m->ignore_reset = true;
	KUNIT_EXPECT_LT(test, virtio_device_restore(&f->m->vdev), 0);
	KUNIT_EXPECT_EQ(test, f->restored, 0);
}

static void sleep_without_driver(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	KUNIT_ASSERT_EQ(test, mock_register(f->m), 0);
	KUNIT_EXPECT_EQ(test, virtio_device_freeze(&f->m->vdev), 0);
	f->m->status = 0;
	mock_clear_log(f->m);
	KUNIT_EXPECT_EQ(test, virtio_device_restore(&f->m->vdev), 0);
	MOCK_EXPECT_TRACE(f->m, TRACE_RESET, A);
	bus_register_driver(f);
	KUNIT_EXPECT_TRUE(test, bus_bound(f));
}

/* A device that failed wakes up failed, and can be tried again after. */
static void sleep_after_failed(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	f->probe_err = -ENOMEM;
	bus_start(f);
	KUNIT_EXPECT_EQ(test, virtio_device_freeze(&f->m->vdev), 0);
	f->m->status = 0;
	KUNIT_EXPECT_EQ(test, virtio_device_restore(&f->m->vdev), 0);
	KUNIT_EXPECT_TRUE(test, f->m->status & BAD);
	bus_unregister_driver(f);
	f->probe_err = 0;
	bus_register_driver(f);
	KUNIT_EXPECT_TRUE(test, bus_bound(f));
}

/* A driver without sleep functions: its queues do not outlive the reset. */
static void sleep_unknown_to_driver(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	f->drv.freeze = NULL;
	f->drv.restore = NULL;
	bus_start(f);
	KUNIT_EXPECT_EQ(test, virtio_device_freeze(&f->m->vdev), 0);
	KUNIT_EXPECT_EQ(test, virtio_device_restore(&f->m->vdev), 0);
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(f->vq));
}
#endif

static struct kunit_case status_cases[] = {
	KUNIT_CASE(good_probe),
	KUNIT_CASE(good_probe_legacy),
	KUNIT_CASE(order_of_all_steps),
	KUNIT_CASE(driver_ok_in_probe),
	KUNIT_CASE(scan_after_driver_ok),
	KUNIT_CASE(features_refused),
	KUNIT_CASE(validate_fails),
	KUNIT_CASE(validate_clears_version_1),
	KUNIT_CASE(probe_fails),
	KUNIT_CASE(probe_fails_legacy),
	KUNIT_CASE(no_queues),
	KUNIT_CASE(retry_after_failed),
	KUNIT_CASE(refused_then_accepted),
	KUNIT_CASE(found_running),
	KUNIT_CASE(reset_ignored),
	KUNIT_CASE(gone_before_registration),
	KUNIT_CASE(remove_resets),
	KUNIT_CASE(remove_without_function),
	KUNIT_CASE(shutdown_resets),
	KUNIT_CASE(unplug_resets),
	KUNIT_CASE(add_status_keeps_bits),
	KUNIT_CASE(config_change_during_probe),
	KUNIT_CASE(config_change_without_driver),
	KUNIT_CASE(config_change_after_remove),
	KUNIT_CASE(config_change_without_callback),
	KUNIT_CASE(needs_reset_is_told),
#ifdef CONFIG_PM_SLEEP
	KUNIT_CASE(freeze_and_restore),
	KUNIT_CASE(freeze_and_restore_legacy),
	KUNIT_CASE(config_change_while_frozen),
	KUNIT_CASE(freeze_fails),
	KUNIT_CASE(restore_fails),
	KUNIT_CASE(restore_with_fewer_features),
	KUNIT_CASE(restore_with_features_refused),
	KUNIT_CASE(restore_reset_ignored),
	KUNIT_CASE(sleep_without_driver),
	KUNIT_CASE(sleep_after_failed),
	KUNIT_CASE(sleep_unknown_to_driver),
#endif
	{}
};

static struct kunit_suite status_suite = {
	.name = "virtio_status",
	.test_cases = status_cases,
};

kunit_test_suites(&status_suite);

MODULE_DESCRIPTION("Unit tests of the virtio initialization sequence");
MODULE_LICENSE("GPL");
