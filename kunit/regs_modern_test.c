// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_regs_modern: the registers of the modern PCI transport
 *
 * The sources of virtio_pci.ko and virtio_pci_modern.ko, compiled once more on
 * a recorded register file (regfile.h), under the bus and the ring as they are.
 * The map of registers, the model of the device and the tables of accesses are
 * written from VIRTIO 1.4, 4.1.
 */
#include <linux/module.h>
#include <kunit/test.h>
#include <virtio_live_reset.h>

#include "regfile_redirect.h"

#include "../virtio_core/pci/pci_common.c"
#include "../virtio_core/pci/pci_irq.c"
#include "../virtio_core/pci/pci_queues.c"
#include "../virtio_core/pci/pci_sriov.c"
#ifdef CONFIG_PM_SLEEP
#include "../virtio_core/pci/pci_pm.c"
#endif
#include "../virtio_core/pci/vp_caps.c"
#include "../virtio_core/pci/pci_detect.c"
#include "../virtio_pci_modern/vp_config.c"
#include "../virtio_pci_modern/vp_regs.c"
#include "../virtio_pci_modern/vp_modern.c"

#include "regs_modern_fix.h"

/* 3.1.1, 4.1.5.1: from the reset to DRIVER_OK, and nothing more. */
static void init_sequence(struct kunit *test)
{
	struct modern_fix *f = modern_new(test, FB_VERSION_1);

	KUNIT_ASSERT_EQ(test, modern_plug(f), 0);
	KUNIT_ASSERT_NOT_NULL(test, f->vdev);
	{
		u64 desc = virtqueue_get_desc_addr(f->vqs[0]);
		u64 driver = virtqueue_get_avail_addr(f->vqs[0]);
		u64 device = virtqueue_get_used_addr(f->vqs[0]);
		struct rf_access want[] = {
			/* 1: reset, and seen to be complete; 2 */
			RF_W8(COMMON, C_STATUS, 0),
			RF_R8(COMMON, C_STATUS, 0),
			RF_R8(COMMON, C_STATUS, 0),
			RF_W8(COMMON, C_STATUS, 1),
			/* 3 */
			RF_W8(COMMON, C_STATUS, 3),
			/* 4 */
			RF_W32(COMMON, C_DFSELECT, 0),
			RF_R32(COMMON, C_DF, 0),
			RF_W32(COMMON, C_DFSELECT, 1),
			RF_R32(COMMON, C_DF, 1),
			RF_W32(COMMON, C_GFSELECT, 0),
			RF_W32(COMMON, C_GF, 0),
			RF_W32(COMMON, C_GFSELECT, 1),
			RF_W32(COMMON, C_GF, 1),
			/* 5, 6 */
			RF_R8(COMMON, C_STATUS, 3),
			RF_W8(COMMON, C_STATUS, 0xb),
			RF_R8(COMMON, C_STATUS, 0xb),
			/* 7: vectors are read back, the queue enabled last */
			RF_W16(COMMON, C_MSIX, 0),
			RF_R16(COMMON, C_MSIX, 0),
			RF_W16(COMMON, C_SELECT, 0),
			RF_R16(COMMON, C_SIZE, QUEUE_SIZE),
			RF_W16(COMMON, C_VECTOR, 1),
			RF_R16(COMMON, C_VECTOR, 1),
			RF_R16(COMMON, C_NOFF, 0),
			RF_W32(COMMON, C_DESC, lower_32_bits(desc)),
			RF_W32(COMMON, C_DESC + 4, upper_32_bits(desc)),
			RF_W32(COMMON, C_DRIVER, lower_32_bits(driver)),
			RF_W32(COMMON, C_DRIVER + 4, upper_32_bits(driver)),
			RF_W32(COMMON, C_DEVICE, lower_32_bits(device)),
			RF_W32(COMMON, C_DEVICE + 4, upper_32_bits(device)),
			RF_W16(COMMON, C_ENABLE, 1),
			/* 8 */
			RF_R8(COMMON, C_STATUS, 0xb),
			RF_W8(COMMON, C_STATUS, ST_RUNNING),
		};

		rf_expect(f->rf, want, ARRAY_SIZE(want));
	}
	KUNIT_EXPECT_TRUE(test, f->rf->pci->master);
}

static const bool larger_cases[] = { false, true };

static void larger_desc(const bool *larger, char *desc)
{
	strscpy(desc, *larger ? "larger" : "as known", KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(larger, larger_cases, larger_desc);

/* 4.1.4.1: no more is mapped than is used, however large it says it is. */
static void maps_what_it_uses(struct kunit *test)
{
	const bool *larger = test->param_value;
	struct modern_fix *f;
	struct rf_access *map;
	unsigned int i, n = 0;
	u32 len[4] = {};

	modern_more = *larger ? 200 : 0;
	f = modern_new(test, FB_VERSION_1);
	modern_more = 0;
	f->rf->logged = BIT(RF_MAP) | BIT(RF_UNMAP);
	KUNIT_ASSERT_EQ(test, modern_plug(f), 0);
	for (i = 0; i < f->rf->log_num && n < 4; i++) {
		map = &f->rf->log[i];
		if (map->op == RF_MAP)
			len[n++] = map->value;
	}
	KUNIT_ASSERT_EQ(test, n, 4);
	KUNIT_EXPECT_EQ(test, len[0], C_END);
	KUNIT_EXPECT_EQ(test, len[1], 1);
	KUNIT_EXPECT_EQ(test, len[2], DEVICE_LEN);
	KUNIT_EXPECT_EQ(test, len[3], NOTIFY_LEN);
	vp_modern_remove(f->pdev);
	f->probed = false;
	KUNIT_EXPECT_EQ(test, rf_count(f->rf, RF_UNMAP, 0, 0), 4);
	KUNIT_EXPECT_EQ(test, f->rf->pci->enabled, 0);
	KUNIT_EXPECT_FALSE(test, f->rf->pci->master);
}

/* The bits between driver and device that are negotiated: 6. */
static void features_taken(struct kunit *test)
{
	const u64 offered = GENMASK_ULL(63, 28) & ~FB_PACKED;
	struct modern_fix *f = modern_new(test, offered | 0xff);
	u64 accepted;

	KUNIT_ASSERT_EQ(test, modern_plug(f), 0);
	accepted = rf_bank_peek(f->rf, BANK_ACCEPTED, 0, C_GF, 4) |
		   (u64)rf_bank_peek(f->rf, BANK_ACCEPTED, 1, C_GF, 4) << 32;
	KUNIT_EXPECT_EQ(test, accepted & ~offered, 0);
	KUNIT_EXPECT_NE(test, accepted & FB_VERSION_1, 0);
	KUNIT_EXPECT_NE(test, accepted & FB_NOTIFY_DATA, 0);
	KUNIT_EXPECT_NE(test, accepted & FB_CONFIG_DATA, 0);
	KUNIT_EXPECT_NE(test, accepted & FB_RING_RESET, 0);
	/* 6.1: not without that capability */
	KUNIT_EXPECT_EQ(test, accepted & FB_SR_IOV, 0);
	/* Not implemented: NOTIFY_ON_EMPTY is legacy, 41 to 63 are unknown */
	KUNIT_EXPECT_EQ(test, accepted >> 41, 0);
}

/* 6.1: a device without VERSION_1 behind modern registers is refused. */
static void not_modern(struct kunit *test)
{
	struct modern_fix *f = modern_new(test, 0);

	KUNIT_ASSERT_EQ(test, modern_plug(f), 0);
	KUNIT_EXPECT_NULL(test, f->vdev);
	KUNIT_EXPECT_NE(test, rf_peek(f->rf, COMMON, C_STATUS, 1) & 0x80, 0);
}

/**
 * struct mode_case - vectors that can be had, and what comes of them
 * @name: of the case
 * @vectors_max: vectors of the function
 * @intx: it has an INTx line
 * @refused: the device refuses vectors from here on for queues
 * @config_refused: and vector 0 for configuration changes
 * @err: what find_vqs says
 * @vectors: allocated in the end
 * @msix: they are MSI-X vectors
 * @queue: vectors of the queues
 */
struct mode_case {
	const char *name;
	unsigned int vectors_max;
	bool intx;
	u16 refused;
	bool config_refused;
	int err;
	unsigned int vectors;
	bool msix;
	u16 queue[QUEUES];
};

static const struct mode_case mode_cases[] = {
	{ "vectors enough", 16, true, NO_VECTOR, false,
	  0, 4, true, { 1, 2, 3 } },
	{ "as many as needed", 4, true, NO_VECTOR, false,
	  0, 4, true, { 1, 2, 3 } },
	{ "one too few", 3, true, NO_VECTOR, false,
	  0, 2, true, { 1, 1, 1 } },
	{ "two", 2, true, NO_VECTOR, false,
	  0, 2, true, { 1, 1, 1 } },
	{ "one", 1, true, NO_VECTOR, false,
	  0, 1, true, { 0, 0, 0 } },
	{ "none", 0, true, NO_VECTOR, false,
	  0, 1, false, { NO_VECTOR, NO_VECTOR, NO_VECTOR } },
	{ "none, and no line", 0, false, NO_VECTOR, false, -EBUSY },
	{ "last queue's refused", 16, true, 3, false,
	  0, 2, true, { 1, 1, 1 } },
	{ "all but vector 0 refused", 16, true, 1, false,
	  0, 1, true, { 0, 0, 0 } },
	{ "all refused for queues", 16, true, 0, false,
	  0, 1, false, { NO_VECTOR, NO_VECTOR, NO_VECTOR } },
	{ "refused for changes", 16, true, NO_VECTOR, true,
	  0, 1, false, { NO_VECTOR, NO_VECTOR, NO_VECTOR } },
	{ "refused, and no line", 16, false, 0, false, -EBUSY },
};

static void mode_desc(const struct mode_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(mode, mode_cases, mode_desc);

/* 4.1.5.1.2: what is mapped is read back; what is refused is done without. */
static void interrupt_modes(struct kunit *test)
{
	const struct mode_case *c = test->param_value;
	struct modern_fix *f = modern_new(test, FB_VERSION_1);
	unsigned int i, handlers = 0;

	f->nvqs = QUEUES;
	f->refused = c->refused;
	f->config_refused = c->config_refused;
	f->rf->vectors_max = c->vectors_max;
	f->rf->intx = c->intx;
	KUNIT_ASSERT_EQ(test, modern_plug(f), 0);
	KUNIT_ASSERT_EQ(test, f->find_err, c->err);
	KUNIT_EXPECT_EQ(test, f->rf->vectors, c->vectors);
	KUNIT_EXPECT_EQ(test, f->rf->msix, c->msix);
	for (i = 0; i < RF_IRQS; i++)
		handlers += !!f->rf->irqs[i].handler;
	KUNIT_EXPECT_EQ(test, handlers, c->vectors);
	if (c->err)
		return;
	for (i = 0; i < QUEUES; i++) {
		KUNIT_EXPECT_EQ(test, queue_reg(f, i, C_VECTOR), c->queue[i]);
		KUNIT_EXPECT_EQ(test, queue_reg(f, i, C_ENABLE), 1);
	}
	/* Without MSI-X the register means nothing. */
	if (c->msix)
		KUNIT_EXPECT_EQ(test, rf_peek(f->rf, COMMON, C_MSIX, 2), 0);
	KUNIT_EXPECT_EQ(test, rf_peek(f->rf, COMMON, C_STATUS, 1), ST_RUNNING);
}

/* A handler that cannot be had: the next mode. */
static void handler_refused(struct kunit *test)
{
	struct modern_fix *f = modern_new(test, FB_VERSION_1);

	f->nvqs = QUEUES;
	f->rf->irq_refused = 2;
	KUNIT_ASSERT_EQ(test, modern_plug(f), 0);
	KUNIT_ASSERT_NOT_NULL(test, f->vdev);
	KUNIT_EXPECT_EQ(test, f->rf->vectors, 2);
	KUNIT_EXPECT_EQ(test, queue_reg(f, 2, C_VECTOR), 1);
}

/* 4.1.4.5.2: with MSI-X a queue's interrupt does not look at the ISR status. */
static void no_isr_with_msix(struct kunit *test)
{
	struct modern_fix *f = modern_running(test, FB_VERSION_1, QUEUES);

	rf_poke(f->rf, ISR, 0, 1, 3);
	KUNIT_EXPECT_EQ(test, rf_fire(f->rf, 0), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, f->changed, 1);
	rf_fire(f->rf, 1);
	rf_fire(f->rf, 3);
	KUNIT_EXPECT_EQ(test, f->rf->log_num, 0);
}

/* 4.1.4.5.2: nor with one vector for all queues. */
static void no_isr_with_shared_vector(struct kunit *test)
{
	struct modern_fix *f = modern_new(test, FB_VERSION_1);

	f->nvqs = QUEUES;
	f->rf->vectors_max = 2;
	KUNIT_ASSERT_EQ(test, modern_plug(f), 0);
	KUNIT_ASSERT_EQ(test, f->rf->vectors, 2);
	rf_clear(f->rf);
	rf_poke(f->rf, ISR, 0, 1, 3);
	rf_fire(f->rf, 1);
	KUNIT_EXPECT_EQ(test, f->changed, 0);
	KUNIT_EXPECT_EQ(test, f->rf->log_num, 0);
}

/*
 * 4.1.5.4.2: one vector for changes and queues; a change comes with its bit of
 * the ISR status (4.1.4.5.1), once, whatever the queues have.
 */
static void single_vector(struct kunit *test)
{
	static const struct rf_access want[] = {
		RF_R8(ISR, 0, 0),
		RF_R8(ISR, 0, 2),
		RF_R8(ISR, 0, 3),
		RF_R8(ISR, 0, 0xff),
	};
	struct modern_fix *f = modern_new(test, FB_VERSION_1);

	f->nvqs = QUEUES;
	f->rf->vectors_max = 1;
	KUNIT_ASSERT_EQ(test, modern_plug(f), 0);
	KUNIT_ASSERT_NOT_NULL(test, f->vdev);
	KUNIT_EXPECT_EQ(test, f->rf->irqs[0].flags & IRQF_SHARED, 0);
	rf_clear(f->rf);
	KUNIT_EXPECT_EQ(test, rf_fire(f->rf, 0), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, f->changed, 0);
	rf_poke(f->rf, ISR, 0, 1, 2);
	KUNIT_EXPECT_EQ(test, rf_fire(f->rf, 0), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, f->changed, 1);
	rf_poke(f->rf, ISR, 0, 1, 3);
	KUNIT_EXPECT_EQ(test, rf_fire(f->rf, 0), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, f->changed, 2);
	f->rf->gone = true;
	KUNIT_EXPECT_EQ(test, rf_fire(f->rf, 0), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, f->changed, 2);
	f->rf->gone = false;
	rf_expect(f->rf, want, ARRAY_SIZE(want));
}

/* INTx: one read tells whether it is ours, and acknowledges. */
static void intx(struct kunit *test)
{
	struct modern_fix *f = modern_new(test, FB_VERSION_1);

	f->rf->vectors_max = 0;
	f->rf->intx = true;
	KUNIT_ASSERT_EQ(test, modern_plug(f), 0);
	KUNIT_ASSERT_NOT_NULL(test, f->vdev);
	KUNIT_EXPECT_NE(test, f->rf->irqs[0].flags & IRQF_SHARED, 0);
	rf_clear(f->rf);
	KUNIT_EXPECT_EQ(test, rf_fire(f->rf, 0), IRQ_NONE);
	rf_poke(f->rf, ISR, 0, 1, 1);
	KUNIT_EXPECT_EQ(test, rf_fire(f->rf, 0), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, f->changed, 0);
	rf_poke(f->rf, ISR, 0, 1, 3);
	KUNIT_EXPECT_EQ(test, rf_fire(f->rf, 0), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, f->changed, 1);
	KUNIT_EXPECT_EQ(test, rf_count(f->rf, RF_READ, ISR, 0), 3);
	f->rf->gone = true;
	KUNIT_EXPECT_EQ(test, rf_fire(f->rf, 0), IRQ_NONE);
	f->rf->gone = false;
}

/* 4.1.4.3.2: complete when device_status reads 0, and not before. */
static void reset_waits(struct kunit *test)
{
	static const struct rf_access want[] = {
		RF_W8(COMMON, C_STATUS, 0),
		RF_R8(COMMON, C_STATUS, 0x0f),
		RF_R8(COMMON, C_STATUS, 0x40),
		RF_R8(COMMON, C_STATUS, 0),
	};
	struct modern_fix *f = modern_running(test, FB_VERSION_1, 0);

	rf_script(f->rf, COMMON, C_STATUS, 0x0f, 0x40);
	virtio_reset_device(f->vdev);
	rf_expect(f->rf, want, ARRAY_SIZE(want));
	KUNIT_EXPECT_TRUE(test, f->rf->pci->master);
}

/* It does not complete: no access to memory until one does. */
static void reset_never(struct kunit *test)
{
	struct modern_fix *f = modern_running(test, FB_VERSION_1, 1);
	u64 start = f->rf->now_ns;

	f->status_stuck = true;
	virtio_reset_device(f->vdev);
	KUNIT_EXPECT_FALSE(test, f->rf->pci->master);
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(f->vqs[0]));
	KUNIT_EXPECT_GE(test, f->rf->now_ns - start, 5ull * NSEC_PER_SEC);
	KUNIT_EXPECT_LT(test, f->rf->now_ns - start, 6ull * NSEC_PER_SEC);

	start = f->rf->now_ns;
	virtio_reset_device(f->vdev);
	KUNIT_EXPECT_LT(test, f->rf->now_ns - start, NSEC_PER_SEC);

	f->status_stuck = false;
	virtio_reset_device(f->vdev);
	KUNIT_EXPECT_TRUE(test, f->rf->pci->master);
}

static void reset_gone(struct kunit *test)
{
	static const struct rf_access want[] = {
		RF_W8(COMMON, C_STATUS, 0),
		RF_R8(COMMON, C_STATUS, 0xff),
	};
	struct modern_fix *f = modern_running(test, FB_VERSION_1, 1);

	rf_gone_after(f->rf, 0);
	virtio_reset_device(f->vdev);
	rf_expect(f->rf, want, ARRAY_SIZE(want));
	KUNIT_EXPECT_FALSE(test, f->rf->pci->master);
}

/* 2.6.1, 4.1.4.3.2 */
static void queue_reset(struct kunit *test)
{
	static const struct rf_access want[] = {
		RF_W16(COMMON, C_SELECT, 1),
		RF_W16(COMMON, C_RESET, 1),
		RF_R16(COMMON, C_RESET, 1),
		RF_R16(COMMON, C_RESET, 0),
		RF_R16(COMMON, C_ENABLE, 0),
	};
	struct modern_fix *f = modern_running(test, FB_VERSION_1 | FB_RING_RESET,
					      2);
	struct virtqueue *vq = f->vqs[1];

	rf_script(f->rf, COMMON, C_RESET, 1);
	KUNIT_EXPECT_EQ(test, f->vdev->config->disable_vq_and_reset(vq), 0);
	rf_expect(f->rf, want, ARRAY_SIZE(want));
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(vq));
	KUNIT_EXPECT_EQ(test, queue_reg(f, 0, C_ENABLE), 1);

	rf_bank_poke(f->rf, BANK_QUEUE, 1, C_VECTOR, 2, NO_VECTOR);
	KUNIT_EXPECT_EQ(test, f->vdev->config->enable_vq_after_reset(vq), 0);
	KUNIT_EXPECT_EQ(test, queue_reg(f, 1, C_VECTOR), 2);
	KUNIT_EXPECT_EQ(test, queue_reg(f, 1, C_ENABLE), 1);
	KUNIT_EXPECT_EQ(test, f->rf->log[f->rf->log_num - 2].offset, C_ENABLE);
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(vq));
}

static void resize_recycle(struct virtqueue *vq, void *buf)
{
}

/* 4.1.4.3.2: a size that is written is a power of 2, unless packed, never 0. */
static void queue_resized(struct kunit *test)
{
	static const u64 layouts[] = { 0, FB_PACKED };
	const bool *packed = test->param_value;
	struct modern_fix *f;
	int i;

	f = modern_running(test, FB_VERSION_1 | FB_RING_RESET |
				 layouts[*packed], 1);
	KUNIT_ASSERT_EQ(test, virtqueue_resize(f->vqs[0], 4, resize_recycle), 0);
	KUNIT_ASSERT_EQ(test, rf_count(f->rf, RF_WRITE, COMMON, C_SIZE), 1);
	i = rf_find(f->rf, RF_WRITE, COMMON, C_SIZE, 0);
	KUNIT_EXPECT_EQ(test, f->rf->log[i].value, 4);
	rf_clear(f->rf);
	KUNIT_EXPECT_NE(test, virtqueue_resize(f->vqs[0], 0, resize_recycle), 0);
	KUNIT_EXPECT_EQ(test, rf_count(f->rf, RF_WRITE, COMMON, C_SIZE), 0);
	if (*packed) {
		KUNIT_EXPECT_EQ(test, virtqueue_resize(f->vqs[0], 5,
						       resize_recycle), 0);
		KUNIT_EXPECT_EQ(test, queue_reg(f, 0, C_SIZE), 5);
		return;
	}
	virtqueue_resize(f->vqs[0], 5, resize_recycle);
	KUNIT_EXPECT_TRUE(test, is_power_of_2(queue_reg(f, 0, C_SIZE)));
}

static const bool resize_layouts[] = { false, true };

static void resize_desc(const bool *packed, char *desc)
{
	strscpy(desc, *packed ? "packed" : "split", KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(resize, resize_layouts, resize_desc);

static void queue_reset_never(struct kunit *test)
{
	struct modern_fix *f = modern_running(test, FB_VERSION_1 | FB_RING_RESET,
					      1);
	u64 start = f->rf->now_ns;

	f->reset_stuck = true;
	KUNIT_EXPECT_EQ(test, f->vdev->config->disable_vq_and_reset(f->vqs[0]),
			-EBUSY);
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(f->vqs[0]));
	KUNIT_EXPECT_LT(test, f->rf->now_ns - start, 10ull * NSEC_PER_SEC);
}

static void queue_reset_gone(struct kunit *test)
{
	struct modern_fix *f = modern_running(test, FB_VERSION_1 | FB_RING_RESET,
					      1);

	rf_gone_after(f->rf, 1);
	KUNIT_EXPECT_EQ(test, f->vdev->config->disable_vq_and_reset(f->vqs[0]),
			-EBUSY);
	KUNIT_EXPECT_LT(test, f->rf->log_num, 6);
	KUNIT_EXPECT_EQ(test, f->vdev->config->enable_vq_after_reset(f->vqs[0]),
			-EBUSY);
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(f->vqs[0]));
}

static void queue_reset_not_agreed(struct kunit *test)
{
	struct modern_fix *f = modern_running(test, FB_VERSION_1, 1);

	KUNIT_EXPECT_EQ(test, f->vdev->config->disable_vq_and_reset(f->vqs[0]),
			-ENOENT);
	KUNIT_EXPECT_EQ(test, f->rf->log_num, 0);
}

/**
 * struct notify_case - features, and the notification of queue 2
 * @name: of the case
 * @features: offered
 * @width: bytes
 * @value: after one buffer was made available
 */
struct notify_case {
	const char *name;
	u64 features;
	u8 width;
	u32 value;
};

/* 2.9, 4.1.5.2.1: next_off in bits 16 to 30 is the next available index. */
static const struct notify_case notify_cases[] = {
	{ "index", 0, 2, 2 },
	{ "index and data", FB_NOTIFY_DATA, 4, 0x00010002 },
	{ "config data", FB_CONFIG_DATA, 2, 0xbee2 },
	{ "config data and data", FB_CONFIG_DATA | FB_NOTIFY_DATA, 4,
	  0x0001bee2 },
	/* packed: the wrap counter is bit 31 */
	{ "packed", FB_PACKED | FB_NOTIFY_DATA, 4, 0x80010002 },
	{ "packed, config data", FB_PACKED | FB_NOTIFY_DATA | FB_CONFIG_DATA, 4,
	  0x8001bee2 },
};

static void notify_desc(const struct notify_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(notify, notify_cases, notify_desc);

static void notification(struct kunit *test)
{
	const struct notify_case *c = test->param_value;
	const struct rf_access want[] = {
		RF_REG(RF_WRITE, NOTIFY, c->width, 2 * NOTIFY_STEP, c->value),
	};
	struct modern_fix *f = modern_new(test, FB_VERSION_1 | c->features);
	struct scatterlist sg;
	void *data;

	f->nvqs = QUEUES;
	rf_bank_poke(f->rf, BANK_QUEUE, 2, C_NDATA, 2, 0xbee2);
	KUNIT_ASSERT_EQ(test, modern_plug(f), 0);
	KUNIT_ASSERT_NOT_NULL(test, f->vdev);
	data = kunit_kzalloc(test, 64, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, data);
	sg_init_one(&sg, data, 64);
	KUNIT_ASSERT_EQ(test, virtqueue_add_outbuf(f->vqs[2], &sg, 1, data,
						   GFP_KERNEL), 0);
	rf_clear(f->rf);
	KUNIT_EXPECT_TRUE(test, virtqueue_kick(f->vqs[2]));
	rf_expect(f->rf, want, ARRAY_SIZE(want));
	virtio_reset_device(f->vdev);
	KUNIT_EXPECT_PTR_EQ(test, virtqueue_detach_unused_buf(f->vqs[2]), data);
}

/* 4.1.3.1: the width of each field; 64 bits as two halves. */
static void config_widths(struct kunit *test)
{
	static const struct rf_access want[] = {
		RF_R32(DEVICE, 0, 0x33221100),
		RF_R32(DEVICE, 4, 0x77665544),
		RF_R32(DEVICE, 8, 0xbbaa9988),
		RF_R16(DEVICE, 12, 0xddcc),
		RF_R8(DEVICE, 14, 0xee),
		RF_R8(DEVICE, 15, 1),
		RF_R8(DEVICE, 16, 2),
		RF_R8(DEVICE, 17, 3),
		RF_R8(DEVICE, 18, 4),
		RF_R8(DEVICE, 19, 5),
		RF_R8(DEVICE, 20, 6),
		RF_W32(DEVICE, 8, 0x01020304),
		RF_W16(DEVICE, 12, 0x0506),
		RF_W8(DEVICE, 14, 0x07),
	};
	static const u8 bytes[DEVICE_LEN] = {
		0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
		0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 1, 2, 3, 4, 5, 6,
	};
	struct modern_fix *f = modern_running(test, FB_VERSION_1, 0);
	const struct virtio_config_ops *ops = f->vdev->config;
	__le32 le32 = cpu_to_le32(0x01020304);
	__le16 le16 = cpu_to_le16(0x0506);
	u8 got[DEVICE_LEN] = {}, u8s = 7;
	unsigned int i;

	for (i = 0; i < DEVICE_LEN; i++)
		rf_poke(f->rf, DEVICE, i, 1, bytes[i]);
	ops->get(f->vdev, 0, got, 8);
	ops->get(f->vdev, 8, got + 8, 4);
	ops->get(f->vdev, 12, got + 12, 2);
	ops->get(f->vdev, 14, got + 14, 1);
	ops->get(f->vdev, 15, got + 15, 6);
	KUNIT_EXPECT_EQ(test, memcmp(got, bytes, sizeof(got)), 0);
	ops->set(f->vdev, 8, &le32, 4);
	ops->set(f->vdev, 12, &le16, 2);
	ops->set(f->vdev, 14, &u8s, 1);
	rf_expect(f->rf, want, ARRAY_SIZE(want));
}

/* Outside of what the device has: zeroes, and no access. */
static void config_outside(struct kunit *test)
{
	struct modern_fix *f = modern_running(test, FB_VERSION_1, 0);
	u8 got[8];

	memset(got, 0x5a, sizeof(got));
	f->vdev->config->get(f->vdev, DEVICE_LEN - 4, got, 8);
	KUNIT_EXPECT_TRUE(test, !memchr_inv(got, 0, sizeof(got)));
	f->vdev->config->get(f->vdev, U32_MAX - 1, got, 4);
	f->vdev->config->set(f->vdev, DEVICE_LEN, got, 1);
	KUNIT_EXPECT_EQ(test, f->rf->log_num, 0);
}

/**
 * struct refuse_case - what a device may say of a queue
 * @name: of the case
 * @features: offered beside VERSION_1
 * @size: queue_size
 * @off: queue_notify_off
 * @err: what find_vqs says
 */
struct refuse_case {
	const char *name;
	u64 features;
	u16 size;
	u16 off;
	int err;
};

static const struct refuse_case refuse_cases[] = {
	{ "fine", 0, 8, 0, 0 },
	{ "no such queue", 0, 0, 0, -ENOENT },
	{ "not a power of 2", 0, 12, 0, -EINVAL },
	{ "not a power of 2, packed", FB_PACKED, 12, 0, 0 },
	{ "larger than any", FB_PACKED, 32769, 0, -EINVAL },
	{ "all ones, but there", 0, 0xffff, 0, -EINVAL },
	{ "last place", 0, 8, NOTIFY_LEN / NOTIFY_STEP - 1, 0 },
	{ "outside of the structure", 0, 8, NOTIFY_LEN / NOTIFY_STEP, -EINVAL },
	{ "far outside", 0, 8, 0xffff, -EINVAL },
};

static void refuse_desc(const struct refuse_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(refuse, refuse_cases, refuse_desc);

static void queue_refused(struct kunit *test)
{
	const struct refuse_case *c = test->param_value;
	struct modern_fix *f = modern_new(test, FB_VERSION_1 | c->features);

	rf_bank_poke(f->rf, BANK_QUEUE, 0, C_SIZE, 2, c->size);
	rf_bank_poke(f->rf, BANK_QUEUE, 0, C_NOFF, 2, c->off);
	KUNIT_ASSERT_EQ(test, modern_plug(f), 0);
	KUNIT_EXPECT_EQ(test, f->find_err, c->err);
	KUNIT_EXPECT_EQ(test, queue_reg(f, 0, C_ENABLE), c->err ? 0 : 1);
	/* 4.1.4.3.2: 0 is never written, a power of 2 unless packed */
	KUNIT_EXPECT_EQ(test, rf_count(f->rf, RF_WRITE, COMMON, C_SIZE), 0);
	if (c->err)
		KUNIT_EXPECT_EQ(test, rf_peek(f->rf, COMMON, C_STATUS, 1), 0x83);
}

static u32 modern_gen(struct regfile *rf, bool write, u32 value, void *ctx)
{
	unsigned int *reads = ctx;

	return ++*reads & 0xff;
}

/* 2.5.1: a reader repeats while the generation changes, but not for ever. */
static void generation_without_end(struct kunit *test)
{
	struct modern_fix *f = modern_running(test, FB_VERSION_1, 0);
	unsigned int reads = 0;
	u32 before, after;

	rf_hook(f->rf, COMMON, C_GEN, modern_gen, &reads);
	after = f->vdev->config->generation(f->vdev);
	do {
		before = after;
		after = f->vdev->config->generation(f->vdev);
	} while (before != after && reads < 100000);
	KUNIT_EXPECT_EQ(test, before, after);
	KUNIT_EXPECT_GT(test, reads, 10);
}

/* 4.1.2: any revision; which interface an id stands for. */
static void ids(struct kunit *test)
{
	struct modern_fix *f = modern_new(test, FB_VERSION_1);
	struct pci_dev *pdev = f->pdev;
	unsigned int id;

	for (id = 0x0ffe; id < 0x1082; id++) {
		enum vp_transport want = id < 0x1000 || id > 0x107f
					 ? VP_TRANSPORT_NONE
					 : VP_TRANSPORT_MODERN;

		pdev->device = id;
		pdev->revision = id & 3;
		KUNIT_EXPECT_EQ_MSG(test, vp_transport(pdev, NULL), want, "id %#x",
				    id);
	}
	f->rf->pci->cfg[PCI_STATUS] = 0;
	pdev->device = 0x1000;
	pdev->revision = 0;
	rf_pci_bar(f->rf, 0, IORESOURCE_IO, 64);
	KUNIT_EXPECT_EQ(test, vp_transport(pdev, NULL), VP_TRANSPORT_LEGACY);
	pdev->device = 0x1040;
	KUNIT_EXPECT_EQ(test, vp_transport(pdev, NULL), VP_TRANSPORT_NONE);
}

/* A device that goes away at any access: each loop ends, nothing is left. */
#define GONE_POINTS	64

static const void *gone_gen_params(const void *prev, char *desc)
{
	unsigned long n = (unsigned long)prev + 1;

	if (n > GONE_POINTS)
		return NULL;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "after %lu accesses", n - 1);
	return (const void *)n;
}

static void gone_in_probe(struct kunit *test)
{
	unsigned long n = (unsigned long)test->param_value - 1;
	struct modern_fix *f = modern_new(test, FB_VERSION_1 | FB_RING_RESET);

	f->nvqs = QUEUES;
	f->rf->intx = true;
	rf_gone_after(f->rf, n);
	modern_plug(f);
	KUNIT_EXPECT_LT(test, f->rf->accesses, 300);
	KUNIT_EXPECT_LT(test, f->rf->now_ns, 2 * NSEC_PER_SEC);
	if (!f->probed)
		return;
	vp_modern_remove(f->pdev);
	f->probed = false;
	KUNIT_EXPECT_EQ(test, f->rf->vectors, 0);
	KUNIT_EXPECT_FALSE(test, f->rf->pci->master);
}

/* A gone device's features are none, not all. */
static void gone_features(struct kunit *test)
{
	struct modern_fix *f = modern_running(test, FB_VERSION_1, 0);

	rf_gone_after(f->rf, 0);
	KUNIT_EXPECT_EQ(test, f->vdev->config->get_features(f->vdev), 0);
}

#ifdef CONFIG_PM_SLEEP
/* Affinity that was asked for is there again after the way down and up. */
static void function_reset(struct kunit *test)
{
	struct modern_fix *f = modern_running(test, FB_VERSION_1, QUEUES);
	const struct pci_error_handlers *h = rf_pci_driver()->err_handler;
	struct vp_device *vp;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, h);
	KUNIT_ASSERT_EQ(test, f->vdev->config->set_vq_affinity(f->vqs[1],
							       cpumask_of(0)), 0);
	KUNIT_ASSERT_NOT_NULL(test, f->rf->irqs[2].hint);
	h->reset_prepare(f->pdev);
	KUNIT_EXPECT_EQ(test, f->rf->vectors, 0);
	KUNIT_EXPECT_EQ(test, rf_peek(f->rf, COMMON, C_STATUS, 1), 0);
	modern_forget(f->rf);
	h->reset_done(f->pdev);

	KUNIT_ASSERT_EQ(test, f->rf->vectors, QUEUES + 1);
	for (i = 0; i < QUEUES; i++)
		KUNIT_EXPECT_EQ(test, queue_reg(f, i, C_ENABLE), 1);
	KUNIT_EXPECT_EQ(test, rf_peek(f->rf, COMMON, C_STATUS, 1), ST_RUNNING);
	KUNIT_ASSERT_NOT_NULL(test, f->rf->irqs[2].hint);
	KUNIT_EXPECT_TRUE(test, cpumask_equal(f->rf->irqs[2].hint,
					      cpumask_of(0)));
	KUNIT_EXPECT_NULL(test, f->rf->irqs[1].hint);
	vp = pci_get_drvdata(f->pdev);
	KUNIT_EXPECT_NULL(test, vp->kept);
}

/* The same around system sleep; bus mastering is off in between. */
static void sleep_and_wake(struct kunit *test)
{
	struct modern_fix *f = modern_running(test, FB_VERSION_1, QUEUES);
	const struct dev_pm_ops *pm = rf_pci_driver()->driver.pm;

	f->vdev->config->set_vq_affinity(f->vqs[0], cpumask_of(0));
	KUNIT_ASSERT_EQ(test, pm->suspend(&f->pdev->dev), 0);
	KUNIT_EXPECT_FALSE(test, f->rf->pci->master);
	modern_forget(f->rf);
	rf_poke(f->rf, COMMON, C_STATUS, 1, 0);
	KUNIT_ASSERT_EQ(test, pm->resume(&f->pdev->dev), 0);
	KUNIT_EXPECT_TRUE(test, f->rf->pci->master);
	KUNIT_EXPECT_NOT_NULL(test, f->rf->irqs[1].hint);
	KUNIT_EXPECT_EQ(test, queue_reg(f, 2, C_VECTOR), 3);
}

/* A driver that counts on frozen tasks is not frozen: it goes and comes. */
static void function_reset_others(struct kunit *test)
{
	const struct pci_error_handlers *h;
	struct modern_fix *f;

	modern_lives = false;
	f = modern_running(test, FB_VERSION_1, QUEUES);
	modern_lives = true;
	h = rf_pci_driver()->err_handler;
	h->reset_prepare(f->pdev);
	KUNIT_EXPECT_NULL(test, f->vdev);
	KUNIT_EXPECT_EQ(test, f->rf->vectors, 0);
	modern_forget(f->rf);
	h->reset_done(f->pdev);
	KUNIT_EXPECT_EQ(test, f->frozen, 0);
	KUNIT_ASSERT_NOT_NULL(test, f->vdev);
	KUNIT_EXPECT_EQ(test, f->rf->vectors, QUEUES + 1);
	KUNIT_EXPECT_EQ(test, rf_peek(f->rf, COMMON, C_STATUS, 1), ST_RUNNING);
}

/* One that could not be woken has nothing left to freeze. */
static void sleep_twice(struct kunit *test)
{
	struct modern_fix *f = modern_running(test, FB_VERSION_1, QUEUES);
	const struct dev_pm_ops *pm = rf_pci_driver()->driver.pm;

	KUNIT_ASSERT_EQ(test, pm->suspend(&f->pdev->dev), 0);
	f->status_stuck = true;
	rf_poke(f->rf, COMMON, C_STATUS, 1, ST_RUNNING);
	KUNIT_EXPECT_NE(test, pm->resume(&f->pdev->dev), 0);
	KUNIT_EXPECT_EQ(test, pm->suspend(&f->pdev->dev), 0);
	KUNIT_EXPECT_EQ(test, f->frozen, 1);
	f->status_stuck = false;
	KUNIT_EXPECT_EQ(test, pm->resume(&f->pdev->dev), 0);
	KUNIT_EXPECT_EQ(test, f->rf->vectors, QUEUES + 1);
}

/* It does not come back from the reset: broken, and no more. */
static void function_reset_gone(struct kunit *test)
{
	struct modern_fix *f = modern_running(test, FB_VERSION_1, 1);
	const struct pci_error_handlers *h = rf_pci_driver()->err_handler;

	h->reset_prepare(f->pdev);
	rf_gone_after(f->rf, 0);
	h->reset_done(f->pdev);
	KUNIT_EXPECT_EQ(test, f->rf->vectors, 0);
	KUNIT_EXPECT_FALSE(test, f->rf->pci->master);
}
#endif

/* 6.1: virtual functions need the feature, and a device that is set up. */
static void virtual_functions(struct kunit *test)
{
	struct modern_fix *f = modern_new(test, FB_VERSION_1 | FB_SR_IOV);
	int (*configure)(struct pci_dev *pdev, int num);

	configure = rf_pci_driver()->sriov_configure;
	KUNIT_ASSERT_NOT_NULL(test, configure);
	f->rf->logged = BIT(RF_SRIOV);
	f->rf->pci->vfs_total = 4;
	KUNIT_ASSERT_EQ(test, modern_plug(f), 0);
	KUNIT_ASSERT_NOT_NULL(test, f->vdev);
	KUNIT_EXPECT_EQ(test, configure(f->pdev, 2), 2);
	KUNIT_EXPECT_EQ(test, f->rf->pci->vfs, 2);
	f->rf->pci->vfs_assigned = true;
	KUNIT_EXPECT_EQ(test, configure(f->pdev, 0), -EPERM);
	KUNIT_EXPECT_EQ(test, f->rf->pci->vfs, 2);
	f->rf->pci->vfs_assigned = false;
	KUNIT_EXPECT_EQ(test, configure(f->pdev, 0), 0);
	f->rf->pci->sriov_err = -ENOMEM;
	KUNIT_EXPECT_EQ(test, configure(f->pdev, 2), -ENOMEM);
	f->rf->pci->sriov_err = 0;
	rf_poke(f->rf, COMMON, C_STATUS, 1, 3);
	KUNIT_EXPECT_EQ(test, configure(f->pdev, 2), -EBUSY);
	rf_poke(f->rf, COMMON, C_STATUS, 1, ST_RUNNING);
	KUNIT_EXPECT_EQ(test, configure(f->pdev, 4), 4);
	vp_modern_remove(f->pdev);
	f->probed = false;
	KUNIT_EXPECT_EQ(test, f->rf->pci->vfs, 0);
}

static void no_virtual_functions(struct kunit *test)
{
	struct modern_fix *f = modern_running(test, FB_VERSION_1 | FB_SR_IOV, 0);

	KUNIT_EXPECT_EQ(test, rf_pci_driver()->sriov_configure(f->pdev, 1),
			-EOPNOTSUPP);
}

static struct kunit_case modern_cases[] = {
	KUNIT_CASE(init_sequence),
	KUNIT_CASE_PARAM(maps_what_it_uses, larger_gen_params),
	KUNIT_CASE(features_taken),
	KUNIT_CASE(not_modern),
	KUNIT_CASE_PARAM(interrupt_modes, mode_gen_params),
	KUNIT_CASE(handler_refused),
	KUNIT_CASE(no_isr_with_msix),
	KUNIT_CASE(no_isr_with_shared_vector),
	KUNIT_CASE(single_vector),
	KUNIT_CASE(intx),
	KUNIT_CASE(reset_waits),
	KUNIT_CASE(reset_never),
	KUNIT_CASE(reset_gone),
	KUNIT_CASE(queue_reset),
	KUNIT_CASE_PARAM(queue_resized, resize_gen_params),
	KUNIT_CASE(queue_reset_never),
	KUNIT_CASE(queue_reset_gone),
	KUNIT_CASE(queue_reset_not_agreed),
	KUNIT_CASE_PARAM(notification, notify_gen_params),
	KUNIT_CASE(config_widths),
	KUNIT_CASE(config_outside),
	KUNIT_CASE_PARAM(queue_refused, refuse_gen_params),
	KUNIT_CASE(generation_without_end),
	KUNIT_CASE(ids),
	KUNIT_CASE_PARAM(gone_in_probe, gone_gen_params),
	KUNIT_CASE(gone_features),
#ifdef CONFIG_PM_SLEEP
	KUNIT_CASE(function_reset),
	KUNIT_CASE(sleep_and_wake),
	KUNIT_CASE(function_reset_gone),
	KUNIT_CASE(function_reset_others),
	KUNIT_CASE(sleep_twice),
#endif
	KUNIT_CASE(virtual_functions),
	KUNIT_CASE(no_virtual_functions),
	{}
};

static struct kunit_suite modern_suite = {
	.name = "virtio_regs_modern",
	.test_cases = modern_cases,
};

kunit_test_suites(&modern_suite);

MODULE_DESCRIPTION("Unit tests of the modern PCI transport's registers");
MODULE_LICENSE("GPL");
