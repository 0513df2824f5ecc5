// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_net_life: queues that stand still, sleep, and what is told again
 *
 * virtio_net on a device that takes no packets: first the queue is reset
 * (VIRTIO 1.4, 2.6.1), then the device; on one that sleeps, and does not come
 * back as it was; and with transmit queues that nobody is interrupted for.
 */
#include <linux/etherdevice.h>
#include <linux/module.h>

#include "net_data_fix.h"

/* More than the ring has room for. */
#define TOO_MANY	200

/* A poll, as short as what the stack is given together (gro_normal_batch). */
#define POLL		8

static struct net_fix *life_new(struct kunit *test, u64 features)
{
	struct net_fix *f = net_new(test, features | FB_STATUS);

	f->m->own = FB_RING_RESET;
	return f;
}

/* One whose interface is up. */
static struct data_fix *life_open(struct kunit *test, u64 features)
{
	struct net_fix *f = life_new(test, features);
	struct data_fix *d;

	net_start(f);
	d = data_open(f, HDR);
	/* That ends memberships: with filters, commands that nobody takes. */
	if (!(features & FB_CTRL_RX))
		data_quiet(d);
	return d;
}

static bool data_stopped(struct data_fix *d)
{
	return netif_xmit_stopped(netdev_get_tx_queue(d->f->dev, 0));
}

/* It is not only that NAPI has not run yet for what was sent before. */
static bool data_full(struct data_fix *d)
{
	if (data_stopped(d))
		schedule_timeout_uninterruptible(HZ / 20);
	return data_stopped(d);
}

/*
 * Packets that the device does not give back, until no more are taken: the ring
 * is full, or byte queue limits know better.  The stack may have some between.
 * The device holds the first one.
 */
static int data_fill(struct data_fix *d)
{
	int n = 1;

	KUNIT_ASSERT_TRUE(d->f->test, data_xmit(d, 60));
	KUNIT_ASSERT_TRUE(d->f->test, data_take(d, &d->b[0]));
	for (; n < TOO_MANY && !data_full(d); n++)
		data_xmit(d, 60);
	KUNIT_ASSERT_TRUE(d->f->test, data_stopped(d));
	return n;
}

/* It takes them: those that a reset has not taken from it; @total are gone. */
static void data_drain(struct data_fix *d, int total)
{
	struct play_buf b;

	while (atomic_read(d->freed) < total && data_take(d, &b)) {
		play_done(d->f->p, &b, 0);
		usleep_range(500, 1000);
	}
	KUNIT_EXPECT_TRUE(d->f->test,
			  play_until(atomic_read(d->freed) == total));
	KUNIT_EXPECT_TRUE(d->f->test, play_until(!data_stopped(d)));
}

/* What the stack does when a queue has stood still for long. */
static void data_timeout(struct data_fix *d)
{
	local_bh_disable();
	d->f->dev->netdev_ops->ndo_tx_timeout(d->f->dev, 0);
	local_bh_enable();
}

static unsigned int count_access(struct mock *m, enum mock_op op)
{
	unsigned int n = 0;
	int at = mock_find_access(m, op, 0);

	for (; at >= 0; at = mock_find_access(m, op, at + 1))
		n++;
	return n;
}

/* A packet each way. */
static void expect_both_ways(struct data_fix *d, unsigned int got)
{
	struct kunit *test = d->f->test;
	int before = atomic_read(d->freed);
	struct lie good = { .len = 333 };
	struct play_buf b;

	data_send(d, &good);
	KUNIT_EXPECT_TRUE(test, data_came(d, got, 333));
	KUNIT_EXPECT_TRUE(test, data_xmit(d, 444));
	KUNIT_ASSERT_TRUE(test, data_take(d, &b));
	KUNIT_EXPECT_EQ(test, b.out_len, d->hdr + 444);
	play_done(d->f->p, &b, 0);
	KUNIT_EXPECT_TRUE(test, play_until(atomic_read(d->freed) > before));
}

/* The queue alone: receive goes on, with what the device has of it. */
static void queue_reset(struct kunit *test)
{
	struct data_fix *d = life_open(test, FB_RING_RESET);
	struct net_fix *f = d->f;
	unsigned int life;
	int n;

	life = READ_ONCE(f->p->life);
	n = data_fill(d);
	mock_clear_log(f->m);
	data_timeout(d);
	/* What the device had is gone, and it has what comes next. */
	KUNIT_EXPECT_TRUE(test, play_until(atomic_read(d->freed)));
	KUNIT_EXPECT_TRUE(test, play_until(count_access(f->m, MOCK_VQ_ENABLE) ==
					   2));
	KUNIT_ASSERT_GT(test, count_access(f->m, MOCK_VQ_RESET), 0);
	KUNIT_EXPECT_EQ(test, f->m->log[mock_find_access(f->m, MOCK_VQ_RESET,
							 0)].value, Q_TX);
	KUNIT_EXPECT_EQ(test, count_access(f->m, MOCK_RESET), 0);
	KUNIT_EXPECT_EQ(test, f->p->life, life);
	data_drain(d, n);
	KUNIT_EXPECT_EQ(test, virtqueue_get_vring_size(f->m->vq[Q_TX]), 64);
	expect_both_ways(d, 1);
	KUNIT_EXPECT_EQ(test, data_counter(d, "tx_queue_0_resets"), 1);
	KUNIT_EXPECT_EQ(test, data_counter(d, "tx_queue_0_tx_timeouts"), 1);
}

/* It stands still again: the device; and then it may have its reason. */
static void then_the_device(struct kunit *test)
{
	struct data_fix *d = life_open(test, FB_RING_RESET);
	struct net_fix *f = d->f;
	unsigned int life;
	int n;

	n = data_fill(d);
	data_timeout(d);
	KUNIT_EXPECT_TRUE(test, play_until(count_access(f->m, MOCK_VQ_ENABLE) ==
					   2));
	n += data_fill(d);
	life = READ_ONCE(f->p->life);
	mock_clear_log(f->m);
	data_timeout(d);
	KUNIT_EXPECT_TRUE(test, play_until(READ_ONCE(f->p->life) != life));
	KUNIT_EXPECT_TRUE(test, play_until(netif_device_present(f->dev)));
	KUNIT_EXPECT_EQ(test, count_access(f->m, MOCK_VQ_RESET), 0);
	data_drain(d, n);
	expect_both_ways(d, 1);
	data_fill(d);
	mock_clear_log(f->m);
	data_timeout(d);
	msleep(100);
	KUNIT_EXPECT_EQ(test, count_access(f->m, MOCK_VQ_RESET), 0);
	KUNIT_EXPECT_EQ(test, count_access(f->m, MOCK_RESET), 0);
}

/* Without the feature, the device at once. */
static void no_queue_reset(struct kunit *test)
{
	struct data_fix *d = life_open(test, 0);
	struct net_fix *f = d->f;
	unsigned int life;
	int n;

	life = READ_ONCE(f->p->life);
	n = data_fill(d);
	data_timeout(d);
	KUNIT_EXPECT_TRUE(test, play_until(READ_ONCE(f->p->life) != life));
	KUNIT_EXPECT_TRUE(test, play_until(netif_device_present(f->dev)));
	data_drain(d, n);
	expect_both_ways(d, 1);
}

/* It cannot be reset, or does not come back: the device is. */
static void queue_reset_fails(struct kunit *test)
{
	struct data_fix *d = life_open(test, FB_RING_RESET);
	struct net_fix *f = d->f;
	unsigned int life;
	int n;

	life = READ_ONCE(f->p->life);
	n = data_fill(d);
	f->m->refuse_vq_enable = -EIO;
	data_timeout(d);
	KUNIT_EXPECT_TRUE(test, play_until(READ_ONCE(f->p->life) != life));
	f->m->refuse_vq_enable = 0;
	KUNIT_EXPECT_TRUE(test, play_until(netif_device_present(f->dev)));
	data_drain(d, n);
	expect_both_ways(d, 1);
}

/* Sent, and nobody was told: found out, without a reset of anything. */
static void interrupt_missing(struct kunit *test)
{
	struct data_fix *d = life_open(test, FB_RING_RESET);
	struct net_fix *f = d->f;
	struct play_buf b;
	unsigned int life;

	life = READ_ONCE(f->p->life);
	data_fill(d);
	mock_clear_log(f->m);
	play_push(f->p, &d->b[0], 0);
	while (play_try_take(f->p, Q_TX, &b))
		play_push(f->p, &b, 0);
	data_timeout(d);
	KUNIT_EXPECT_GT(test, atomic_read(d->freed), 0);
	msleep(50);
	KUNIT_EXPECT_EQ(test, count_access(f->m, MOCK_VQ_RESET), 0);
	KUNIT_EXPECT_EQ(test, f->p->life, life);
}

/* The link is down: that is the reason. */
static void no_link(struct kunit *test)
{
	struct data_fix *d = life_open(test, FB_RING_RESET);
	struct net_fix *f = d->f;

	data_fill(d);
	put_unaligned_le16(0, f->m->config + CFG_STATUS);
	mock_config_interrupt(f->m);
	KUNIT_EXPECT_TRUE(test, play_until(!netif_carrier_ok(f->dev)));
	mock_clear_log(f->m);
	data_timeout(d);
	msleep(50);
	KUNIT_EXPECT_EQ(test, count_access(f->m, MOCK_VQ_RESET), 0);
	KUNIT_EXPECT_EQ(test, count_access(f->m, MOCK_RESET), 0);
}

/* The link comes back: the device is told, whatever it wanted to be told. */
static void link_back(struct kunit *test)
{
	struct data_fix *d = life_open(test, FB_RING_RESET);
	struct net_fix *f = d->f;
	unsigned int notified;

	put_unaligned_le16(0, f->m->config + CFG_STATUS);
	mock_config_interrupt(f->m);
	KUNIT_EXPECT_TRUE(test, play_until(!netif_carrier_ok(f->dev)));
	notified = READ_ONCE(f->m->notified[Q_TX]);
	put_unaligned_le16(1, f->m->config + CFG_STATUS);
	mock_config_interrupt(f->m);
	KUNIT_EXPECT_TRUE(test, play_until(netif_carrier_ok(f->dev)));
	KUNIT_EXPECT_TRUE(test, play_until(READ_ONCE(f->m->notified[Q_TX]) !=
					   notified));
}

/* Sleep with packets in both rings, and settings that the device forgets. */
static void sleeps(struct kunit *test)
{
	struct data_fix *d = life_open(test, FB_CTRL_RX | FB_CTRL_MAC);
	struct net_fix *f = d->f;
	static const u8 other[ETH_ALEN] = { 0x52, 0x54, 0, 7, 7, 7 };
	struct play_buf b;
	struct net_cmd c;

	memcpy(f->user.addr, other, ETH_ALEN);
	net_user_start(f, net_set_addr);
	KUNIT_ASSERT_TRUE(test, net_accept(f, CLASS_MAC, MAC_ADDR_SET, &c));
	KUNIT_EXPECT_EQ(test, net_user_result(f), 0);
	KUNIT_ASSERT_TRUE(test, data_xmit(d, 100));
	KUNIT_ASSERT_TRUE(test, data_take(d, &b));
	KUNIT_ASSERT_EQ(test, virtio_device_freeze(&f->m->vdev), 0);
	KUNIT_EXPECT_FALSE(test, netif_device_present(f->dev));
	KUNIT_EXPECT_FALSE(test, play_up(f->p, Q_TX));
	KUNIT_EXPECT_EQ(test, atomic_read(d->freed), 1);
	f->told_addr = false;
	net_oblige_start(f);
	KUNIT_ASSERT_EQ(test, virtio_device_restore(&f->m->vdev), 0);
	msleep(100);
	net_oblige_stop(f);
	KUNIT_EXPECT_TRUE(test, netif_device_present(f->dev));
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(f->dev->dev_addr, other));
	KUNIT_EXPECT_TRUE(test, f->told_addr);
	expect_both_ways(d, 1);
}

/* Sleep, with a device that takes every command when it is woken. */
static void life_sleep(struct net_fix *f)
{
	KUNIT_ASSERT_EQ(f->test, virtio_device_freeze(&f->m->vdev), 0);
	net_oblige_start(f);
	KUNIT_ASSERT_EQ(f->test, virtio_device_restore(&f->m->vdev), 0);
	net_oblige_stop(f);
}

static int set_rings(struct net_user *u)
{
	struct ethtool_ringparam ring = { .rx_pending = 32, .tx_pending = 16 };
	struct net_device *dev = u->f->dev;

	return dev->ethtool_ops->set_ringparam(dev, &ring, NULL, NULL);
}

static void expect_rings(struct net_fix *f, unsigned int rx, unsigned int tx)
{
	KUNIT_EXPECT_EQ(f->test, virtqueue_get_vring_size(f->m->vq[Q_RX]), rx);
	KUNIT_EXPECT_EQ(f->test, virtqueue_get_vring_size(f->m->vq[Q_TX]), tx);
}

/* Sizes that were chosen are the rings' again; the device forgets them (2.4). */
static void ring_sizes(struct kunit *test)
{
	struct data_fix *d = life_open(test, FB_RING_RESET | FB_INDIRECT);
	struct net_fix *f = d->f;

	expect_rings(f, 64, 64);
	net_user_start(f, set_rings);
	KUNIT_ASSERT_EQ(test, net_user_result(f), 0);
	expect_rings(f, 32, 16);
	expect_both_ways(d, 1);
	life_sleep(f);
	expect_rings(f, 32, 16);
	expect_both_ways(d, 2);
}

/* There is no memory for another ring: those that are there are used on. */
static void rings_no_memory(struct kunit *test)
{
	struct data_fix *d;
	struct net_fix *f;

	if (!IS_ENABLED(CONFIG_DMA_OPS))
		kunit_skip(test, "no DMA operations of a device's own here");
	d = life_open(test, FB_RING_RESET | FB_INDIRECT | FB_PLATFORM);
	f = d->f;
	f->m->coherent_max = 0;
	net_user_start(f, set_rings);
	KUNIT_EXPECT_EQ(test, net_user_result(f), -ENOMEM);
	expect_rings(f, 64, 64);
	expect_both_ways(d, 1);
	f->m->coherent_max = SIZE_MAX;
	net_user_start(f, set_rings);
	KUNIT_EXPECT_EQ(test, net_user_result(f), 0);
	expect_rings(f, 32, 16);
	expect_both_ways(d, 2);
}

/*
 * A packet of 64 KiB lies in 40 buffers of 1664 bytes, or in 17 descriptors; also
 * one that was not put together, if the device may have such an MTU.
 */
static void rings_too_small(struct kunit *test)
{
	const u64 uncut = FB_RING_RESET | FB_INDIRECT | FB_GUEST_CSUM |
			  FB_GUEST_TSO4;
	struct net_fix *f[] = {
		life_open(test, uncut | FB_MERGE)->f,
		life_open(test, uncut)->f,
		life_open(test, FB_RING_RESET | FB_INDIRECT | FB_MERGE)->f,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(f); i++) {
		struct ethtool_ringparam ring = {
			.rx_pending = i == 1 ? 16 : 32, .tx_pending = 64,
		};
		const struct ethtool_ops *ops = f[i]->dev->ethtool_ops;

		rtnl_lock();
		KUNIT_EXPECT_EQ(test, ops->set_ringparam(f[i]->dev, &ring, NULL,
							 NULL), -EINVAL);
		rtnl_unlock();
		expect_rings(f[i], 64, 64);
	}
}

/* The stack takes all queues out of use, as far as NAPI can see. */
static void polls_end(struct net_device *dev, bool end)
{
	struct napi_struct *n;

	list_for_each_entry(n, &dev->napi_list, dev_list)
		assign_bit(NAPI_STATE_DISABLE, &n->state, end);
}

static int end_polls(struct sk_buff *skb, struct net_device *dev,
		     struct packet_type *pt, struct net_device *orig)
{
	polls_end(dev, true);
	kfree_skb(skb);
	return NET_RX_SUCCESS;
}

static int set_rx_ring(struct net_user *u)
{
	struct ethtool_ringparam ring = { .rx_pending = 64, .tx_pending = 64 };
	struct net_device *dev = u->f->dev;

	return dev->ethtool_ops->set_ringparam(dev, &ring, NULL, NULL);
}

/*
 * Packets in one buffer, as many as a poll may take, and one in 13 of which the
 * last are still in the ring.
 */
static void come_in_part(struct data_fix *d)
{
	struct lie l = { .len = 100 };
	struct play_buf b;
	unsigned int i;

	for (i = 0; i < POLL; i++) {
		KUNIT_ASSERT_TRUE(d->f->test, data_first(d, &l, 1, &b));
		play_push(d->f->p, &b, HDR + l.len);
	}
	KUNIT_EXPECT_EQ(d->f->test, data_send_merged(d, 20000, 0), 13);
	KUNIT_ASSERT_TRUE(d->f->test, data_came(d, POLL, l.len));
}

/*
 * A ring is set up anew between two polls: of a packet that was taken out of
 * the old one in part nothing is left, and what comes next is not taken for it.
 */
static void ring_mid_packet(struct kunit *test)
{
	struct net_fix *f = life_new(test, FB_RING_RESET | FB_INDIRECT |
				     FB_MERGE);
	struct packet_type pt = {
		.type = htons(ETHERTYPE), .func = end_polls,
	};
	struct lie l = { .len = 300 };
	struct napi_struct *n;
	struct data_fix *d;

	f->m->queue_size[Q_RX] = 128;
	net_start(f);
	d = data_open(f, HDR);
	data_quiet(d);
	list_for_each_entry(n, &f->dev->napi_list, dev_list)
		n->weight = POLL;
	pt.dev = f->dev;
	dev_add_pack(&pt);
	come_in_part(d);
	dev_remove_pack(&pt);
	polls_end(f->dev, false);
	net_user_start(f, set_rx_ring);
	KUNIT_ASSERT_EQ(test, net_user_result(f), 0);
	expect_rings(f, 64, 64);
	data_send(d, &l);
	KUNIT_EXPECT_TRUE(test, data_came(d, POLL + 1, l.len));
	KUNIT_EXPECT_EQ(test, data_counter(d, "rx_queue_0_bad_hdr"), 0);
}

static int set_link(struct net_user *u)
{
	struct ethtool_link_ksettings link = {
		.base = { .speed = SPEED_1000, .duplex = DUPLEX_FULL,
			  .port = PORT_OTHER },
	};
	struct net_device *dev = u->f->dev;

	return dev->ethtool_ops->set_link_ksettings(dev, &link);
}

/* Speed of the link, and -1 for half duplex, with RTNL. */
static int get_link(struct net_user *u)
{
	struct ethtool_link_ksettings link = {};
	struct net_device *dev = u->f->dev;
	int err;

	err = dev->ethtool_ops->get_link_ksettings(dev, &link);
	if (err)
		return err;
	return link.base.duplex == DUPLEX_FULL ? link.base.speed : -1;
}

static void expect_speed(struct net_fix *f, int speed)
{
	net_user_start(f, get_link);
	KUNIT_EXPECT_EQ(f->test, net_user_result(f), speed);
}

/* What the device does not know the administrator said, and it stays. */
static void speed_told(struct kunit *test)
{
	struct data_fix *d = life_open(test, 0);
	struct net_fix *f = d->f;

	net_user_start(f, set_link);
	KUNIT_ASSERT_EQ(test, net_user_result(f), 0);
	expect_speed(f, SPEED_1000);
	put_unaligned_le16(0, f->m->config + CFG_STATUS);
	mock_config_interrupt(f->m);
	KUNIT_EXPECT_TRUE(test, play_until(!netif_carrier_ok(f->dev)));
	expect_speed(f, SPEED_1000);
	put_unaligned_le16(1, f->m->config + CFG_STATUS);
	life_sleep(f);
	KUNIT_EXPECT_TRUE(test, play_until(netif_carrier_ok(f->dev)));
	expect_speed(f, SPEED_1000);
}

/* It comes back without its queues: given up, and it can be removed. */
static void not_woken(struct kunit *test)
{
	struct net_fix *f = life_new(test, 0);

	net_start(f);
	net_open(f);
	KUNIT_ASSERT_EQ(test, virtio_device_freeze(&f->m->vdev), 0);
	f->m->refuse_vqs = -EIO;
	KUNIT_EXPECT_NE(test, virtio_device_restore(&f->m->vdev), 0);
	KUNIT_EXPECT_FALSE(test, netif_device_present(f->dev));
	mock_unregister(f->m);
}

/* ethtool -C tx-frames, in the kernel's own driver's sense. */
static int set_tx_frames(struct net_fix *f, unsigned int frames)
{
	f->user.ec.rx_max_coalesced_frames = 1;
	f->user.ec.tx_max_coalesced_frames = frames;
	net_user_start(f, net_set_coalesce);
	return net_user_result(f);
}

/* Without NOTF_COAL, 0 and 1 are whether sent packets interrupt. */
static void tx_frames(struct kunit *test)
{
	struct net_fix *f = life_new(test, 0);
	struct play_buf b[2];
	struct data_fix *d;

	net_start(f);
	KUNIT_EXPECT_EQ(test, set_tx_frames(f, 2), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, set_tx_frames(f, 0), 0);
	d = data_open(f, HDR);
	KUNIT_EXPECT_EQ(test, set_tx_frames(f, 1), -EBUSY);
	/* It is the driver's own at once. */
	KUNIT_ASSERT_TRUE(test, data_xmit(d, 100));
	KUNIT_EXPECT_EQ(test, atomic_read(d->freed), 1);
	KUNIT_ASSERT_TRUE(test, data_take(d, &b[0]));
	play_done(f->p, &b[0], 0);
	rtnl_lock();
	dev_close(f->dev);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, set_tx_frames(f, 1), 0);
	net_open(f);
	KUNIT_ASSERT_TRUE(test, data_xmit(d, 100));
	KUNIT_EXPECT_EQ(test, atomic_read(d->freed), 1);
	KUNIT_ASSERT_TRUE(test, data_take(d, &b[1]));
	play_done(f->p, &b[1], 0);
	KUNIT_EXPECT_TRUE(test, play_until(atomic_read(d->freed) == 2));
}

static struct kunit_case net_life_cases[] = {
	KUNIT_CASE(queue_reset),
	KUNIT_CASE(then_the_device),
	KUNIT_CASE(no_queue_reset),
	KUNIT_CASE(queue_reset_fails),
	KUNIT_CASE(interrupt_missing),
	KUNIT_CASE(no_link),
	KUNIT_CASE(link_back),
	KUNIT_CASE(sleeps),
	KUNIT_CASE(ring_sizes),
	KUNIT_CASE(rings_no_memory),
	KUNIT_CASE(rings_too_small),
	KUNIT_CASE(ring_mid_packet),
	KUNIT_CASE(speed_told),
	KUNIT_CASE(not_woken),
	KUNIT_CASE(tx_frames),
	{}
};

static struct kunit_suite net_life_suite = {
	.name = "virtio_net_life",
	.test_cases = net_life_cases,
};

kunit_test_suites(&net_life_suite);

MODULE_DESCRIPTION("Unit tests of the network driver's recovery");
MODULE_LICENSE("GPL");
