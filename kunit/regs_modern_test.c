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

/* Regions, in the order of modern_new(). */
enum {
	COMMON,
	ISR,
	DEVICE,
	NOTIFY,
};

/* Banks, in the order of modern_new(). */
enum {
	BANK_OFFERED,
	BANK_ACCEPTED,
	BANK_QUEUE,
};

/* Common configuration: 4.1.4.3.  Offsets counted from its drawing. */
#define C_DFSELECT	0
#define C_DF		4
#define C_GFSELECT	8
#define C_GF		12
#define C_MSIX		16
#define C_NUMQ		18
#define C_STATUS	20
#define C_GEN		21
#define C_SELECT	22
#define C_SIZE		24
#define C_VECTOR	26
#define C_ENABLE	28
#define C_NOFF		30
#define C_DESC		32
#define C_DRIVER	40
#define C_DEVICE	48
#define C_NDATA		56
#define C_RESET		58
#define C_END		60

static const struct rf_field common_fields[] = {
	{ "device_feature_select",	C_DFSELECT, 4, 4, RF_RW },
	{ "device_feature",		C_DF,	    4, 4, RF_RO },
	{ "driver_feature_select",	C_GFSELECT, 4, 4, RF_RW },
	{ "driver_feature",		C_GF,	    4, 4, RF_RW },
	{ "config_msix_vector",		C_MSIX,	    2, 2, RF_RW },
	{ "num_queues",			C_NUMQ,	    2, 2, RF_RO },
	{ "device_status",		C_STATUS,   1, 1, RF_RW },
	{ "config_generation",		C_GEN,	    1, 1, RF_RO },
	{ "queue_select",		C_SELECT,   2, 2, RF_RW },
	{ "queue_size",			C_SIZE,	    2, 2, RF_RW },
	{ "queue_msix_vector",		C_VECTOR,   2, 2, RF_RW },
	{ "queue_enable",		C_ENABLE,   2, 2, RF_RW },
	{ "queue_notify_off",		C_NOFF,	    2, 2, RF_RO },
	{ "queue_desc",			C_DESC,	    8, 8, RF_RW },
	{ "queue_driver",		C_DRIVER,   8, 8, RF_RW },
	{ "queue_device",		C_DEVICE,   8, 8, RF_RW },
	{ "queue_notif_config_data",	C_NDATA,    2, 2, RF_RO },
	{ "queue_reset",		C_RESET,    2, 2, RF_RW },
	{}
};

static const struct rf_map common_map = { "common", C_END, common_fields };

/* 4.1.4.5 */
static const struct rf_field isr_fields[] = {
	{ "ISR status", 0, 1, 1, RF_RC },
	{}
};

static const struct rf_map isr_map = { "isr", 4, isr_fields };

/* Fields of each width, and bytes: 4.1.3.1. */
static const struct rf_field device_fields[] = {
	{ "le64",   0, 8, 8, RF_RO },
	{ "le32",   8, 4, 4, RF_RW },
	{ "le16",  12, 2, 2, RF_RW },
	{ "u8",    14, 1, 1, RF_RW },
	{ "bytes", 15, 6, 1, RF_RW },
	{}
};

#define DEVICE_LEN	21

static const struct rf_map device_map = { "device", DEVICE_LEN, device_fields };

/* 4.1.4.4: a notification is 16 bits, or 32 with NOTIFICATION_DATA. */
#define NOTIFY_LEN	64
#define NOTIFY_STEP	4

static const struct rf_field notify16_fields[] = {
	{ "notify", 0, NOTIFY_LEN, 2, RF_WO },
	{}
};

static const struct rf_map notify16_map = {
	"notify", NOTIFY_LEN, notify16_fields
};

static const struct rf_field notify32_fields[] = {
	{ "notify", 0, NOTIFY_LEN, 4, RF_WO },
	{}
};

static const struct rf_map notify32_map = {
	"notify", NOTIFY_LEN, notify32_fields
};

/* Where the structures are in BAR 4. */
#define AT_COMMON	0x0000
#define AT_ISR		0x1000
#define AT_DEVICE	0x2000
#define AT_NOTIFY	0x3000
#define BAR_LEN		0x4000

#define NO_VECTOR	0xffff

#define ST_RUNNING	0x0f	/* ACKNOWLEDGE, DRIVER, FEATURES_OK, DRIVER_OK */

#define FB_VERSION_1	BIT_ULL(32)
#define FB_PACKED	BIT_ULL(34)
#define FB_SR_IOV	BIT_ULL(37)
#define FB_NOTIFY_DATA	BIT_ULL(38)
#define FB_CONFIG_DATA	BIT_ULL(39)
#define FB_RING_RESET	BIT_ULL(40)

#define QUEUES		3
#define QUEUE_SIZE	8
#define MODERN_ID	0xfe01

/**
 * struct modern_fix - a device and a driver
 * @rf: registers
 * @pdev: the function
 * @probed: vp_modern_probe() succeeded
 * @drv: the driver
 * @drv_err: what its registration said
 * @nvqs: queues that it wants
 * @desc: how it wants their vectors spread
 * @find_err: what find_vqs said
 * @vqs: its queues
 * @vdev: the device once it was probed, or NULL
 * @called: how often the callback of a queue ran
 * @changed: how often config_changed ran
 * @refused: vectors from here on the device refuses for queues
 * @config_refused: and vector 0 for configuration changes
 * @status_stuck: a reset does not complete
 * @reset_stuck: nor that of a queue
 */
struct modern_fix {
	struct regfile *rf;
	struct pci_dev *pdev;
	bool probed;
	struct virtio_driver drv;
	unsigned int nvqs;
	struct irq_affinity *desc;
	int find_err;
	struct virtqueue *vqs[QUEUES];
	struct virtio_device *vdev;
	unsigned int called;
	unsigned int changed;
	u16 refused;
	bool config_refused;
	bool status_stuck;
	bool reset_stuck;
};

static struct modern_fix *modern;

/* The driver. */

static void modern_called(struct virtqueue *vq)
{
	modern->called++;
}

static int modern_find(struct virtio_device *vdev)
{
	static vq_callback_t *callbacks[QUEUES] = {
		modern_called, modern_called, modern_called
	};
	static const char * const names[QUEUES] = { "a", "b", "c" };

	modern->find_err = 0;
	if (modern->nvqs)
		modern->find_err = virtio_find_vqs(vdev, modern->nvqs,
						   modern->vqs, callbacks,
						   names, modern->desc);
	return modern->find_err;
}

static int modern_probe(struct virtio_device *vdev)
{
	int err = modern_find(vdev);

	modern->vdev = err ? NULL : vdev;
	return err;
}

static void modern_remove(struct virtio_device *vdev)
{
	virtio_reset_device(vdev);
	vdev->config->del_vqs(vdev);
	modern->vdev = NULL;
}

static void modern_changed(struct virtio_device *vdev)
{
	modern->changed++;
}

static int modern_freeze(struct virtio_device *vdev)
{
	virtio_reset_device(vdev);
	vdev->config->del_vqs(vdev);
	return 0;
}

static const struct virtio_device_id modern_ids[] = {
	{ MODERN_ID, VIRTIO_DEV_ANY_ID },
	{ 0 },
};

/* The device. */

static void modern_forget(struct regfile *rf)
{
	unsigned int i;

	rf_poke(rf, COMMON, C_MSIX, 2, NO_VECTOR);
	for (i = 0; i < QUEUES; i++) {
		rf_bank_poke(rf, BANK_QUEUE, i, C_ENABLE, 2, 0);
		rf_bank_poke(rf, BANK_QUEUE, i, C_VECTOR, 2, NO_VECTOR);
	}
}

static u32 modern_status(struct regfile *rf, bool write, u32 value, void *ctx)
{
	if (!write)
		return value;
	if (value)
		return value;
	if (modern->status_stuck)
		return rf_peek(rf, COMMON, C_STATUS, 1);
	modern_forget(rf);
	return 0;
}

static u32 modern_vector(struct regfile *rf, bool write, u32 value, void *ctx)
{
	return write && value >= modern->refused ? NO_VECTOR : value;
}

static u32 modern_msix(struct regfile *rf, bool write, u32 value, void *ctx)
{
	return write && modern->config_refused ? NO_VECTOR : value;
}

/* 4.1.4.3.2: never written as 0, and after everything else. */
static u32 modern_enable(struct regfile *rf, bool write, u32 value, void *ctx)
{
	if (!write)
		return value;
	if (value != 1)
		rf_violation(rf, "queue_enable written as %u", value);
	if (!rf_peek(rf, COMMON, C_DESC, 4) || !rf_peek(rf, COMMON, C_DRIVER, 4) ||
	    !rf_peek(rf, COMMON, C_DEVICE, 4))
		rf_violation(rf, "queue enabled without its addresses");
	return value;
}

static u32 modern_reset(struct regfile *rf, bool write, u32 value, void *ctx)
{
	if (!write || modern->reset_stuck)
		return value;
	rf_poke(rf, COMMON, C_ENABLE, 2, 0);
	return 0;
}

static void modern_exit(struct kunit_resource *res)
{
	if (modern->probed)
		vp_modern_remove(modern->pdev);
	unregister_virtio_driver(&modern->drv);
	kfree(modern);
	modern = NULL;
}

static int modern_init(struct kunit_resource *res, void *context)
{
	int err;

	modern = kzalloc(sizeof(*modern), GFP_KERNEL);
	if (!modern)
		return -ENOMEM;
	modern->drv.driver.name = "regs_modern";
	modern->drv.driver.owner = THIS_MODULE;
	modern->drv.id_table = modern_ids;
	modern->drv.probe = modern_probe;
	modern->drv.remove = modern_remove;
	modern->drv.config_changed = modern_changed;
#ifdef CONFIG_PM
	modern->drv.freeze = modern_freeze;
	modern->drv.restore = modern_find;
#endif
	err = register_virtio_driver(&modern->drv);
	if (err)
		kfree(modern);
	return err;
}

static void modern_caps(struct regfile *rf)
{
	rf_pci_bar(rf, 4, IORESOURCE_MEM, BAR_LEN);
	rf_pci_cap(rf, 1, 4, AT_COMMON, C_END);
	rf_pci_notify_cap(rf, 4, AT_NOTIFY, NOTIFY_LEN, NOTIFY_STEP);
	rf_pci_cap(rf, 3, 4, AT_ISR, 4);
	rf_pci_cap(rf, 4, 4, AT_DEVICE, DEVICE_LEN);
}

static void modern_regions(struct regfile *rf, u64 offered)
{
	unsigned int i;

	rf_region(rf, 4, AT_COMMON, &common_map);
	rf_region(rf, 4, AT_ISR, &isr_map);
	rf_region(rf, 4, AT_DEVICE, &device_map);
	rf_region(rf, 4, AT_NOTIFY, offered & FB_NOTIFY_DATA ? &notify32_map
							     : &notify16_map);
	rf_bank(rf, COMMON, C_DFSELECT, C_DF, 4);
	rf_bank(rf, COMMON, C_GFSELECT, C_GF, 4);
	rf_bank(rf, COMMON, C_SELECT, C_SIZE, C_END - C_SIZE);
	rf_bank_poke(rf, BANK_OFFERED, 0, C_DF, 4, lower_32_bits(offered));
	rf_bank_poke(rf, BANK_OFFERED, 1, C_DF, 4, upper_32_bits(offered));
	for (i = 0; i < QUEUES; i++) {
		rf_bank_poke(rf, BANK_QUEUE, i, C_SIZE, 2, QUEUE_SIZE);
		rf_bank_poke(rf, BANK_QUEUE, i, C_NOFF, 2, i);
	}
	modern_forget(rf);
}

/**
 * modern_new - a device with QUEUES queues and a driver that wants one
 * @test: the test
 * @offered: feature bits
 *
 * Return: the fixture; the device is not probed yet, and has vectors enough.
 */
static struct modern_fix *modern_new(struct kunit *test, u64 offered)
{
	struct regfile *rf = rf_new(test);
	struct pci_dev *pdev = rf_pci_new(rf, 0x1000);

	pdev->subsystem_device = MODERN_ID;
	modern_caps(rf);
	modern_regions(rf, offered);
	rf_hook(rf, COMMON, C_STATUS, modern_status, NULL);
	rf_hook(rf, COMMON, C_VECTOR, modern_vector, NULL);
	rf_hook(rf, COMMON, C_MSIX, modern_msix, NULL);
	rf_hook(rf, COMMON, C_ENABLE, modern_enable, NULL);
	rf_hook(rf, COMMON, C_RESET, modern_reset, NULL);
	rf->vectors_max = QUEUES + 1;

	kunit_alloc_resource(test, modern_init, modern_exit, GFP_KERNEL, NULL);
	KUNIT_ASSERT_NOT_NULL(test, modern);
	modern->rf = rf;
	modern->pdev = pdev;
	modern->nvqs = 1;
	modern->refused = NO_VECTOR;
	return modern;
}

static int modern_plug(struct modern_fix *f)
{
	int err = vp_modern_probe(f->pdev, NULL);

	f->probed = !err;
	return err;
}

/* Plugged in, its driver bound, and nothing in the record. */
static struct modern_fix *modern_running(struct kunit *test, u64 offered,
					 unsigned int nvqs)
{
	struct modern_fix *f = modern_new(test, offered);

	f->nvqs = nvqs;
	KUNIT_ASSERT_EQ(test, modern_plug(f), 0);
	KUNIT_ASSERT_NOT_NULL(test, f->vdev);
	rf_clear(f->rf);
	return f;
}

static u16 queue_reg(struct modern_fix *f, unsigned int queue, u32 offset)
{
	return rf_bank_peek(f->rf, BANK_QUEUE, queue, offset, 2);
}

static struct vp_device *modern_vp(struct modern_fix *f)
{
	return pci_get_drvdata(f->pdev);
}

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
			RF_R8(COMMON, C_STATUS, 1),
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

/* 4.1.4.1: no more is mapped than is used, however large it says it is. */
static void maps_what_it_uses(struct kunit *test)
{
	struct modern_fix *f = modern_new(test, FB_VERSION_1);
	struct rf_access *map;
	unsigned int i, n = 0;
	u32 len[4] = {};

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
	KUNIT_EXPECT_GE(test, f->rf->now_ns - start, 5 * NSEC_PER_SEC);
	KUNIT_EXPECT_LT(test, f->rf->now_ns - start, 6 * NSEC_PER_SEC);

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

static void queue_reset_never(struct kunit *test)
{
	struct modern_fix *f = modern_running(test, FB_VERSION_1 | FB_RING_RESET,
					      1);
	u64 start = f->rf->now_ns;

	f->reset_stuck = true;
	KUNIT_EXPECT_EQ(test, f->vdev->config->disable_vq_and_reset(f->vqs[0]),
			-EBUSY);
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(f->vqs[0]));
	KUNIT_EXPECT_LT(test, f->rf->now_ns - start, 10 * NSEC_PER_SEC);
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
	KUNIT_EXPECT_NULL(test, modern_vp(f)->kept);
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
	KUNIT_CASE(maps_what_it_uses),
	KUNIT_CASE(features_taken),
	KUNIT_CASE(not_modern),
	KUNIT_CASE_PARAM(interrupt_modes, mode_gen_params),
	KUNIT_CASE(handler_refused),
	KUNIT_CASE(no_isr_with_msix),
	KUNIT_CASE(single_vector),
	KUNIT_CASE(intx),
	KUNIT_CASE(reset_waits),
	KUNIT_CASE(reset_never),
	KUNIT_CASE(reset_gone),
	KUNIT_CASE(queue_reset),
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
