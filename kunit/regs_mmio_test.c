// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_regs_mmio: the registers of memory-mapped devices
 *
 * The sources of virtio_mmio.ko on a recorded register file: the order and the
 * width of each access against VIRTIO 1.4, 4.2, and what becomes of a device
 * that refuses, lies, never answers or goes away.
 */
#include <linux/irq.h>
#include <linux/module.h>
#include <linux/property.h>
#include <kunit/test.h>
#include <virtqueue_ext.h>
#include "mock.h"
#include "regfile_redirect.h"

#include "regs_mmio_fix.h"
#include "regs_mmio_irq.h"
#include "regs_mmio_sleep.h"

/* MMIO-15, -16, and the reset and ACKNOWLEDGE of 3.1.1. */
static void identified(struct kunit *test)
{
	static const struct rf_access want[] = {
		RF_R32(0, O_MAGIC, MM_MAGIC),
		RF_R32(0, O_VERSION, 2),
		RF_R32(0, O_ID, MM_ID),
		RF_R32(0, O_VENDOR, MM_VENDOR),
		RF_W32(0, O_STATUS, 0),
		RF_R32(0, O_STATUS, 0),
		RF_R32(0, O_STATUS, 0),
		RF_W32(0, O_STATUS, 1),
	};
	struct mm_fix *f = mm_new(test, 2);

	KUNIT_ASSERT_EQ(test, 0, mm_probe(f));
	rf_expect(f->rf, want, ARRAY_SIZE(want));
	KUNIT_EXPECT_EQ(test, f->vdev->id.device, MM_ID);
	KUNIT_EXPECT_EQ(test, f->vdev->id.vendor, MM_VENDOR);
}

/**
 * struct stranger - what is no device for this driver
 * @name: of the case
 * @magic: MagicValue
 * @version: Version
 * @id: DeviceID
 * @reads: registers that may be read, from the first
 */
struct stranger {
	const char *name;
	u32 magic;
	u32 version;
	u32 id;
	unsigned int reads;
};

static const struct stranger strangers[] = {
	{ "magic 0", 0, 2, MM_ID, 1 },
	{ "magic of the other byte order", 0x76697274, 2, MM_ID, 1 },
	{ "nothing answers", 0xffffffff, 0xffffffff, 0xffffffff, 1 },
	{ "version 0", MM_MAGIC, 0, MM_ID, 2 },
	{ "version 3", MM_MAGIC, 3, MM_ID, 2 },
	{ "version 0x200", MM_MAGIC, 0x200, MM_ID, 2 },
	{ "place without a device", MM_MAGIC, 2, 0, 3 },
	{ "legacy place without a device", MM_MAGIC, 1, 0, 3 },
};

static void stranger_name(const struct stranger *s, char *name)
{
	strscpy(name, s->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(stranger, strangers, stranger_name);

/* MMIO-04, -05, -06, -16: each access behind the third would be a violation. */
static void ignored(struct kunit *test)
{
	const struct stranger *s = test->param_value;
	struct mm_fix *f = mm_new(test, 2);

	rf_remap(f->rf, 0, &mm_none);
	rf_poke(f->rf, 0, O_MAGIC, 4, s->magic);
	rf_poke(f->rf, 0, O_VERSION, 4, s->version);
	rf_poke(f->rf, 0, O_ID, 4, s->id);
	KUNIT_EXPECT_EQ(test, -ENODEV, mm_probe(f));
	KUNIT_EXPECT_EQ(test, f->rf->log_num, s->reads);
}

/* Half of the registers, or no interrupt. */
static void incomplete(struct kunit *test)
{
	struct mm_fix *f = mm_new(test, 2);

	f->pdev->resource[0].end = f->pdev->resource[0].start + 0xfb;
	KUNIT_EXPECT_EQ(test, -EINVAL, mm_probe(f));
	KUNIT_EXPECT_EQ(test, f->rf->log_num, 0);
	f->pdev->resource[0].end = f->pdev->resource[0].start + MM_LEN - 1;
	f->rf->vectors = 0;
	KUNIT_EXPECT_EQ(test, -ENXIO, mm_probe(f));
}

/* MMIO-07, -08; 3.1.1 step 4. */
static void features(struct kunit *test)
{
	static const struct rf_access read[] = {
		RF_W32(0, O_OFFER_SEL, 0),
		RF_R32(0, O_OFFER, 0x30000021),
		RF_W32(0, O_OFFER_SEL, 1),
		RF_R32(0, O_OFFER, 0x1),
	};
	static const struct rf_access write[] = {
		RF_W32(0, O_ACCEPT_SEL, 0),
		RF_W32(0, O_ACCEPT, 0x30000001),
		RF_W32(0, O_ACCEPT_SEL, 1),
		RF_W32(0, O_ACCEPT, 0x1),
	};
	struct mm_fix *f = mm_new(test, 2);

	f->offer = 0x130000021;
	KUNIT_ASSERT_EQ(test, 0, mm_probe(f));
	rf_clear(f->rf);
	KUNIT_EXPECT_EQ(test, f->vdev->config->get_features(f->vdev),
			0x130000021);
	rf_expect(f->rf, read, ARRAY_SIZE(read));
	f->vdev->features = 0x130000001;
	KUNIT_EXPECT_EQ(test, 0, f->vdev->config->finalize_features(f->vdev));
	rf_expect(f->rf, write, ARRAY_SIZE(write));
}

/* A legacy device has 32 bits, whatever it says of others. */
static void features_legacy(struct kunit *test)
{
	static const struct rf_access want[] = {
		RF_W32(0, O_OFFER_SEL, 0),
		RF_R32(0, O_OFFER, 0x30000021),
		RF_W32(0, O_ACCEPT_SEL, 0),
		RF_W32(0, O_ACCEPT, 0x30000021),
	};
	struct mm_fix *f = mm_new(test, 1);

	f->offer = FB_VERSION_1 | 0x30000021;
	KUNIT_ASSERT_EQ(test, 0, mm_probe(f));
	rf_clear(f->rf);
	f->vdev->features = f->vdev->config->get_features(f->vdev);
	KUNIT_EXPECT_EQ(test, f->vdev->features, 0x30000021);
	KUNIT_EXPECT_EQ(test, 0, f->vdev->config->finalize_features(f->vdev));
	rf_expect(f->rf, want, ARRAY_SIZE(want));
}

/* A device that is gone offers nothing, not all that there is. */
static void features_gone(struct kunit *test)
{
	struct mm_fix *f = mm_new(test, 2);

	KUNIT_ASSERT_EQ(test, 0, mm_probe(f));
	f->rf->gone = true;
	KUNIT_EXPECT_EQ(test, 0, f->vdev->config->get_features(f->vdev));
	f->rf->gone = false;
	f->offer = U64_MAX;
	KUNIT_EXPECT_EQ(test, U64_MAX,
			f->vdev->config->get_features(f->vdev));
}

/* Version 2 without VERSION_1 is refused before anything is accepted. */
static void features_mixed(struct kunit *test)
{
	struct mm_fix *f = mm_new(test, 2);

	KUNIT_ASSERT_EQ(test, 0, mm_probe(f));
	rf_clear(f->rf);
	f->vdev->features = FB_INDIRECT;
	KUNIT_EXPECT_EQ(test, -EINVAL,
			f->vdev->config->finalize_features(f->vdev));
	KUNIT_EXPECT_EQ(test, f->rf->log_num, 0);
}

/* 6: bits of the transport that are not known here are left alone. */
static void features_kept(struct kunit *test)
{
	u64 known = FB_VERSION_1 | FB_RING_RESET | FB_NOTIFY_DATA;
	struct mm_fix *f = mm_new(test, 2);

	KUNIT_ASSERT_EQ(test, 0, mm_probe(f));
	f->vdev->features = known | FB(37) | FB(39);
	KUNIT_EXPECT_EQ(test, 0, f->vdev->config->finalize_features(f->vdev));
	KUNIT_EXPECT_EQ(test, f->accept, known);
	KUNIT_EXPECT_EQ(test, f->vdev->features, known);
}

/* MMIO-03: each field in its own width, 64 bits in two halves. */
static void config_fields(struct kunit *test)
{
	static const struct rf_access want[] = {
		RF_R32(0, C_WIDE, 0x55667788),
		RF_R32(0, C_WIDE + 4, 0x11223344),
		RF_R16(0, C_HALF, 0xabcd),
		RF_R32(0, C_WORD, 0x01020304),
		RF_R8(0, C_MAC, 0x52),
		RF_R8(0, C_MAC + 1, 0x54),
		RF_W16(0, C_HALF, 0x1234),
		RF_W32(0, C_WIDE, 8),
		RF_W32(0, C_WIDE + 4, 9),
	};
	struct mm_fix *f = mm_up(test, 2, 0);
	const struct virtio_config_ops *ops = f->vdev->config;
	__le64 wide;
	__le32 word;
	__le16 half;
	u8 mac[2];

	rf_poke(f->rf, 0, C_WIDE, 4, 0x55667788);
	rf_poke(f->rf, 0, C_WIDE + 4, 4, 0x11223344);
	rf_poke(f->rf, 0, C_HALF, 2, 0xabcd);
	rf_poke(f->rf, 0, C_WORD, 4, 0x01020304);
	rf_poke(f->rf, 0, C_MAC, 2, 0x5452);
	ops->get(f->vdev, C_WIDE - O_CONFIG, &wide, 8);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(wide), 0x1122334455667788);
	ops->get(f->vdev, C_HALF - O_CONFIG, &half, 2);
	KUNIT_EXPECT_EQ(test, le16_to_cpu(half), 0xabcd);
	ops->get(f->vdev, C_WORD - O_CONFIG, &word, 4);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(word), 0x01020304);
	ops->get(f->vdev, C_MAC - O_CONFIG, &mac[0], 1);
	ops->get(f->vdev, C_MAC - O_CONFIG + 1, &mac[1], 1);
	KUNIT_EXPECT_EQ(test, mac[1], 0x54);
	half = cpu_to_le16(0x1234);
	ops->set(f->vdev, C_HALF - O_CONFIG, &half, 2);
	wide = cpu_to_le64(0x0000000900000008);
	ops->set(f->vdev, C_WIDE - O_CONFIG, &wide, 8);
	rf_expect(f->rf, want, ARRAY_SIZE(want));
}

/* 2.5.3: single bytes have no byte order; 2.5.4: and there is no generation. */
static void config_legacy(struct kunit *test)
{
	static const struct rf_access want[] = {
		RF_R8(0, O_CONFIG + 8, 0xcd),
		RF_R8(0, O_CONFIG + 9, 0xab),
		RF_R8(0, O_CONFIG + 8, 0xcd),
		RF_R8(0, O_CONFIG + 9, 0xab),
		RF_W8(0, O_CONFIG + 8, 0x34),
		RF_W8(0, O_CONFIG + 9, 0x12),
	};
	struct mm_fix *f = mm_up(test, 1, 0);
	u8 bytes[2] = {};

	rf_poke(f->rf, 0, O_CONFIG + 8, 2, 0xabcd);
	f->vdev->config->get(f->vdev, 8, bytes, 2);
	KUNIT_EXPECT_EQ(test, bytes[0], 0xcd);
	KUNIT_EXPECT_EQ(test, bytes[1], 0xab);
	bytes[0] = 0x34;
	bytes[1] = 0x12;
	f->vdev->config->set(f->vdev, 8, bytes, 2);
	KUNIT_EXPECT_EQ(test, 0, f->vdev->config->generation(f->vdev));
	rf_expect(f->rf, want, ARRAY_SIZE(want));
}

/* 2.5.3: from 0x00ff to 0x0100 between the first two bytes: never 0x01ff. */
static void config_legacy_changes(struct kunit *test)
{
	static const struct rf_access want[] = {
		RF_R8(0, O_CONFIG + 8, 0xff), RF_R8(0, O_CONFIG + 9, 0x01),
		RF_R8(0, O_CONFIG + 8, 0x00), RF_R8(0, O_CONFIG + 9, 0x01),
		RF_R8(0, O_CONFIG + 8, 0x00), RF_R8(0, O_CONFIG + 9, 0x01),
		RF_R8(0, O_CONFIG + 8, 0x00),
	};
	struct mm_fix *f = mm_up(test, 1, 0);
	u8 bytes[2];

	rf_poke(f->rf, 0, O_CONFIG + 8, 2, 0x0100);
	rf_script(f->rf, 0, O_CONFIG + 8, 0xff);
	f->vdev->config->get(f->vdev, 8, bytes, 2);
	KUNIT_EXPECT_EQ(test, bytes[0], 0x00);
	KUNIT_EXPECT_EQ(test, bytes[1], 0x01);
	/* A single byte is read once. */
	f->vdev->config->get(f->vdev, 8, bytes, 1);
	rf_expect(f->rf, want, ARRAY_SIZE(want));
}

static u32 mm_counts(struct regfile *rf, bool write, u32 value, void *ctx)
{
	return ++*(u32 *)ctx;
}

static void config_legacy_never_settles(struct kunit *test)
{
	struct mm_fix *f = mm_up(test, 1, 0);
	u32 reads = 0;
	u8 bytes[2];

	rf_hook(f->rf, 0, O_CONFIG + 8, mm_counts, &reads);
	f->vdev->config->get(f->vdev, 8, bytes, 2);
	KUNIT_EXPECT_GE(test, reads, 2);
	KUNIT_EXPECT_LE(test, reads, 1000);
}

/* MMIO-01: nothing behind the registers of the device. */
static void config_outside(struct kunit *test)
{
	static const unsigned int bad[][2] = {
		{ MM_LEN - O_CONFIG, 1 }, { MM_LEN - O_CONFIG - 1, 2 },
		{ UINT_MAX, 1 }, { UINT_MAX - 3, 8 },
	};
	struct mm_fix *f = mm_up(test, 2, 0);
	u8 bytes[8];
	int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		memset(bytes, 0xff, sizeof(bytes));
		f->vdev->config->get(f->vdev, bad[i][0], bytes, bad[i][1]);
		KUNIT_EXPECT_EQ(test, bytes[0], 0);
		f->vdev->config->set(f->vdev, bad[i][0], bytes, bad[i][1]);
	}
	KUNIT_EXPECT_EQ(test, f->rf->log_num, 0);
}

/* 4.2.2, ConfigGeneration: readers repeat, but not for ever. */
static void generation_never_settles(struct kunit *test)
{
	struct mm_fix *f = mm_up(test, 2, 0);
	u64 begin = f->rf->now_ns;
	u64 wide;

	rf_hook(f->rf, 0, O_GENERATION, mm_restless, NULL);
	__virtio_cread_many(f->vdev, 0, &wide, 1, sizeof(wide));
	KUNIT_EXPECT_GT(test, rf_count(f->rf, RF_READ, 0, O_GENERATION), 100);
	KUNIT_EXPECT_LT(test, f->rf->now_ns - begin, NSEC_PER_SEC);
}

/* 4.2.3.2, in its order; MMIO-09. */
static void queue_set_up(struct kunit *test)
{
	struct mm_fix *f = mm_up(test, 2, 0);
	dma_addr_t d, a, u;

	KUNIT_ASSERT_EQ(test, 0, mm_find(f, 1));
	d = virtqueue_get_desc_addr(f->vqs[0]);
	a = virtqueue_get_avail_addr(f->vqs[0]);
	u = virtqueue_get_used_addr(f->vqs[0]);
	{
		struct rf_access want[] = {
			RF_W32(0, O_QUEUE, 0),
			RF_R32(0, O_READY, 0),
			RF_R32(0, O_SIZE_MAX, 8),
			RF_W32(0, O_SIZE, 8),
			RF_W32(0, O_DESC, lower_32_bits(d)),
			RF_W32(0, O_DESC + 4, upper_32_bits(d)),
			RF_W32(0, O_DRIVER, lower_32_bits(a)),
			RF_W32(0, O_DRIVER + 4, upper_32_bits(a)),
			RF_W32(0, O_DEVICE, lower_32_bits(u)),
			RF_W32(0, O_DEVICE + 4, upper_32_bits(u)),
			RF_W32(0, O_READY, 1),
		};

		rf_expect(f->rf, want, ARRAY_SIZE(want));
	}
}

/* 4.2.4, in its order: the page size before all queues. */
static void queue_set_up_legacy(struct kunit *test)
{
	struct mm_fix *f = mm_up(test, 1, 0);
	u64 d;

	KUNIT_ASSERT_EQ(test, 0, mm_find(f, 1));
	d = virtqueue_get_desc_addr(f->vqs[0]);
	KUNIT_EXPECT_EQ(test, d % PAGE_SIZE, 0);
	KUNIT_EXPECT_EQ(test, virtqueue_get_avail_addr(f->vqs[0]), d + 8 * 16);
	KUNIT_EXPECT_EQ(test, virtqueue_get_used_addr(f->vqs[0]),
			d + PAGE_SIZE);
	{
		struct rf_access want[] = {
			RF_W32(0, O_PAGE_SIZE, PAGE_SIZE),
			RF_W32(0, O_QUEUE, 0),
			RF_R32(0, O_PFN, 0),
			RF_R32(0, O_SIZE_MAX, 8),
			RF_W32(0, O_SIZE, 8),
			RF_W32(0, O_ALIGN, PAGE_SIZE),
			RF_W32(0, O_PFN, d / PAGE_SIZE),
		};

		rf_expect(f->rf, want, ARRAY_SIZE(want));
	}
}

/* 4.2.4: a page number of 32 bits, which is not 0. */
static void queue_without_page_number(struct kunit *test)
{
	static const dma_addr_t bad[] = {
		PAGE_SIZE - 16,			/* page 0, not aligned */
		PAGE_SIZE + 16,			/* not aligned */
#ifdef CONFIG_ARCH_DMA_ADDR_T_64BIT
		(u64)PAGE_SIZE << 32,		/* needs 33 bits */
#endif
	};
	const u64 last = min_t(u64, U32_MAX, (dma_addr_t)-1 / PAGE_SIZE);
	struct mm_fix *f = mm_up(test, 1, 0);
	int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		mm_desc = bad[i];
		KUNIT_EXPECT_EQ(test, -E2BIG, mm_find(f, 1));
		KUNIT_EXPECT_EQ(test, 0, rf_bank_peek(f->rf, 0, 0, O_PFN, 4));
	}
	mm_desc = last * PAGE_SIZE;
	KUNIT_EXPECT_EQ(test, 0, mm_find(f, 1));
	KUNIT_EXPECT_EQ(test, last, rf_bank_peek(f->rf, 0, 0, O_PFN, 4));
	mm_desc = 0;
}

/* An entry without a name takes no queue. */
static void queue_without_name(struct kunit *test)
{
	static vq_callback_t *callbacks[3];
	static const char * const names[] = { "a", NULL, "b" };
	struct mm_fix *f = mm_up(test, 2, 0);
	struct virtqueue *vqs[3];

	KUNIT_ASSERT_EQ(test, 0, f->vdev->config->find_vqs(f->vdev, 3, vqs,
							   callbacks, names,
							   NULL, NULL));
	KUNIT_EXPECT_NULL(test, vqs[1]);
	KUNIT_EXPECT_EQ(test, vqs[2]->index, 1);
	KUNIT_EXPECT_EQ(test, 1, rf_bank_peek(f->rf, 0, 1, O_READY, 4));
}

/**
 * struct size - a size that a device offers
 * @max: QueueSizeMax
 * @packed: the packed layout is in use
 * @err: what find_vqs answers
 * @num: the size that is taken at most
 */
struct size {
	u32 max;
	bool packed;
	int err;
	u32 num;
};

static const struct size sizes[] = {
	{ 0, false, -ENOENT, 0 },
	{ 0xffffffff, false, -ENODEV, 0 },
	{ 1, false, 0, 1 },
	{ 16, false, 0, 16 },
	{ 1000, false, 0, 512 },
	{ 1000, true, 0, 1000 },
	{ 32768, false, 0, 32768 },
	{ 0x7fffffff, false, 0, 32768 },
	{ 0x7fffffff, true, 0, 32768 },
};

static void size_name(const struct size *s, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "%#x%s", s->max,
		 s->packed ? " packed" : "");
}

KUNIT_ARRAY_PARAM(size, sizes, size_name);

/* MMIO-09; 2.7 and 2.8. */
static void queue_sizes(struct kunit *test)
{
	const struct size *s = test->param_value;
	struct mm_fix *f = mm_up(test, 2, s->packed ? FB_PACKED : 0);
	u32 num;

	rf_bank_poke(f->rf, 0, 0, O_SIZE_MAX, 4, s->max);
	KUNIT_ASSERT_EQ(test, s->err, mm_find(f, 1));
	if (s->err) {
		KUNIT_EXPECT_EQ(test, 0, rf_count(f->rf, RF_WRITE, 0, O_SIZE));
		KUNIT_EXPECT_NULL(test, f->vm->vqs);
		return;
	}
	num = rf_bank_peek(f->rf, 0, 0, O_SIZE, 4);
	KUNIT_EXPECT_GE(test, num, 1);
	KUNIT_EXPECT_LE(test, num, s->num);
	KUNIT_EXPECT_EQ(test, num, virtqueue_get_vring_size(f->vqs[0]));
	KUNIT_EXPECT_EQ(test, f->vqs[0]->num_max, s->num);
}

/* 4.2.3.2 and 4.2.4, step 2. */
static void queue_in_use(struct kunit *test)
{
	static const struct rf_access want[] = {
		RF_W32(0, O_QUEUE, 0),
		RF_R32(0, O_READY, 1),
	};
	struct mm_fix *f = mm_up(test, 2, 0);

	rf_bank_poke(f->rf, 0, 0, O_READY, 4, 1);
	KUNIT_EXPECT_EQ(test, -EBUSY, mm_find(f, 1));
	rf_expect(f->rf, want, ARRAY_SIZE(want));
}

static void queue_in_use_legacy(struct kunit *test)
{
	struct mm_fix *f = mm_up(test, 1, 0);

	rf_bank_poke(f->rf, 0, 0, O_PFN, 4, 0x1000);
	KUNIT_EXPECT_EQ(test, -EBUSY, mm_find(f, 1));
	KUNIT_EXPECT_EQ(test, 0, rf_count(f->rf, RF_READ, 0, O_SIZE_MAX));
}

/* What was set up before the one that fails is stopped again. */
static void queue_missing(struct kunit *test)
{
	struct mm_fix *f = mm_up(test, 2, 0);

	KUNIT_EXPECT_EQ(test, -ENOENT, mm_find(f, 3));
	KUNIT_EXPECT_EQ(test, 0, rf_bank_peek(f->rf, 0, 0, O_READY, 4));
	KUNIT_EXPECT_EQ(test, 0, rf_bank_peek(f->rf, 0, 1, O_READY, 4));
	KUNIT_EXPECT_TRUE(test, list_empty(&f->vdev->vqs));
	f->rf->irq_refused = 0;
	KUNIT_EXPECT_NE(test, 0, mm_find(f, 2));
	KUNIT_EXPECT_EQ(test, 0, rf_bank_peek(f->rf, 0, 0, O_READY, 4));
	KUNIT_EXPECT_TRUE(test, list_empty(&f->vdev->vqs));
	f->rf->irq_refused = -1;
	KUNIT_EXPECT_EQ(test, 0, mm_find(f, 2));
}

/* MMIO-11: QueueReady 0, read back; each queue, after the handler is gone. */
static void queues_stopped(struct kunit *test)
{
	static const struct rf_access want[] = {
		RF_R32(0, O_STATUS, 0),
		RF_CALL(RF_IRQ_FREE, 0, 0),
		RF_W32(0, O_QUEUE, 0),
		RF_W32(0, O_READY, 0),
		RF_R32(0, O_READY, 0),
		RF_W32(0, O_QUEUE, 1),
		RF_W32(0, O_READY, 0),
		RF_R32(0, O_READY, 0),
	};
	struct mm_fix *f = mm_live_up(test, 2, 0);

	virtio_reset_device(f->vdev);
	rf_clear(f->rf);
	f->rf->logged = RF_LOG_REGS | BIT(RF_IRQ_FREE);
	f->vdev->config->del_vqs(f->vdev);
	rf_expect(f->rf, want, ARRAY_SIZE(want));
	f->vdev->config->del_vqs(f->vdev);
	KUNIT_EXPECT_EQ(test, f->rf->log_num, 0);
}

static void queues_stopped_legacy(struct kunit *test)
{
	static const struct rf_access want[] = {
		RF_R32(0, O_STATUS, 0),
		RF_W32(0, O_QUEUE, 0),
		RF_W32(0, O_PFN, 0),
		RF_R32(0, O_PFN, 0),
		RF_W32(0, O_QUEUE, 1),
		RF_W32(0, O_PFN, 0),
		RF_R32(0, O_PFN, 0),
	};
	struct mm_fix *f = mm_live_up(test, 1, 0);

	virtio_reset_device(f->vdev);
	rf_clear(f->rf);
	f->vdev->config->del_vqs(f->vdev);
	rf_expect(f->rf, want, ARRAY_SIZE(want));
}

/* A live device is reset before its queues are freed (3.3.1). */
static void queues_of_a_live_device(struct kunit *test)
{
	struct mm_fix *f = mm_live_up(test, 2, 0);

	f->vdev->config->del_vqs(f->vdev);
	KUNIT_EXPECT_EQ(test, 0, rf_peek(f->rf, 0, O_STATUS, 4));
}

/* 4.2.3.3: 32 bits with the index. */
static void notified(struct kunit *test)
{
	static const struct rf_access want[] = {
		RF_W32(0, O_NOTIFY, 1),
	};
	struct mm_fix *f = mm_live_up(test, 2, 0);

	KUNIT_EXPECT_TRUE(test, virtqueue_notify(f->vqs[1]));
	rf_expect(f->rf, want, ARRAY_SIZE(want));
}

/* 4.2.3.3, 2.9: and with where the next entry will be, in the upper half. */
static void notified_with_data(struct kunit *test)
{
	static const struct rf_access want[] = {
		RF_W32(0, O_NOTIFY, 1 | 1 << 16),
	};
	struct mm_fix *f = mm_live_up(test, 2, FB_NOTIFY_DATA);
	struct scatterlist sg;

	sg_init_one(&sg, f, 1);
	KUNIT_ASSERT_EQ(test, 0, virtqueue_add_outbuf(f->vqs[1], &sg, 1, f,
						      GFP_KERNEL));
	KUNIT_EXPECT_TRUE(test, virtqueue_kick(f->vqs[1]));
	rf_expect(f->rf, want, ARRAY_SIZE(want));
	KUNIT_EXPECT_PTR_EQ(test, (void *)f,
			    virtqueue_detach_unused_buf(f->vqs[1]));
}

/* 2.4.2: complete when the status reads 0. */
static void reset_waits(struct kunit *test)
{
	static const struct rf_access want[] = {
		RF_W32(0, O_STATUS, 0),
		RF_R32(0, O_STATUS, 15),
		RF_R32(0, O_STATUS, 15),
		RF_R32(0, O_STATUS, 0),
	};
	struct mm_fix *f = mm_live_up(test, 2, 0);

	rf_script(f->rf, 0, O_STATUS, 15, 15);
	f->vdev->config->reset(f->vdev);
	rf_expect(f->rf, want, ARRAY_SIZE(want));
}

/* A device that does not: an end in 5 s, broken and stopped queues. */
static void reset_never_ends(struct kunit *test)
{
	struct mm_fix *f = mm_live_up(test, 2, 0);
	u64 begin = f->rf->now_ns;

	f->no_reset = true;
	f->vdev->config->reset(f->vdev);
	KUNIT_EXPECT_GT(test, f->rf->now_ns - begin, 4ull * NSEC_PER_SEC);
	KUNIT_EXPECT_LT(test, f->rf->now_ns - begin, 7ull * NSEC_PER_SEC);
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(f->vqs[0]));
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(f->vqs[1]));
	KUNIT_EXPECT_EQ(test, 0, rf_bank_peek(f->rf, 0, 0, O_READY, 4));
	KUNIT_EXPECT_EQ(test, 0, rf_bank_peek(f->rf, 0, 1, O_READY, 4));

	begin = f->rf->now_ns;
	f->no_stop = true;
	f->vdev->config->reset(f->vdev);
	f->vdev->config->del_vqs(f->vdev);
	KUNIT_EXPECT_LT(test, f->rf->now_ns - begin, NSEC_PER_SEC);
}

/* A device that is gone is not waited for. */
static void reset_of_nothing(struct kunit *test)
{
	struct mm_fix *f = mm_live_up(test, 2, 0);
	u64 begin = f->rf->now_ns;

	f->rf->gone = true;
	f->vdev->config->reset(f->vdev);
	KUNIT_EXPECT_EQ(test, 0xff, f->vdev->config->get_status(f->vdev));
	f->vdev->config->del_vqs(f->vdev);
	KUNIT_EXPECT_LT(test, f->rf->now_ns - begin, NSEC_PER_MSEC);
	f->rf->gone = false;
}

/* Whenever it goes in the set-up of two queues, that ends. */
static void goes_away(struct kunit *test)
{
	struct mm_fix *f = mm_up(test, 2, 0);
	u64 begin = f->rf->now_ns;
	unsigned int after;

	for (after = 0; after < 30; after++) {
		rf_gone_after(f->rf, after);
		mm_find(f, 2);
		f->vdev->config->del_vqs(f->vdev);
		KUNIT_EXPECT_NULL(test, f->vm->vqs);
		f->rf->gone_at = 0;
		f->rf->gone = false;
		f->vdev->config->reset(f->vdev);
	}
	KUNIT_EXPECT_LT(test, f->rf->now_ns - begin, NSEC_PER_SEC);
}

/* MMIO-14, 2.6.1. */
static void queue_reset(struct kunit *test)
{
	static const struct rf_access want[] = {
		RF_W32(0, O_QUEUE, 1),
		RF_W32(0, O_RESET, 1),
		RF_R32(0, O_RESET, 1),
		RF_CALL(RF_IRQ_SYNC, 0, 0),
		RF_R32(0, O_RESET, 1),
		RF_R32(0, O_RESET, 0),
		RF_R32(0, O_READY, 0),
	};
	struct mm_fix *f = mm_live_up(test, 2, FB_RING_RESET);

	f->queue_reset.pending = 2;
	f->rf->logged = RF_LOG_REGS | BIT(RF_IRQ_SYNC);
	KUNIT_EXPECT_EQ(test, 0,
			f->vdev->config->disable_vq_and_reset(f->vqs[1]));
	rf_expect(f->rf, want, ARRAY_SIZE(want));
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(f->vqs[1]));
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(f->vqs[0]));

	KUNIT_EXPECT_EQ(test, 0,
			f->vdev->config->enable_vq_after_reset(f->vqs[1]));
	KUNIT_EXPECT_EQ(test, 10, f->rf->log_num - 1);
	KUNIT_EXPECT_GE(test, rf_find(f->rf, RF_WRITE, 0, O_SIZE, 0), 0);
	KUNIT_EXPECT_EQ(test, 1, rf_bank_peek(f->rf, 0, 1, O_READY, 4));
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(f->vqs[1]));
}

static void queue_reset_never_ends(struct kunit *test)
{
	struct mm_fix *f = mm_live_up(test, 2, FB_RING_RESET);
	u64 begin = f->rf->now_ns;

	f->queue_reset.pending = UINT_MAX;
	KUNIT_EXPECT_EQ(test, -EBUSY,
			f->vdev->config->disable_vq_and_reset(f->vqs[0]));
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(f->vqs[0]));
	KUNIT_EXPECT_LT(test, f->rf->now_ns - begin, 7ull * NSEC_PER_SEC);
}

/* 4.2.2.1: QueueReady is 0 when it is complete, and becomes 1 when told. */
static void queue_reset_halfway(struct kunit *test)
{
	struct mm_fix *f = mm_live_up(test, 2, FB_RING_RESET);

	f->queue_reset.pending = 2;
	f->queue_reset.ready = 1;
	KUNIT_EXPECT_EQ(test, -EBUSY,
			f->vdev->config->disable_vq_and_reset(f->vqs[0]));
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(f->vqs[0]));
	KUNIT_EXPECT_EQ(test, -EBUSY,
			f->vdev->config->enable_vq_after_reset(f->vqs[0]));
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(f->vqs[0]));
}

/* The feature without the register: nothing is lost, nothing asked again. */
static void queue_reset_unknown(struct kunit *test)
{
	struct mm_fix *f = mm_live_up(test, 2, FB_RING_RESET);

	f->queue_reset.ready = 1;
	KUNIT_EXPECT_EQ(test, -ENOENT,
			f->vdev->config->disable_vq_and_reset(f->vqs[0]));
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(f->vqs[0]));
	rf_clear(f->rf);
	KUNIT_EXPECT_EQ(test, -ENOENT,
			f->vdev->config->disable_vq_and_reset(f->vqs[0]));
	KUNIT_EXPECT_EQ(test, f->rf->log_num, 0);
}

static void queue_reset_not_agreed(struct kunit *test)
{
	struct mm_fix *f = mm_live_up(test, 2, 0);

	KUNIT_EXPECT_EQ(test, -ENOENT,
			f->vdev->config->disable_vq_and_reset(f->vqs[0]));
	KUNIT_EXPECT_EQ(test, f->rf->log_num, 0);
}

/* Gone in the middle of it. */
static void queue_reset_gone(struct kunit *test)
{
	struct mm_fix *f = mm_live_up(test, 2, FB_RING_RESET);
	u64 begin = f->rf->now_ns;

	f->queue_reset.pending = 9;
	rf_gone_after(f->rf, 4);
	KUNIT_EXPECT_EQ(test, -EBUSY,
			f->vdev->config->disable_vq_and_reset(f->vqs[0]));
	KUNIT_EXPECT_EQ(test, -EBUSY,
			f->vdev->config->enable_vq_after_reset(f->vqs[0]));
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(f->vqs[0]));
	KUNIT_EXPECT_LT(test, f->rf->now_ns - begin, NSEC_PER_SEC);
	f->rf->gone_at = 0;
	f->rf->gone = false;
}

/**
 * struct area - what a device says of shared memory
 * @name: of the case
 * @base: where
 * @len: how long
 * @good: it is a region, if the machine has addresses for it
 */
struct area {
	const char *name;
	u64 base;
	u64 len;
	bool good;
};

#define FAR	(sizeof(phys_addr_t) > 4 ? 0xf000000000 : 0xf0000000)
/* Stands for memory of this kernel. */
#define MINE	1

static const struct area areas[] = {
	{ "one byte", FAR, 1, true },
	{ "4 GiB", FAR, 0x100000000, true },
	{ "no such region", U64_MAX, U64_MAX, false },
	{ "no length", FAR, U64_MAX, false },
	{ "no base", U64_MAX, 0x1000, false },
	{ "empty", FAR, 0, false },
	{ "wraps around", U64_MAX - 1, 0x1000, false },
	{ "all there is", 0, U64_MAX - 1, false },
	{ "memory of the kernel", MINE, 1, false },
	{ "its own registers", MM_BASE + 0x100, 0x1000, false },
	{ "around its registers", MM_BASE - 0x1000, 0x2000, false },
};

static void area_name(const struct area *a, char *name)
{
	strscpy(name, a->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(area, areas, area_name);

/* 2.10, 4.2.2; MMIO-17. */
static void shared_memory(struct kunit *test)
{
	const struct area *a = test->param_value;
	struct mm_fix *f = mm_up(test, 2, 0);
	u64 base = a->base == MINE ? virt_to_phys(f) : a->base;
	struct rf_access want[] = {
		RF_W32(0, O_SHM, 7),
		RF_R32(0, O_SHM_LEN, lower_32_bits(a->len)),
		RF_R32(0, O_SHM_LEN + 4, upper_32_bits(a->len)),
		RF_R32(0, O_SHM_BASE, lower_32_bits(base)),
		RF_R32(0, O_SHM_BASE + 4, upper_32_bits(base)),
	};
	struct virtio_shm_region region = {};
	bool good = a->good && a->len - 1 <= PHYS_ADDR_MAX - base;

	rf_poke(f->rf, 0, O_SHM_LEN, 4, lower_32_bits(a->len));
	rf_poke(f->rf, 0, O_SHM_LEN + 4, 4, upper_32_bits(a->len));
	rf_poke(f->rf, 0, O_SHM_BASE, 4, lower_32_bits(base));
	rf_poke(f->rf, 0, O_SHM_BASE + 4, 4, upper_32_bits(base));
	KUNIT_EXPECT_EQ(test, good,
			f->vdev->config->get_shm_region(f->vdev, &region, 7));
	rf_expect(f->rf, want, ARRAY_SIZE(want));
	KUNIT_EXPECT_EQ(test, region.addr, good ? base : 0);
	KUNIT_EXPECT_EQ(test, region.len, good ? a->len : 0);
}

/* Version 1 has no such registers. */
static void shared_memory_legacy(struct kunit *test)
{
	struct mm_fix *f = mm_up(test, 1, 0);
	struct virtio_shm_region region;

	KUNIT_EXPECT_FALSE(test,
			   f->vdev->config->get_shm_region(f->vdev, &region,
							   0));
	KUNIT_EXPECT_EQ(test, f->rf->log_num, 0);
}

static struct kunit_case regs_mmio_cases[] = {
	KUNIT_CASE(identified),
	KUNIT_CASE_PARAM(ignored, stranger_gen_params),
	KUNIT_CASE(incomplete),
	KUNIT_CASE(features),
	KUNIT_CASE(features_legacy),
	KUNIT_CASE(features_gone),
	KUNIT_CASE(features_mixed),
	KUNIT_CASE(features_kept),
	KUNIT_CASE(config_fields),
	KUNIT_CASE(config_legacy),
	KUNIT_CASE(config_legacy_changes),
	KUNIT_CASE(config_legacy_never_settles),
	KUNIT_CASE(config_outside),
	KUNIT_CASE(generation_never_settles),
	KUNIT_CASE(queue_set_up),
	KUNIT_CASE(queue_set_up_legacy),
	KUNIT_CASE(queue_without_page_number),
	KUNIT_CASE(queue_without_name),
	KUNIT_CASE_PARAM(queue_sizes, size_gen_params),
	KUNIT_CASE(queue_in_use),
	KUNIT_CASE(queue_in_use_legacy),
	KUNIT_CASE(queue_missing),
	KUNIT_CASE(queues_stopped),
	KUNIT_CASE(queues_stopped_legacy),
	KUNIT_CASE(queues_of_a_live_device),
	KUNIT_CASE(notified),
	KUNIT_CASE(notified_with_data),
	KUNIT_CASE_PARAM(interrupts, event_gen_params),
	KUNIT_CASE(interrupts_handled_first),
	KUNIT_CASE(interrupts_between),
	KUNIT_CASE(interrupts_by_edge),
	KUNIT_CASE(interrupts_without_end),
	KUNIT_CASE(reset_waits),
	KUNIT_CASE(reset_never_ends),
	KUNIT_CASE(reset_of_nothing),
	KUNIT_CASE(goes_away),
	KUNIT_CASE(queue_reset),
	KUNIT_CASE(queue_reset_never_ends),
	KUNIT_CASE(queue_reset_halfway),
	KUNIT_CASE(queue_reset_unknown),
	KUNIT_CASE(queue_reset_not_agreed),
	KUNIT_CASE(queue_reset_gone),
	KUNIT_CASE_PARAM(shared_memory, area_gen_params),
	KUNIT_CASE(shared_memory_legacy),
#ifdef CONFIG_PM_SLEEP
	KUNIT_CASE(sleeps_with_an_eye_open),
	KUNIT_CASE(sleeps_too_deep),
	KUNIT_CASE(sleeps),
	KUNIT_CASE(sleeps_again),
	KUNIT_CASE(sleeps_too_deep_busy),
#endif
	{}
};

static struct kunit_suite regs_mmio_suite = {
	.name = "virtio_regs_mmio",
	.exit = mm_exit,
	.test_cases = regs_mmio_cases,
};

kunit_test_suites(&regs_mmio_suite);

MODULE_LICENSE("GPL");
