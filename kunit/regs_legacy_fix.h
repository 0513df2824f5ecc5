/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: A legacy PCI device and a driver for it: what its suites stand on
 *
 * The device is played by the recorded register file (regfile.h), from the
 * tables of VIRTIO 1.4, 4.1.4.10.  It has two queues, of 8 and 16 entries, and
 * some configuration.  The driver finds as many queues as it is told.
 *
 * Included once, by a suite that has included regfile_redirect.h and the
 * sources of virtio_pci.ko and virtio_pci_legacy.ko before.
 */
#ifndef _KUNIT_REGS_LEGACY_FIX_H
#define _KUNIT_REGS_LEGACY_FIX_H

#define LG_ID		0xfe10
#define LG_FEATURES	0x21000008	/* bits 3, 24 and 29 */
#define LG_WANTED	3

/* Offsets: VIRTIO 1.4, 4.1.4.10. */
#define R_OFFER		0
#define R_ACCEPT	4
#define R_PFN		8
#define R_SIZE		12
#define R_SELECT	14
#define R_NOTIFY	16
#define R_STATUS	18
#define R_ISR		19
#define R_CONFIG_VECTOR	20
#define R_QUEUE_VECTOR	22

#define LG_HEADER							\
	{ "device features",	R_OFFER, 4, 4, RF_RO },			\
	{ "driver features",	R_ACCEPT, 4, 4, RF_RW },		\
	{ "queue address",	R_PFN, 4, 4, RF_RW },			\
	{ "queue_size",		R_SIZE, 2, 2, RF_RO },			\
	{ "queue_select",	R_SELECT, 2, 2, RF_RW },		\
	{ "queue notify",	R_NOTIFY, 2, 2, RF_WO },		\
	{ "device status",	R_STATUS, 1, 1, RF_RW },		\
	{ "ISR status",		R_ISR, 1, 1, RF_RC }

/* Configuration of 64, 16, 32 bits and 6 bytes, behind the header. */
#define C_WIDE	0
#define C_HALF	8
#define C_WORD	12
#define C_MAC	16
#define LG_CONFIG(start)						\
	{ "wide",	(start) + C_WIDE, 8, 8, RF_RW },		\
	{ "half",	(start) + C_HALF, 2, 2, RF_RW },		\
	{ "word",	(start) + C_WORD, 4, 4, RF_RW },		\
	{ "mac",	(start) + C_MAC, 6, 1, RF_RW }

static const struct rf_field lg_fields_intx[] = {
	LG_HEADER, LG_CONFIG(20), {}
};

static const struct rf_field lg_fields_msix[] = {
	LG_HEADER,
	{ "config_msix_vector",	R_CONFIG_VECTOR, 2, 2, RF_RW },
	{ "queue_msix_vector",	R_QUEUE_VECTOR, 2, 2, RF_RW },
	LG_CONFIG(24), {}
};

#define LG_BAR_LEN	64
static const struct rf_map lg_intx = { "legacy", LG_BAR_LEN, lg_fields_intx };
static const struct rf_map lg_msix = { "msi-x", LG_BAR_LEN, lg_fields_msix };

/**
 * struct lg_fix - device and driver
 * @test: the test
 * @rf: the device's registers
 * @pdev: its function
 * @vp: the device, as the transport has it; NULL when it is not bound
 * @drv: the driver
 * @registered: it is on the bus
 * @nvqs: queues that its probe looks for
 * @found: what find_vqs answered, 1 before
 * @vqs: its queues
 * @fired: callbacks of the queues so far
 * @changed: configuration changes so far
 */
struct lg_fix {
	struct kunit *test;
	struct regfile *rf;
	struct pci_dev *pdev;
	struct vp_device *vp;
	struct virtio_driver drv;
	bool registered;
	unsigned int nvqs;
	int found;
	struct virtqueue *vqs[3];
	unsigned int fired;
	unsigned int changed;
};

/* KUnit runs one case after the other. */
static struct lg_fix *lg_the;

static void lg_fired(struct virtqueue *vq)
{
	lg_the->fired++;
}

static void lg_changed(struct virtio_device *vdev)
{
	lg_the->changed++;
}

static int lg_find(struct virtio_device *vdev)
{
	static vq_callback_t *callbacks[] = { lg_fired, lg_fired, NULL };
	static const char * const names[] = { "a", "b", "c" };
	struct lg_fix *f = lg_the;

	f->found = virtio_find_vqs(vdev, f->nvqs, f->vqs, callbacks, names,
				   NULL);
	return f->found;
}

static int lg_probe(struct virtio_device *vdev)
{
	return lg_the->nvqs ? lg_find(vdev) : 0;
}

static void lg_drv_remove(struct virtio_device *vdev)
{
	virtio_reset_device(vdev);
	vdev->config->del_vqs(vdev);
}

#ifdef CONFIG_PM
static int lg_freeze(struct virtio_device *vdev)
{
	lg_drv_remove(vdev);
	return 0;
}
#endif

/* A reset: no queue has an address, no event a vector (4.1.5.1.2.1). */
static u32 lg_status(struct regfile *rf, bool write, u32 value, void *ctx)
{
	unsigned int i;

	if (!write || value)
		return value;
	for (i = 0; i < 2; i++) {
		rf_bank_poke(rf, 0, i, R_PFN, 4, 0);
		if (lg_the->pdev->msix_enabled)
			rf_bank_poke(rf, 1, i, R_QUEUE_VECTOR, 2, 0xffff);
	}
	if (lg_the->pdev->msix_enabled)
		rf_poke(rf, 0, R_CONFIG_VECTOR, 2, 0xffff);
	return 0;
}

/**
 * lg_new - a device that nobody has probed
 * @test: the test
 * @vectors: its MSI-X vectors, 0 for none
 *
 * Return: it; its function has a line for INTx as well.
 */
static struct lg_fix *lg_new(struct kunit *test, unsigned int vectors)
{
	static const unsigned int features[] = { 3, 29 };
	static const struct virtio_device_id ids[] = {
		{ LG_ID, VIRTIO_DEV_ANY_ID }, {}
	};
	struct lg_fix *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	struct regfile *rf = rf_new(test);

	KUNIT_ASSERT_NOT_NULL(test, f);
	*f = (struct lg_fix) {
		.test = test, .rf = rf, .nvqs = 2, .found = 1,
		.drv = {
			/* No owner, as in regs_modern_fix.h. */
			.driver = { .name = "regs_legacy" },
			.id_table = ids,
			.feature_table = features,
			.feature_table_size = ARRAY_SIZE(features),
			.probe = lg_probe,
			.remove = lg_drv_remove,
			.config_changed = lg_changed,
#ifdef CONFIG_PM
			.freeze = lg_freeze,
			.restore = lg_probe,
#endif
		},
	};
	f->pdev = rf_pci_new(rf, 0x1000);
	f->pdev->subsystem_device = LG_ID;
	rf_pci_bar(rf, 0, IORESOURCE_IO, LG_BAR_LEN);
	rf_region(rf, 0, 0, vectors ? &lg_msix : &lg_intx);
	rf->vectors_max = vectors;
	rf->intx = true;
	rf_bank(rf, 0, R_SELECT, R_PFN, 6);
	if (vectors)
		rf_bank(rf, 0, R_SELECT, R_QUEUE_VECTOR, 2);
	rf_poke(rf, 0, R_OFFER, 4, LG_FEATURES);
	rf_bank_poke(rf, 0, 0, R_SIZE, 2, 8);
	rf_bank_poke(rf, 0, 1, R_SIZE, 2, 16);
	rf_hook(rf, 0, R_STATUS, lg_status, NULL);
	lg_the = f;
	return f;
}

/* Probe the function, and register the driver before; both may fail. */
static int lg_start(struct lg_fix *f)
{
	int err = register_virtio_driver(&f->drv);

	KUNIT_ASSERT_EQ(f->test, err, 0);
	f->registered = true;
	err = rf_pci_driver()->probe(f->pdev, NULL);
	if (!err)
		f->vp = pci_get_drvdata(f->pdev);
	return err;
}

static void lg_stop(struct lg_fix *f)
{
	if (f->vp)
		rf_pci_driver()->remove(f->pdev);
	f->vp = NULL;
	if (f->registered)
		unregister_virtio_driver(&f->drv);
	f->registered = false;
}

/* For the suite's exit: also of a case that has failed. */
static void lg_exit(struct kunit *test)
{
	if (lg_the)
		lg_stop(lg_the);
	lg_the = NULL;
}

/* A device that is bound and live, the record empty. */
static struct lg_fix *lg_live(struct kunit *test, unsigned int vectors)
{
	struct lg_fix *f = lg_new(test, vectors);

	KUNIT_ASSERT_EQ(test, lg_start(f), 0);
	KUNIT_ASSERT_EQ(test, f->found, 0);
	rf_clear(f->rf);
	return f;
}

/* What the queue's address register has to hold. */
static u32 lg_page(struct virtqueue *vq)
{
	return virtqueue_get_desc_addr(vq) >> 12;
}

#endif /* _KUNIT_REGS_LEGACY_FIX_H */
