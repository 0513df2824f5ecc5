// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_pci_caps: capability lists, honest and crafted
 *
 * Feeds the pure parser of virtio_pci (vp_caps.c) bytes of a configuration
 * space made here from the drawings of VIRTIO 1.4, 4.1.4.  Its source is
 * included, so that the suite runs on a kernel without PCI.
 */
#include <linux/module.h>
#include <kunit/test.h>

#include "../virtio_core/pci/vp_caps.c"

/* Sizes of the BARs unless a case says otherwise: 0, 2 and 4 exist. */
#define BAR0_LEN	0x1000
#define BAR2_LEN	0x4000
#define BAR4_LEN	0x300000000ULL

/**
 * struct caps_fix - a function's configuration space
 * @test: the test
 * @rd: what the parser gets
 * @space: its 256 bytes
 * @reads: calls of the read callback
 * @fail_at: this read, counted from 1, fails; 0 for none
 * @refused: capabilities that the parser refused
 * @why: and the last reason
 * @tail: where the link to the next capability is to be put
 */
struct caps_fix {
	struct kunit *test;
	struct vp_caps_reader rd;
	u8 space[256];
	unsigned int reads;
	unsigned int fail_at;
	unsigned int refused;
	enum vp_cap_fault why;
	u8 tail;
};

static int caps_read(void *ctx, unsigned int pos, void *buf, unsigned int len)
{
	struct caps_fix *x = ctx;

	x->reads++;
	KUNIT_EXPECT_LE(x->test, pos + len, 256);
	if (pos + len > 256)
		return -EFAULT;
	if (x->reads == x->fail_at)
		return -EIO;
	memcpy(buf, x->space + pos, len);
	return 0;
}

static void caps_refused(void *ctx, unsigned int pos, u8 cfg_type,
			 enum vp_cap_fault why)
{
	struct caps_fix *x = ctx;

	x->refused++;
	x->why = why;
	KUNIT_EXPECT_NOT_NULL(x->test, vp_cap_fault_name(why));
}

static struct caps_fix *caps_new(struct kunit *test)
{
	struct caps_fix *x = kunit_kzalloc(test, sizeof(*x), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, x);
	x->test = test;
	x->rd.read = caps_read;
	x->rd.refused = caps_refused;
	x->rd.ctx = x;
	x->rd.bar_len[0] = BAR0_LEN;
	x->rd.bar_len[2] = BAR2_LEN;
	x->rd.bar_len[4] = BAR4_LEN;
	x->space[0x06] = 0x10;	/* PCI status: there is a list */
	x->tail = 0x34;		/* where it begins */
	return x;
}

/* A vendor capability at @pos, linked behind the last one; 4.1.4. */
static void put_cap(struct caps_fix *x, u8 pos, u8 len, u8 type, u8 bar,
		    u32 offset, u32 length)
{
	u8 *p = x->space + pos;

	x->space[x->tail] = pos;
	x->tail = pos + 1;
	p[0] = 0x09;
	p[1] = 0;
	p[2] = len;
	p[3] = type;
	p[4] = bar;
	p[5] = 0;
	put_unaligned_le32(offset, p + 8);
	put_unaligned_le32(length, p + 12);
}

#define COMMON	1
#define NOTIFY	2
#define ISR	3
#define DEVICE	4
#define PCI_CFG	5
#define SHM	8
#define VENDOR	9

static void put_notify(struct caps_fix *x, u8 pos, u32 offset, u32 length,
		       u32 multiplier)
{
	put_cap(x, pos, 20, NOTIFY, 0, offset, length);
	put_unaligned_le32(multiplier, x->space + pos + 16);
}

static void put_shm(struct caps_fix *x, u8 pos, u8 id, u8 bar, u64 offset,
		    u64 length)
{
	put_cap(x, pos, 24, SHM, bar, lower_32_bits(offset),
		lower_32_bits(length));
	x->space[pos + 5] = id;
	put_unaligned_le32(upper_32_bits(offset), x->space + pos + 16);
	put_unaligned_le32(upper_32_bits(length), x->space + pos + 20);
}

/* The places of the capabilities of a good device. */
#define AT_COMMON	0x40
#define AT_NOTIFY	0x50
#define AT_ISR		0x64
#define AT_DEVICE	0x74
#define AT_FREE		0x84

static struct caps_fix *good_device(struct kunit *test)
{
	struct caps_fix *x = caps_new(test);

	put_cap(x, AT_COMMON, 16, COMMON, 2, 0x0, 0x38);
	put_notify(x, AT_NOTIFY, 0x100, 0x40, 4);
	put_cap(x, AT_ISR, 16, ISR, 0, 0x200, 1);
	put_cap(x, AT_DEVICE, 16, DEVICE, 0, 0x300, 0x40);
	return x;
}

static void expect_region(struct kunit *test, const struct vp_region *r,
			  u8 bar, u64 offset, u64 len)
{
	KUNIT_EXPECT_EQ(test, r->bar, bar);
	KUNIT_EXPECT_EQ(test, r->offset, offset);
	KUNIT_EXPECT_EQ(test, r->len, len);
}

static void expect_good(struct caps_fix *x)
{
	struct kunit *test = x->test;
	struct vp_caps caps;

	KUNIT_ASSERT_EQ(test, vp_caps_parse(&x->rd, &caps), 0);
	expect_region(test, &caps.common, 2, 0x0, 0x38);
	expect_region(test, &caps.notify, 0, 0x100, 0x40);
	expect_region(test, &caps.isr, 0, 0x200, 1);
	expect_region(test, &caps.device, 0, 0x300, 0x40);
	KUNIT_EXPECT_EQ(test, caps.notify_multiplier, 4);
}

static void all_found(struct kunit *test)
{
	struct caps_fix *x = good_device(test);

	expect_good(x);
	KUNIT_EXPECT_EQ(test, x->refused, 0);
}

/* The order of the list is the device's business. */
static void any_order(struct kunit *test)
{
	struct caps_fix *x = caps_new(test);

	put_cap(x, AT_DEVICE, 16, DEVICE, 0, 0x300, 0x40);
	put_cap(x, AT_ISR, 16, ISR, 0, 0x200, 1);
	put_notify(x, AT_NOTIFY, 0x100, 0x40, 4);
	put_cap(x, AT_COMMON, 16, COMMON, 2, 0x0, 0x38);
	expect_good(x);
}

/* 2.5.1, 4.1.4.1: structures may be larger than what is known of them. */
static void larger_structures(struct kunit *test)
{
	struct caps_fix *x = caps_new(test);
	struct vp_caps caps;

	put_cap(x, AT_COMMON, 16, COMMON, 2, 0x0, BAR2_LEN);
	put_notify(x, AT_NOTIFY, 0x100, 0x100, 4);
	put_cap(x, AT_ISR, 16, ISR, 0, 0x200, 0x100);
	put_cap(x, AT_DEVICE, 16, DEVICE, 0, 0x300, BAR0_LEN - 0x300);
	KUNIT_ASSERT_EQ(test, vp_caps_parse(&x->rd, &caps), 0);
	KUNIT_EXPECT_EQ(test, x->refused, 0);
	expect_region(test, &caps.common, 2, 0, BAR2_LEN);
	expect_region(test, &caps.device, 0, 0x300, BAR0_LEN - 0x300);
}

/* 4.1.4.6: device configuration is optional. */
static void no_device_config(struct kunit *test)
{
	struct caps_fix *x = caps_new(test);
	struct vp_caps caps;

	put_cap(x, AT_COMMON, 16, COMMON, 2, 0x0, 0x38);
	put_notify(x, AT_NOTIFY, 0x100, 0x40, 4);
	put_cap(x, AT_ISR, 16, ISR, 0, 0x200, 1);
	KUNIT_ASSERT_EQ(test, vp_caps_parse(&x->rd, &caps), 0);
	KUNIT_EXPECT_EQ(test, caps.device.len, 0);
}

static void no_list(struct kunit *test)
{
	struct caps_fix *x = good_device(test);
	struct vp_caps caps;

	x->space[0x06] = 0;
	KUNIT_EXPECT_EQ(test, vp_caps_parse(&x->rd, &caps), -ENODEV);
}

static void empty_list(struct kunit *test)
{
	struct caps_fix *x = caps_new(test);
	struct vp_caps caps;

	KUNIT_EXPECT_EQ(test, vp_caps_parse(&x->rd, &caps), -ENODEV);
}

/* Other vendors' and other kinds of capabilities only: a legacy device. */
static void nothing_of_virtio(struct kunit *test)
{
	struct caps_fix *x = caps_new(test);
	struct vp_caps caps;

	put_cap(x, 0x40, 16, 0, 0, 0, 0);
	x->space[0x40] = 0x11;
	KUNIT_EXPECT_EQ(test, vp_caps_parse(&x->rd, &caps), -ENODEV);
}

/* Between the virtio ones stand others, with what could be virtio inside. */
static void other_capabilities_between(struct kunit *test)
{
	struct caps_fix *x = caps_new(test);

	put_cap(x, 0xa0, 16, COMMON, 0, 0x700, 0x38);
	x->space[0xa0] = 0x11;
	put_cap(x, AT_COMMON, 16, COMMON, 2, 0x0, 0x38);
	put_cap(x, 0xb0, 16, NOTIFY, 0, 0x700, 0x38);
	x->space[0xb0] = 0x05;
	put_notify(x, AT_NOTIFY, 0x100, 0x40, 4);
	put_cap(x, AT_ISR, 16, ISR, 0, 0x200, 1);
	put_cap(x, AT_DEVICE, 16, DEVICE, 0, 0x300, 0x40);
	expect_good(x);
}

static void loop_to_itself(struct kunit *test)
{
	struct caps_fix *x = caps_new(test);
	struct vp_caps caps;

	put_cap(x, AT_COMMON, 16, COMMON, 2, 0x0, 0x38);
	x->space[AT_COMMON + 1] = AT_COMMON;
	KUNIT_EXPECT_EQ(test, vp_caps_parse(&x->rd, &caps), -EINVAL);
	KUNIT_EXPECT_LE(test, x->reads, 200);
}

/* All there, then back to the start: what was found counts. */
static void loop_to_start(struct kunit *test)
{
	struct caps_fix *x = good_device(test);

	x->space[AT_DEVICE + 1] = AT_COMMON;
	expect_good(x);
	KUNIT_EXPECT_LE(test, x->reads, 200);
}

/* Links into the standard header end the list. */
static void link_into_header(struct kunit *test)
{
	struct caps_fix *x = good_device(test);

	x->space[AT_DEVICE + 1] = 0x10;
	expect_good(x);
}

/* PCI: the low two bits of a link are reserved and masked. */
static void link_with_low_bits(struct kunit *test)
{
	struct caps_fix *x = good_device(test);

	x->space[0x34] |= 3;
	x->space[AT_COMMON + 1] |= 1;
	expect_good(x);
}

/* A device that is gone reads as all ones. */
static void all_ones(struct kunit *test)
{
	struct caps_fix *x = caps_new(test);
	struct vp_caps caps;

	memset(x->space, 0xff, sizeof(x->space));
	KUNIT_EXPECT_LT(test, vp_caps_parse(&x->rd, &caps), 0);
	KUNIT_EXPECT_LE(test, x->reads, 200);
}

/* Each read may fail; its error comes out, whichever it is. */
static void failing_reads(struct kunit *test)
{
	struct caps_fix *x = good_device(test);
	struct vp_caps caps;
	unsigned int i, all;

	KUNIT_ASSERT_EQ(test, vp_caps_parse(&x->rd, &caps), 0);
	all = x->reads;
	for (i = 1; i <= all; i++) {
		x->reads = 0;
		x->fail_at = i;
		KUNIT_EXPECT_EQ(test, vp_caps_parse(&x->rd, &caps), -EIO);
	}
}

/**
 * struct bad_cap - one thing wrong with the common structure's capability
 * @name: of the case
 * @at: byte of the capability to change
 * @value: what to write there
 * @bytes: how many bytes, little-endian
 * @why: the verdict, %VP_CAP_OK when it is fine after all
 */
struct bad_cap {
	const char *name;
	u8 at;
	u32 value;
	u8 bytes;
	enum vp_cap_fault why;
};

static const struct bad_cap bad_caps[] = {
	{ "cap_len 0", 2, 0, 1, VP_CAP_SHORT },
	{ "cap_len 15", 2, 15, 1, VP_CAP_SHORT },
	{ "cap_len larger", 2, 255, 1, VP_CAP_OK },
	{ "bar 1 absent", 4, 1, 1, VP_CAP_RANGE },
	{ "bar 5 absent", 4, 5, 1, VP_CAP_RANGE },
	{ "bar 6 reserved", 4, 6, 1, VP_CAP_BAR },
	{ "bar 255 reserved", 4, 255, 1, VP_CAP_BAR },
	{ "offset unaligned 1", 8, 1, 4, VP_CAP_ALIGN },
	{ "offset unaligned 2", 8, 2, 4, VP_CAP_ALIGN },
	{ "offset at the end", 8, BAR2_LEN, 4, VP_CAP_RANGE },
	{ "last place that fits", 8, BAR2_LEN - 0x38, 4, VP_CAP_OK },
	{ "one word too far", 8, BAR2_LEN - 0x34, 4, VP_CAP_RANGE },
	{ "offset + length wraps", 8, 0xfffffffc, 4, VP_CAP_RANGE },
	{ "length 0", 12, 0, 4, VP_CAP_LENGTH },
	{ "length one short", 12, 0x37, 4, VP_CAP_LENGTH },
	{ "length of the whole bar", 12, BAR2_LEN, 4, VP_CAP_OK },
	{ "length beyond the bar", 12, BAR2_LEN + 1, 4, VP_CAP_RANGE },
	{ "length huge", 12, 0xffffffff, 4, VP_CAP_RANGE },
};

static void bad_desc(const struct bad_cap *b, char *desc)
{
	strscpy(desc, b->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(bad, bad_caps, bad_desc);

static void spoil(struct caps_fix *x, u8 pos, const struct bad_cap *b)
{
	int i;

	for (i = 0; i < b->bytes; i++)
		x->space[pos + b->at + i] = b->value >> 8 * i;
}

static void common_spoiled(struct kunit *test)
{
	const struct bad_cap *b = test->param_value;
	struct caps_fix *x = good_device(test);
	struct vp_caps caps;
	int err;

	spoil(x, AT_COMMON, b);
	err = vp_caps_parse(&x->rd, &caps);
	if (b->why == VP_CAP_OK) {
		KUNIT_EXPECT_EQ(test, err, 0);
		KUNIT_EXPECT_EQ(test, x->refused, 0);
		return;
	}
	KUNIT_EXPECT_EQ(test, err, -EINVAL);
	KUNIT_EXPECT_EQ(test, x->refused, 1);
	KUNIT_EXPECT_EQ(test, x->why, b->why);
}

/* 4.1.4.1: a bad instance does not hide a good one behind it. */
static void spoiled_then_good(struct kunit *test)
{
	const struct bad_cap *b = test->param_value;
	struct caps_fix *x = caps_new(test);
	struct vp_caps caps;

	if (b->why == VP_CAP_OK)
		kunit_skip(test, "nothing wrong with it");
	put_cap(x, AT_FREE, 16, COMMON, 2, 0x400, 0x38);
	spoil(x, AT_FREE, b);
	put_cap(x, AT_COMMON, 16, COMMON, 2, 0x0, 0x38);
	put_notify(x, AT_NOTIFY, 0x100, 0x40, 4);
	put_cap(x, AT_ISR, 16, ISR, 0, 0x200, 1);
	put_cap(x, AT_DEVICE, 16, DEVICE, 0, 0x300, 0x40);
	KUNIT_ASSERT_EQ(test, vp_caps_parse(&x->rd, &caps), 0);
	expect_region(test, &caps.common, 2, 0x0, 0x38);
}

/* Any one of the structures that a device needs is missing. */
static void one_missing(struct kunit *test)
{
	static const u8 at[] = { AT_COMMON, AT_NOTIFY, AT_ISR };
	struct vp_caps caps;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(at); i++) {
		struct caps_fix *x = good_device(test);

		x->space[at[i] + 3] = VENDOR;
		KUNIT_EXPECT_EQ(test, vp_caps_parse(&x->rd, &caps), -EINVAL);
	}
}

/* 4.1.4.1: "SHOULD use the first instance". */
static void first_instance_wins(struct kunit *test)
{
	struct caps_fix *x = good_device(test);

	put_cap(x, AT_FREE, 16, COMMON, 2, 0x400, 0x38);
	put_notify(x, 0x94, 0x500, 0x40, 8);
	put_cap(x, 0xa8, 16, ISR, 0, 0x600, 1);
	put_cap(x, 0xb8, 16, DEVICE, 0, 0x700, 0x40);
	expect_good(x);
}

/* 4.1.4.1: "MUST ignore" reserved types, wherever they stand. */
static void reserved_types(struct kunit *test)
{
	static const u8 types[] = { 0, 6, 7, 10, 0x80, 0xff };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		struct caps_fix *x = caps_new(test);

		put_cap(x, AT_FREE, 16, types[i], 9, 0xffffffff, 0xffffffff);
		put_cap(x, AT_COMMON, 16, COMMON, 2, 0x0, 0x38);
		put_notify(x, AT_NOTIFY, 0x100, 0x40, 4);
		put_cap(x, AT_ISR, 16, ISR, 0, 0x200, 1);
		put_cap(x, AT_DEVICE, 16, DEVICE, 0, 0x300, 0x40);
		expect_good(x);
		KUNIT_EXPECT_EQ(test, x->refused, 0);
	}
}

/* A capability that would run over the end of configuration space. */
static void truncated_by_the_end(struct kunit *test)
{
	struct caps_fix *x = caps_new(test);
	struct vp_caps caps;

	put_cap(x, AT_COMMON, 16, COMMON, 2, 0x0, 0x38);
	put_cap(x, AT_ISR, 16, ISR, 0, 0x200, 1);
	x->space[x->tail] = 0xfc;
	x->space[0xfc] = 0x09;
	x->space[0xfe] = 20;
	x->space[0xff] = NOTIFY;
	KUNIT_EXPECT_EQ(test, vp_caps_parse(&x->rd, &caps), -EINVAL);
	KUNIT_EXPECT_EQ(test, x->refused, 1);
	KUNIT_EXPECT_EQ(test, x->why, VP_CAP_SHORT);
}

/* The very last bytes of configuration space may be used. */
static void ends_with_the_space(struct kunit *test)
{
	struct caps_fix *x = caps_new(test);
	struct vp_caps caps;

	put_cap(x, AT_COMMON, 16, COMMON, 2, 0x0, 0x38);
	put_notify(x, AT_NOTIFY, 0x100, 0x40, 4);
	put_cap(x, 0xf0, 16, ISR, 0, 0x200, 1);
	KUNIT_EXPECT_EQ(test, vp_caps_parse(&x->rd, &caps), 0);
}

/* A notify capability needs its multiplier in cap_len: 4.1.4.4. */
static void notify_without_multiplier(struct kunit *test)
{
	struct caps_fix *x = good_device(test);
	struct vp_caps caps;

	x->space[AT_NOTIFY + 2] = 16;
	KUNIT_EXPECT_EQ(test, vp_caps_parse(&x->rd, &caps), -EINVAL);
	KUNIT_EXPECT_EQ(test, x->why, VP_CAP_SHORT);
}

/* 4.1.4.4.1: "even" power of 2 or 0; odd ones are refused. */
static void notify_multipliers(struct kunit *test)
{
	static const u32 even[] = { 0, 2, 4, 4096, 0x80000000 };
	static const u32 odd[] = { 1, 3, 0xffffffff };
	struct caps_fix *x = good_device(test);
	struct vp_caps caps;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(even); i++) {
		put_unaligned_le32(even[i], x->space + AT_NOTIFY + 16);
		KUNIT_EXPECT_EQ(test, vp_caps_parse(&x->rd, &caps), 0);
		KUNIT_EXPECT_EQ(test, caps.notify_multiplier, even[i]);
	}
	for (i = 0; i < ARRAY_SIZE(odd); i++) {
		put_unaligned_le32(odd[i], x->space + AT_NOTIFY + 16);
		KUNIT_EXPECT_EQ(test, vp_caps_parse(&x->rd, &caps), -EINVAL);
		KUNIT_EXPECT_EQ(test, x->why, VP_CAP_MULTIPLIER);
	}
}

static void notify_unaligned(struct kunit *test)
{
	struct caps_fix *x = good_device(test);
	struct vp_caps caps;

	put_unaligned_le32(0x101, x->space + AT_NOTIFY + 8);
	KUNIT_EXPECT_EQ(test, vp_caps_parse(&x->rd, &caps), -EINVAL);
	KUNIT_EXPECT_EQ(test, x->why, VP_CAP_ALIGN);
	put_unaligned_le32(0x102, x->space + AT_NOTIFY + 8);
	KUNIT_EXPECT_EQ(test, vp_caps_parse(&x->rd, &caps), 0);
}

/* 4.1.4.4: cap.offset + queue_notify_off * notify_off_multiplier. */
static void notify_places(struct kunit *test)
{
	struct vp_caps caps = { .notify = { .len = 0x40 },
				.notify_multiplier = 4 };
	u64 at = 1;

	KUNIT_EXPECT_EQ(test, vp_caps_notify_offset(&caps, 0, 2, &at), 0);
	KUNIT_EXPECT_EQ(test, at, 0);
	KUNIT_EXPECT_EQ(test, vp_caps_notify_offset(&caps, 15, 2, &at), 0);
	KUNIT_EXPECT_EQ(test, at, 60);
	KUNIT_EXPECT_EQ(test, vp_caps_notify_offset(&caps, 16, 2, &at), -EINVAL);
	KUNIT_EXPECT_EQ(test, vp_caps_notify_offset(&caps, 65535, 2, &at),
			-EINVAL);
	caps.notify.len = 0x3d;
	KUNIT_EXPECT_EQ(test, vp_caps_notify_offset(&caps, 15, 2, &at), -EINVAL);
	caps.notify.len = 0x3e;
	KUNIT_EXPECT_EQ(test, vp_caps_notify_offset(&caps, 15, 2, &at), 0);
	caps.notify_multiplier = 0;
	KUNIT_EXPECT_EQ(test, vp_caps_notify_offset(&caps, 65535, 2, &at), 0);
	KUNIT_EXPECT_EQ(test, at, 0);
	caps.notify_multiplier = 0x80000000;
	KUNIT_EXPECT_EQ(test, vp_caps_notify_offset(&caps, 2, 2, &at), -EINVAL);
	caps.notify_multiplier = 0xfffffffe;
	KUNIT_EXPECT_EQ(test, vp_caps_notify_offset(&caps, 65535, 2, &at),
			-EINVAL);
}

/* 4.1.4.4.1: with NOTIFICATION_DATA, four bytes have to fit. */
static void notify_wide_places(struct kunit *test)
{
	struct vp_caps caps = { .notify = { .len = 0x40 },
				.notify_multiplier = 4 };
	u64 at = 1;

	KUNIT_EXPECT_EQ(test, vp_caps_notify_offset(&caps, 15, 4, &at), 0);
	KUNIT_EXPECT_EQ(test, at, 60);
	caps.notify.len = 0x3f;
	KUNIT_EXPECT_EQ(test, vp_caps_notify_offset(&caps, 15, 4, &at),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, vp_caps_notify_offset(&caps, 14, 4, &at), 0);
	KUNIT_EXPECT_EQ(test, at, 56);
	caps.notify_multiplier = 0;
	caps.notify.len = 4;
	KUNIT_EXPECT_EQ(test, vp_caps_notify_offset(&caps, 65535, 4, &at), 0);
	KUNIT_EXPECT_EQ(test, at, 0);
	caps.notify.len = 3;
	KUNIT_EXPECT_EQ(test, vp_caps_notify_offset(&caps, 0, 4, &at),
			-EINVAL);
}

/**
 * struct room_case - structures, and the features that they have room for
 * @name: of the case
 * @common: length of the common structure
 * @offset: of the notification structure in its BAR
 * @len: of the notification structure
 * @multiplier: notify_off_multiplier
 * @features: expected
 */
struct room_case {
	const char *name;
	u32 common;
	u32 offset;
	u32 len;
	u32 multiplier;
	u64 features;
};

#define ROOM_RESET	BIT_ULL(40)
#define ROOM_DATA	BIT_ULL(38)
#define ROOM_CONFIG	BIT_ULL(39)

/*
 * 4.1.4.3: queue_reset is the two bytes at 58, queue_notif_config_data those at
 * 56.  4.1.4.4.1: a 32-bit
 * notification takes offset and multiplier in multiples of 4, and 4 bytes.
 */
#define ROOM_COMMON	(ROOM_RESET | ROOM_CONFIG)

static const struct room_case room_cases[] = {
	{ "all", 60, 0x3000, 0x1000, 4, ROOM_COMMON | ROOM_DATA },
	{ "a newer structure", 64, 0, 4, 0, ROOM_COMMON | ROOM_DATA },
	{ "the first structure", 56, 0, 4, 0, ROOM_DATA },
	{ "half of config data", 57, 0, 4, 0, ROOM_DATA },
	{ "no queue_reset", 58, 0, 4, 0, ROOM_CONFIG | ROOM_DATA },
	{ "half of queue_reset", 59, 0, 4, 0, ROOM_CONFIG | ROOM_DATA },
	{ "16 bits of notification", 60, 0, 2, 0, ROOM_COMMON },
	{ "24 bits of notification", 60, 0, 3, 0, ROOM_COMMON },
	{ "offset of 2", 60, 2, 0x100, 4, ROOM_COMMON },
	{ "multiplier of 2", 60, 4, 0x100, 2, ROOM_COMMON },
	{ "multiplier of 6", 60, 4, 0x100, 6, ROOM_COMMON },
	{ "nothing", 56, 2, 2, 2, 0 },
};

static void room_desc(const struct room_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(room, room_cases, room_desc);

static void feature_room(struct kunit *test)
{
	const struct room_case *c = test->param_value;
	struct vp_caps caps = {
		.common = { .len = c->common },
		.notify = { .offset = c->offset, .len = c->len },
		.notify_multiplier = c->multiplier,
	};

	KUNIT_EXPECT_EQ(test, vp_caps_features(&caps), c->features);
}

/* 4.1.4.7: 64-bit offset and length, told apart by id. */
static void shm_regions(struct kunit *test)
{
	struct caps_fix *x = good_device(test);
	struct vp_region r;

	put_shm(x, 0x90, 1, 2, 0x1000, 0x2000);
	put_shm(x, 0xb0, 7, 4, 0x100000000ULL, 0x200000000ULL);
	expect_good(x);
	KUNIT_ASSERT_EQ(test, vp_caps_find_shm(&x->rd, 1, &r), 0);
	expect_region(test, &r, 2, 0x1000, 0x2000);
	KUNIT_ASSERT_EQ(test, vp_caps_find_shm(&x->rd, 7, &r), 0);
	expect_region(test, &r, 4, 0x100000000ULL, 0x200000000ULL);
	KUNIT_EXPECT_EQ(test, vp_caps_find_shm(&x->rd, 0, &r), -ENOENT);
}

/* Ranges that only look right in 32 bits, or whose sum wraps in 64. */
static void shm_out_of_range(struct kunit *test)
{
	static const u64 bad[][2] = {
		{ 0x100000000ULL, 0x200000001ULL },
		{ 0x300000000ULL, 1 },
		{ 0x300000000000000ULL, 0x1000 },
		{ 0, 0x1000000000000ULL },
		{ 0xfffffffffffff000ULL, 0x2000 },
		{ 0x1000, 0xfffffffffffff800ULL },
		{ 0x1000, 0 },
	};
	struct vp_region r;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct caps_fix *x = good_device(test);

		put_shm(x, 0x90, 1, 4, bad[i][0], bad[i][1]);
		KUNIT_EXPECT_EQ_MSG(test, vp_caps_find_shm(&x->rd, 1, &r),
				    -ENOENT, "region %u", i);
	}
}

/* A shm capability of the 32-bit size says nothing about the high half. */
static void shm_short(struct kunit *test)
{
	struct caps_fix *x = good_device(test);
	struct vp_region r;

	put_shm(x, 0x90, 1, 2, 0x1000, 0x2000);
	x->space[0x92] = 16;
	KUNIT_EXPECT_EQ(test, vp_caps_find_shm(&x->rd, 1, &r), -ENOENT);
}

static void shm_first_of_same_id(struct kunit *test)
{
	struct caps_fix *x = good_device(test);
	struct vp_region r;

	put_shm(x, 0x90, 1, 3, 0, 0x1000);
	put_shm(x, 0xb0, 1, 2, 0x1000, 0x1000);
	put_shm(x, 0xd0, 1, 2, 0x2000, 0x1000);
	KUNIT_ASSERT_EQ(test, vp_caps_find_shm(&x->rd, 1, &r), 0);
	expect_region(test, &r, 2, 0x1000, 0x1000);
}

static void shm_in_a_loop(struct kunit *test)
{
	struct caps_fix *x = good_device(test);
	struct vp_region r;

	x->space[AT_DEVICE + 1] = AT_COMMON;
	KUNIT_EXPECT_EQ(test, vp_caps_find_shm(&x->rd, 1, &r), -ENOENT);
	KUNIT_EXPECT_LE(test, x->reads, 200);
}

/* 4.1.4.9: the window's data register has side effects: never read. */
static void pci_cfg_is_left_alone(struct kunit *test)
{
	struct caps_fix *x = good_device(test);
	unsigned int before;
	struct vp_caps caps;

	KUNIT_ASSERT_EQ(test, vp_caps_parse(&x->rd, &caps), 0);
	before = x->reads;
	put_cap(x, AT_FREE, 20, PCI_CFG, 0, 0, 4);
	x->reads = 0;
	expect_good(x);
	KUNIT_EXPECT_EQ(test, x->reads, before + 1);
}

/* Bytes by a small generator: any list ends, none is read out of range. */
static void random_spaces(struct kunit *test)
{
	struct caps_fix *x = caps_new(test);
	struct vp_caps caps;
	u32 seed = 0x12345678;
	unsigned int i, round;
	struct vp_region r;

	for (round = 0; round < 2000; round++) {
		for (i = 0; i < sizeof(x->space); i++) {
			seed = seed * 1664525 + 1013904223;
			x->space[i] = seed >> 24;
			/* Often something that looks like a capability. */
			if (i % 4 == 0 && (seed & 0x300))
				x->space[i] = 0x09;
			if (i % 4 == 3 && (seed & 0x300))
				x->space[i] = (seed >> 12) % 10;
		}
		x->space[0x06] |= 0x10;
		x->reads = 0;
		if (!vp_caps_parse(&x->rd, &caps)) {
			KUNIT_EXPECT_LE(test, caps.common.offset +
					caps.common.len,
					x->rd.bar_len[caps.common.bar]);
			KUNIT_EXPECT_LE(test, caps.notify.offset +
					caps.notify.len,
					x->rd.bar_len[caps.notify.bar]);
		}
		vp_caps_find_shm(&x->rd, 1, &r);
		KUNIT_ASSERT_LE(test, x->reads, 400);
	}
}

static struct kunit_case caps_cases[] = {
	KUNIT_CASE(all_found),
	KUNIT_CASE(any_order),
	KUNIT_CASE(larger_structures),
	KUNIT_CASE(no_device_config),
	KUNIT_CASE(no_list),
	KUNIT_CASE(empty_list),
	KUNIT_CASE(nothing_of_virtio),
	KUNIT_CASE(other_capabilities_between),
	KUNIT_CASE(loop_to_itself),
	KUNIT_CASE(loop_to_start),
	KUNIT_CASE(link_into_header),
	KUNIT_CASE(link_with_low_bits),
	KUNIT_CASE(all_ones),
	KUNIT_CASE(failing_reads),
	KUNIT_CASE_PARAM(common_spoiled, bad_gen_params),
	KUNIT_CASE_PARAM(spoiled_then_good, bad_gen_params),
	KUNIT_CASE(one_missing),
	KUNIT_CASE(first_instance_wins),
	KUNIT_CASE(reserved_types),
	KUNIT_CASE(truncated_by_the_end),
	KUNIT_CASE(ends_with_the_space),
	KUNIT_CASE(notify_without_multiplier),
	KUNIT_CASE(notify_multipliers),
	KUNIT_CASE(notify_unaligned),
	KUNIT_CASE(notify_places),
	KUNIT_CASE(notify_wide_places),
	KUNIT_CASE_PARAM(feature_room, room_gen_params),
	KUNIT_CASE(shm_regions),
	KUNIT_CASE(shm_out_of_range),
	KUNIT_CASE(shm_short),
	KUNIT_CASE(shm_first_of_same_id),
	KUNIT_CASE(shm_in_a_loop),
	KUNIT_CASE(pci_cfg_is_left_alone),
	KUNIT_CASE(random_spaces),
	{}
};

static struct kunit_suite caps_suite = {
	.name = "virtio_pci_caps",
	.test_cases = caps_cases,
};

kunit_test_suites(&caps_suite);

MODULE_DESCRIPTION("Unit tests of the virtio PCI capability parser");
MODULE_LICENSE("GPL");
