// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_mmio_spec: devices described by a string
 *
 * What the parameter device of virtio_mmio.ko takes and refuses, without the
 * devices.
 */
#include <linux/module.h>
#include <kunit/test.h>

#include "../virtio_mmio/vm_spec.c"

/**
 * struct text - a description
 * @text: what somebody wrote
 * @good: it describes a device, if the machine has such an address
 * @size: of its registers
 * @base: of its registers
 * @irq: its interrupt
 * @id: its number
 */
struct text {
	const char *text;
	bool good;
	u64 size;
	u64 base;
	unsigned int irq;
	int id;
};

#define GOOD(text, size, base, irq, id) { text, true, size, base, irq, id }
#define BAD(text) { text, false }

static const struct text texts[] = {
	GOOD("512@0xfeb00e00:12", 512, 0xfeb00e00, 12, -1),
	GOOD("0x200@0x1e000:42:7", 0x200, 0x1e000, 42, 7),
	GOOD("4K@0x100000000:74:0", 4096, 0x100000000, 74, 0),
	GOOD("1m@4096:5", 1 << 20, 4096, 5, -1),
	GOOD("1G@0x80000000:0x10", 1 << 30, 0x80000000, 16, -1),
	GOOD("0400@010000:017", 0x100, 0x1000, 15, -1),
	GOOD(" 512@0xfeb00e00:12\n", 512, 0xfeb00e00, 12, -1),
	BAD(""),
	BAD("512"),
	BAD("512@"),
	BAD("512@0x1000"),
	BAD("512@0x1000:"),
	BAD("512:0x1000@5"),
	BAD("@0x1000:5"),
	BAD("K@0x1000:5"),
	BAD("512@:5"),
	BAD("512 @0x1000:5"),
	BAD("512@0x1000:5:"),
	BAD("512@0x1000:5:1:"),
	BAD("512@0x1000:5:1:2"),
	BAD("512@0x1000:5:x"),
	BAD("512@0x1000:5:-1"),
	BAD("512@0x1000:5 512@0x2000:6"),
	BAD("-512@0x1000:5"),
	BAD("512@-4096:5"),
	BAD("512@0x1000:-5"),
	BAD("+512@0x1000:5"),
	BAD("512@0x1000:0"),
	BAD("512@0x1000:4294967296"),
	BAD("512@0x1000:4294967295"),
	BAD("512@0x1000:5:2147483648"),
	BAD("255@0x1000:5"),
	BAD("0@0x1000:5"),
	BAD("512@0x1002:5"),
	BAD("512@0xfffffffffffffff0:5"),
	BAD("18446744073709551616@0x1000:5"),
	BAD("17179869184G@0x1000:5"),
	BAD("512@18446744073709551616:5"),
	BAD("512T@0x1000:5"),
	BAD("512@0x00000000000000000000000000000000000000000000000000000000000000000000001000:5"),
};

static void text_name(const struct text *t, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "text %td", t - texts);
}

KUNIT_ARRAY_PARAM(text, texts, text_name);

static void parses(struct kunit *test)
{
	const struct text *t = test->param_value;
	struct vm_spec spec = {};
	const char *fault = vm_spec_parse(t->text, &spec);

	if (!t->good || t->base > PHYS_ADDR_MAX) {
		KUNIT_EXPECT_NOT_NULL(test, fault);
		kunit_info(test, "%s: %s\n", t->text, fault ?: "taken");
		return;
	}
	KUNIT_EXPECT_PTR_EQ(test, fault, (const char *)NULL);
	KUNIT_EXPECT_EQ(test, spec.size, t->size);
	KUNIT_EXPECT_EQ(test, spec.base, t->base);
	KUNIT_EXPECT_EQ(test, spec.irq, t->irq);
	KUNIT_EXPECT_EQ(test, spec.id, t->id);
}

/* Two devices may touch each other, and not share a byte or a number. */
static void overlaps(struct kunit *test)
{
	const struct vm_spec a = { .base = 0x1000, .size = 0x200, .id = 1 };
	struct vm_spec b = { .base = 0x1200, .size = 0x200, .id = 2 };

	KUNIT_EXPECT_FALSE(test, vm_spec_overlap(&a, &b));
	KUNIT_EXPECT_FALSE(test, vm_spec_overlap(&b, &a));
	b.id = 1;
	KUNIT_EXPECT_TRUE(test, vm_spec_overlap(&a, &b));
	b.id = 2;
	b.base = 0x11fc;
	KUNIT_EXPECT_TRUE(test, vm_spec_overlap(&a, &b));
	KUNIT_EXPECT_TRUE(test, vm_spec_overlap(&b, &a));
	b.base = 0;
	b.size = U64_MAX;
	KUNIT_EXPECT_TRUE(test, vm_spec_overlap(&a, &b));
	KUNIT_EXPECT_TRUE(test, vm_spec_overlap(&b, &a));
}

static struct kunit_case mmio_spec_cases[] = {
	KUNIT_CASE_PARAM(parses, text_gen_params),
	KUNIT_CASE(overlaps),
	{}
};

static struct kunit_suite mmio_spec_suite = {
	.name = "virtio_mmio_spec",
	.test_cases = mmio_spec_cases,
};

kunit_test_suites(&mmio_spec_suite);

MODULE_LICENSE("GPL");
