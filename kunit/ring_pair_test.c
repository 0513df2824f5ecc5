// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_ring_pair: one queue breaks, its neighbours go on
 *
 * Two devices with two queues each, bound by one driver.  What one queue of
 * one device does wrong is nobody else's trouble: the other queues pass
 * buffers, and the driver can be removed from all of them.
 */
#include <linux/module.h>
#include <linux/slab.h>

#include "hostile.h"

#define PAIR_DEVICE_ID	0xfe02
#define DEVICES		2
#define QUEUES		2
#define TOKENS		8
#define BUF_STEP	64

static const unsigned int split_sizes[] = { 8 };
static const unsigned int packed_sizes[] = { 7 };

static struct ring_kinds all_kinds = {
	.sizes = split_sizes,
	.num_sizes = ARRAY_SIZE(split_sizes),
	.packed = packed_sizes,
	.num_packed = ARRAY_SIZE(packed_sizes),
	.product = true,
};

static const void *all_gen_params(const void *prev, char *desc)
{
	return ring_next_kind(&all_kinds, prev, desc);
}

static const struct virtio_device_id pair_ids[] = {
	{ PAIR_DEVICE_ID, MOCK_VENDOR },
	{ 0 },
};

/**
 * struct pair_queue - one of the queues
 * @vq: the driver's end, NULL when the driver is not bound
 * @w: the device's
 * @added: per token: times that the ring took it
 * @returned: times that it came back
 * @callbacks: times that its callback ran
 */
struct pair_queue {
	struct virtqueue *vq;
	struct walk w;
	u8 added[TOKENS];
	u8 returned[TOKENS];
	unsigned int callbacks;
};

/**
 * struct pair - all there is
 * @test: the test
 * @m: the devices
 * @drv: the driver
 * @bound: and it is on the bus
 * @q: the queues of each device
 * @mem: what the buffers are made of
 * @chain: as popped last
 */
struct pair {
	struct kunit *test;
	struct mock *m[DEVICES];
	struct virtio_driver drv;
	bool bound;
	struct pair_queue q[DEVICES][QUEUES];
	u8 *mem;
	struct walk_chain chain;
};

static struct pair_queue *pair_queues(struct virtio_device *vdev)
{
	struct pair *p = container_of(drv_to_virtio(vdev->dev.driver),
				      struct pair, drv);

	return p->q[p->m[1] == to_mock(vdev)];
}

static void pair_callback(struct virtqueue *vq)
{
	pair_queues(vq->vdev)[vq->index].callbacks++;
}

static int pair_probe(struct virtio_device *vdev)
{
	vq_callback_t *callbacks[] = { pair_callback, pair_callback };
	const char * const names[] = { "first", "second" };
	struct pair_queue *q = pair_queues(vdev);
	struct virtqueue *vqs[QUEUES];
	int i, err;

	err = virtio_find_vqs(vdev, QUEUES, vqs, callbacks, names, NULL);
	for (i = 0; !err && i < QUEUES; i++)
		q[i].vq = vqs[i];
	return err;
}

static void pair_remove(struct virtio_device *vdev)
{
	struct pair_queue *q = pair_queues(vdev);
	u8 *token;
	int i;

	virtio_reset_device(vdev);
	for (i = 0; i < QUEUES; i++) {
		while ((token = virtqueue_detach_unused_buf(q[i].vq)))
			q[i].returned[token - q[i].added]++;
		q[i].vq = NULL;
	}
	vdev->config->del_vqs(vdev);
}

static void pair_unbind(struct pair *p)
{
	if (p->bound)
		unregister_virtio_driver(&p->drv);
	p->bound = false;
}

static int pair_resource_init(struct kunit_resource *res, void *data)
{
	res->data = data;
	return 0;
}

static void pair_resource_free(struct kunit_resource *res)
{
	struct pair *p = res->data;

	pair_unbind(p);
	kfree(p->mem);
	kfree(p);
}

static u64 pair_features(const struct ring_param *p)
{
	return (p->indirect ? FB_INDIRECT : 0) |
	       (p->event_idx ? FB_EVENT_IDX : 0) |
	       (p->modern ? FB_VERSION_1 : 0) | (p->packed ? FB_PACKED : 0) |
	       (p->in_order ? FB_IN_ORDER : 0) |
	       (p->platform ? FB_PLATFORM : 0);
}

static struct mock *pair_device(struct kunit *test, const struct ring_param *p)
{
	struct mock *m = mock_new(test, PAIR_DEVICE_ID, pair_features(p));
	unsigned int i;

	m->num_vqs = QUEUES;
	for (i = 0; i < QUEUES; i++)
		m->queue_size[i] = p->num;
	return m;
}

/* The driver has no owner: KUnit runs while this module is still coming. */
static struct pair *pair_new(struct kunit *test)
{
	struct pair *p = kzalloc(sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, p);
	p->test = test;
	p->mem = kcalloc(DEVICES * QUEUES * TOKENS, BUF_STEP, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, p->mem);
	p->m[0] = pair_device(test, test->param_value);
	p->m[1] = pair_device(test, test->param_value);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test,
				     kunit_alloc_resource(test,
							  pair_resource_init,
							  pair_resource_free,
							  GFP_KERNEL, p));
	p->drv.driver.name = "virtio-kunit-pair";
	p->drv.id_table = pair_ids;
	p->drv.probe = pair_probe;
	p->drv.remove = pair_remove;
	return p;
}

static struct pair *pair_setup(struct kunit *test)
{
	const struct ring_param *param = test->param_value;
	struct pair *p;
	int d, i;

	if (param->platform && !IS_ENABLED(CONFIG_DMA_OPS))
		kunit_skip(test, "this kernel has no DMA operations to replace");
	p = pair_new(test);
	KUNIT_ASSERT_EQ(test, register_virtio_driver(&p->drv), 0);
	p->bound = true;
	for (d = 0; d < DEVICES; d++) {
		KUNIT_ASSERT_EQ(test, mock_register(p->m[d]), 0);
		for (i = 0; i < QUEUES; i++) {
			KUNIT_ASSERT_NOT_ERR_OR_NULL(test, p->q[d][i].vq);
			walk_init(&p->q[d][i].w, test, p->q[d][i].vq,
				  p->m[d]->accepted,
				  param->platform ? MOCK_IOVA : 0);
		}
	}
	return p;
}

/* Each buffer has memory of its own. */
static u8 *pair_mem(struct pair *p, struct pair_queue *q, unsigned int token)
{
	return p->mem + ((q - p->q[0]) * TOKENS + token) * BUF_STEP;
}

/* Make a buffer available on a queue and let the device take it. */
static void pair_send(struct pair *p, struct pair_queue *q, unsigned int token)
{
	struct scatterlist sg;

	sg_init_one(&sg, pair_mem(p, q, token), 32);
	KUNIT_ASSERT_EQ(p->test,
			virtqueue_add_inbuf(q->vq, &sg, 1, &q->added[token],
					    GFP_KERNEL), 0);
	q->added[token]++;
	virtqueue_kick(q->vq);
	KUNIT_ASSERT_TRUE(p->test, walk_pop(&q->w, &p->chain));
}

/* Claim that buffer @id of a queue was used. */
static void pair_claim(struct pair_queue *q, u32 id)
{
	u32 place = q->w.p.used;

	if (q->w.packed) {
		wp_skip(&q->w, 1);
		wp_write_used(&q->w, place, id, 1, wp_used_flags(&q->w, place));
		return;
	}
	ws_write_used(&q->w, q->w.s.used_idx, id, 1);
	ws_set_used_idx(&q->w, q->w.s.used_idx + 1);
}

static void expect_goes_on(struct pair *p, int device, int queue)
{
	struct pair_queue *q = &p->q[device][queue];
	unsigned int i, before = q->callbacks, len;

	for (i = 0; i < 20; i++) {
		pair_send(p, q, i % TOKENS);
		walk_push(&q->w, p->chain.id, 4);
		KUNIT_ASSERT_EQ(p->test, mock_interrupt(p->m[device], queue),
				IRQ_HANDLED);
		KUNIT_ASSERT_PTR_EQ(p->test, virtqueue_get_buf(q->vq, &len),
				    (void *)&q->added[i % TOKENS]);
		KUNIT_EXPECT_EQ(p->test, len, 4);
		q->returned[i % TOKENS]++;
	}
	KUNIT_EXPECT_EQ(p->test, q->callbacks, before + 20);
	KUNIT_EXPECT_FALSE(p->test, virtqueue_is_broken(q->vq));
}

/* Two buffers out, a lie about a third. */
static void break_queue(struct pair *p, int device, int queue)
{
	struct pair_queue *q = &p->q[device][queue];
	struct scatterlist sg;
	unsigned int len;

	sg_init_one(&sg, p->mem, 32);
	pair_send(p, q, 0);
	pair_send(p, q, 1);
	pair_claim(q, q->w.num);
	KUNIT_EXPECT_NULL(p->test, virtqueue_get_buf(q->vq, &len));
	KUNIT_EXPECT_TRUE(p->test, virtqueue_is_broken(q->vq));
	KUNIT_EXPECT_EQ(p->test, virtqueue_add_inbuf(q->vq, &sg, 1, q,
						     GFP_KERNEL), -EIO);
	KUNIT_EXPECT_EQ(p->test, virtqueue_add_outbuf(q->vq, &sg, 1, q,
						      GFP_KERNEL), -EIO);
}

static void expect_all_back(struct pair *p)
{
	int d, i, t;

	pair_unbind(p);
	for (d = 0; d < DEVICES; d++)
		for (i = 0; i < QUEUES; i++)
			for (t = 0; t < TOKENS; t++)
				KUNIT_EXPECT_EQ(p->test, p->q[d][i].returned[t],
						p->q[d][i].added[t]);
}

/* Its other queue and the other device go on, before and after. */
static void one_queue_breaks(struct kunit *test)
{
	struct pair *p = pair_setup(test);

	expect_goes_on(p, 0, 1);
	break_queue(p, 0, 0);
	expect_goes_on(p, 0, 1);
	expect_goes_on(p, 1, 0);
	expect_goes_on(p, 1, 1);
	expect_all_back(p);
}

static void second_queue_breaks(struct kunit *test)
{
	struct pair *p = pair_setup(test);

	break_queue(p, 1, 1);
	expect_goes_on(p, 1, 0);
	expect_goes_on(p, 0, 1);
	expect_all_back(p);
}

/* Both queues of one device: the driver is removed from it all the same. */
static void device_breaks(struct kunit *test)
{
	struct pair *p = pair_setup(test);

	break_queue(p, 0, 0);
	break_queue(p, 0, 1);
	expect_goes_on(p, 1, 0);
	mock_unregister(p->m[0]);
	expect_goes_on(p, 1, 1);
	expect_all_back(p);
}

/* An interrupt of the broken queue's calls nobody, another one's does. */
static void interrupts_of_neighbours(struct kunit *test)
{
	struct pair *p = pair_setup(test);
	unsigned int i;

	break_queue(p, 0, 0);
	for (i = 0; i < 1000; i++)
		mock_interrupt(p->m[0], 0);
	KUNIT_EXPECT_EQ(test, p->q[0][0].callbacks, 0);
	expect_goes_on(p, 0, 1);
	KUNIT_EXPECT_EQ(test, p->q[0][0].callbacks, 0);
	expect_all_back(p);
}

/* A device that is given up by its driver: both queues, and no other's. */
static void device_is_given_up(struct kunit *test)
{
	struct pair *p = pair_setup(test);

	pair_send(p, &p->q[0][0], 0);
	virtio_break_device(&p->m[0]->vdev);
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(p->q[0][0].vq));
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(p->q[0][1].vq));
	expect_goes_on(p, 1, 0);
	expect_goes_on(p, 1, 1);
	expect_all_back(p);
}

/* A doorbell that fails is that of a device, but noticed by a queue. */
static void doorbell_fails(struct kunit *test)
{
	struct pair *p = pair_setup(test);

	p->m[0]->dead = true;
	KUNIT_EXPECT_FALSE(test, virtqueue_notify(p->q[0][0].vq));
	KUNIT_EXPECT_TRUE(test, virtqueue_is_broken(p->q[0][0].vq));
	KUNIT_EXPECT_FALSE(test, virtqueue_is_broken(p->q[0][1].vq));
	p->m[0]->dead = false;
	expect_goes_on(p, 0, 1);
	expect_goes_on(p, 1, 0);
	expect_all_back(p);
}

static struct kunit_case pair_cases[] = {
	KUNIT_CASE_PARAM(one_queue_breaks, all_gen_params),
	KUNIT_CASE_PARAM(second_queue_breaks, all_gen_params),
	KUNIT_CASE_PARAM(device_breaks, all_gen_params),
	KUNIT_CASE_PARAM(interrupts_of_neighbours, all_gen_params),
	KUNIT_CASE_PARAM(device_is_given_up, all_gen_params),
	KUNIT_CASE_PARAM(doorbell_fails, all_gen_params),
	{}
};

static struct kunit_suite pair_suite = {
	.name = "virtio_ring_pair",
	.test_cases = pair_cases,
};

kunit_test_suites(&pair_suite);

MODULE_DESCRIPTION("Unit tests of neighbours of a broken queue");
MODULE_LICENSE("GPL");
