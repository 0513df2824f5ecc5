// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_regs_legacy: each access to a legacy device's registers
 *
 * virtio_pci.ko and virtio_pci_legacy.ko on a recorded register file: order
 * and width of the accesses against the tables of VIRTIO 1.4, 4.1.4.10, and
 * what happens on each refusal.  What the bus does stands between what the
 * transport does, since the order of both is the point.
 */
#include <linux/module.h>
#include <linux/log2.h>
#include <linux/build_bug.h>
#include <asm/unaligned.h>
#include <kunit/test.h>

#include "regfile_redirect.h"
#include "../virtio_core/pci/vp_caps.c"
#include "../virtio_core/pci/pci_detect.c"
#include "../virtio_core/pci/pci_common.c"
#include "../virtio_core/pci/pci_irq.c"
#include "../virtio_core/pci/pci_queues.c"
#ifdef CONFIG_PM_SLEEP
#include "../virtio_core/pci/pci_pm.c"
#endif
#include "../virtio_pci_legacy/vl_legacy.c"
#include "../virtio_pci_legacy/vl_regs.c"
#include "../virtio_pci_legacy/vl_config.c"
#include "regs_legacy_fix.h"

/* Device status, VIRTIO 1.4, 2.1. */
#define A	1
#define D	2
#define OK	4
#define BAD	128

#define RESET	RF_W8(0, R_STATUS, 0), RF_R8(0, R_STATUS, 0)

/* 3.1.1 with 3.1.2 up to the driver's own probe: there is no FEATURES_OK. */
#define UP_TO_PROBE							\
	RESET, RF_R8(0, R_STATUS, 0), RF_W8(0, R_STATUS, A),		\
	RF_W8(0, R_STATUS, A | D),					\
	RF_R32(0, R_OFFER, LG_FEATURES),				\
	RF_W32(0, R_ACCEPT, 0x20000008)

#define LIVE								\
	RF_R8(0, R_STATUS, A | D), RF_W8(0, R_STATUS, A | D | OK)

/* 4.1.5.1.3.1; the vector first, since the address is what sets it going. */
#define QUEUE(n, size, page)						\
	RF_W16(0, R_SELECT, n), RF_R16(0, R_SIZE, size),		\
	RF_W32(0, R_PFN, page)
#define QUEUE_VECTOR(n, size, vector, page)				\
	RF_W16(0, R_SELECT, n), RF_R16(0, R_SIZE, size),		\
	RF_W16(0, R_QUEUE_VECTOR, vector),				\
	RF_R16(0, R_QUEUE_VECTOR, vector), RF_W32(0, R_PFN, page)
#define CONFIG_VECTOR(vector)						\
	RF_W16(0, R_CONFIG_VECTOR, vector),				\
	RF_R16(0, R_CONFIG_VECTOR, vector)

#define EXPECT(f, ...)							\
do {									\
	const struct rf_access want_[] = { __VA_ARGS__ };		\
									\
	rf_expect((f)->rf, want_, ARRAY_SIZE(want_));			\
} while (0)

static void init_msix(struct kunit *test)
{
	struct lg_fix *f = lg_new(test, 3);

	KUNIT_ASSERT_EQ(test, lg_start(f), 0);
	KUNIT_ASSERT_EQ(test, f->found, 0);
	EXPECT(f, UP_TO_PROBE, CONFIG_VECTOR(0),
	       QUEUE_VECTOR(0, 8, 1, lg_page(f->vqs[0])),
	       QUEUE_VECTOR(1, 16, 2, lg_page(f->vqs[1])), LIVE);
	KUNIT_EXPECT_TRUE(test, f->rf->pci->master);
}

static void init_shared(struct kunit *test)
{
	struct lg_fix *f = lg_new(test, 2);

	KUNIT_ASSERT_EQ(test, lg_start(f), 0);
	KUNIT_ASSERT_EQ(test, f->found, 0);
	EXPECT(f, UP_TO_PROBE, CONFIG_VECTOR(0),
	       QUEUE_VECTOR(0, 8, 1, lg_page(f->vqs[0])),
	       QUEUE_VECTOR(1, 16, 1, lg_page(f->vqs[1])), LIVE);
}

/* Without MSI-X there are no vector registers. */
static void init_intx(struct kunit *test)
{
	struct lg_fix *f = lg_new(test, 0);

	KUNIT_ASSERT_EQ(test, lg_start(f), 0);
	KUNIT_ASSERT_EQ(test, f->found, 0);
	EXPECT(f, UP_TO_PROBE, QUEUE(0, 8, lg_page(f->vqs[0])),
	       QUEUE(1, 16, lg_page(f->vqs[1])), LIVE);
}

/* 2.7.2 and 4.1.5.1.3.1: size from the device, one block, aligned to 4096. */
static void ring_layout(struct kunit *test)
{
	struct lg_fix *f = lg_live(test, 3);
	u64 desc = virtqueue_get_desc_addr(f->vqs[1]);

	KUNIT_EXPECT_EQ(test, virtqueue_get_vring_size(f->vqs[0]), 8);
	KUNIT_EXPECT_EQ(test, virtqueue_get_vring_size(f->vqs[1]), 16);
	KUNIT_EXPECT_EQ(test, desc % 4096, 0);
	KUNIT_EXPECT_EQ(test, virtqueue_get_avail_addr(f->vqs[1]) - desc, 256);
	KUNIT_EXPECT_EQ(test, virtqueue_get_used_addr(f->vqs[1]) - desc, 4096);
	KUNIT_EXPECT_EQ(test, rf_bank_peek(f->rf, 0, 1, R_PFN, 4), desc / 4096);
}

/* 4.1.5.2: 16 bits, the queue's index. */
static void notification(struct kunit *test)
{
	struct lg_fix *f = lg_live(test, 3);

	KUNIT_EXPECT_TRUE(test, virtqueue_notify(f->vqs[1]));
	KUNIT_EXPECT_TRUE(test, virtqueue_notify(f->vqs[0]));
	EXPECT(f, RF_W16(0, R_NOTIFY, 1), RF_W16(0, R_NOTIFY, 0));
}

/* 4.1.4.5: one read tells what happened and clears it. */
static void isr(struct kunit *test)
{
	struct lg_fix *f = lg_live(test, 0);

	rf_poke(f->rf, 0, R_ISR, 1, 2);
	KUNIT_EXPECT_EQ(test, rf_fire(f->rf, 0), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, f->changed, 1);
	KUNIT_EXPECT_EQ(test, rf_fire(f->rf, 0), IRQ_NONE);
	rf_poke(f->rf, 0, R_ISR, 1, 1);
	KUNIT_EXPECT_EQ(test, rf_fire(f->rf, 0), IRQ_HANDLED);
	EXPECT(f, RF_R8(0, R_ISR, 2), RF_R8(0, R_ISR, 0), RF_R8(0, R_ISR, 1));
}

/* 4.1.5.3: with MSI-X nobody looks at it. */
static void no_isr_with_msix(struct kunit *test)
{
	struct lg_fix *f = lg_live(test, 3);

	rf_fire(f->rf, 0);
	rf_fire(f->rf, 1);
	KUNIT_EXPECT_EQ(test, f->changed, 1);
	EXPECT(f);
}

/* 4.1.4.10: the configuration follows the header, which grows with MSI-X. */
static void config_moves(struct kunit *test)
{
	struct lg_fix *f = lg_new(test, 3);
	u16 half = 0;

	f->nvqs = 0;
	rf_remap(f->rf, 0, &lg_intx);
	KUNIT_ASSERT_EQ(test, lg_start(f), 0);
	rf_clear(f->rf);
	vl_get(&f->vp->vdev, C_HALF, &half, 2);
	EXPECT(f, RF_R16(0, 28, 0));

	rf_remap(f->rf, 0, &lg_msix);
	f->nvqs = 2;
	KUNIT_ASSERT_EQ(test, lg_find(&f->vp->vdev), 0);
	rf_poke(f->rf, 0, 32, 2, 0x1234);
	rf_clear(f->rf);
	vl_get(&f->vp->vdev, C_HALF, &half, 2);
	EXPECT(f, RF_R16(0, 32, 0x1234));

	virtio_reset_device(&f->vp->vdev);
	vp_del_vqs(&f->vp->vdev);
	rf_remap(f->rf, 0, &lg_intx);
	rf_clear(f->rf);
	vl_get(&f->vp->vdev, C_HALF, &half, 2);
	EXPECT(f, RF_R16(0, 28, 0));
}

/* Fields go in their own width, and their bytes stay in the device's order. */
static void config_widths(struct kunit *test)
{
	struct lg_fix *f = lg_live(test, 0);
	struct virtio_device *vdev = &f->vp->vdev;
	u8 bytes[6] = {};

	rf_poke(f->rf, 0, 20 + C_WORD, 4, 0x44332211);
	vl_get(vdev, C_WORD, bytes, 4);
	KUNIT_EXPECT_EQ(test, bytes[0], 0x11);
	KUNIT_EXPECT_EQ(test, bytes[3], 0x44);
	vl_set(vdev, C_HALF, bytes, 2);
	vl_set(vdev, C_MAC + 5, bytes, 1);
	vl_set(vdev, C_WIDE, "\1\2\3\4\5\6\7\10", 8);
	EXPECT(f, RF_R32(0, 32, 0x44332211), RF_W16(0, 28, 0x2211),
	       RF_W8(0, 41, 0x11), RF_W32(0, 20, 0x04030201),
	       RF_W32(0, 24, 0x08070605));
}

/* 2.5.3: what takes more than one access is read until two reads agree. */
static void config_until_stable(struct kunit *test)
{
	struct lg_fix *f = lg_live(test, 0);
	u64 wide = 0;

	rf_poke(f->rf, 0, 24, 4, 7);
	rf_script(f->rf, 0, 20, 1, 2, 2);
	vl_get(&f->vp->vdev, C_WIDE, &wide, 8);
	KUNIT_EXPECT_EQ(test, get_unaligned_le64(&wide), 0x700000002ULL);
	EXPECT(f, RF_R32(0, 20, 1), RF_R32(0, 24, 7), RF_R32(0, 20, 2),
	       RF_R32(0, 24, 7), RF_R32(0, 20, 2), RF_R32(0, 24, 7));
}

static u32 lg_counts(struct regfile *rf, bool write, u32 value, void *ctx)
{
	return ++*(u32 *)ctx;
}

static void config_never_stable(struct kunit *test)
{
	struct lg_fix *f = lg_live(test, 0);
	u32 reads = 0;
	u64 wide;

	rf_hook(f->rf, 0, 20, lg_counts, &reads);
	vl_get(&f->vp->vdev, C_WIDE, &wide, 8);
	KUNIT_EXPECT_GE(test, reads, 2);
	KUNIT_EXPECT_LE(test, reads, 1000);
}

/* Outside of the BAR there is nothing to read or write. */
static void config_outside(struct kunit *test)
{
	struct lg_fix *f = lg_live(test, 0);
	u32 word = 1;

	vl_get(&f->vp->vdev, LG_BAR_LEN - 20, &word, 4);
	KUNIT_EXPECT_EQ(test, word, 0);
	word = 1;
	vl_get(&f->vp->vdev, LG_BAR_LEN - 22, &word, 4);
	KUNIT_EXPECT_EQ(test, word, 0);
	vl_set(&f->vp->vdev, UINT_MAX - 1, &word, 4);
	EXPECT(f);
}

/* 4.1.5.1.2.2: a vector that is not taken is noticed, and another way found. */
static u32 lg_no_vector(struct regfile *rf, bool write, u32 value, void *ctx)
{
	return write ? 0xffff : value;
}

static void config_vector_refused(struct kunit *test)
{
	struct lg_fix *f = lg_new(test, 3);

	rf_hook(f->rf, 0, R_CONFIG_VECTOR, lg_no_vector, NULL);
	KUNIT_ASSERT_EQ(test, lg_start(f), 0);
	KUNIT_ASSERT_EQ(test, f->found, 0);
	EXPECT(f, UP_TO_PROBE, RF_W16(0, R_CONFIG_VECTOR, 0),
	       RF_R16(0, R_CONFIG_VECTOR, 0xffff),
	       RF_W16(0, R_CONFIG_VECTOR, 0),
	       RF_R16(0, R_CONFIG_VECTOR, 0xffff),
	       RF_W16(0, R_CONFIG_VECTOR, 0),
	       RF_R16(0, R_CONFIG_VECTOR, 0xffff),
	       QUEUE(0, 8, lg_page(f->vqs[0])),
	       QUEUE(1, 16, lg_page(f->vqs[1])), LIVE);
	KUNIT_EXPECT_FALSE(test, f->rf->msix);
}

/* Vector 2 is not to be had: the first queue is taken back by a reset. */
static u32 lg_one_vector(struct regfile *rf, bool write, u32 value, void *ctx)
{
	return write && value == 2 ? 0xffff : value;
}

static void queue_vector_refused(struct kunit *test)
{
	struct lg_fix *f = lg_new(test, 3);
	int first, reset, accept;

	rf_hook(f->rf, 0, R_QUEUE_VECTOR, lg_one_vector, NULL);
	KUNIT_ASSERT_EQ(test, lg_start(f), 0);
	KUNIT_ASSERT_EQ(test, f->found, 0);
	first = rf_find(f->rf, RF_WRITE, 0, R_PFN, 0);
	reset = rf_find(f->rf, RF_WRITE, 0, R_STATUS, first);
	KUNIT_ASSERT_GT(test, reset, first);
	KUNIT_EXPECT_EQ(test, f->rf->log[reset].value, 0);
	accept = rf_find(f->rf, RF_WRITE, 0, R_ACCEPT, reset);
	KUNIT_EXPECT_GT(test, accept, reset);
	KUNIT_EXPECT_GT(test, rf_find(f->rf, RF_WRITE, 0, R_PFN, reset),
			accept);
	KUNIT_EXPECT_EQ(test, rf_bank_peek(f->rf, 1, 0, R_QUEUE_VECTOR, 2), 1);
	KUNIT_EXPECT_EQ(test, rf_bank_peek(f->rf, 1, 1, R_QUEUE_VECTOR, 2), 1);
	KUNIT_EXPECT_EQ(test, rf_peek(f->rf, 0, R_STATUS, 1), A | D | OK);
}

/* No such queue; sizes that no queue has; one that is in use already. */
static void expect_refused(struct lg_fix *f, int err)
{
	struct kunit *test = f->test;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, lg_start(f), 0);
	KUNIT_EXPECT_EQ(test, f->found, err);
	KUNIT_EXPECT_EQ(test, rf_peek(f->rf, 0, R_STATUS, 1) & OK, 0);
	for (i = 0; i < f->rf->log_num; i++)
		if (f->rf->log[i].op == RF_WRITE &&
		    f->rf->log[i].offset == R_STATUS)
			KUNIT_EXPECT_EQ(test, f->rf->log[i].value & OK, 0);
}

static void no_such_queue(struct kunit *test)
{
	struct lg_fix *f = lg_new(test, 4);

	f->nvqs = LG_WANTED;
	expect_refused(f, -ENOENT);
	KUNIT_EXPECT_EQ(test, rf_bank_peek(f->rf, 0, 0, R_PFN, 4), 0);
}

static void odd_size(struct kunit *test)
{
	struct lg_fix *f = lg_new(test, 3);

	rf_bank_poke(f->rf, 0, 1, R_SIZE, 2, 12);
	expect_refused(f, -EINVAL);
	KUNIT_EXPECT_EQ(test, rf_bank_peek(f->rf, 0, 0, R_PFN, 4), 0);
}

/* 2.4: reset, complete when the status reads 0; nothing is written to a queue. */
static void removal(struct kunit *test)
{
	struct lg_fix *f = lg_live(test, 3);

	unregister_virtio_driver(&f->drv);
	f->registered = false;
	EXPECT(f, RESET, RF_R8(0, R_STATUS, 0),
	       RF_R8(0, R_STATUS, 0), RF_W16(0, R_SELECT, 0),
	       RF_R32(0, R_PFN, 0),
	       RF_R8(0, R_STATUS, 0), RF_W16(0, R_SELECT, 1),
	       RF_R32(0, R_PFN, 0),
	       RF_R8(0, R_STATUS, 0), RF_R8(0, R_STATUS, 0),
	       RF_W8(0, R_STATUS, A));
}

/* 3.1.2: a device may use queues before DRIVER_OK: they go by a reset only. */
static void queues_go_by_reset(struct kunit *test)
{
	struct lg_fix *f = lg_new(test, 0);

	f->nvqs = 0;
	KUNIT_ASSERT_EQ(test, lg_start(f), 0);
	vp_reset(&f->vp->vdev);
	vp_set_status(&f->vp->vdev, A | D);
	f->nvqs = 2;
	KUNIT_ASSERT_EQ(test, lg_find(&f->vp->vdev), 0);
	rf_clear(f->rf);
	vp_del_vqs(&f->vp->vdev);
	EXPECT(f, RF_R8(0, R_STATUS, A | D),
	       RF_R8(0, R_STATUS, A | D), RESET, RF_W16(0, R_SELECT, 0),
	       RF_R32(0, R_PFN, 0),
	       RF_R8(0, R_STATUS, 0), RF_W16(0, R_SELECT, 1),
	       RF_R32(0, R_PFN, 0));
}

static u32 lg_no_reset(struct regfile *rf, bool write, u32 value, void *ctx)
{
	return write && !value ? rf_peek(rf, 0, R_STATUS, 1) : value;
}

/* A device that does not reset is asked for a while, and cut off. */
static void no_reset(struct kunit *test)
{
	struct lg_fix *f = lg_live(test, 3);
	u64 before = f->rf->now_ns;

	f->rf->num_hooks = 0;
	rf_hook(f->rf, 0, R_STATUS, lg_no_reset, NULL);
	vp_reset(&f->vp->vdev);
	KUNIT_EXPECT_GE(test, f->rf->now_ns - before, 1 * NSEC_PER_SEC);
	KUNIT_EXPECT_LE(test, f->rf->now_ns - before, 10ull * NSEC_PER_SEC);
	KUNIT_EXPECT_FALSE(test, f->rf->pci->master);
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(f->vqs[0]));
	f->rf->num_hooks = 0;
	rf_hook(f->rf, 0, R_STATUS, lg_status, NULL);
	vp_reset(&f->vp->vdev);
	KUNIT_EXPECT_TRUE(test, f->rf->pci->master);
}

/* It is pulled out: all ones end every wait, and nothing stays behind. */
static void expect_gone(struct lg_fix *f)
{
	struct kunit *test = f->test;
	u64 before = f->rf->now_ns;

	lg_stop(f);
	KUNIT_EXPECT_LT(test, f->rf->now_ns - before, 1 * NSEC_PER_SEC);
	KUNIT_EXPECT_LT(test, f->rf->log_num, 100);
	KUNIT_EXPECT_EQ(test, f->rf->pci->enabled, 0);
	KUNIT_EXPECT_EQ(test, f->rf->vectors, 0);
}

static void gone(struct kunit *test)
{
	struct lg_fix *f = lg_live(test, 3);

	rf_gone_after(f->rf, 0);
	KUNIT_EXPECT_EQ(test, 0, vl_get_features(&f->vp->vdev));
	expect_gone(f);
}

/* The same in the middle of its set-up, at each access once. */
static void gone_in_probe(struct kunit *test)
{
	struct lg_fix *f = lg_live(test, 3);
	unsigned int i, n = f->rf->accesses;

	lg_stop(f);
	for (i = 1; i < n; i++) {
		f->rf->gone = false;
		rf_gone_after(f->rf, i);
		rf_clear(f->rf);
		lg_start(f);
		expect_gone(f);
	}
	KUNIT_EXPECT_EQ(test, f->rf->violations, 0);
}

#ifdef CONFIG_PM_SLEEP
/* After a sleep the device is set up from the start: 3.1.1. */
static void sleep_and_wake(struct kunit *test)
{
	struct lg_fix *f = lg_live(test, 3);

	KUNIT_ASSERT_EQ(test, vp_freeze(&f->pdev->dev), 0);
	KUNIT_EXPECT_EQ(test, rf_bank_peek(f->rf, 0, 0, R_PFN, 4), 0);
	KUNIT_EXPECT_FALSE(test, f->rf->pci->master);
	rf_clear(f->rf);
	KUNIT_ASSERT_EQ(test, vp_restore(&f->pdev->dev), 0);
	KUNIT_ASSERT_EQ(test, f->found, 0);
	EXPECT(f, UP_TO_PROBE, CONFIG_VECTOR(0),
	       QUEUE_VECTOR(0, 8, 1, lg_page(f->vqs[0])),
	       QUEUE_VECTOR(1, 16, 2, lg_page(f->vqs[1])), LIVE);
	KUNIT_EXPECT_TRUE(test, f->rf->pci->master);
}
#endif

/* 4.1.4.10: BAR 0 it is, in I/O or memory space; what is claimed is let go. */
static void maps_bar_0(struct kunit *test)
{
	struct lg_fix *f = lg_new(test, 3);

	rf_pci_bar(f->rf, 0, IORESOURCE_MEM, LG_BAR_LEN);
	f->rf->logged = BIT(RF_ENABLE) | BIT(RF_CLAIM) | BIT(RF_MAP) |
			BIT(RF_UNMAP);
	KUNIT_ASSERT_EQ(test, lg_start(f), 0);
	EXPECT(f, RF_CALL(RF_ENABLE, 0, 1), RF_CALL(RF_CLAIM, 0, 1),
	       RF_CALL(RF_MAP, 0, LG_BAR_LEN));
	lg_stop(f);
	EXPECT(f, RF_CALL(RF_UNMAP, 0, 0), RF_CALL(RF_CLAIM, 0, 0),
	       RF_CALL(RF_ENABLE, 0, 0));
}

static void short_bar(struct kunit *test)
{
	struct lg_fix *f = lg_new(test, 3);

	rf_pci_bar(f->rf, 0, IORESOURCE_IO, 16);
	KUNIT_EXPECT_EQ(test, lg_start(f), -EINVAL);
	KUNIT_EXPECT_EQ(test, f->rf->accesses, 0);
	KUNIT_EXPECT_EQ(test, f->rf->pci->enabled, 0);
}

static void reserved_id(struct kunit *test)
{
	struct lg_fix *f = lg_new(test, 3);

	f->pdev->subsystem_device = 0;
	KUNIT_EXPECT_EQ(test, lg_start(f), -ENODEV);
	KUNIT_EXPECT_EQ(test, f->rf->accesses, 0);
}

/* Structures of a modern device in BAR 4: which of them are there? */
#define COMMON	BIT(1)
#define NOTIFY	BIT(2)
#define ISR	BIT(3)
#define MODERN	(COMMON | NOTIFY | ISR)

/**
 * struct kind - a function, and whose it is
 * @name: of the case
 * @device: PCI device id
 * @revision: PCI revision
 * @bar_0: it has one
 * @caps: mask of its structures
 * @force: force_legacy
 * @want: VP_TRANSPORT_*
 */
struct kind {
	const char *name;
	u16 device;
	u8 revision;
	bool bar_0;
	u8 caps;
	bool force;
	enum vp_transport want;
};

static const struct kind kinds[] = {
	/* 4.1.5.1.1.1 */
	{ "legacy", 0x1000, 0, true, 0, false, VP_TRANSPORT_LEGACY },
	{ "last", 0x103f, 0, true, 0, false, VP_TRANSPORT_LEGACY },
	{ "both", 0x1001, 0, true, MODERN, false, VP_TRANSPORT_MODERN },
	{ "modern", 0x1042, 1, false, MODERN, false, VP_TRANSPORT_MODERN },
	{ "modern, none", 0x1042, 1, true, 0, false, VP_TRANSPORT_NONE },
	{ "modern, some", 0x1042, 0, true, COMMON, false, VP_TRANSPORT_NONE },
	/* not a set that can be used */
	{ "no notify", 0x1001, 0, true, COMMON | ISR, false,
	  VP_TRANSPORT_LEGACY },
	{ "no common", 0x1001, 0, true, NOTIFY | ISR, false,
	  VP_TRANSPORT_LEGACY },
	/* nowhere to go: no BAR, not a transitional device's revision */
	{ "no BAR", 0x1001, 0, false, 0, false, VP_TRANSPORT_NONE },
	{ "revision 1", 0x1001, 1, true, 0, false, VP_TRANSPORT_NONE },
	{ "revision 1, both", 0x1001, 1, true, MODERN, false,
	  VP_TRANSPORT_MODERN },
	/* force_legacy chooses where there is a choice */
	{ "forced", 0x1001, 0, true, MODERN, true, VP_TRANSPORT_LEGACY },
	{ "forced, modern", 0x1042, 0, true, MODERN, true,
	  VP_TRANSPORT_MODERN },
	{ "forced, no BAR", 0x1001, 0, false, MODERN, true,
	  VP_TRANSPORT_MODERN },
	{ "forced, revision 1", 0x1001, 1, true, MODERN, true,
	  VP_TRANSPORT_MODERN },
	/* not a virtio device */
	{ "below", 0x0fff, 0, true, MODERN, true, VP_TRANSPORT_NONE },
	{ "above", 0x1080, 0, true, MODERN, false, VP_TRANSPORT_NONE },
};

static void kind_name(const struct kind *k, char *name)
{
	strscpy(name, k->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(kind, kinds, kind_name);

static void whose(struct kunit *test)
{
	const struct kind *k = test->param_value;
	struct regfile *rf = rf_new(test);
	struct pci_dev *pdev = rf_pci_new(rf, k->device);
	struct vp_caps caps;

	pdev->revision = k->revision;
	if (k->bar_0)
		rf_pci_bar(rf, 0, IORESOURCE_IO, LG_BAR_LEN);
	rf_pci_bar(rf, 4, IORESOURCE_MEM, 0x4000);
	if (k->caps & COMMON)
		rf_pci_cap(rf, 1, 4, 0, 0x38);
	if (k->caps & NOTIFY)
		rf_pci_notify_cap(rf, 4, 0x3000, 0x1000, 4);
	if (k->caps & ISR)
		rf_pci_cap(rf, 3, 4, 0x1000, 1);
	vp_force_legacy = k->force;
	KUNIT_EXPECT_EQ(test, vp_transport(pdev, NULL), k->want);
	KUNIT_EXPECT_EQ(test, vp_transport(pdev, &caps), k->want);
	rf->gone = true;
	KUNIT_EXPECT_EQ(test, vp_transport(pdev, NULL),
			k->want == VP_TRANSPORT_LEGACY && k->force
			? VP_TRANSPORT_LEGACY : VP_TRANSPORT_NONE);
	vp_force_legacy = false;
}

static struct kunit_case regs_legacy_cases[] = {
	KUNIT_CASE(init_msix),
	KUNIT_CASE(init_shared),
	KUNIT_CASE(init_intx),
	KUNIT_CASE(ring_layout),
	KUNIT_CASE(notification),
	KUNIT_CASE(isr),
	KUNIT_CASE(no_isr_with_msix),
	KUNIT_CASE(config_moves),
	KUNIT_CASE(config_widths),
	KUNIT_CASE(config_until_stable),
	KUNIT_CASE(config_never_stable),
	KUNIT_CASE(config_outside),
	KUNIT_CASE(config_vector_refused),
	KUNIT_CASE(queue_vector_refused),
	KUNIT_CASE(no_such_queue),
	KUNIT_CASE(odd_size),
	KUNIT_CASE(removal),
	KUNIT_CASE(queues_go_by_reset),
	KUNIT_CASE(no_reset),
	KUNIT_CASE(gone),
	KUNIT_CASE(gone_in_probe),
#ifdef CONFIG_PM_SLEEP
	KUNIT_CASE(sleep_and_wake),
#endif
	KUNIT_CASE(maps_bar_0),
	KUNIT_CASE(short_bar),
	KUNIT_CASE(reserved_id),
	KUNIT_CASE_PARAM(whose, kind_gen_params),
	{}
};

static struct kunit_suite regs_legacy_suite = {
	.name = "virtio_regs_legacy",
	.test_cases = regs_legacy_cases,
	.exit = lg_exit,
};

kunit_test_suites(&regs_legacy_suite);

MODULE_DESCRIPTION("Unit tests of the legacy PCI transport's register accesses");
MODULE_LICENSE("GPL");
