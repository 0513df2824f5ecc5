// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_config: reading and writing configuration space
 *
 * The accessors of <linux/virtio_config.h> over a device whose configuration
 * changes while it is read (VIRTIO 1.4, 2.5): one consistent value must come
 * out, whatever its size.
 */
#include <linux/module.h>
#include <asm/unaligned.h>

#include "bus_fix.h"

/* A value before and after a change, all bytes different. */
#define BEFORE	0x1122334455667788ULL
#define AFTER	0x99aabbccddeeff00ULL

static int config_changes_left;

static void config_fill(struct mock *m, u64 v)
{
	int i;

	for (i = 0; i < MOCK_CONFIG_LEN; i += 8)
		put_unaligned_le64(v, m->config + i);
}

/* After each of the first reads the device changes everything. */
static void change_after_read(struct mock *m, unsigned int offset,
			      unsigned int len)
{
	if (!config_changes_left)
		return;
	config_changes_left--;
	m->generation++;
	config_fill(m, config_changes_left ? BEFORE + m->generation : AFTER);
}

static struct mock *config_setup(struct kunit *test, u64 features,
				 int changes)
{
	struct bus_fix *f = bus_new(test, features);

	bus_start(f);
	KUNIT_ASSERT_TRUE(test, bus_bound(f));
	config_fill(f->m, BEFORE);
	config_changes_left = changes;
	f->m->on_config_read = change_after_read;
	return f->m;
}

static void read_8(struct kunit *test)
{
	struct mock *m = config_setup(test, FB_VERSION_1, 0);

	KUNIT_EXPECT_EQ(test, virtio_cread8(&m->vdev, 0), 0x88);
	KUNIT_EXPECT_EQ(test, virtio_cread8(&m->vdev, 7), 0x11);
}

static void read_16(struct kunit *test)
{
	struct mock *m = config_setup(test, FB_VERSION_1, 0);

	KUNIT_EXPECT_EQ(test, virtio_cread16(&m->vdev, 0), 0x7788);
	KUNIT_EXPECT_EQ(test, virtio_cread16(&m->vdev, 6), 0x1122);
}

static void read_32(struct kunit *test)
{
	struct mock *m = config_setup(test, FB_VERSION_1, 0);

	KUNIT_EXPECT_EQ(test, virtio_cread32(&m->vdev, 4), 0x11223344);
}

static void read_64_quiet(struct kunit *test)
{
	struct mock *m = config_setup(test, FB_VERSION_1, 0);

	KUNIT_EXPECT_EQ(test, virtio_cread64(&m->vdev, 8), BEFORE);
	KUNIT_EXPECT_GE(test, mock_find_access(m, MOCK_GENERATION, 0), 0);
}

static void read_64_changing(struct kunit *test)
{
	struct mock *m = config_setup(test, FB_VERSION_1, 7);

	KUNIT_EXPECT_EQ(test, virtio_cread64(&m->vdev, 8), AFTER);
	KUNIT_EXPECT_EQ(test, config_changes_left, 0);
}

/* Bytes one by one, with a change between any two of them. */
static void read_bytes_changing(struct kunit *test)
{
	struct mock *m = config_setup(test, FB_VERSION_1, 20);
	u8 buf[16];

	virtio_cread_bytes(&m->vdev, 0, buf, sizeof(buf));
	KUNIT_EXPECT_EQ(test, get_unaligned_le64(buf), AFTER);
	KUNIT_EXPECT_EQ(test, get_unaligned_le64(buf + 8), AFTER);
}

static void read_odd_bytes(struct kunit *test)
{
	struct mock *m = config_setup(test, FB_VERSION_1, 0);
	u8 buf[6];

	virtio_cread_bytes(&m->vdev, 1, buf, sizeof(buf));
	KUNIT_EXPECT_EQ(test, 0, memcmp(buf, m->config + 1, sizeof(buf)));
}

/* 2.5.4: a legacy device's fields are in the guest's byte order. */
static void read_legacy_order(struct kunit *test)
{
	struct mock *m = config_setup(test, 0, 0);
	u32 want;

	memcpy(&want, m->config, sizeof(want));
	KUNIT_EXPECT_EQ(test, virtio_cread32(&m->vdev, 0), want);
}

static void write_then_read(struct kunit *test)
{
	struct mock *m = config_setup(test, FB_VERSION_1, 0);

	virtio_cwrite8(&m->vdev, 1, 0xab);
	virtio_cwrite16(&m->vdev, 2, 0x1234);
	virtio_cwrite32(&m->vdev, 4, 0xdeadbeef);
	virtio_cwrite64(&m->vdev, 8, AFTER);
	KUNIT_EXPECT_EQ(test, m->config[1], 0xab);
	KUNIT_EXPECT_EQ(test, get_unaligned_le16(m->config + 2), 0x1234);
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(m->config + 4), 0xdeadbeef);
	KUNIT_EXPECT_EQ(test, get_unaligned_le64(m->config + 8), AFTER);
	KUNIT_EXPECT_EQ(test, virtio_cread64(&m->vdev, 8), AFTER);
}

/* The mock is strict about what drivers may do early, 3.1.1 step 4. */
static int writing_validate(struct virtio_device *vdev)
{
	virtio_cwrite8(vdev, 0, 1);
	return 0;
}

static void write_before_features_ok(struct kunit *test)
{
	struct bus_fix *f = bus_new(test, FB_VERSION_1);

	f->drv.validate = writing_validate;
	f->m->tolerate = true;
	bus_start(f);
	KUNIT_EXPECT_EQ(test, f->m->violations, 1);
}

static struct kunit_case config_cases[] = {
	KUNIT_CASE(read_8),
	KUNIT_CASE(read_16),
	KUNIT_CASE(read_32),
	KUNIT_CASE(read_64_quiet),
	KUNIT_CASE(read_64_changing),
	KUNIT_CASE(read_bytes_changing),
	KUNIT_CASE(read_odd_bytes),
	KUNIT_CASE(read_legacy_order),
	KUNIT_CASE(write_then_read),
	KUNIT_CASE(write_before_features_ok),
	{}
};

static struct kunit_suite config_suite = {
	.name = "virtio_config",
	.test_cases = config_cases,
};

kunit_test_suites(&config_suite);

MODULE_DESCRIPTION("Unit tests of access to virtio configuration space");
MODULE_LICENSE("GPL");
