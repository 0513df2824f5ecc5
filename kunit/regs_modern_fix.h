/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: The device and the driver of suite virtio_regs_modern
 *
 * The map of the registers of VIRTIO 1.4, 4.1.4, a model of a device behind
 * them, and a driver that does as it is told.  Part of regs_modern_test.c, which
 * includes the transport's sources first.
 */
#ifndef _KUNIT_REGS_MODERN_FIX_H
#define _KUNIT_REGS_MODERN_FIX_H

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
 * @frozen: how often freeze ran
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
	unsigned int frozen;
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

#ifdef CONFIG_PM
static int modern_freeze(struct virtio_device *vdev)
{
	modern->frozen++;
	virtio_reset_device(vdev);
	vdev->config->del_vqs(vdev);
	return 0;
}
#endif

static const struct virtio_device_id modern_ids[] = {
	{ MODERN_ID, VIRTIO_DEV_ANY_ID },
	{ 0 },
};

/* Does the driver that modern_new() registers live through a reset? */
static bool modern_lives = true;
static DEVICE_ATTR_RO(live_reset);

static struct attribute *modern_attrs[] = {
	&dev_attr_live_reset.attr,
	NULL
};
ATTRIBUTE_GROUPS(modern);

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
	/*
	 * Without an owner: KUnit of Linux 6.1 runs a module's suites before
	 * the module is in sysfs, where its drivers are linked to it.
	 */
	modern->drv.driver.name = "regs_modern";
	modern->drv.driver.dev_groups = modern_lives ? modern_groups : NULL;
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

/* Bytes that the structures have beyond those that are known. */
static unsigned int modern_more;

static void modern_caps(struct regfile *rf)
{
	rf_pci_bar(rf, 4, IORESOURCE_MEM, BAR_LEN);
	rf_pci_cap(rf, 1, 4, AT_COMMON, C_END + modern_more);
	rf_pci_notify_cap(rf, 4, AT_NOTIFY, NOTIFY_LEN, NOTIFY_STEP);
	rf_pci_cap(rf, 3, 4, AT_ISR, 4 + modern_more);
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

#endif /* _KUNIT_REGS_MODERN_FIX_H */
