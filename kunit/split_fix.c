// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The fixture of the ring suites
 *
 * See split_fix.h.  Its driver does what any virtio driver does: find the
 * queue in probe; reset, take the unused buffers back and delete the queue in
 * remove.
 */
#include <linux/io.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "split_fix.h"

#define SPLIT_DEVICE_ID	0xfe01
#define SPLIT_ELEM_STEP	64

static const struct virtio_device_id split_ids[] = {
	{ SPLIT_DEVICE_ID, MOCK_VENDOR },
	{ 0 },
};

static struct split_fix *split_of(struct virtio_device *vdev)
{
	return container_of(drv_to_virtio(vdev->dev.driver), struct split_fix,
			    drv);
}

static void split_callback(struct virtqueue *vq)
{
	split_of(vq->vdev)->callbacks++;
}

static int split_probe(struct virtio_device *vdev)
{
	struct split_fix *f = split_of(vdev);
	vq_callback_t *callbacks[] = {
		f->p->no_callback ? NULL : split_callback
	};
	const char * const names[] = { "split" };
	int err;

	err = virtio_find_vqs_ctx(vdev, 1, &f->vq, callbacks, names,
				  &f->p->ctx, NULL);
	if (err)
		return err;
	if (f->on_probe)
		f->on_probe(f);
	return 0;
}

static void split_drv_remove(struct virtio_device *vdev)
{
	struct split_fix *f = split_of(vdev);

	virtio_reset_device(vdev);
	while (split_detach(f) >= 0)
		f->detached++;
	vdev->config->del_vqs(vdev);
	f->vq = NULL;
}

static int split_resource_init(struct kunit_resource *res, void *data)
{
	res->data = data;
	return 0;
}

static void split_resource_free(struct kunit_resource *res)
{
	struct split_fix *f = res->data;

	split_remove(f);
	kvfree(f->buf);
	kfree(f);
}

static u64 split_features(const struct split_param *p)
{
	return (p->indirect ? FB_INDIRECT : 0) |
	       (p->event_idx ? FB_EVENT_IDX : 0) |
	       (p->modern ? FB_VERSION_1 : 0) |
	       (p->platform ? FB_PLATFORM : 0);
}

/**
 * split_new - make device and driver, with neither on the bus
 * @test: the test
 * @p: the kind of queue
 *
 * A test that wants to look into probe sets @on_probe and calls
 * split_start().  Context: process.
 *
 * Return: the fixture, gone with the test.
 */
struct split_fix *split_new(struct kunit *test, const struct split_param *p)
{
	struct split_fix *f = kzalloc(sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f);
	f->test = test;
	f->p = p;
	f->m = mock_new(test, SPLIT_DEVICE_ID, split_features(p));
	f->m->queue_size[0] = p->num;
	f->buf = kvcalloc(SPLIT_TOKENS, sizeof(*f->buf), GFP_KERNEL);
	f->sg = kunit_kcalloc(test, SPLIT_MAX_SG + 2, sizeof(*f->sg),
			      GFP_KERNEL);
	f->mem = kunit_kzalloc(test, (SPLIT_MAX_SG + 2) * SPLIT_ELEM_STEP,
			       GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test,
				     kunit_alloc_resource(test,
							  split_resource_init,
							  split_resource_free,
							  GFP_KERNEL, f));
	KUNIT_ASSERT_TRUE(test, f->buf && f->sg && f->mem);
	f->drv.driver.name = "virtio-kunit-split";
	f->drv.driver.owner = THIS_MODULE;
	f->drv.id_table = split_ids;
	f->drv.probe = split_probe;
	f->drv.remove = split_drv_remove;
	return f;
}
EXPORT_SYMBOL_GPL(split_new);

/**
 * split_start - put device and driver on the bus
 * @f: the fixture
 *
 * The test ends here unless the features were negotiated and the driver
 * bound.  Context: process.
 */
void split_start(struct split_fix *f)
{
	struct kunit *test = f->test;

	KUNIT_ASSERT_EQ(test, register_virtio_driver(&f->drv), 0);
	f->drv_registered = true;
	KUNIT_ASSERT_EQ(test, mock_register(f->m), 0);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f->vq);
	KUNIT_ASSERT_EQ(test, f->m->accepted, split_features(f->p));
	KUNIT_ASSERT_TRUE(test, f->m->status & ST_DRIVER_OK);
	KUNIT_ASSERT_EQ(test, virtqueue_get_vring_size(f->vq), f->p->num);
	ws_init(&f->w, test, f->vq, f->m->accepted,
		f->p->platform ? MOCK_IOVA : 0);
}
EXPORT_SYMBOL_GPL(split_start);

/**
 * split_setup - split_new() and split_start() for the test's parameter
 * @test: the test
 *
 * Return: the fixture.
 */
struct split_fix *split_setup(struct kunit *test)
{
	struct split_fix *f = split_new(test, test->param_value);

	split_start(f);
	return f;
}
EXPORT_SYMBOL_GPL(split_setup);

/**
 * split_remove - unbind the driver
 * @f: the fixture
 *
 * The driver's remove takes all buffers back that are still out.
 */
void split_remove(struct split_fix *f)
{
	if (!f->drv_registered)
		return;
	f->drv_registered = false;
	unregister_virtio_driver(&f->drv);
}
EXPORT_SYMBOL_GPL(split_remove);

/**
 * split_len - length of element @i of a buffer
 * @i: counted over readable and writable ones
 *
 * Return: bytes; each of the first 50 has a length of its own.
 */
u32 split_len(unsigned int i)
{
	return 1 + i % 50;
}
EXPORT_SYMBOL_GPL(split_len);

/**
 * split_addr - where element @i of a buffer lies
 * @f: the fixture
 * @i: counted over readable and writable ones
 *
 * Return: its address for the device.
 */
u64 split_addr(const struct split_fix *f, unsigned int i)
{
	return virt_to_phys(f->mem + i * SPLIT_ELEM_STEP) +
	       (f->p->platform ? MOCK_IOVA : 0);
}
EXPORT_SYMBOL_GPL(split_addr);

/**
 * split_virt - where element @i of a buffer lies for the CPU
 * @f: the fixture
 * @i: counted over readable and writable ones
 *
 * Return: its address.
 */
void *split_virt(const struct split_fix *f, unsigned int i)
{
	return f->mem + i * SPLIT_ELEM_STEP;
}
EXPORT_SYMBOL_GPL(split_virt);

/* Element @i of the buffer at @sg[@i]; each list ends where it is told to. */
static void split_fill_sg(struct split_fix *f, struct scatterlist *sg,
			  unsigned int first, unsigned int num)
{
	unsigned int i;

	if (!num)
		return;
	sg_init_table(sg, num);
	for (i = 0; i < num; i++)
		sg_set_buf(&sg[i], f->mem + (first + i) * SPLIT_ELEM_STEP,
			   split_len(first + i));
}

/**
 * split_add - add a buffer
 * @f: the fixture
 * @token: its index in @f->buf
 * @out: device-readable elements
 * @in: device-writable elements
 *
 * Return: what virtqueue_add_sgs() returned.
 */
int split_add(struct split_fix *f, unsigned int token, unsigned int out,
	      unsigned int in)
{
	struct scatterlist *sgs[2];
	unsigned int lists = 0;
	int err;

	split_fill_sg(f, f->sg, 0, out);
	split_fill_sg(f, f->sg + out, out, in);
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
EXPORT_SYMBOL_GPL(split_add);

static int split_token(struct split_fix *f, struct split_buf *b)
{
	if (!b)
		return -1;
	KUNIT_ASSERT_TRUE(f->test,
			  b >= f->buf && b < f->buf + SPLIT_TOKENS);
	b->returned++;
	return b - f->buf;
}

/**
 * split_get - take a used buffer
 * @f: the fixture
 * @len: filled in as virtqueue_get_buf() does
 *
 * Return: its token, -1 when there is none.
 */
int split_get(struct split_fix *f, u32 *len)
{
	return split_token(f, virtqueue_get_buf(f->vq, len));
}
EXPORT_SYMBOL_GPL(split_get);

/**
 * split_detach - take an unused buffer back
 * @f: the fixture
 *
 * Return: its token, -1 when there is none.
 */
int split_detach(struct split_fix *f)
{
	return split_token(f, virtqueue_detach_unused_buf(f->vq));
}
EXPORT_SYMBOL_GPL(split_detach);

/**
 * split_expect_chain - does the device see what split_add() said?
 * @f: the fixture
 * @c: as popped
 * @out: device-readable elements
 * @in: device-writable elements
 *
 * Compares address, length and direction of each element, in order.
 */
void split_expect_chain(struct split_fix *f, const struct ws_chain *c,
			unsigned int out, unsigned int in)
{
	struct kunit *test = f->test;
	unsigned int i, show = min_t(unsigned int, c->num, WS_MAX_ELEMS);

	KUNIT_EXPECT_EQ(test, c->num, out + in);
	KUNIT_EXPECT_EQ(test, c->num_in, in);
	for (i = 0; i < show; i++) {
		KUNIT_EXPECT_EQ(test, c->elem[i].addr, split_addr(f, i));
		KUNIT_EXPECT_EQ(test, c->elem[i].len, split_len(i));
		KUNIT_EXPECT_EQ(test, !!(c->elem[i].flags & WS_WRITE),
				i >= out);
	}
}
EXPORT_SYMBOL_GPL(split_expect_chain);

/**
 * split_expect_once - did each buffer come back as often as it was added?
 * @f: the fixture
 */
void split_expect_once(struct split_fix *f)
{
	unsigned int i;

	for (i = 0; i < SPLIT_TOKENS; i++)
		if (f->buf[i].added != f->buf[i].returned)
			KUNIT_FAIL(f->test, "buffer %u: added %u, returned %u",
				   i, f->buf[i].added, f->buf[i].returned);
}
EXPORT_SYMBOL_GPL(split_expect_once);

/**
 * split_cycle - move the queue on by some buffers
 * @f: the fixture, with an empty queue
 * @count: buffers to pass through, one at a time
 *
 * Leaves the queue empty and both sides' indices @count further.
 */
void split_cycle(struct split_fix *f, unsigned int count)
{
	struct ws_chain c;
	u32 len;

	while (count--) {
		if (split_add(f, 0, 1, 0))
			break;
		virtqueue_kick_prepare(f->vq);
		if (!ws_pop(&f->w, &c))
			break;
		ws_push(&f->w, c.head, 0);
		if (split_get(f, &len) != 0)
			break;
	}
	KUNIT_ASSERT_EQ_MSG(f->test, count, UINT_MAX, "queue got stuck");
}
EXPORT_SYMBOL_GPL(split_cycle);

/**
 * split_param_desc - name a kind of queue
 * @p: the kind
 * @desc: KUNIT_PARAM_DESC_SIZE bytes
 */
void split_param_desc(const struct split_param *p, char *desc)
{
	scnprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u-%s%s%s%s", p->num,
		  p->modern ? "modern" : "legacy",
		  p->indirect ? "-indirect" : "",
		  p->event_idx ? "-event" : "",
		  p->platform ? "-platform" : "");
}
EXPORT_SYMBOL_GPL(split_param_desc);

/**
 * split_next_kind - the next parameter of a case
 * @k: what there is
 * @prev: what was returned last, NULL at first
 * @desc: filled in, KUNIT_PARAM_DESC_SIZE bytes
 *
 * For a KUnit generate_params function.
 *
 * Return: a &struct split_param, valid until the next call, or NULL.
 */
const void *split_next_kind(struct split_kinds *k, const void *prev,
			    char *desc)
{
	unsigned int index = prev ? k->cur.index + 1 : 0;
	unsigned int more = index - 8 * k->num_sizes;

	if (index < 8 * k->num_sizes) {
		memset(&k->cur, 0, sizeof(k->cur));
		k->cur.num = k->sizes[index / 8];
		k->cur.indirect = index & 1;
		k->cur.event_idx = index & 2;
		k->cur.modern = index & 4;
	} else if (more < k->num_more) {
		k->cur = k->more[more];
	} else {
		return NULL;
	}
	k->cur.index = index;
	split_param_desc(&k->cur, desc);
	return &k->cur;
}
EXPORT_SYMBOL_GPL(split_next_kind);
