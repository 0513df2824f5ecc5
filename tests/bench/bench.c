// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The benchmark's rows and its driver side
 *
 * Runs when it is loaded and writes one line per row to the kernel's log; the
 * plugin insn_count.c writes what was executed, in the same order.  A row is
 * a queue of its own on a device of this module, over which buffers go in
 * batches: add all, kick, the device uses all, the driver takes all back.
 *
 * Only calls of the virtqueue API and what they call is wanted.  Counting is
 * on between MARK_START and MARK_STOP; instructions of this module's own text
 * in between (loading arguments, loops, the callback's frame) are known by
 * their address and left out by whoever reads the counts.  Interrupts are off
 * while a row runs.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/glob.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "vring_bench.h"

#define BENCH_SEGMENTS		18
#define BENCH_BYTES		4096

static char *rows = "*";
module_param(rows, charp, 0444);
MODULE_PARM_DESC(rows, "run the rows whose name matches this pattern");

static unsigned int buffers = 2048;
module_param(buffers, uint, 0444);
MODULE_PARM_DESC(buffers, "buffers to measure per row, a multiple of 256");

static unsigned int warm = 1024;
module_param(warm, uint, 0444);
MODULE_PARM_DESC(warm, "buffers to send before that, a multiple of 256");

/**
 * struct bench_shape - what a buffer looks like
 * @name: as rows are called
 * @lists: segments of each list
 * @out: how many lists the device reads
 * @in: how many lists the device writes
 */
struct bench_shape {
	const char *name;
	u8 lists[3];
	u8 out;
	u8 in;
};

static const struct bench_shape shapes[] = {
	{ "out1", { 1 }, 1, 0 },
	{ "in1", { 1 }, 0, 1 },
	{ "blk3", { 1, 1, 1 }, 1, 2 },
	{ "blk18", { 1, 16, 1 }, 1, 2 },
};

/**
 * struct bench_option - features besides the layout
 * @name: as rows are called
 * @event: with VIRTIO_F_EVENT_IDX
 * @indirect: with VIRTIO_F_INDIRECT_DESC
 * @in_order: with VIRTIO_F_IN_ORDER
 * @num: descriptors of the queue
 */
struct bench_option {
	const char *name;
	bool event;
	bool indirect;
	bool in_order;
	unsigned int num;
};

static const struct bench_option options[] = {
	{ "both", true, true, false, 256 },
	{ "noevent", false, true, false, 256 },
	{ "direct", true, false, false, 8192 },
	{ "inorder", true, true, true, 256 },
};

/**
 * enum bench_mode - what the driver does about callbacks
 * @BENCH_OFF: disabled once; the driver looks for used buffers by itself
 * @BENCH_ON: each callback disables them, takes all, and enables them again
 * @BENCH_LEFT: each callback takes all and leaves them enabled
 * @BENCH_MODES: how many there are
 */
enum bench_mode { BENCH_OFF, BENCH_ON, BENCH_LEFT, BENCH_MODES };

static const char * const mode_names[BENCH_MODES] = { "off", "on", "left" };
static const unsigned int batches[] = { 1, 32, 256 };

/**
 * struct bench_row - one row: a queue and how it is used
 * @q: the queue; first, so that the callback finds the row
 * @shape: of its buffers
 * @option: features
 * @batch: buffers between two kicks
 * @mode: callbacks
 * @name: of the row
 */
struct bench_row {
	struct bench_queue q;
	const struct bench_shape *shape;
	const struct bench_option *option;
	unsigned int batch;
	enum bench_mode mode;
	char name[40];
};

static struct virtio_device *vdev;
static struct bench_row row;
static struct scatterlist segments[BENCH_SEGMENTS];
static struct scatterlist *lists[3];
static char tokens[256];
static unsigned int row_number;

static bool bench_notify(struct virtqueue *vq)
{
	row.q.notified++;
	return true;
}

/* Take back all that is used. */
static void bench_drain(struct virtqueue *vq)
{
	unsigned int len;
	char *token;

	while ((token = virtqueue_get_buf(vq, &len))) {
		if (token != &tokens[row.q.got % row.batch])
			bench_error(&row.q, "not the token in turn");
		if (len != row.q.in_bytes)
			bench_error(&row.q, "wrong length");
		row.q.got++;
	}
}

/* One that is not wanted is answered as a driver that looks by itself does. */
static void bench_callback(struct virtqueue *vq)
{
	if (row.mode == BENCH_OFF) {
		virtqueue_disable_cb(vq);
		return;
	}
	if (row.mode == BENCH_LEFT) {
		bench_drain(vq);
		return;
	}
	do {
		virtqueue_disable_cb(vq);
		bench_drain(vq);
	} while (!virtqueue_enable_cb(vq));
}

static int bench_add(struct virtqueue *vq, const struct bench_shape *shape,
		     void *token)
{
	if (shape->out + shape->in > 1)
		return virtqueue_add_sgs(vq, lists, shape->out, shape->in,
					 token, GFP_ATOMIC);
	if (shape->out)
		return virtqueue_add_outbuf(vq, segments, 1, token, GFP_ATOMIC);
	return virtqueue_add_inbuf(vq, segments, 1, token, GFP_ATOMIC);
}

/* The driver's first half of a batch: add all, then kick. */
static void bench_send(struct bench_queue *q)
{
	unsigned int i;

	bench_mark(MARK_START);
	for (i = 0; i < row.batch; i++)
		if (bench_add(q->vq, row.shape, &tokens[i]))
			bench_error(q, "a buffer was refused");
	virtqueue_kick(q->vq);
	bench_mark(MARK_STOP);
}

/* The second half: by an interrupt, or because the driver looks. */
static void bench_receive(struct bench_queue *q, bool interrupt)
{
	if (interrupt) {
		q->interrupts++;
		bench_mark(MARK_START);
		vring_interrupt(0, q->vq);
		bench_mark(MARK_STOP);
	} else if (row.mode != BENCH_OFF) {
		bench_error(q, "the device was not asked for an interrupt");
	}
	if (row.mode == BENCH_OFF) {
		bench_mark(MARK_START);
		bench_drain(q->vq);
		bench_mark(MARK_STOP);
	}
}

static void bench_batch(struct bench_queue *q)
{
	u64 notified = q->notified, got = q->got;

	bench_send(q);
	if (q->notified == notified)
		bench_error(q, "the device was not notified");
	if (q->layout->run(q) != row.batch)
		bench_error(q, "the device did not find all buffers");
	bench_receive(q, q->layout->interrupt(q));
	if (q->got - got != row.batch)
		bench_error(q, "the driver did not get all buffers");
}

static void bench_batches(struct bench_queue *q, unsigned int n)
{
	for (; n && !q->error; n -= min(n, row.batch))
		bench_batch(q);
}

/* Nothing but what is measured may run. */
static void bench_measure(struct bench_queue *q)
{
	unsigned long flags;

	local_irq_save(flags);
	if (row.mode == BENCH_OFF)
		virtqueue_disable_cb(q->vq);
	bench_batches(q, warm);
	q->notified = 0;
	q->interrupts = 0;
	q->got = 0;
	q->layout->watch(q);
	bench_mark(MARK_ROW_BEGIN);
	bench_batches(q, buffers);
	bench_mark(MARK_ROW_END);
	bench_mark(MARK_UNWATCH);
	local_irq_restore(flags);
}

/* Segments of the row's shape over one page each. */
static void bench_segments(struct bench_queue *q, void *page)
{
	unsigned int i, n, at = 0;

	for (i = 0; i < row.shape->out + row.shape->in; i++) {
		lists[i] = &segments[at];
		sg_init_table(lists[i], row.shape->lists[i]);
		for (n = 0; n < row.shape->lists[i]; n++)
			sg_set_buf(&lists[i][n], page, BENCH_BYTES);
		at += n;
		if (i < row.shape->out)
			q->out_bytes += n * BENCH_BYTES;
		else
			q->in_bytes += n * BENCH_BYTES;
	}
	q->segments = at;
}

/* Negotiate; why not, or NULL. */
static const char *bench_features(void)
{
	u64 wanted = BIT_ULL(VIRTIO_F_VERSION_1);

	if (row.q.layout == &bench_packed)
		wanted |= BIT_ULL(VIRTIO_F_RING_PACKED);
	if (row.option->event)
		wanted |= BIT_ULL(VIRTIO_RING_F_EVENT_IDX);
	if (row.option->indirect)
		wanted |= BIT_ULL(VIRTIO_RING_F_INDIRECT_DESC);
	if (row.option->in_order)
		wanted |= BIT_ULL(VIRTIO_F_IN_ORDER);
	vdev->features = wanted;
	vring_transport_features(vdev);
	if (row.q.layout == &bench_packed &&
	    !(vdev->features & BIT_ULL(VIRTIO_F_RING_PACKED)))
		return "the ring has no packed layout";
	if (row.option->in_order &&
	    !(vdev->features & BIT_ULL(VIRTIO_F_IN_ORDER)))
		return "the ring does not know VIRTIO_F_IN_ORDER";
	return vdev->features == wanted ? NULL : "the ring lacks a feature";
}

static int bench_queue(struct bench_queue *q)
{
	q->vq = vring_create_virtqueue(0, row.option->num, PAGE_SIZE, vdev, true,
				       false, false, bench_notify,
				       bench_callback, "bench");
	if (!q->vq)
		return -ENOMEM;
	q->num = virtqueue_get_vring_size(q->vq);
	q->event = row.option->event;
	q->in_order = row.option->in_order;
	q->desc = phys_to_virt(virtqueue_get_desc_addr(q->vq));
	q->driver = phys_to_virt(virtqueue_get_avail_addr(q->vq));
	q->device = phys_to_virt(virtqueue_get_used_addr(q->vq));
	q->layout->reset(q);
	return 0;
}

static int bench_row(void *page)
{
	struct bench_queue *q = &row.q;
	const char *skip = bench_features();
	int err;

	if (skip) {
		pr_info("skip %s: %s\n", row.name, skip);
		return 0;
	}
	bench_segments(q, page);
	err = bench_queue(q);
	if (err)
		return err;
	bench_measure(q);
	pr_info("row %u %s: got %llu notified %llu interrupts %llu: %s\n",
		row_number++, row.name, q->got, q->notified, q->interrupts,
		q->error ?: "ok");
	while (virtqueue_detach_unused_buf(q->vq))
		;
	vring_del_virtqueue(q->vq);
	return 0;
}

/* Row @i of the product of all that rows differ in. */
static void bench_name_row(unsigned int i)
{
	memset(&row, 0, sizeof(row));
	row.mode = i % BENCH_MODES;
	i /= BENCH_MODES;
	row.batch = batches[i % ARRAY_SIZE(batches)];
	i /= ARRAY_SIZE(batches);
	row.shape = &shapes[i % ARRAY_SIZE(shapes)];
	i /= ARRAY_SIZE(shapes);
	row.option = &options[i % ARRAY_SIZE(options)];
	i /= ARRAY_SIZE(options);
	row.q.layout = i ? &bench_packed : &bench_split;
	snprintf(row.name, sizeof(row.name), "%s/%s/%s/%u/%s",
		 row.q.layout->name, row.option->name, row.shape->name,
		 row.batch, mode_names[row.mode]);
}

static int bench_rows(void *page)
{
	unsigned int i, num = 2 * ARRAY_SIZE(options) * ARRAY_SIZE(shapes) *
			      ARRAY_SIZE(batches) * BENCH_MODES;
	int err = 0;

	for (i = 0; i < num && !err; i++) {
		bench_name_row(i);
		if (glob_match(rows, row.name))
			err = bench_row(page);
		cond_resched();
	}
	return err;
}

/*
 * Two rows that show the counter to be right: nothing between two marks, and
 * a thousand instructions with four stores to the word that is watched, one of
 * them a read as well, and a load that does not count.  One of the thousand is
 * repeated sixteen times.
 */
static void bench_calibrate(void)
{
	static u16 word;
	unsigned long flags;
	u8 bytes[16];
	u16 value;

	local_irq_save(flags);
	bench_watch_word(&word);
	bench_mark(MARK_ROW_BEGIN);
	bench_mark(MARK_START);
	bench_mark(MARK_STOP);
	bench_mark(MARK_ROW_END);

	bench_mark(MARK_ROW_BEGIN);
	bench_mark(MARK_START);
	asm volatile(".rept 991\n\tnop\n\t.endr\n\t"
		     "movw $0, %0\n\tmovw $1, %0\n\tmovw $2, %0\n\t"
		     "xchgw %1, %0\n\tmovw %0, %1\n\t"
		     "leaq %2, %%rdi\n\tmovl $16, %%ecx\n\txorl %%eax, %%eax\n\t"
		     "rep stosb"
		     : "+m" (word), "=&r" (value), "=m" (bytes)
		     : : "rax", "rcx", "rdi");
	bench_mark(MARK_STOP);
	bench_mark(MARK_ROW_END);
	bench_mark(MARK_UNWATCH);
	local_irq_restore(flags);
	row_number = 2;
}

static void bench_release(struct device *dev)
{
	kfree(container_of(dev, struct virtio_device, dev));
}

/* A device that is on no bus: a ring needs no more of it. */
static int bench_device(void)
{
	static const struct virtio_config_ops ops;

	vdev = kzalloc(sizeof(*vdev), GFP_KERNEL);
	if (!vdev)
		return -ENOMEM;
	device_initialize(&vdev->dev);
	vdev->dev.release = bench_release;
	vdev->config = &ops;
	spin_lock_init(&vdev->config_lock);
	spin_lock_init(&vdev->vqs_list_lock);
	INIT_LIST_HEAD(&vdev->vqs);
	return dev_set_name(&vdev->dev, "vring_bench");
}

static int __init bench_init(void)
{
	void *page;
	int err;

	err = bench_device();
	if (err)
		return err;
	page = (void *)__get_free_page(GFP_KERNEL);
	if (page) {
		bench_calibrate();
		err = bench_rows(page);
		free_page((unsigned long)page);
	} else {
		err = -ENOMEM;
	}
	pr_info("end %d\n", err);
	put_device(&vdev->dev);
	return err;
}
module_init(bench_init);

static void __exit bench_exit(void)
{
}
module_exit(bench_exit);

MODULE_DESCRIPTION("Counts what the virtqueue API executes per buffer");
MODULE_LICENSE("GPL");
