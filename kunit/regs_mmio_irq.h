/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: Cases of the suite virtio_regs_mmio: the interrupt
 *
 * What InterruptStatus reads, what is made of it and what InterruptACK is told
 * (VIRTIO 1.4, 4.2.2 and 4.2.3.4).
 *
 * Included once, by regs_mmio_test.c, which lists them.
 */
#ifndef _KUNIT_REGS_MMIO_IRQ_H
#define _KUNIT_REGS_MMIO_IRQ_H

/**
 * struct event - what InterruptStatus may read
 * @status: the value
 * @ack: what is acknowledged, 0 for nothing
 */
struct event {
	u32 status;
	u32 ack;
};

static const struct event events[] = {
	{ 0, 0 },
	{ 1, 1 },
	{ 2, 2 },
	{ 3, 3 },
	{ 0x80000001, 1 },
	{ 0xfffffffe, 2 },
	{ 0xfffffffc, 0 },
	{ 0xffffffff, 0 },
};

static void event_name(const struct event *e, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "%#x", e->status);
}

KUNIT_ARRAY_PARAM(event, events, event_name);

static u64 mm_interrupts(struct mm_fix *f)
{
	struct virtqueue_stats stats;

	virtqueue_ext_stats(f->vqs[0], &stats);
	return stats.interrupts;
}

/* MMIO-12, -13, -19, -20, -21: each event to its place, before and after. */
static void interrupts(struct kunit *test)
{
	const struct event *e = test->param_value;
	struct rf_access want[] = {
		RF_R32(0, O_EVENTS, e->status),
		RF_W32(0, O_ACK, e->ack),
		RF_R32(0, O_EVENTS, e->status & ~e->ack),
	};
	struct mm_fix *f = mm_live_up(test, 2, 0);
	u64 before = mm_interrupts(f);

	rf_poke(f->rf, 0, O_EVENTS, 4, e->status);
	KUNIT_EXPECT_EQ(test, rf_fire(f->rf, 0),
			e->ack ? IRQ_HANDLED : IRQ_NONE);
	rf_expect(f->rf, want, e->ack ? 3 : 1);
	KUNIT_EXPECT_EQ(test, mm_interrupts(f) - before, e->ack & 1 ? 2 : 0);
	KUNIT_EXPECT_EQ(test, f->vdev->config_change_pending, e->ack >> 1);
	KUNIT_EXPECT_EQ(test, f->rf->irqs[0].flags, IRQF_SHARED);
}

/* MMIO-21: what is acknowledged has been handled. */
static u32 mm_ack_handled(struct regfile *rf, bool write, u32 value, void *ctx)
{
	struct mm_fix *f = ctx;

	KUNIT_EXPECT_EQ(f->test, mm_taken, 1);
	KUNIT_EXPECT_TRUE(f->test, f->vdev->config_change_pending);
	return value;
}

static void interrupts_handled_first(struct kunit *test)
{
	struct mm_fix *f = mm_live_up(test, 2, 0);

	mm_expose(f);
	mm_use(f);
	rf_poke(f->rf, 0, O_EVENTS, 4, 3);
	rf_hook(f->rf, 0, O_ACK, mm_ack_handled, f);
	KUNIT_EXPECT_EQ(test, rf_fire(f->rf, 0), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, rf_count(f->rf, RF_WRITE, 0, O_ACK), 1);
	KUNIT_EXPECT_EQ(test, mm_taken, 1);
}

/* The device does more while what it has told is on its way back. */
static u32 mm_ack_too_late(struct regfile *rf, bool write, u32 value,
			   void *ctx)
{
	struct mm_fix *f = ctx;

	KUNIT_EXPECT_EQ(f->test, mm_taken, 0);
	mm_use(f);
	f->vdev->config_change_pending = false;
	return value;
}

/* Both bits are up already then, and the acknowledgment takes them down. */
static void interrupts_between(struct kunit *test)
{
	struct mm_fix *f = mm_live_up(test, 2, 0);

	mm_expose(f);
	rf_poke(f->rf, 0, O_EVENTS, 4, 3);
	rf_hook(f->rf, 0, O_ACK, mm_ack_too_late, f);
	KUNIT_EXPECT_EQ(test, rf_fire(f->rf, 0), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, rf_count(f->rf, RF_WRITE, 0, O_ACK), 1);
	KUNIT_EXPECT_EQ(test, 0, rf_peek(f->rf, 0, O_EVENTS, 4));
	KUNIT_EXPECT_EQ(test, mm_taken, 1);
	KUNIT_EXPECT_TRUE(test, f->vdev->config_change_pending);
}

/* The line stays up when something comes between read and write. */
static void interrupts_by_edge(struct kunit *test)
{
	static const struct rf_access want[] = {
		RF_R32(0, O_EVENTS, 1),
		RF_W32(0, O_ACK, 1),
		RF_R32(0, O_EVENTS, 2),
		RF_W32(0, O_ACK, 2),
		RF_R32(0, O_EVENTS, 0),
	};
	static struct irq_common_data common;
	static struct irq_data edge = { .common = &common };
	struct mm_fix *f;

	mm_irq_data = &edge;
	f = mm_live_up(test, 2, 0);
	mm_irq_data = NULL;
	rf_script(f->rf, 0, O_EVENTS, 1, 2, 0);
	KUNIT_EXPECT_EQ(test, rf_fire(f->rf, 0), IRQ_HANDLED);
	rf_expect(f->rf, want, ARRAY_SIZE(want));
}

/* A device that always has something to tell does not hold the processor. */
static void interrupts_without_end(struct kunit *test)
{
	static struct irq_common_data common;
	static struct irq_data edge = { .common = &common };
	struct mm_fix *f;

	mm_irq_data = &edge;
	f = mm_live_up(test, 2, 0);
	mm_irq_data = NULL;
	rf_hook(f->rf, 0, O_EVENTS, mm_clamour, NULL);
	KUNIT_EXPECT_EQ(test, rf_fire(f->rf, 0), IRQ_HANDLED);
	KUNIT_EXPECT_LE(test, rf_count(f->rf, RF_READ, 0, O_EVENTS), 100);
}

#endif /* _KUNIT_REGS_MMIO_IRQ_H */
