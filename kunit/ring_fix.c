// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The fixture of the ring suites
 *
 * See ring_fix.h.  Its driver does what any virtio driver does: find the
 * queue in probe; reset, take the unused buffers back and delete the queue in
 * remove.
 */
#include <linux/io.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "ring_fix.h"
#include "virtqueue_ext.h"

#define RING_DEVICE_ID	0xfe01
#define RING_ELEM_STEP	64
/*
 * Elements in the memory: those of token 0, roomy places for some tokens more,
 * then one for each token of a long queue.
 */
#define RING_ROOMY		256u
#define RING_ROOMY_ELEMS	16u
#define RING_FIRST_ROOMY	(RING_MAX_SG + 2)
#define RING_FIRST_PLACE	(RING_FIRST_ROOMY + RING_ROOMY * RING_ROOMY_ELEMS)
#define RING_MEM_ELEMS		65536u

static const struct virtio_device_id ring_ids[] = {
	{ RING_DEVICE_ID, MOCK_VENDOR },
	{ 0 },
};

static struct ring_fix *ring_of(struct virtio_device *vdev)
{
	return container_of(drv_to_virtio(vdev->dev.driver), struct ring_fix,
			    drv);
}

static void ring_callback(struct virtqueue *vq)
{
	ring_of(vq->vdev)->callbacks++;
}

static int ring_probe(struct virtio_device *vdev)
{
	struct ring_fix *f = ring_of(vdev);
	vq_callback_t *callbacks[] = {
		f->p->no_callback ? NULL : ring_callback
	};
	const char * const names[] = { "ring" };
	int err;

	err = virtio_find_vqs_ctx(vdev, 1, &f->vq, callbacks, names,
				  &f->p->ctx, NULL);
	if (err)
		return err;
	if (f->on_probe)
		f->on_probe(f);
	return 0;
}

static void ring_drv_remove(struct virtio_device *vdev)
{
	struct ring_fix *f = ring_of(vdev);

	virtio_reset_device(vdev);
	while (ring_detach(f) >= 0)
		f->detached++;
	vdev->config->del_vqs(vdev);
	f->vq = NULL;
}

static int ring_resource_init(struct kunit_resource *res, void *data)
{
	res->data = data;
	return 0;
}

static void ring_resource_free(struct kunit_resource *res)
{
	struct ring_fix *f = res->data;

	ring_remove(f);
	kvfree(f->buf);
	kfree(f);
}

static u64 ring_features(const struct ring_param *p)
{
	return (p->indirect ? FB_INDIRECT : 0) |
	       (p->event_idx ? FB_EVENT_IDX : 0) |
	       (p->modern || p->packed || p->in_order ? FB_VERSION_1 : 0) |
	       (p->packed ? FB_PACKED : 0) |
	       (p->in_order ? FB_IN_ORDER : 0) |
	       (p->reset ? FB_RING_RESET : 0) |
	       (p->notify_data ? FB_NOTIFY_DATA : 0) |
	       (p->platform ? FB_PLATFORM : 0);
}

/**
 * ring_new - make device and driver, with neither on the bus
 * @test: the test
 * @p: the kind of queue
 *
 * A test that wants to look into probe sets @on_probe and calls
 * ring_start().  Context: process.
 *
 * Return: the fixture, gone with the test.
 */
struct ring_fix *ring_new(struct kunit *test, const struct ring_param *p)
{
	struct ring_fix *f;

	if (p->platform && !IS_ENABLED(CONFIG_DMA_OPS))
		kunit_skip(test, "this kernel has no DMA operations to replace");
	if (p->batch && !virtqueue_ext_available())
		kunit_skip(test, "the loaded virtio_ring.ko takes no batches");
	f = kzalloc(sizeof(*f), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f);
	f->test = test;
	f->p = p;
	f->m = mock_new(test, RING_DEVICE_ID, ring_features(p));
	f->m->queue_size[0] = p->num;
	/* The data of a notification are the ring's to give. */
	f->m->own = FB_RING_RESET |
		    (virtqueue_ext_available() ? FB_NOTIFY_DATA : 0);
	f->buf = kvcalloc(RING_TOKENS, sizeof(*f->buf), GFP_KERNEL);
	f->sg = kunit_kcalloc(test, RING_MAX_SG + 2, sizeof(*f->sg),
			      GFP_KERNEL);
	if (p->platform)
		f->room = min(RING_ROOMY_ELEMS,
			      (RING_MEM_ELEMS - RING_FIRST_PLACE) / p->num);
	f->mem = kunit_kzalloc(test, RING_ELEM_STEP *
			       (RING_FIRST_PLACE + f->room * p->num),
			       GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test,
				     kunit_alloc_resource(test,
							  ring_resource_init,
							  ring_resource_free,
							  GFP_KERNEL, f));
	KUNIT_ASSERT_TRUE(test, f->buf && f->sg && f->mem);
	f->drv.driver.name = "virtio-kunit-ring";
	f->drv.driver.owner = THIS_MODULE;
	f->drv.id_table = ring_ids;
	f->drv.probe = ring_probe;
	f->drv.remove = ring_drv_remove;
	return f;
}
EXPORT_SYMBOL_GPL(ring_new);

/*
 * Of the features of a ring, the kernel's own may lack some.  This project's
 * has them all: there, the lack of one is a failure.
 */
static void ring_check_features(struct ring_fix *f)
{
	u64 lacks = ring_features(f->p) & ~f->m->accepted;

	if (lacks && !virtqueue_ext_available() &&
	    !(lacks & ~(FB_PACKED | FB_IN_ORDER | FB_RING_RESET |
			FB_NOTIFY_DATA)))
		kunit_skip(f->test, "the loaded virtio_ring.ko lacks feature %lu",
			   __ffs64(lacks));
	KUNIT_ASSERT_EQ(f->test, f->m->accepted, ring_features(f->p));
}

/**
 * ring_start - put device and driver on the bus
 * @f: the fixture
 *
 * The test ends here unless the features were negotiated and the driver
 * bound.  Context: process.
 */
void ring_start(struct ring_fix *f)
{
	struct kunit *test = f->test;

	KUNIT_ASSERT_EQ(test, register_virtio_driver(&f->drv), 0);
	f->drv_registered = true;
	KUNIT_ASSERT_EQ(test, mock_register(f->m), 0);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f->vq);
	ring_check_features(f);
	KUNIT_ASSERT_TRUE(test, f->m->status & ST_DRIVER_OK);
	KUNIT_ASSERT_EQ(test, virtqueue_get_vring_size(f->vq), f->p->num);
	walk_init(&f->w, test, f->vq, f->m->accepted,
		  f->p->platform ? MOCK_IOVA : 0);
}
EXPORT_SYMBOL_GPL(ring_start);

/**
 * ring_setup - ring_new() and ring_start() for the test's parameter
 * @test: the test
 *
 * Return: the fixture.
 */
struct ring_fix *ring_setup(struct kunit *test)
{
	struct ring_fix *f = ring_new(test, test->param_value);

	ring_start(f);
	return f;
}
EXPORT_SYMBOL_GPL(ring_setup);

/**
 * ring_remove - unbind the driver
 * @f: the fixture
 *
 * The driver's remove takes all buffers back that are still out.
 */
void ring_remove(struct ring_fix *f)
{
	if (!f->drv_registered)
		return;
	f->drv_registered = false;
	unregister_virtio_driver(&f->drv);
}
EXPORT_SYMBOL_GPL(ring_remove);

/**
 * ring_len - length of element @i of a buffer
 * @i: counted over readable and writable ones
 *
 * Return: bytes; each of the first 50 has a length of its own.
 */
u32 ring_len(unsigned int i)
{
	return 1 + i % 50;
}
EXPORT_SYMBOL_GPL(ring_len);

/**
 * ring_addr - where element @i of the buffer with token 0 lies
 * @f: the fixture
 * @i: counted over readable and writable ones
 *
 * Return: its address for the device.
 */
u64 ring_addr(const struct ring_fix *f, unsigned int i)
{
	return virt_to_phys(f->mem + i * RING_ELEM_STEP) +
	       (f->p->platform ? MOCK_IOVA : 0);
}
EXPORT_SYMBOL_GPL(ring_addr);

/**
 * ring_virt - where element @i of the buffer with token 0 lies for the CPU
 * @f: the fixture
 * @i: counted over readable and writable ones
 *
 * Return: its address.
 */
void *ring_virt(const struct ring_fix *f, unsigned int i)
{
	return f->mem + i * RING_ELEM_STEP;
}
EXPORT_SYMBOL_GPL(ring_virt);

/*
 * Where buffer @token begins, in elements from the start of the memory.
 *
 * Memory that a device may write must not be mapped twice at a time: a CPU
 * that has to drop cache lines for one mapping would drop the bytes of the
 * other (Documentation/core-api/dma-api.rst).  So behind ACCESS_PLATFORM each
 * token has a place of its own, or those that are out at a time have.
 */
static unsigned int ring_place(const struct ring_fix *f, unsigned int token)
{
	unsigned int at = token % max(f->p->num, RING_ROOMY);

	if (!token || !f->room)
		return 0;
	if (at < RING_ROOMY)
		return RING_FIRST_ROOMY + at * RING_ROOMY_ELEMS;
	return RING_FIRST_PLACE + (at - RING_ROOMY) * f->room;
}

/* Elements from the start of the memory to @addr, -1 if no buffer is there. */
static int ring_place_at(const struct ring_fix *f, u64 addr)
{
	unsigned int at = (addr - ring_addr(f, 0)) / RING_ELEM_STEP;

	if (addr == ring_addr(f, 0))
		return 0;
	if (!f->room || addr != ring_addr(f, at) || at < RING_FIRST_ROOMY ||
	    at >= RING_FIRST_PLACE + f->room * f->p->num)
		return -1;
	if (at < RING_FIRST_PLACE)
		return (at - RING_FIRST_ROOMY) % RING_ROOMY_ELEMS ? -1 : at;
	return (at - RING_FIRST_PLACE) % f->room ? -1 : at;
}

/*
 * Elements @first and on of a buffer at @place; each list ends where it is
 * told to.
 */
static void ring_fill_sg(struct ring_fix *f, struct scatterlist *sg,
			 unsigned int place, unsigned int first,
			 unsigned int num)
{
	unsigned int i;

	if (!num)
		return;
	sg_init_table(sg, num);
	for (i = 0; i < num; i++)
		sg_set_buf(&sg[i], ring_virt(f, place + first + i),
			   ring_len(first + i));
}

/**
 * ring_add - add a buffer
 * @f: the fixture
 * @token: its index in @f->buf
 * @out: device-readable elements
 * @in: device-writable elements
 *
 * Return: what virtqueue_add_sgs() returned.
 */
int ring_add(struct ring_fix *f, unsigned int token, unsigned int out,
	     unsigned int in)
{
	struct scatterlist *sgs[2];
	unsigned int lists = 0, place = ring_place(f, token);
	int err;

	ring_fill_sg(f, f->sg, place, 0, out);
	ring_fill_sg(f, f->sg + out, place, out, in);
	if (out)
		sgs[lists++] = f->sg;
	if (in)
		sgs[lists++] = f->sg + out;
	err = virtqueue_add_sgs(f->vq, sgs, out ? 1 : 0, in ? 1 : 0,
				&f->buf[token], GFP_KERNEL);
	if (!err)
		f->buf[token].added++;
	return err;
}
EXPORT_SYMBOL_GPL(ring_add);

static int ring_token(struct ring_fix *f, struct ring_buf *b)
{
	if (!b)
		return -1;
	KUNIT_ASSERT_TRUE(f->test,
			  b >= f->buf && b < f->buf + RING_TOKENS);
	b->returned++;
	return b - f->buf;
}

/**
 * ring_get - take a used buffer
 * @f: the fixture
 * @len: filled in as virtqueue_get_buf() does
 *
 * Return: its token, -1 when there is none.
 */
int ring_get(struct ring_fix *f, u32 *len)
{
	struct virtqueue_used used;

	if (!f->p->batch)
		return ring_token(f, virtqueue_get_buf(f->vq, len));
	virtqueue_disable_cb(f->vq);
	if (!virtqueue_ext_get_batch(f->vq, &used, 1))
		return -1;
	*len = used.len;
	return ring_token(f, used.data);
}
EXPORT_SYMBOL_GPL(ring_get);

/**
 * ring_detach - take an unused buffer back
 * @f: the fixture
 *
 * Return: its token, -1 when there is none.
 */
int ring_detach(struct ring_fix *f)
{
	return ring_token(f, virtqueue_detach_unused_buf(f->vq));
}
EXPORT_SYMBOL_GPL(ring_detach);

/**
 * ring_expect_chain - does the device see what ring_add() said?
 * @f: the fixture
 * @c: as popped
 * @out: device-readable elements
 * @in: device-writable elements
 *
 * Compares address, length and direction of each element, in order.
 */
void ring_expect_chain(struct ring_fix *f, const struct walk_chain *c,
		       unsigned int out, unsigned int in)
{
	struct kunit *test = f->test;
	unsigned int i, show = min_t(unsigned int, c->num, WALK_MAX_ELEMS);
	int place = show ? ring_place_at(f, c->elem[0].addr) : 0;

	KUNIT_EXPECT_EQ(test, c->num, out + in);
	KUNIT_EXPECT_EQ(test, c->num_in, in);
	KUNIT_EXPECT_GE(test, place, 0);
	for (i = 0; i < show; i++) {
		KUNIT_EXPECT_EQ(test, c->elem[i].addr,
				ring_addr(f, place + i));
		KUNIT_EXPECT_EQ(test, c->elem[i].len, ring_len(i));
		KUNIT_EXPECT_EQ(test, !!(c->elem[i].flags & WALK_WRITE),
				i >= out);
	}
}
EXPORT_SYMBOL_GPL(ring_expect_chain);

/**
 * ring_expect_once - did each buffer come back as often as it was added?
 * @f: the fixture
 */
void ring_expect_once(struct ring_fix *f)
{
	const unsigned int some = 256;	/* most tests use few tokens */
	unsigned int i;

	for (i = 0; i < RING_TOKENS; i++) {
		if (!(i % some) &&
		    !memchr_inv(&f->buf[i], 0, some * sizeof(*f->buf))) {
			i += some - 1;
			continue;
		}
		if (f->buf[i].added != f->buf[i].returned)
			KUNIT_FAIL(f->test, "buffer %u: added %u, returned %u",
				   i, f->buf[i].added, f->buf[i].returned);
	}
}
EXPORT_SYMBOL_GPL(ring_expect_once);

/**
 * ring_cycle - move the queue on by some buffers
 * @f: the fixture, with an empty queue
 * @count: buffers to pass through, one at a time
 *
 * Leaves the queue empty and both sides' indices @count further.
 */
void ring_cycle(struct ring_fix *f, unsigned int count)
{
	struct walk_chain c;
	u32 len;

	while (count--) {
		if (ring_add(f, 0, 1, 0))
			break;
		virtqueue_kick_prepare(f->vq);
		if (!walk_pop(&f->w, &c))
			break;
		walk_push(&f->w, c.id, 0);
		if (ring_get(f, &len) != 0)
			break;
	}
	KUNIT_ASSERT_EQ_MSG(f->test, count, UINT_MAX, "queue got stuck");
}
EXPORT_SYMBOL_GPL(ring_cycle);

/**
 * ring_add_some - add buffers of one readable element
 * @f: the fixture
 * @num: how many, all with token 0; the test ends here when one does not fit
 */
void ring_add_some(struct ring_fix *f, unsigned int num)
{
	while (num--)
		KUNIT_ASSERT_EQ(f->test, ring_add(f, 0, 1, 0), 0);
}
EXPORT_SYMBOL_GPL(ring_add_some);

/**
 * ring_finish - the device uses all that waits, the driver takes it
 * @f: the fixture
 *
 * Return: buffers that came back.
 */
unsigned int ring_finish(struct ring_fix *f)
{
	unsigned int got = 0;
	u32 len;

	walk_drain(&f->w);
	while (ring_get(f, &len) >= 0)
		got++;
	return got;
}
EXPORT_SYMBOL_GPL(ring_finish);
