/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: A memory-mapped device: what the suite of virtio_mmio.ko stands on
 *
 * The device is played by the recorded register file (regfile.h), from the
 * tables of VIRTIO 1.4, 4.2.2 (register version 2) and 4.2.4 (version 1).  No
 * driver is bound to it: a case calls struct virtio_config_ops itself.
 *
 * Beside the law of the tables each case stands under that of 4.2.2.2: hooks
 * fail it for a feature word that was not selected, for a queue register
 * touched while the queue is ready, for an undefined bit acknowledged.
 *
 * Included once, by a suite that has included regfile_redirect.h before; brings
 * the sources of virtio_mmio.ko with it.
 */
#ifndef _KUNIT_REGS_MMIO_FIX_H
#define _KUNIT_REGS_MMIO_FIX_H

/* The interrupt's type. */
static struct irq_data *mm_irq_data;

#undef irq_get_irq_data
#define irq_get_irq_data(irq)	mm_irq_data

/* Whether the interrupt may wake the system up. */
#ifdef CONFIG_PM_SLEEP
static int mm_wakes;

#define enable_irq_wake(irq)	(mm_wakes++, 0)
#define disable_irq_wake(irq)	((void)mm_wakes--)
#endif

/* Where the first queue is, when a case wants it elsewhere. */
static dma_addr_t mm_desc;

static dma_addr_t mm_desc_addr(struct virtqueue *vq)
{
	return mm_desc ?: virtqueue_get_desc_addr(vq);
}

#include "../virtio_mmio/vm_device.c"
#include "../virtio_mmio/vm_regs.c"
#include "../virtio_mmio/vm_config.c"
#include "../virtio_mmio/vm_queues.c"
#include "../virtio_mmio/vm_queue_v2.c"
#include "../virtio_mmio/vm_irq.c"
#include "../virtio_mmio/vm_shm.c"
#ifdef CONFIG_PM_SLEEP
#include "../virtio_mmio/vm_pm.c"
#endif
#define virtqueue_get_desc_addr(vq)	mm_desc_addr(vq)
#include "../virtio_mmio/vm_queue_v1.c"
#undef virtqueue_get_desc_addr

/* No driver wants this device. */
#define MM_ID		4000
#define MM_VENDOR	0x4d4f434b
#define MM_MAGIC	0x74726976
#define MM_BASE		0xfd000000
#define MM_LEN		0x200

/* Offsets of 4.2.2 and 4.2.4: a reading of its own. */
#define O_MAGIC		0x000
#define O_VERSION	0x004
#define O_ID		0x008
#define O_VENDOR	0x00c
#define O_OFFER		0x010
#define O_OFFER_SEL	0x014
#define O_ACCEPT	0x020
#define O_ACCEPT_SEL	0x024
#define O_PAGE_SIZE	0x028
#define O_QUEUE		0x030
#define O_SIZE_MAX	0x034
#define O_SIZE		0x038
#define O_ALIGN		0x03c
#define O_PFN		0x040
#define O_READY		0x044
#define O_NOTIFY	0x050
#define O_EVENTS	0x060
#define O_ACK		0x064
#define O_STATUS	0x070
#define O_DESC		0x080
#define O_DRIVER	0x090
#define O_DEVICE	0x0a0
#define O_SHM		0x0ac
#define O_SHM_LEN	0x0b0
#define O_SHM_BASE	0x0b8
#define O_RESET		0x0c0
#define O_GENERATION	0x0fc
#define O_CONFIG	0x100

#define MM_IDENTITY							\
	{ "MagicValue",		O_MAGIC, 4, 4, RF_RO },			\
	{ "Version",		O_VERSION, 4, 4, RF_RO },		\
	{ "DeviceID",		O_ID, 4, 4, RF_RO }

#define MM_COMMON							\
	MM_IDENTITY,							\
	{ "VendorID",		O_VENDOR, 4, 4, RF_RO },		\
	{ "DeviceFeatures",	O_OFFER, 4, 4, RF_RO },			\
	{ "DeviceFeaturesSel",	O_OFFER_SEL, 4, 4, RF_WO },		\
	{ "DriverFeatures",	O_ACCEPT, 4, 4, RF_WO },		\
	{ "DriverFeaturesSel",	O_ACCEPT_SEL, 4, 4, RF_WO },		\
	{ "QueueSel",		O_QUEUE, 4, 4, RF_WO },			\
	{ "QueueSizeMax",	O_SIZE_MAX, 4, 4, RF_RO },		\
	{ "QueueSize",		O_SIZE, 4, 4, RF_WO },			\
	{ "QueueNotify",	O_NOTIFY, 4, 4, RF_WO },		\
	{ "InterruptStatus",	O_EVENTS, 4, 4, RF_RO },		\
	{ "InterruptACK",	O_ACK, 4, 4, RF_WO },			\
	{ "Status",		O_STATUS, 4, 4, RF_RW }

/* Configuration: 64, 16, 32 bits and 6 bytes. */
#define C_WIDE	(O_CONFIG + 0)
#define C_HALF	(O_CONFIG + 8)
#define C_WORD	(O_CONFIG + 12)
#define C_MAC	(O_CONFIG + 16)

static const struct rf_field mm_none_fields[] = {
	MM_IDENTITY, {}
};

static const struct rf_field mm_v1_fields[] = {
	MM_COMMON,
	{ "GuestPageSize",	O_PAGE_SIZE, 4, 4, RF_WO },
	{ "QueueAlign",		O_ALIGN, 4, 4, RF_WO },
	{ "QueuePFN",		O_PFN, 4, 4, RF_RW },
	{ "Config",		O_CONFIG, 0x100, 1, RF_RW },
	{}
};

static const struct rf_field mm_v2_fields[] = {
	MM_COMMON,
	{ "QueueReady",		O_READY, 4, 4, RF_RW },
	{ "QueueDesc",		O_DESC, 8, 4, RF_WO },
	{ "QueueDriver",	O_DRIVER, 8, 4, RF_WO },
	{ "QueueDevice",	O_DEVICE, 8, 4, RF_WO },
	{ "SHMSel",		O_SHM, 4, 4, RF_WO },
	{ "SHMLen",		O_SHM_LEN, 8, 4, RF_RO },
	{ "SHMBase",		O_SHM_BASE, 8, 4, RF_RO },
	{ "QueueReset",		O_RESET, 4, 4, RF_RW },
	{ "ConfigGeneration",	O_GENERATION, 4, 4, RF_RO },
	{ "wide",		C_WIDE, 8, 8, RF_RW },
	{ "half",		C_HALF, 2, 2, RF_RW },
	{ "word",		C_WORD, 4, 4, RF_RW },
	{ "mac",		C_MAC, 6, 1, RF_RW },
	{}
};

static const struct rf_map mm_none = { "no device", MM_LEN, mm_none_fields };
static const struct rf_map mm_v1 = { "version 1", MM_LEN, mm_v1_fields };
static const struct rf_map mm_v2 = { "version 2", MM_LEN, mm_v2_fields };

#define MM_QUEUES	2

/**
 * struct mm_fix - the device
 * @test: the test
 * @rf: its registers
 * @pdev: where it is
 * @vm: the device, as the transport has it; NULL when it was not taken
 * @vdev: and as the bus has it
 * @vqs: its queues, after mm_find()
 * @offer: features that it offers
 * @offer_sel: DeviceFeaturesSel, -1 before it was written
 * @accept: features that the driver has accepted
 * @accept_sel: DriverFeaturesSel, -1 before it was written
 * @no_reset: it ignores a reset
 * @no_stop: it ignores that a queue is stopped
 * @queue_reset: what it makes of a 1 in QueueReset: QueueReady afterwards, and
 *	how often QueueReset reads 1
 * @resets_left: of the latter, what is left
 */
struct mm_fix {
	struct kunit *test;
	struct regfile *rf;
	struct platform_device *pdev;
	struct vm_device *vm;
	struct virtio_device *vdev;
	struct virtqueue *vqs[MM_QUEUES];
	u64 offer;
	int offer_sel;
	u64 accept;
	int accept_sel;
	bool no_reset;
	bool no_stop;
	struct {
		u32 ready;
		unsigned int pending;
	} queue_reset;
	unsigned int resets_left;
};

static u32 mm_offer_sel(struct regfile *rf, bool write, u32 value, void *ctx)
{
	((struct mm_fix *)ctx)->offer_sel = value;
	return value;
}

/* MMIO-07. */
static u32 mm_offer(struct regfile *rf, bool write, u32 value, void *ctx)
{
	struct mm_fix *f = ctx;

	if (f->offer_sel < 0)
		KUNIT_FAIL(rf->test, "DeviceFeatures before DeviceFeaturesSel");
	return f->offer_sel == 1 ? f->offer >> 32 : f->offer;
}

static u32 mm_accept_sel(struct regfile *rf, bool write, u32 value, void *ctx)
{
	((struct mm_fix *)ctx)->accept_sel = value;
	return value;
}

/* MMIO-08. */
static u32 mm_accept(struct regfile *rf, bool write, u32 value, void *ctx)
{
	struct mm_fix *f = ctx;

	if (f->accept_sel < 0)
		KUNIT_FAIL(rf->test, "DriverFeatures before DriverFeaturesSel");
	if (f->accept_sel == 1)
		f->accept = (u32)f->accept | (u64)value << 32;
	else
		f->accept = (f->accept & GENMASK_ULL(63, 32)) | value;
	return value;
}

/* MMIO-10. */
static u32 mm_not_ready(struct regfile *rf, bool write, u32 value, void *ctx)
{
	if (rf_peek(rf, 0, O_READY, 4))
		KUNIT_FAIL(rf->test, "a queue register while QueueReady is 1");
	return value;
}

/* MMIO-13. */
static u32 mm_ack(struct regfile *rf, bool write, u32 value, void *ctx)
{
	if (value & ~3 || !value)
		KUNIT_FAIL(rf->test, "acknowledged: %#x", value);
	rf_poke(rf, 0, O_EVENTS, 4, rf_peek(rf, 0, O_EVENTS, 4) & ~value);
	return value;
}

/* A generation that never settles. */
static u32 mm_restless(struct regfile *rf, bool write, u32 value, void *ctx)
{
	rf_poke(rf, 0, O_GENERATION, 4, value + 1);
	return value;
}

/* There is always something to tell. */
static u32 mm_clamour(struct regfile *rf, bool write, u32 value, void *ctx)
{
	return 1;
}

static u32 mm_live(struct regfile *rf, bool write, u32 value, void *ctx)
{
	struct mm_fix *f = ctx;

	return write && !value && f->no_stop ? 1 : value;
}

/* A reset stops all queues and clears all events (4.2.2.1). */
static u32 mm_status(struct regfile *rf, bool write, u32 value, void *ctx)
{
	struct mm_fix *f = ctx;
	int i;

	if (!write || value)
		return value;
	if (f->no_reset)
		return rf_peek(rf, 0, O_STATUS, 4);
	rf_poke(rf, 0, O_EVENTS, 4, 0);
	for (i = 0; i < MM_QUEUES; i++) {
		rf_bank_poke(rf, 0, i, O_READY, 4, 0);
		rf_bank_poke(rf, 0, i, O_PFN, 4, 0);
	}
	return value;
}

static u32 mm_queue_reset(struct regfile *rf, bool write, u32 value, void *ctx)
{
	struct mm_fix *f = ctx;

	if (write) {
		f->resets_left = f->queue_reset.pending;
		rf_poke(rf, 0, O_READY, 4, f->queue_reset.ready);
		return 0;
	}
	return f->resets_left && f->resets_left-- ? 1 : 0;
}

static void mm_registers(struct mm_fix *f, u32 version)
{
	static const u32 addresses[] = {
		O_DESC, O_DESC + 4, O_DRIVER, O_DRIVER + 4,
		O_DEVICE, O_DEVICE + 4,
	};
	struct regfile *rf = f->rf;
	int i;

	rf_region(rf, 0, 0, version == 1 ? &mm_v1 : &mm_v2);
	rf_poke(rf, 0, O_MAGIC, 4, MM_MAGIC);
	rf_poke(rf, 0, O_VERSION, 4, version);
	rf_poke(rf, 0, O_ID, 4, MM_ID);
	rf_poke(rf, 0, O_VENDOR, 4, MM_VENDOR);
	rf_bank(rf, 0, O_QUEUE, O_SIZE_MAX, O_READY + 4 - O_SIZE_MAX);
	rf_bank(rf, 0, O_QUEUE, O_DESC, O_DEVICE + 8 - O_DESC);
	for (i = 0; i < MM_QUEUES; i++)
		rf_bank_poke(rf, 0, i, O_SIZE_MAX, 4, 8 << i);
	rf_hook(rf, 0, O_OFFER_SEL, mm_offer_sel, f);
	rf_hook(rf, 0, O_OFFER, mm_offer, f);
	rf_hook(rf, 0, O_ACCEPT_SEL, mm_accept_sel, f);
	rf_hook(rf, 0, O_ACCEPT, mm_accept, f);
	rf_hook(rf, 0, O_SIZE, mm_not_ready, f);
	for (i = 0; i < ARRAY_SIZE(addresses); i++)
		rf_hook(rf, 0, addresses[i], mm_not_ready, f);
	rf_hook(rf, 0, version == 1 ? O_PFN : O_READY, mm_live, f);
	rf_hook(rf, 0, O_ACK, mm_ack, f);
	rf_hook(rf, 0, O_STATUS, mm_status, f);
	rf_hook(rf, 0, O_RESET, mm_queue_reset, f);
}

/**
 * mm_new - a device that nobody has looked at yet
 * @test: the test
 * @version: of its registers
 *
 * Return: the device, in @test->priv until mm_exit().
 */
static struct mm_fix *mm_new(struct kunit *test, u32 version)
{
	static const struct resource res[] = {
		DEFINE_RES_MEM(MM_BASE, MM_LEN),
	};
	struct mm_fix *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	f->test = test;
	f->rf = rf_new(test);
	f->rf->vectors = 1;
	f->offer_sel = -1;
	f->accept_sel = -1;
	mm_registers(f, version);
	f->pdev = platform_device_register_simple("virtio-mmio-kunit", -1, NULL,
						  0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(f->pdev));
	test->priv = f;
	/* After its registration: the addresses are nobody's. */
	KUNIT_ASSERT_EQ(test, 0, platform_device_add_resources(f->pdev, res,
							       1));
	return f;
}

/* Put it on the bus. */
static int mm_probe(struct mm_fix *f)
{
	int err = vm_probe(f->pdev);

	if (err)
		return err;
	f->vm = platform_get_drvdata(f->pdev);
	f->vdev = &f->vm->vdev;
	return 0;
}

/**
 * mm_up - a device with features agreed on
 * @test: the test
 * @version: of its registers
 * @features: what is agreed on; VERSION_1 comes with version 2
 *
 * What it took is forgotten by the record.
 *
 * Return: the device, in @test->priv until mm_exit().
 */
static struct mm_fix *mm_up(struct kunit *test, u32 version, u64 features)
{
	struct mm_fix *f = mm_new(test, version);

	f->offer = features | (version == 2 ? FB_VERSION_1 : 0);
	KUNIT_ASSERT_EQ(test, 0, mm_probe(f));
	f->vdev->features = f->offer;
	KUNIT_ASSERT_EQ(test, 0,
			f->vdev->config->finalize_features(f->vdev));
	KUNIT_EXPECT_EQ(test, f->accept, f->offer);
	rf_clear(f->rf);
	return f;
}

/* Buffers that the driver was told of, and took. */
static unsigned int mm_taken;

static void mm_callback(struct virtqueue *vq)
{
	unsigned int len;

	while (virtqueue_get_buf(vq, &len))
		mm_taken++;
}

/* Find so many queues; the first has a callback. */
static int mm_find(struct mm_fix *f, unsigned int num)
{
	static vq_callback_t *callbacks[] = { mm_callback, NULL, NULL };
	static const char * const names[] = { "a", "b", "c" };
	struct virtqueue *vqs[3];
	int err;

	err = f->vdev->config->find_vqs(f->vdev, num, vqs, callbacks, names,
					NULL, NULL);
	if (!err)
		memcpy(f->vqs, vqs, min(num, 2U) * sizeof(*vqs));
	return err;
}

/* A device in use, with its queues; the record begins after that. */
static struct mm_fix *mm_live_up(struct kunit *test, u32 version, u64 features)
{
	struct mm_fix *f = mm_up(test, version, features);

	KUNIT_ASSERT_EQ(test, 0, mm_find(f, MM_QUEUES));
	f->vdev->config->set_status(f->vdev, version == 1 ? 7 : 15);
	rf_clear(f->rf);
	return f;
}

/* The first buffer of the first queue: the driver exposes it. */
static void mm_expose(struct mm_fix *f)
{
	struct scatterlist sg;

	mm_taken = 0;
	sg_init_one(&sg, f, 1);
	KUNIT_ASSERT_EQ(f->test, 0, virtqueue_add_outbuf(f->vqs[0], &sg, 1, f,
							 GFP_KERNEL));
	virtqueue_kick(f->vqs[0]);
	rf_clear(f->rf);
}

/* And the device uses it: VIRTIO 1.4, 2.7.6, 2.7.8. */
static void mm_use(struct mm_fix *f)
{
	u8 *avail = phys_to_virt(virtqueue_get_avail_addr(f->vqs[0]));
	u8 *used = phys_to_virt(virtqueue_get_used_addr(f->vqs[0]));

	put_unaligned_le32(get_unaligned_le16(avail + 4), used + 4);
	put_unaligned_le32(0, used + 8);
	/* The element before the idx.  Partner: the driver's read barrier. */
	wmb();
	put_unaligned_le16(1, used + 2);
}

/* Of the suite: also after a failure. */
static void mm_exit(struct kunit *test)
{
	struct mm_fix *f = test->priv;

	if (!f)
		return;
	f->no_reset = false;
	f->no_stop = false;
	if (f->vm)
		vm_remove(f->pdev);
	platform_device_unregister(f->pdev);
}

#endif /* _KUNIT_REGS_MMIO_FIX_H */
