// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_regfile: the recorder itself
 *
 * A judge that lets everything pass would make the transports' suites
 * worthless: each of its rules is broken here once.
 */
#include <linux/module.h>
#include <kunit/test.h>

#include "regfile_redirect.h"

static const struct rf_field demo_fields[] = {
	{ "wide",	0x00, 4, 4, RF_RW },
	{ "half",	0x04, 2, 2, RF_RW },
	{ "fixed",	0x06, 1, 1, RF_RO },
	{ "event",	0x07, 1, 1, RF_RC },
	{ "doorbell",	0x08, 4, 4, RF_WO },
	{ "capacity",	0x10, 8, 8, RF_RW },
	{ "mac",	0x18, 6, 1, RF_RO },
	{ "any",	0x20, 8, 0, RF_RW },
	{}
};

static const struct rf_map demo_map = { "demo", 0x30, demo_fields };

static struct regfile *demo_new(struct kunit *test)
{
	struct regfile *rf = rf_new(test);

	rf_region(rf, 0, 0, &demo_map);
	return rf;
}

/* Accesses that the map allows are recorded as they come. */
static void records(struct kunit *test)
{
	static const struct rf_access want[] = {
		RF_W32(0, 0x00, 0x12345678),
		RF_R32(0, 0x00, 0x12345678),
		RF_W16(0, 0x04, 0xabcd),
		RF_R16(0, 0x04, 0xabcd),
		RF_R8(0, 0x06, 0x5a),
		RF_W32(0, 0x14, 7),
		RF_R8(0, 0x1d, 0),
		RF_W16(0, 0x22, 0x2211),
		RF_R8(0, 0x23, 0x22),
	};
	struct regfile *rf = demo_new(test);
	void __iomem *base = rf_iomem(rf, 0, 0);

	rf_poke(rf, 0, 0x06, 1, 0x5a);
	iowrite32(0x12345678, base);
	KUNIT_EXPECT_EQ(test, readl(base), 0x12345678);
	writew(0xabcd, base + 4);
	KUNIT_EXPECT_EQ(test, ioread16(base + 4), 0xabcd);
	KUNIT_EXPECT_EQ(test, ioread8(base + 6), 0x5a);
	iowrite32(7, base + 0x14);
	KUNIT_EXPECT_EQ(test, readb(base + 0x1d), 0);
	iowrite16(0x2211, base + 0x22);
	KUNIT_EXPECT_EQ(test, ioread8(base + 0x23), 0x22);
	rf_expect(rf, want, ARRAY_SIZE(want));
	KUNIT_EXPECT_EQ(test, rf->violations, 0);
}

/**
 * struct breach - an access that the map forbids
 * @offset: where
 * @width: bytes
 * @write: which way
 */
struct breach {
	u32 offset;
	u8 width;
	bool write;
};

static const struct breach breaches[] = {
	{ 0x00, 1, false },	/* narrower than its field */
	{ 0x00, 2, true },
	{ 0x04, 4, false },	/* wider, and over its end */
	{ 0x04, 1, true },
	{ 0x06, 1, true },	/* read only */
	{ 0x07, 1, true },
	{ 0x08, 4, false },	/* write only */
	{ 0x0c, 4, false },	/* in no field */
	{ 0x10, 8, false },	/* 64 bits at once */
	{ 0x12, 4, false },	/* not one of its halves */
	{ 0x18, 2, false },	/* two elements at once */
	{ 0x21, 2, false },	/* not aligned */
	{ 0x26, 4, true },	/* over the end */
	{ 0x2c, 4, false },
	{ 0x30, 4, false },	/* behind the region */
	{ 0x3000, 4, false },	/* in no region */
};

static void breach_name(const struct breach *b, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "%s of %u at %#x",
		 b->write ? "write" : "read", b->width, b->offset);
}

KUNIT_ARRAY_PARAM(breach, breaches, breach_name);

static void judges(struct kunit *test)
{
	const struct breach *b = test->param_value;
	struct regfile *rf = demo_new(test);
	void __iomem *at = rf_iomem(rf, 0, b->offset);

	rf->tolerate = true;
	if (b->write)
		rf_io_write(0xffffffff, at, b->width);
	else
		KUNIT_EXPECT_EQ(test, rf_io_read(at, b->width),
				b->width >= 4 ? U32_MAX
					      : (1U << 8 * b->width) - 1);
	KUNIT_EXPECT_EQ(test, rf->violations, 1);
}

/* Only what was mapped can be accessed; a map over the end is a violation. */
static void mapped(struct kunit *test)
{
	struct regfile *rf = demo_new(test);
	void __iomem *base = rf_map_range(rf, 0, 0, 4);

	KUNIT_ASSERT_NOT_NULL(test, (void __force *)base);
	ioread32(base);
	KUNIT_EXPECT_EQ(test, rf->violations, 0);
	rf->tolerate = true;
	ioread16(base + 4);
	KUNIT_EXPECT_EQ(test, rf->violations, 1);
	base = rf_map_range(rf, 0, 4, 2);
	KUNIT_EXPECT_TRUE(test, base == rf_iomem(rf, 0, 4));
	ioread16(base);
	KUNIT_EXPECT_EQ(test, rf->violations, 1);
	KUNIT_EXPECT_NULL(test, (void __force *)rf_map_range(rf, 1, 0, 4));
	rf_map_range(rf, 0, 0x20, 0x100);
	KUNIT_EXPECT_EQ(test, rf->violations, 2);
}

static u32 demo_hook(struct regfile *rf, bool write, u32 value, void *ctx)
{
	u32 *seen = ctx;

	*seen = value;
	return write ? value & ~1 : value + 1;
}

static void effects(struct kunit *test)
{
	struct regfile *rf = demo_new(test);
	void __iomem *base = rf_iomem(rf, 0, 0);
	u32 seen = 0;

	rf_hook(rf, 0, 0x04, demo_hook, &seen);
	iowrite16(0xff, base + 4);
	KUNIT_EXPECT_EQ(test, seen, 0xff);
	KUNIT_EXPECT_EQ(test, rf_peek(rf, 0, 4, 2), 0xfe);
	KUNIT_EXPECT_EQ(test, ioread16(base + 4), 0xff);

	rf_script(rf, 0, 0x00, 5, 6);
	KUNIT_EXPECT_EQ(test, ioread32(base), 5);
	KUNIT_EXPECT_EQ(test, ioread32(base), 6);
	KUNIT_EXPECT_EQ(test, ioread32(base), 0);

	rf_poke(rf, 0, 0x07, 1, 3);
	KUNIT_EXPECT_EQ(test, ioread8(base + 7), 3);
	KUNIT_EXPECT_EQ(test, ioread8(base + 7), 0);
}

/* Register "wide" has a set for each value of "half". */
static void banks(struct kunit *test)
{
	struct regfile *rf = demo_new(test);
	void __iomem *base = rf_iomem(rf, 0, 0);

	rf_bank(rf, 0, 0x04, 0x00, 4);
	rf_bank_poke(rf, 0, 0, 0x00, 4, 100);
	rf_bank_poke(rf, 0, 1, 0x00, 4, 101);
	KUNIT_EXPECT_EQ(test, ioread32(base), 100);
	iowrite16(1, base + 4);
	KUNIT_EXPECT_EQ(test, ioread32(base), 101);
	iowrite32(201, base);
	iowrite16(RF_BANK_COPIES, base + 4);
	KUNIT_EXPECT_EQ(test, ioread32(base), 0);
	iowrite32(7, base);
	iowrite16(0, base + 4);
	KUNIT_EXPECT_EQ(test, ioread32(base), 100);
	KUNIT_EXPECT_EQ(test, rf_bank_peek(rf, 0, 1, 0x00, 4), 201);
}

static void goes_away(struct kunit *test)
{
	struct regfile *rf = demo_new(test);
	void __iomem *base = rf_iomem(rf, 0, 0);

	iowrite32(1, base);
	rf_gone_after(rf, 1);
	KUNIT_EXPECT_EQ(test, ioread32(base), 1);
	KUNIT_EXPECT_EQ(test, ioread32(base), U32_MAX);
	KUNIT_EXPECT_EQ(test, ioread16(base + 4), 0xffff);
	iowrite32(2, base);
	KUNIT_EXPECT_EQ(test, rf_peek(rf, 0, 0, 4), 1);
	KUNIT_EXPECT_TRUE(test, rf->gone);
}

/* A wait with a limit ends without anybody waiting. */
static void clock(struct kunit *test)
{
	struct regfile *rf = demo_new(test);
	u32 value;
	int err;

	err = read_poll_timeout(ioread32, value, value, 1000, 5000000, false,
				rf_iomem(rf, 0, 0));
	KUNIT_EXPECT_EQ(test, err, -ETIMEDOUT);
	KUNIT_EXPECT_GE(test, rf->now_ns, 6ull * NSEC_PER_SEC);
	KUNIT_EXPECT_LT(test, rf->now_ns, 7ull * NSEC_PER_SEC);
}

static irqreturn_t demo_handler(int irq, void *arg)
{
	++*(int *)arg;
	return IRQ_HANDLED;
}

static void interrupts(struct kunit *test)
{
	static const struct rf_access want[] = {
		RF_CALL(RF_IRQ_REQUEST, 1, 0),
		RF_CALL(RF_IRQ_SYNC, 1, 0),
		RF_CALL(RF_IRQ_FREE, 1, 0),
	};
	struct regfile *rf = demo_new(test);
	unsigned int irq = RF_IRQ_BASE + 1;
	int calls = 0;

	rf->logged = RF_LOG_ALL;
	rf->vectors = 2;
	KUNIT_EXPECT_EQ(test, rf_fire(rf, 1), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, request_irq(irq, demo_handler, 0, "demo", &calls),
			0);
	KUNIT_EXPECT_EQ(test, rf_fire(rf, 1), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, calls, 1);
	synchronize_irq(irq);
	free_irq(irq, &calls);
	rf_expect(rf, want, ARRAY_SIZE(want));
	rf->tolerate = true;
	free_irq(irq, &calls);
	KUNIT_EXPECT_EQ(test, rf->violations, 1);
	rf->irq_refused = 0;
	KUNIT_EXPECT_NE(test, request_irq(RF_IRQ_BASE, demo_handler, 0, "demo",
					  &calls), 0);
	KUNIT_EXPECT_NE(test, request_irq(RF_IRQ_BASE + 2, demo_handler, 0,
					  "demo", &calls), 0);
	KUNIT_EXPECT_EQ(test, rf->violations, 2);
}

static struct kunit_case regfile_cases[] = {
	KUNIT_CASE(records),
	KUNIT_CASE_PARAM(judges, breach_gen_params),
	KUNIT_CASE(mapped),
	KUNIT_CASE(effects),
	KUNIT_CASE(banks),
	KUNIT_CASE(goes_away),
	KUNIT_CASE(clock),
	KUNIT_CASE(interrupts),
	{}
};

static struct kunit_suite regfile_suite = {
	.name = "virtio_regfile",
	.test_cases = regfile_cases,
};

kunit_test_suites(&regfile_suite);

MODULE_DESCRIPTION("Unit tests of the recorded register file");
MODULE_LICENSE("GPL");
