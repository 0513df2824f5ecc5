/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: A driver that does as it is told: what the bus suites stand on
 *
 * One mock device and one driver.  The test says what the driver's callbacks
 * return or do, and counts how often they ran.
 */
#ifndef _KUNIT_BUS_FIX_H
#define _KUNIT_BUS_FIX_H

#include "mock.h"

#define BUS_DEVICE_ID	0xfe00

/**
 * struct bus_fix - device and driver
 * @test: the test
 * @m: the device
 * @drv: the driver; its probe, remove, config_changed, freeze and restore are
 *	set, validate and scan are not
 * @drv_registered: and it is on the bus
 * @no_vqs: probe and restore find no queue
 * @probe_err: what probe returns, before it finds a queue
 * @restore_err: what restore returns
 * @freeze_err: what freeze returns, before it does anything
 * @validate_err: what bus_validate() returns
 * @validate_clears: bits that bus_validate() takes out of the features
 * @on_probe: called in probe when its queue is there
 * @probed: times that probe ran
 * @removed: times that remove ran
 * @scanned: times that bus_scan() ran
 * @changed: times that config_changed ran
 * @frozen: times that freeze ran
 * @restored: times that restore ran
 * @changed_in_probe: value of @changed when probe returned
 * @vq: its queue
 */
struct bus_fix {
	struct kunit *test;
	struct mock *m;
	struct virtio_driver drv;
	bool drv_registered;
	bool no_vqs;
	int probe_err;
	int restore_err;
	int freeze_err;
	int validate_err;
	u64 validate_clears;
	void (*on_probe)(struct bus_fix *f);
	unsigned int probed;
	unsigned int removed;
	unsigned int scanned;
	unsigned int changed;
	unsigned int frozen;
	unsigned int restored;
	unsigned int changed_in_probe;
	struct virtqueue *vq;
};

struct bus_fix *bus_new(struct kunit *test, u64 offered);
void bus_register_driver(struct bus_fix *f);
void bus_unregister_driver(struct bus_fix *f);
void bus_start(struct bus_fix *f);
bool bus_bound(const struct bus_fix *f);
int bus_validate(struct virtio_device *vdev);
void bus_scan(struct virtio_device *vdev);

#endif /* _KUNIT_BUS_FIX_H */
