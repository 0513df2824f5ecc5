// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_bus: who is matched with whom, and what they agree on
 *
 * Match by id table, uevent, sysfs attributes, order of registration, and
 * feature negotiation (VIRTIO 1.4, 2.2 and 6).
 */
#include <linux/module.h>

#include "bus_fix.h"

/**
 * struct id_case - a device and one entry of a driver's table
 * @device: device id in the table
 * @vendor: vendor id in the table
 * @match: should they match a device BUS_DEVICE_ID of MOCK_VENDOR?
 * @name: of the case
 */
struct id_case {
	u32 device;
	u32 vendor;
	bool match;
	const char *name;
};

static const struct id_case id_cases[] = {
	{ BUS_DEVICE_ID, MOCK_VENDOR, true, "both" },
	{ BUS_DEVICE_ID, VIRTIO_DEV_ANY_ID, true, "any vendor" },
	{ VIRTIO_DEV_ANY_ID, MOCK_VENDOR, true, "any device" },
	{ VIRTIO_DEV_ANY_ID, VIRTIO_DEV_ANY_ID, true, "any" },
	{ BUS_DEVICE_ID + 1, MOCK_VENDOR, false, "other device" },
	{ BUS_DEVICE_ID, MOCK_VENDOR + 1, false, "other vendor" },
	{ BUS_DEVICE_ID + 1, VIRTIO_DEV_ANY_ID, false, "other, any vendor" },
	{ VIRTIO_DEV_ANY_ID, MOCK_VENDOR + 1, false, "any, other vendor" },
};

static void id_desc(const struct id_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(id, id_cases, id_desc);

static void match_by_id(struct kunit *test)
{
	const struct id_case *c = test->param_value;
	struct virtio_device_id ids[] = {
		{ 0x7fff, 0x7fff },
		{ c->device, c->vendor },
		{ 0 },
	};
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	f->drv.id_table = ids;
	bus_start(f);
	KUNIT_EXPECT_EQ(test, bus_bound(f), c->match);
	KUNIT_EXPECT_EQ(test, f->probed, c->match);
	mock_unregister(f->m);
	bus_unregister_driver(f);
}

static void match_empty_table(struct kunit *test)
{
	static const struct virtio_device_id none[] = { { 0 } };
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	f->drv.id_table = none;
	bus_start(f);
	KUNIT_EXPECT_FALSE(test, bus_bound(f));
}

static void device_first(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	KUNIT_ASSERT_EQ(test, mock_register(f->m), 0);
	KUNIT_EXPECT_EQ(test, f->m->status, ST_ACKNOWLEDGE);
	KUNIT_EXPECT_FALSE(test, bus_bound(f));
	bus_register_driver(f);
	KUNIT_EXPECT_TRUE(test, bus_bound(f));
	KUNIT_EXPECT_TRUE(test, f->m->status & ST_DRIVER_OK);
}

static void driver_first(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	bus_register_driver(f);
	KUNIT_EXPECT_EQ(test, f->probed, 0);
	KUNIT_ASSERT_EQ(test, mock_register(f->m), 0);
	KUNIT_EXPECT_TRUE(test, bus_bound(f));
}

static void device_goes_first(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	bus_start(f);
	mock_unregister(f->m);
	KUNIT_EXPECT_EQ(test, f->removed, 1);
	bus_unregister_driver(f);
	KUNIT_EXPECT_EQ(test, f->removed, 1);
}

static void driver_comes_back(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);
	int i;

	bus_start(f);
	for (i = 1; i <= 5; i++) {
		KUNIT_EXPECT_EQ(test, f->probed, i);
		KUNIT_EXPECT_TRUE(test, bus_bound(f));
		bus_unregister_driver(f);
		KUNIT_EXPECT_EQ(test, f->removed, i);
		KUNIT_EXPECT_FALSE(test, bus_bound(f));
		bus_register_driver(f);
	}
}

static void index_and_name(struct kunit *test)
{
	struct mock *a = mock_new(test, BUS_DEVICE_ID, FB_VERSION_1);
	struct mock *b = mock_new(test, BUS_DEVICE_ID, FB_VERSION_1);
	char name[20];

	KUNIT_ASSERT_EQ(test, mock_register(a), 0);
	KUNIT_ASSERT_EQ(test, mock_register(b), 0);
	KUNIT_EXPECT_NE(test, a->vdev.index, b->vdev.index);
	snprintf(name, sizeof(name), "virtio%d", b->vdev.index);
	KUNIT_EXPECT_STREQ(test, dev_name(&b->vdev.dev), name);
	KUNIT_EXPECT_STREQ(test, b->vdev.dev.bus->name, "virtio");
	KUNIT_EXPECT_TRUE(test, is_virtio_device(&b->vdev.dev));
	KUNIT_EXPECT_FALSE(test, is_virtio_device(b->vdev.dev.parent));
}

static void uevent_modalias(struct kunit *test)
{
	struct mock *m = mock_new(test, 0xabc, FB_VERSION_1);
	struct kobj_uevent_env *env;

	KUNIT_ASSERT_EQ(test, mock_register(m), 0);
	env = kunit_kzalloc(test, sizeof(*env), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, env);
	KUNIT_ASSERT_EQ(test, m->vdev.dev.bus->uevent(&m->vdev.dev, env), 0);
	KUNIT_ASSERT_EQ(test, env->envp_idx, 1);
	KUNIT_EXPECT_STREQ(test, env->envp[0],
			   "MODALIAS=virtio:d00000ABCv00004D4F");
}

/* Text of a sysfs attribute of the bus, in a buffer of the test's. */
static const char *attr_text(struct mock *m, const char *name)
{
	const struct attribute_group **g = m->vdev.dev.bus->dev_groups;
	char *buf = kunit_kzalloc(m->test, PAGE_SIZE, GFP_KERNEL);
	struct device_attribute *da;
	struct attribute **a;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(m->test, buf);
	for (; g && *g; g++) {
		for (a = (*g)->attrs; *a; a++) {
			if (strcmp((*a)->name, name))
				continue;
			da = container_of(*a, struct device_attribute, attr);
			KUNIT_EXPECT_EQ(m->test, (*a)->mode, 0444);
			KUNIT_EXPECT_EQ(m->test,
					da->show(&m->vdev.dev, da, buf),
					(ssize_t)strlen(buf));
			return buf;
		}
	}
	KUNIT_FAIL(m->test, "no attribute %s", name);
	return "";
}

static void sysfs_ids(struct kunit *test)
{
	struct mock *m = mock_new(test, 0x2a, FB_VERSION_1);

	KUNIT_ASSERT_EQ(test, mock_register(m), 0);
	KUNIT_EXPECT_STREQ(test, attr_text(m, "device"), "0x002a\n");
	KUNIT_EXPECT_STREQ(test, attr_text(m, "vendor"), "0x4d4f\n");
	KUNIT_EXPECT_STREQ(test, attr_text(m, "modalias"),
			   "virtio:d0000002Av00004D4F\n");
}

static void sysfs_status(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	KUNIT_ASSERT_EQ(test, mock_register(f->m), 0);
	KUNIT_EXPECT_STREQ(test, attr_text(f->m, "status"), "0x00000001\n");
	bus_register_driver(f);
	KUNIT_EXPECT_STREQ(test, attr_text(f->m, "status"), "0x0000000f\n");
	f->m->status |= ST_NEEDS_RESET;
	KUNIT_EXPECT_STREQ(test, attr_text(f->m, "status"), "0x0000004f\n");
}

/* 64 characters, bit 0 first: what was negotiated, not what was offered. */
static void sysfs_features(struct kunit *test)
{
	static const unsigned int table[] = { 0, 5, 23 };
	struct bus_fix *f = bus_new(test, FB_VERSION_1 | FB(0) | FB(3) |
					  FB(23) | FB_EVENT_IDX);

	f->drv.feature_table = table;
	f->drv.feature_table_size = ARRAY_SIZE(table);
	bus_start(f);
	KUNIT_EXPECT_STREQ(test, attr_text(f->m, "features"),
			   "1000000000000000000000010000010010000000000000000000000000000000\n");
}

/**
 * struct feature_case - one negotiation
 * @name: of the case
 * @offered: by the device
 * @table: the driver's feature table
 * @table_size: its entries
 * @legacy: the driver's legacy table
 * @legacy_size: its entries
 * @has_legacy: the driver has a legacy table
 * @accepted: what has to come out
 */
struct feature_case {
	const char *name;
	u64 offered;
	unsigned int table[4];
	unsigned int table_size;
	unsigned int legacy[4];
	unsigned int legacy_size;
	bool has_legacy;
	u64 accepted;
};

static const struct feature_case feature_cases[] = {
	{
		.name = "nothing but VERSION_1",
		.offered = FB_VERSION_1,
		.accepted = FB_VERSION_1,
	}, {
		.name = "common subset",
		.offered = FB_VERSION_1 | FB(0) | FB(1) | FB(5) | FB(20),
		.table = { 1, 5, 7 }, .table_size = 3,
		.accepted = FB_VERSION_1 | FB(1) | FB(5),
	}, {
		.name = "driver knows none",
		.offered = FB_VERSION_1 | FB(0) | FB(23),
		.accepted = FB_VERSION_1,
	}, {
		.name = "device offers none",
		.offered = FB_VERSION_1,
		.table = { 0, 23 }, .table_size = 2,
		.accepted = FB_VERSION_1,
	}, {
		.name = "device type bits above 41",
		.offered = FB_VERSION_1 | FB(50) | FB(57) | FB(63),
		.table = { 50, 63 }, .table_size = 2,
		.accepted = FB_VERSION_1 | FB(50) | FB(63),
	}, {
		.name = "modern ignores the legacy table",
		.offered = FB_VERSION_1 | FB(2) | FB(3),
		.table = { 2 }, .table_size = 1,
		.legacy = { 3 }, .legacy_size = 1, .has_legacy = true,
		.accepted = FB_VERSION_1 | FB(2),
	}, {
		.name = "legacy uses the legacy table",
		.offered = FB(2) | FB(3),
		.table = { 2 }, .table_size = 1,
		.legacy = { 3 }, .legacy_size = 1, .has_legacy = true,
		.accepted = FB(3),
	}, {
		.name = "legacy with an empty legacy table",
		.offered = FB(2) | FB(3),
		.table = { 2 }, .table_size = 1,
		.has_legacy = true,
		.accepted = 0,
	}, {
		.name = "legacy without a legacy table",
		.offered = FB(2) | FB(3),
		.table = { 2 }, .table_size = 1,
		.accepted = FB(2),
	}, {
		.name = "ring bits need no table",
		.offered = FB_VERSION_1 | FB_INDIRECT | FB_EVENT_IDX,
		.accepted = FB_VERSION_1 | FB_INDIRECT | FB_EVENT_IDX,
	}, {
		.name = "ring bits on a legacy device",
		.offered = FB_INDIRECT | FB_EVENT_IDX,
		.accepted = FB_INDIRECT | FB_EVENT_IDX,
	}, {
		.name = "platform access and order",
		.offered = FB_VERSION_1 | FB_PLATFORM | FB(36),
		.accepted = FB_VERSION_1 | FB_PLATFORM | FB(36),
	}, {
		.name = "unused bit 30",
		.offered = FB_VERSION_1 | FB_UNUSED30,
		.accepted = FB_VERSION_1,
	}, {
		.name = "packed layout and in order",
		.offered = FB_VERSION_1 | FB(34) | FB(35),
		.accepted = FB_VERSION_1 | FB(34) | FB(35),
	}, {
		.name = "transport's own, mock has none",
		.offered = FB_VERSION_1 | FB(37) | FB(38) | FB(39) | FB(40),
		.accepted = FB_VERSION_1,
	}, {
		.name = "legacy bits 24 and 27 unasked",
		.offered = FB(24) | FB(27),
		.accepted = 0,
	}, {
		.name = "reserved for the future",
		.offered = FB_VERSION_1 | FB(43) | FB(44) | FB(45) | FB(49),
		.accepted = FB_VERSION_1,
	},
};

static void feature_desc(const struct feature_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(feature, feature_cases, feature_desc);

static void negotiate(struct kunit *test)
{
	const struct feature_case *c = test->param_value;
	struct bus_fix *f = bus_new(test, c->offered);

	f->drv.feature_table = c->table;
	f->drv.feature_table_size = c->table_size;
	if (c->has_legacy) {
		f->drv.feature_table_legacy = c->legacy;
		f->drv.feature_table_size_legacy = c->legacy_size;
	}
	bus_start(f);
	KUNIT_EXPECT_TRUE(test, bus_bound(f));
	KUNIT_EXPECT_EQ(test, f->m->accepted, c->accepted);
	KUNIT_EXPECT_EQ(test, f->m->vdev.features, c->accepted);
}

static void validate_clears_a_bit(struct kunit *test)
{
	static const unsigned int table[] = { 1, 5 };
	struct bus_fix *f = bus_new(test, FB_VERSION_1 | FB(1) | FB(5));

	f->drv.feature_table = table;
	f->drv.feature_table_size = ARRAY_SIZE(table);
	f->drv.validate = bus_validate;
	f->validate_clears = FB(5);
	bus_start(f);
	KUNIT_EXPECT_TRUE(test, bus_bound(f));
	KUNIT_EXPECT_EQ(test, f->m->accepted, FB_VERSION_1 | FB(1));
	KUNIT_EXPECT_EQ(test, f->m->vdev.features, FB_VERSION_1 | FB(1));
}

static int reading_validate(struct virtio_device *vdev)
{
	struct mock *m = to_mock(vdev);
	u8 v = virtio_cread8(vdev, 3);

	KUNIT_EXPECT_EQ(m->test, v, 0x33);
	KUNIT_EXPECT_FALSE(m->test, m->status & ST_FEATURES_OK);
	return 0;
}

/* 3.1.1 step 4: "MAY read (but MUST NOT write)" the configuration. */
static void validate_may_read_config(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	f->m->config[3] = 0x33;
	f->drv.validate = reading_validate;
	bus_start(f);
	KUNIT_EXPECT_TRUE(test, bus_bound(f));
	KUNIT_EXPECT_GE(test, mock_find_access(f->m, MOCK_CONFIG_READ, 0), 0);
}

/* Asking for a feature of either table is fine, offered or not. */
static void driver_asks_for_listed_features(struct kunit *test)
{
	static const unsigned int table[] = { 1 }, legacy[] = { 2 };
	struct bus_fix *f = bus_new(test, FB_VERSION_1 | FB(1));

	f->drv.feature_table = table;
	f->drv.feature_table_size = 1;
	f->drv.feature_table_legacy = legacy;
	f->drv.feature_table_size_legacy = 1;
	bus_start(f);
	KUNIT_ASSERT_TRUE(test, bus_bound(f));
	KUNIT_EXPECT_TRUE(test, virtio_has_feature(&f->m->vdev, 1));
	KUNIT_EXPECT_FALSE(test, virtio_has_feature(&f->m->vdev, 2));
	KUNIT_EXPECT_TRUE(test, virtio_has_feature(&f->m->vdev, 32));
}

static struct kunit_case bus_cases[] = {
	KUNIT_CASE_PARAM(match_by_id, id_gen_params),
	KUNIT_CASE(match_empty_table),
	KUNIT_CASE(device_first),
	KUNIT_CASE(driver_first),
	KUNIT_CASE(device_goes_first),
	KUNIT_CASE(driver_comes_back),
	KUNIT_CASE(index_and_name),
	KUNIT_CASE(uevent_modalias),
	KUNIT_CASE(sysfs_ids),
	KUNIT_CASE(sysfs_status),
	KUNIT_CASE(sysfs_features),
	KUNIT_CASE_PARAM(negotiate, feature_gen_params),
	KUNIT_CASE(validate_clears_a_bit),
	KUNIT_CASE(validate_may_read_config),
	KUNIT_CASE(driver_asks_for_listed_features),
	{}
};

static struct kunit_suite bus_suite = {
	.name = "virtio_bus",
	.test_cases = bus_cases,
};

kunit_test_suites(&bus_suite);

MODULE_DESCRIPTION("Unit tests of the virtio bus");
MODULE_LICENSE("GPL");
