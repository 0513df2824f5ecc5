// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_net_xsk: buffers of AF_XDP sockets
 *
 * virtio_net with a pool that no socket has: buffers enough for the ring, and
 * none that send.  How the pool comes and goes, what the device is given, what
 * it says of a packet in such a buffer, and that each buffer is the pool's again
 * in the end.  Without a program the stack gets a copy of each packet.
 */
#include <linux/module.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <net/xdp_sock_drv.h>

#include "../drivers/virtio_net/xsk.h"
#include "net_data_fix.h"

#define CHUNKS		128
#define CHUNK		2048
#define ENTRIES		64
/* What the device is given of a chunk: 256 bytes are XDP's. */
#define FRAME		(CHUNK - 256)

/**
 * struct fake - a pool without a socket
 * @pool: the pool
 * @umem: its memory, as the kernel has it
 * @mem: where that is
 */
struct fake {
	struct xsk_buff_pool *pool;
	struct xdp_umem umem;
	u8 *mem;
};

static void fake_head(struct fake *p, unsigned int i)
{
	struct xdp_buff_xsk *xskb = &p->pool->heads[i];

	xskb->pool = p->pool;
	xskb->xdp.frame_sz = CHUNK;
	xp_init_xskb_addr(xskb, p->pool, (u64)i * CHUNK);
	list_add(&xskb->free_list_node, &p->pool->free_list);
	p->pool->free_list_cnt++;
}

static void fake_umem(struct kunit *test, struct fake *p)
{
	struct page **pages;
	unsigned int i;

	p->umem.npgs = CHUNKS * CHUNK / PAGE_SIZE;
	pages = kunit_kcalloc(test, p->umem.npgs, sizeof(*pages), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, pages);
	for (i = 0; i < p->umem.npgs; i++)
		pages[i] = virt_to_page(p->mem + i * PAGE_SIZE);
	p->umem.pgs = pages;
	INIT_LIST_HEAD(&p->umem.xsk_dma_list);
}

/* All of it is free, and there is nobody who gives more, or sends. */
static struct fake *fake_new(struct kunit *test, struct net_device *dev)
{
	struct fake *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, p);
	p->pool = kunit_kzalloc(test, sizeof(*p->pool), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p->pool);
	p->pool->heads = kunit_kcalloc(test, CHUNKS, sizeof(*p->pool->heads),
				       GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p->pool->heads);
	/* A power of two: it begins with a page. */
	p->mem = kunit_kzalloc(test, CHUNKS * CHUNK, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p->mem);
	fake_umem(test, p);
	p->pool->umem = &p->umem;
	p->pool->netdev = dev;
	p->pool->addrs = p->mem;
	p->pool->heads_cnt = CHUNKS;
	p->pool->chunk_size = CHUNK;
	p->pool->frame_len = FRAME;
	INIT_LIST_HEAD(&p->pool->xsk_tx_list);
	INIT_LIST_HEAD(&p->pool->free_list);
	for (i = 0; i < CHUNKS; i++)
		fake_head(p, i);
	return p;
}

/* What the kernel does when a socket is bound, or gone. */
static int give(struct data_fix *d, struct fake *p)
{
	struct net_device *dev = d->f->dev;
	struct netdev_bpf bpf = { .command = XDP_SETUP_XSK_POOL };
	int err;

	bpf.xsk.pool = p ? p->pool : NULL;
	rtnl_lock();
	err = dev->netdev_ops->ndo_bpf(dev, &bpf);
	rtnl_unlock();
	return err;
}

static struct data_fix *xsk_open(struct kunit *test, u64 features, u64 own)
{
	struct net_fix *f = net_new(test, features | own);

	f->m->own = own;
	net_start(f);
	return data_open(f, HDR);
}

static struct data_fix *xsk_setup(struct kunit *test)
{
	return xsk_open(test, FB_MERGE | FB_PLATFORM, FB_RING_RESET);
}

/* All but @used are the pool's, with those that it was never asked for. */
static void expect_pool(struct kunit *test, struct fake *p, unsigned int used)
{
	KUNIT_EXPECT_EQ(test, p->pool->free_list_cnt, CHUNKS - used);
}

/* The pool goes, and has all its buffers; the stack's go on. */
static void expect_end(struct data_fix *d, struct fake *p)
{
	KUNIT_EXPECT_EQ(d->f->test, give(d, NULL), 0);
	expect_pool(d->f->test, p, 0);
	KUNIT_EXPECT_EQ(d->f->test, p->pool->dma_pages_cnt, 0);
	data_expect_next(d, d->got + 1);
}

/* Where the device writes is right before what the pool says is data. */
static void buffers(struct kunit *test)
{
	struct data_fix *d = xsk_setup(test);
	struct fake *p = fake_new(test, d->f->dev);
	struct play_buf b;
	u64 at;

	KUNIT_ASSERT_EQ(test, give(d, p), 0);
	expect_pool(test, p, ENTRIES);
	KUNIT_ASSERT_TRUE(test, play_take(d->f->p, Q_RX, &b));
	KUNIT_EXPECT_EQ(test, b.in_len, (size_t)HDR + FRAME);
	KUNIT_EXPECT_EQ(test, b.out_len, 0);
	KUNIT_EXPECT_EQ(test, b.c.num, 1);
	at = b.c.elem[0].addr - MOCK_IOVA - virt_to_phys(p->mem);
	KUNIT_EXPECT_LT(test, at, (u64)CHUNKS * CHUNK);
	KUNIT_EXPECT_EQ(test, at % CHUNK, XDP_PACKET_HEADROOM - HDR);
	expect_end(d, p);
}

/* A frame of each length, round and round. */
static void frames(struct kunit *test)
{
	static const unsigned int lens[] = { 14, 60, 128, 129, 1514, FRAME };
	struct data_fix *d = xsk_setup(test);
	struct fake *p = fake_new(test, d->f->dev);
	unsigned int i;

	KUNIT_ASSERT_EQ(test, give(d, p), 0);
	for (i = 0; i < 3 * ENTRIES; i++) {
		struct lie l = { .len = lens[i % ARRAY_SIZE(lens)] };

		data_send(d, &l);
		KUNIT_EXPECT_TRUE(test, data_came(d, i + 1, l.len));
	}
	data_expect_counters(d, 0, 0, 0);
	expect_end(d, p);
}

/* What the device says is wrong: each lie costs its packet. */
static void lies(struct kunit *test)
{
	static const struct lie all[] = {
		{ .len = 100, .used = -1 },
		{ .len = 100, .used = HDR - 1 },
		{ .len = 100, .used = HDR },
		{ .len = 100, .used = HDR + 13 },
		{ .len = 100, .num = -1 },
		{ .len = 100, .num = ENTRIES + 1 },
		{ .len = 100, .num = 65535 },
		{ .len = 100, .flags = 1, .start = 99, .offset = 6 },
	};
	unsigned int i, len = 4, n = ARRAY_SIZE(all);
	struct data_fix *d = xsk_setup(test);
	struct fake *p = fake_new(test, d->f->dev);

	KUNIT_ASSERT_EQ(test, give(d, p), 0);
	for (i = 0; i < n - 1; i++) {
		data_send(d, &all[i]);
		KUNIT_EXPECT_TRUE(test, play_until(data_dropped(d) == i + 1));
		data_expect_next(d, i + 1);
	}
	/* Not negotiated: not looked at. */
	data_send(d, &all[i]);
	KUNIT_EXPECT_TRUE(test, data_came(d, n, 100));
	data_expect_counters(d, n - 1, len, n - 1 - len);
	expect_end(d, p);
}

/* A packet in two: dropped, and both buffers are given again. */
static void several(struct kunit *test)
{
	struct data_fix *d = xsk_setup(test);
	struct fake *p = fake_new(test, d->f->dev);
	unsigned int i;

	KUNIT_ASSERT_EQ(test, give(d, p), 0);
	for (i = 0; i < ENTRIES; i++) {
		KUNIT_ASSERT_EQ(test, data_send_merged(d, FRAME + 500, 0), 2);
		KUNIT_EXPECT_TRUE(test, play_until(data_dropped(d) == i + 1));
		data_expect_next(d, i + 1);
	}
	data_expect_counters(d, i, 0, 0);
	expect_end(d, p);
}

/* One queue is reset for each change, and the device has nothing of before. */
static void comes_and_goes(struct kunit *test)
{
	struct data_fix *d = xsk_setup(test);
	struct fake *p = fake_new(test, d->f->dev);
	struct play_buf b;
	unsigned int i;
	int at;

	for (i = 0; i < 10; i++) {
		KUNIT_ASSERT_TRUE(test, play_take(d->f->p, Q_RX, &b));
		mock_clear_log(d->f->m);
		KUNIT_ASSERT_EQ(test, give(d, p), 0);
		KUNIT_EXPECT_EQ(test, give(d, p), -EBUSY);
		at = mock_find_access(d->f->m, MOCK_VQ_RESET, 0);
		KUNIT_ASSERT_GE(test, at, 0);
		KUNIT_EXPECT_EQ(test, d->f->m->log[at].value, Q_RX);
		KUNIT_EXPECT_FALSE(test, play_finish(d->f->p, &b, HDR + 100));
		data_expect_next(d, d->got + 1);
		KUNIT_ASSERT_TRUE(test, play_take(d->f->p, Q_RX, &b));
		expect_end(d, p);
		KUNIT_EXPECT_FALSE(test, play_finish(d->f->p, &b, HDR + 100));
	}
	KUNIT_EXPECT_LT(test, mock_find_access(d->f->m, MOCK_RESET, 0), 0);
	KUNIT_EXPECT_EQ(test, give(d, NULL), 0);
}

/* The interface is down: a pool comes, waits, and goes. */
static void interface_down(struct kunit *test)
{
	struct data_fix *d = xsk_setup(test);
	struct fake *p = fake_new(test, d->f->dev);

	rtnl_lock();
	dev_close(d->f->dev);
	rtnl_unlock();
	KUNIT_ASSERT_EQ(test, give(d, p), 0);
	expect_pool(test, p, 0);
	net_open(d->f);
	expect_pool(test, p, ENTRIES);
	data_expect_next(d, 1);
	rtnl_lock();
	dev_close(d->f->dev);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, give(d, NULL), 0);
	expect_pool(test, p, 0);
	net_open(d->f);
	data_expect_next(d, 2);
}

/* The device is reset: it gets the same buffers again. */
static void needs_reset(struct kunit *test)
{
	struct data_fix *d = xsk_setup(test);
	struct fake *p = fake_new(test, d->f->dev);
	unsigned int life;

	KUNIT_ASSERT_EQ(test, give(d, p), 0);
	data_expect_next(d, 1);
	life = READ_ONCE(d->f->p->life);
	net_oblige_start(d->f);
	mock_needs_reset(d->f->m);
	KUNIT_EXPECT_TRUE(test, play_until(READ_ONCE(d->f->p->life) > life));
	msleep(200);
	net_oblige_stop(d->f);
	expect_pool(test, p, ENTRIES);
	data_expect_next(d, 2);
	expect_end(d, p);
}

/* A queue that cannot be reset when the pool goes: the device is. */
static void reset_fails(struct kunit *test)
{
	struct data_fix *d = xsk_setup(test);
	struct fake *p = fake_new(test, d->f->dev);
	unsigned int life;

	KUNIT_ASSERT_EQ(test, give(d, p), 0);
	data_expect_next(d, 1);
	life = READ_ONCE(d->f->p->life);
	mock_clear_log(d->f->m);
	d->f->m->refuse_vq_reset = -EBUSY;
	net_oblige_start(d->f);
	KUNIT_EXPECT_EQ(test, give(d, NULL), 0);
	KUNIT_EXPECT_GE(test, mock_find_access(d->f->m, MOCK_RESET, 0), 0);
	expect_pool(test, p, 0);
	d->f->m->refuse_vq_reset = 0;
	KUNIT_EXPECT_TRUE(test, play_until(READ_ONCE(d->f->p->life) > life));
	msleep(200);
	net_oblige_stop(d->f);
	data_expect_next(d, 2);
}

/* It is removed below the pool. */
static void removed(struct kunit *test)
{
	struct data_fix *d = xsk_setup(test);
	struct fake *p = fake_new(test, d->f->dev);

	KUNIT_ASSERT_EQ(test, give(d, p), 0);
	data_expect_next(d, 1);
	/* What a socket does that hears of it. */
	rtnl_lock();
	dev_close(d->f->dev);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, give(d, NULL), 0);
	expect_pool(test, p, 0);
}

static void expect_refused(struct kunit *test, u64 features, u64 own, int err)
{
	struct data_fix *d = xsk_open(test, features, own);
	struct fake *p = fake_new(test, d->f->dev);

	KUNIT_EXPECT_EQ(test, give(d, p), err);
	expect_pool(test, p, 0);
	KUNIT_EXPECT_EQ(test, p->pool->dma_pages_cnt, 0);
	data_expect_next(d, 1);
}

/* What cannot be had: the socket gets copies. */
static void no_queue_reset(struct kunit *test)
{
	expect_refused(test, FB_MERGE | FB_PLATFORM, 0, -EOPNOTSUPP);
}

/* The device takes physical addresses, and the pool has others. */
static void other_addresses(struct kunit *test)
{
	expect_refused(test, FB_MERGE, FB_RING_RESET, -EOPNOTSUPP);
}

static void big_buffers(struct kunit *test)
{
	expect_refused(test, FB_PLATFORM | FB_GUEST_CSUM | FB_GUEST_TSO4,
		       FB_RING_RESET, -EOPNOTSUPP);
}

/* A device that goes on to cut and to put together. */
static void offloads_stay(struct kunit *test)
{
	expect_refused(test, FB_MERGE | FB_PLATFORM | FB_GUEST_CSUM,
		       FB_RING_RESET, -EOPNOTSUPP);
}

/* Packets are no longer than a buffer. */
static void mtu(struct kunit *test)
{
	struct data_fix *d = xsk_setup(test);
	struct fake *p = fake_new(test, d->f->dev);

	rtnl_lock();
	KUNIT_EXPECT_EQ(test, dev_set_mtu(d->f->dev, FRAME - 17), 0);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, give(d, p), -EOPNOTSUPP);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, dev_set_mtu(d->f->dev, FRAME - 18), 0);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, give(d, p), 0);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, dev_set_mtu(d->f->dev, FRAME - 17), -EINVAL);
	KUNIT_EXPECT_EQ(test, dev_set_mtu(d->f->dev, 1500), 0);
	rtnl_unlock();
	expect_end(d, p);
}

/* Frames come back in any order: none is reported before an older one. */
static void order(struct kunit *test)
{
	unsigned int total[8] = {}, age[8] = {}, out = 0, sum = 0, next = 0;
	unsigned long done = 0;
	struct vnet_xsk_order o = { .done = &done, .num = ARRAY_SIZE(age) };
	unsigned int i, place, reported = 0;

	for (i = 0; i < 20000; i++) {
		if (!vnet_xsk_order_full(&o) && get_random_u32() & 1) {
			place = vnet_xsk_order_add(&o);
			KUNIT_ASSERT_LT(test, place, o.num);
			KUNIT_ASSERT_FALSE(test, total[place]);
			total[place] = 1;
			age[place] = next++;
			continue;
		}
		place = get_random_u32_below(o.num);
		if (total[place] != 1)
			continue;
		total[place] = 2;
		reported = vnet_xsk_order_done(&o, place);
		/* The oldest ones, all of which have come back. */
		for (; reported; reported--, sum++) {
			for (out = 0; out < o.num; out++)
				if (total[out] && age[out] == sum)
					break;
			KUNIT_ASSERT_LT(test, out, o.num);
			KUNIT_ASSERT_EQ(test, total[out], 2);
			total[out] = 0;
		}
		KUNIT_ASSERT_EQ(test, o.out, next - sum);
	}
	KUNIT_EXPECT_GT(test, sum, 1000);
}

static struct kunit_case net_xsk_cases[] = {
	KUNIT_CASE(buffers),
	KUNIT_CASE(frames),
	KUNIT_CASE(lies),
	KUNIT_CASE(several),
	KUNIT_CASE(comes_and_goes),
	KUNIT_CASE(interface_down),
	KUNIT_CASE(needs_reset),
	KUNIT_CASE(reset_fails),
	KUNIT_CASE(removed),
	KUNIT_CASE(no_queue_reset),
	KUNIT_CASE(other_addresses),
	KUNIT_CASE(big_buffers),
	KUNIT_CASE(offloads_stay),
	KUNIT_CASE(mtu),
	KUNIT_CASE(order),
	{}
};

static struct kunit_suite net_xsk_suite = {
	.name = "virtio_net_xsk",
	.test_cases = net_xsk_cases,
};

kunit_test_suites(&net_xsk_suite);

MODULE_DESCRIPTION("Unit tests of the network driver's AF_XDP buffers");
MODULE_LICENSE("GPL");
