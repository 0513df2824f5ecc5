// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_drivers: the drivers on a device that watches them
 *
 * virtio_blk and virtio-rng, loaded beside this module, on the mock.  A block
 * device of no capacity does no I/O, so that all there is to see is how a
 * driver sets its device up.
 */
#include <linux/module.h>
#include <asm/unaligned.h>

#include "mock.h"

/* Device ids, VIRTIO 1.4, 5. */
#define ID_BLOCK	2
#define ID_ENTROPY	4

#define FB_ANY_LAYOUT	FB(27)

/* struct virtio_blk_config up to its capacity, 5.2.4. */
#define CAPACITY_END	8

/**
 * struct field_case - what a feature of block devices adds
 * @name: of the feature
 * @bit: of the feature, 0 for none
 * @from: first byte of its fields, 5.2.4
 * @end: behind the last one
 */
struct field_case {
	const char *name;
	u64 bit;
	unsigned int from;
	unsigned int end;
};

static const struct field_case field_cases[] = {
	{ "no feature", 0, 0, CAPACITY_END },
	{ "SIZE_MAX", FB(1), 8, 12 },
	{ "SEG_MAX", FB(2), 12, 16 },
	{ "GEOMETRY", FB(4), 16, 20 },
	{ "BLK_SIZE", FB(6), 20, 24 },
	{ "TOPOLOGY", FB(10), 24, 32 },
	{ "CONFIG_WCE", FB(11), 32, 33 },
	{ "MQ", FB(12), 34, 36 },
	{ "DISCARD", FB(13), 36, 48 },
	{ "WRITE_ZEROES", FB(14), 48, 57 },
};

static void field_desc(const struct field_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(field, field_cases, field_desc);

/* On the bus, with its driver. */
static void driver_start(struct mock *m)
{
	KUNIT_ASSERT_EQ(m->test, mock_register(m), 0);
	KUNIT_ASSERT_NOT_NULL_MSG(m->test, m->vdev.dev.driver,
				  "no driver took device id %u",
				  m->vdev.id.device);
	KUNIT_EXPECT_TRUE(m->test, m->status & ST_DRIVER_OK);
}

/* Values that no driver can object to, whatever is offered. */
static void fill_block_config(struct mock *m)
{
	put_unaligned_le32(4096, m->config + 8);
	put_unaligned_le32(4, m->config + 12);
	put_unaligned_le32(512, m->config + 20);
	put_unaligned_le16(1, m->config + 34);
	put_unaligned_le32(64, m->config + 36);
	put_unaligned_le32(1, m->config + 40);
	put_unaligned_le32(1, m->config + 44);
	put_unaligned_le32(64, m->config + 48);
	put_unaligned_le32(1, m->config + 52);
}

/* 2.5.1: a field exists with its feature only; capacity always does. */
static void fields_with_their_features(struct kunit *test)
{
	const struct field_case *c = test->param_value;
	struct mock *m = mock_new(test, ID_BLOCK, FB_VERSION_1 | c->bit);
	unsigned int i, from, end, read = 0;

	fill_block_config(m);
	driver_start(m);
	KUNIT_EXPECT_EQ(test, m->accepted, FB_VERSION_1 | c->bit);
	for (i = 0; i < m->log_num; i++) {
		if (m->log[i].op != MOCK_CONFIG_READ)
			continue;
		from = m->log[i].value >> 16;
		end = from + (u16)m->log[i].value;
		if (from >= c->from && end <= c->end)
			read++;
		else
			KUNIT_EXPECT_LE(test, end, CAPACITY_END);
	}
	KUNIT_EXPECT_GT(test, read, 0);
	KUNIT_EXPECT_EQ(test, m->log_lost, 0);
}

/* 6.3: a transitional driver takes ANY_LAYOUT from a legacy device. */
static void legacy_any_layout(struct kunit *test)
{
	static const u32 ids[] = { ID_BLOCK, ID_ENTROPY };
	struct mock *m;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		m = mock_new(test, ids[i], FB_ANY_LAYOUT);
		driver_start(m);
		KUNIT_EXPECT_EQ(test, m->accepted, FB_ANY_LAYOUT);
		mock_unregister(m);
	}
}

/* 3.1.1: a driver with buffers to give from the start waits for DRIVER_OK. */
static void notifies_when_live(struct kunit *test)
{
	struct mock *m = mock_new(test, ID_ENTROPY, FB_VERSION_1);
	int live, notify;

	driver_start(m);
	live = mock_find_status(m, ST_ACKNOWLEDGE | ST_DRIVER |
				   ST_FEATURES_OK | ST_DRIVER_OK);
	notify = mock_find_access(m, MOCK_NOTIFY, 0);
	KUNIT_EXPECT_GE(test, live, 0);
	KUNIT_EXPECT_GT(test, notify, live);
}

static struct kunit_case drivers_cases[] = {
	KUNIT_CASE_PARAM(fields_with_their_features, field_gen_params),
	KUNIT_CASE(legacy_any_layout),
	KUNIT_CASE(notifies_when_live),
	{}
};

static struct kunit_suite drivers_suite = {
	.name = "virtio_drivers",
	.test_cases = drivers_cases,
};

kunit_test_suites(&drivers_suite);

MODULE_DESCRIPTION("Unit tests of virtio drivers on a mock device");
MODULE_LICENSE("GPL");
