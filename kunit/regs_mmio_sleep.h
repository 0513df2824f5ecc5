/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: Cases of the suite virtio_regs_mmio: system sleep
 *
 * Taken down and up again, or left awake; a device that comes back without its
 * state, as another one, or not at all.
 *
 * Included once, by regs_mmio_test.c, which lists them.
 */
#ifndef _KUNIT_REGS_MMIO_SLEEP_H
#define _KUNIT_REGS_MMIO_SLEEP_H

#ifdef CONFIG_PM_SLEEP
/* A device that may wake the system up keeps its queues. */
static void sleeps_with_an_eye_open(struct kunit *test)
{
	static const struct rf_access want[] = {
		RF_R32(0, O_STATUS, 15),
	};
	struct mm_fix *f = mm_live_up(test, 2, 0);
	struct device *dev = &f->pdev->dev;

	device_wakeup_enable(dev);
	mm_wakes = 0;
	KUNIT_EXPECT_EQ(test, 0, vm_pm_ops.suspend(dev));
	KUNIT_EXPECT_EQ(test, mm_wakes, 1);
	KUNIT_EXPECT_EQ(test, 0, vm_pm_ops.resume(dev));
	KUNIT_EXPECT_EQ(test, mm_wakes, 0);
	rf_expect(f->rf, want, ARRAY_SIZE(want));
}

/* What it has lost in the sleep is set up again, from the reset on. */
static void sleeps_too_deep(struct kunit *test)
{
	struct mm_fix *f = mm_live_up(test, 2, 0);
	struct device *dev = &f->pdev->dev;

	device_wakeup_enable(dev);
	mm_wakes = 0;
	KUNIT_EXPECT_EQ(test, 0, vm_pm_ops.suspend(dev));
	rf_poke(f->rf, 0, O_STATUS, 4, 0);
	KUNIT_EXPECT_EQ(test, 0, vm_pm_ops.resume(dev));
	KUNIT_EXPECT_EQ(test, mm_wakes, 0);
	KUNIT_EXPECT_GE(test, rf_count(f->rf, RF_WRITE, 0, O_STATUS), 2);
	KUNIT_EXPECT_EQ(test, 1, rf_peek(f->rf, 0, O_STATUS, 4));
}

/* Any other is set up again in any case. */
static void sleeps(struct kunit *test)
{
	static const struct rf_access want[] = {
		RF_W32(0, O_STATUS, 0),
		RF_R32(0, O_STATUS, 0),
		RF_R32(0, O_STATUS, 0),
		RF_W32(0, O_STATUS, 1),
	};
	struct mm_fix *f = mm_up(test, 2, 0);
	struct device *dev = &f->pdev->dev;

	mm_wakes = 0;
	KUNIT_EXPECT_EQ(test, 0, vm_pm_ops.suspend(dev));
	KUNIT_EXPECT_EQ(test, 0, vm_pm_ops.resume(dev));
	KUNIT_EXPECT_EQ(test, mm_wakes, 0);
	rf_expect(f->rf, want, ARRAY_SIZE(want));
}

/* What a driver was asked, and what it answers. */
static unsigned int mm_freezes, mm_restores;
static int mm_freeze_error;

static int mm_freeze(struct virtio_device *vdev)
{
	mm_freezes++;
	return mm_freeze_error;
}

static int mm_restore(struct virtio_device *vdev)
{
	mm_restores++;
	return 0;
}

/* A driver for the time of a sleep; mm_undrive() before the case ends. */
static void mm_drive(struct mm_fix *f)
{
	static struct virtio_driver drv = {
		.driver.name = "kunit",
		.freeze = mm_freeze,
		.restore = mm_restore,
	};

	mm_freezes = 0;
	mm_restores = 0;
	mm_freeze_error = 0;
	f->vdev->dev.driver = &drv.driver;
}

static void mm_undrive(struct mm_fix *f)
{
	f->vdev->dev.driver = NULL;
}

/* What did not come up is not taken down again, but tried again. */
static void sleeps_again(struct kunit *test)
{
	struct mm_fix *f = mm_up(test, 2, 0);
	struct device *dev = &f->pdev->dev;
	u64 offer = f->offer;
	int i;

	mm_drive(f);
	f->offer = 0;
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, 0, vm_pm_ops.suspend(dev));
		KUNIT_EXPECT_EQ(test, -ENODEV, vm_pm_ops.resume(dev));
		KUNIT_EXPECT_EQ(test, mm_freezes, 1);
		KUNIT_EXPECT_EQ(test, mm_restores, 0);
	}
	f->offer = offer;
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, 0, vm_pm_ops.suspend(dev));
		KUNIT_EXPECT_EQ(test, 0, vm_pm_ops.resume(dev));
		KUNIT_EXPECT_EQ(test, mm_freezes, 1 + i);
		KUNIT_EXPECT_EQ(test, mm_restores, 1 + i);
	}

	/* Not brought up, but given to a driver again. */
	f->offer = 0;
	KUNIT_EXPECT_EQ(test, 0, vm_pm_ops.suspend(dev));
	KUNIT_EXPECT_EQ(test, -ENODEV, vm_pm_ops.resume(dev));
	f->vdev->config->set_status(f->vdev, 15);
	KUNIT_EXPECT_EQ(test, 0, vm_pm_ops.suspend(dev));
	KUNIT_EXPECT_EQ(test, mm_freezes, 4);
	mm_undrive(f);
}

/* Its state is lost, and its driver does not let go: nobody waits for it. */
static void sleeps_too_deep_busy(struct kunit *test)
{
	struct mm_fix *f = mm_live_up(test, 2, 0);
	struct device *dev = &f->pdev->dev;

	mm_drive(f);
	device_wakeup_enable(dev);
	KUNIT_EXPECT_EQ(test, 0, vm_pm_ops.suspend(dev));
	rf_poke(f->rf, 0, O_STATUS, 4, 0);
	mm_freeze_error = -EBUSY;
	KUNIT_EXPECT_EQ(test, -EBUSY, vm_pm_ops.resume(dev));
	KUNIT_EXPECT_EQ(test, mm_freezes, 1);
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(f->vqs[0]));
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(f->vqs[1]));
	mm_undrive(f);
}
#endif

#endif /* _KUNIT_REGS_MMIO_SLEEP_H */
