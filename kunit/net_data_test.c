// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_net_data: packets, and a device that lies about them
 *
 * virtio_net on a mock whose receive and transmit queues the test plays
 * (VIRTIO 1.4, 5.1.6.2 to 5.1.6.4): packets come and go as they are, a lie
 * costs the packet that it is about, and the next one comes.
 */
#include <linux/etherdevice.h>
#include <linux/module.h>

#include "net_data_fix.h"

/* A frame of each length: copied, built around, as large as a buffer. */
static void receive(struct kunit *test)
{
	static const unsigned int lens[] = { 60, 128, 129, 1000, 1514 };
	struct data_fix *d = data_setup(test, 0);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		struct lie l = { .len = lens[i] };

		data_send(d, &l);
		KUNIT_EXPECT_TRUE(test, data_came(d, i + 1, lens[i]));
	}
}

/* More frames than the ring has room for: buffers are given again. */
static void receive_many(struct kunit *test)
{
	struct data_fix *d = data_setup(test, FB_MERGE);
	struct lie l = { .len = 1514 };
	unsigned int i;

	for (i = 1; i <= 500; i++) {
		data_send(d, &l);
		if (i % 20 == 0)
			KUNIT_ASSERT_TRUE(test, data_came(d, i, 1514));
	}
}

/* Two, more than one skb has fragments, and as large as there are. */
static void receive_merged(struct kunit *test)
{
	static const unsigned int lens[] = { 2500, 30000, 65535 };
	struct data_fix *d = data_setup(test, FB_MERGE);
	unsigned int i, n = 0;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		n = data_send_merged(d, lens[i], 0);
		KUNIT_EXPECT_GT(test, n, 1);
		KUNIT_EXPECT_TRUE(test, data_came(d, i + 1, lens[i]));
	}
}

/* Buffers that were large are those of short packets again. */
static void receive_shorter(struct kunit *test)
{
	struct data_fix *d = data_setup(test, FB_MERGE);
	struct lie l = { .len = 1000 };
	unsigned int got, end;
	struct play_buf b;

	data_quiet(d);
	got = data_use_long(d);
	KUNIT_ASSERT_GT(test, d->b[0].in_len, (size_t)2 * PAGE_SIZE);
	for (end = got + 300; got < end; ) {
		data_send(d, &l);
		KUNIT_ASSERT_TRUE(test, data_came(d, ++got, l.len));
	}
	KUNIT_ASSERT_TRUE(test, play_take(d->f->p, Q_RX, &b));
	KUNIT_EXPECT_LE(test, b.in_len, (size_t)PAGE_SIZE);
}

/* More than any packet: dropped, and what comes next is not. */
static void receive_too_long(struct kunit *test)
{
	struct data_fix *d = data_setup(test, FB_MERGE);
	struct lie good = { .len = 100 };

	data_send_merged(d, MAX_FRAME, 0);
	data_send(d, &good);
	KUNIT_EXPECT_TRUE(test, data_came(d, 1, 100));
	KUNIT_EXPECT_EQ(test, data_dropped(d), 1);
}

static const struct lie lies[] = {
	{ "shorter than the header", 100, .used = 5 },
	{ "shorter than an Ethernet header", 100, .used = HDR + 13 },
	{ "nothing was written", 100, .used = 1 },
	{ "in no buffer", 100, .num = -1 },
	{ "in more buffers than are there", 100, .num = 2 },
	{ "in more buffers than a ring has", 100, .num = 0xffff },
	{ "a kind of segments that was not negotiated", 1000, .flags = 1,
	  .type = 1 },
	{ "a kind of segments that nobody knows", 1000, .type = 0x7f },
};

static void lie_name(const struct lie *l, char *desc)
{
	strscpy(desc, l->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(lie, lies, lie_name);

/* It costs one packet, is counted, and the next one comes; 100 times. */
static void lied_to(struct kunit *test)
{
	struct data_fix *d = data_setup(test, FB_MERGE);
	const struct lie *l = test->param_value;
	struct lie good = { .len = 200 };
	unsigned int i;

	for (i = 1; i <= 100; i++) {
		data_send(d, l);
		/* What is missing may not come with what is next. */
		KUNIT_ASSERT_TRUE(test, play_until(data_dropped(d) == i));
		data_send(d, &good);
		KUNIT_ASSERT_TRUE(test, data_came(d, i, 200));
	}
}

/* A length beyond the buffer: no more than was given is looked at. */
static void receive_beyond(struct kunit *test)
{
	struct data_fix *d = data_setup(test, FB_MERGE);
	struct lie l = { .len = 100, .used = 0x10000 };
	struct lie good = { .len = 200 };

	data_send(d, &l);
	data_send(d, &good);
	KUNIT_EXPECT_TRUE(test, play_until(READ_ONCE(d->got) >= 1 &&
					   d->len == 200));
	KUNIT_EXPECT_EQ(test, memcmp(d->seen, d->sent, 200), 0);
}

/* 5.1.6.2: a header that asks for nothing, and the frame. */
static void transmit(struct kunit *test)
{
	struct data_fix *d = data_setup(test, 0);
	struct play_buf b;

	KUNIT_ASSERT_TRUE(test, data_xmit(d, 1514));
	KUNIT_ASSERT_TRUE(test, data_take(d, &b));
	KUNIT_EXPECT_EQ(test, b.out_len, HDR + 1514);
	KUNIT_EXPECT_EQ(test, b.in_len, 0);
	KUNIT_EXPECT_TRUE(test, data_header_ok(d, &b));
	play_read(d->f->p, &b, HDR, d->seen, 1514);
	KUNIT_EXPECT_EQ(test, memcmp(d->seen, d->sent, 1514), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(d->freed), 0);
	play_done(d->f->p, &b, 0);
	KUNIT_EXPECT_TRUE(test, play_until(atomic_read(d->freed) == 1));
}

/* The ring is full: what is given then waits, and goes when there is room. */
static void transmit_full(struct kunit *test)
{
	struct data_fix *d = data_setup(test, 0);
	struct netdev_queue *q = netdev_get_tx_queue(d->f->dev, 0);
	unsigned int i, n = 200;
	struct play_buf b;

	for (i = 0; i < n; i++)
		data_xmit(d, 60);
	KUNIT_EXPECT_TRUE(test, netif_xmit_stopped(q));
	for (i = 0; i < n && data_take(d, &b); i++)
		play_done(d->f->p, &b, 0);
	KUNIT_EXPECT_EQ(test, i, n);
	KUNIT_EXPECT_TRUE(test, play_until(atomic_read(d->freed) == n));
	KUNIT_EXPECT_TRUE(test, play_until(!netif_xmit_stopped(q)));
}

/* A used length means nothing for what the device only reads. */
static void transmit_lies(struct kunit *test)
{
	struct data_fix *d = data_setup(test, 0);
	struct play_buf b;

	KUNIT_ASSERT_TRUE(test, data_xmit(d, 100));
	KUNIT_ASSERT_TRUE(test, data_take(d, &b));
	play_done(d->f->p, &b, 0xffffff);
	KUNIT_EXPECT_TRUE(test, play_until(atomic_read(d->freed) == 1));
}

/* What it had is given up, and packets come and go again. */
static void needs_reset(struct kunit *test)
{
	struct data_fix *d = data_setup(test, FB_MERGE);
	struct lie l = { .len = 300 };
	unsigned int life = READ_ONCE(d->f->p->life);
	struct play_buf b;

	data_send(d, &l);
	KUNIT_ASSERT_TRUE(test, data_came(d, 1, 300));
	KUNIT_ASSERT_TRUE(test, data_xmit(d, 100));
	KUNIT_ASSERT_TRUE(test, data_take(d, &b));
	net_oblige_start(d->f);
	mock_needs_reset(d->f->m);
	KUNIT_EXPECT_TRUE(test, play_until(READ_ONCE(d->f->p->life) != life &&
					   play_up(d->f->p, Q_TX)));
	KUNIT_EXPECT_TRUE(test, play_until(atomic_read(d->freed) == 1));
	KUNIT_EXPECT_TRUE(test, play_until(netif_device_present(d->f->dev) &&
					   netif_carrier_ok(d->f->dev)));
	net_oblige_stop(d->f);
	data_send(d, &l);
	KUNIT_EXPECT_TRUE(test, data_came(d, 2, 300));
	KUNIT_ASSERT_TRUE(test, data_xmit(d, 100));
	KUNIT_ASSERT_TRUE(test, data_take(d, &b));
	play_done(d->f->p, &b, 0);
	KUNIT_EXPECT_TRUE(test, play_until(atomic_read(d->freed) == 2));
}

/*
 * The interface goes down and up with packets in both rings: nobody waits for
 * the device meanwhile, which has its packet all the same.
 */
static void down_and_up(struct kunit *test)
{
	struct data_fix *d = data_setup(test, FB_MERGE);
	struct lie l = { .len = 300 };
	struct play_buf b;
	u8 frame[100];

	KUNIT_ASSERT_TRUE(test, data_xmit(d, 100));
	KUNIT_ASSERT_TRUE(test, data_take(d, &b));
	rtnl_lock();
	dev_close(d->f->dev);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, atomic_read(d->freed), 1);
	data_send(d, &l);
	play_read(d->f->p, &b, HDR, frame, sizeof(frame));
	KUNIT_EXPECT_EQ(test, memcmp(frame, d->sent, sizeof(frame)), 0);
	play_done(d->f->p, &b, 0);
	net_open(d->f);
	KUNIT_EXPECT_TRUE(test, data_came(d, 1, 300));
	KUNIT_ASSERT_TRUE(test, data_xmit(d, 100));
	KUNIT_ASSERT_TRUE(test, data_take(d, &b));
	play_done(d->f->p, &b, 0);
	KUNIT_EXPECT_TRUE(test, play_until(atomic_read(d->freed) == 2));
}

static struct kunit_case net_data_cases[] = {
	KUNIT_CASE(receive),
	KUNIT_CASE(receive_many),
	KUNIT_CASE(receive_merged),
	KUNIT_CASE(receive_shorter),
	KUNIT_CASE(receive_too_long),
	KUNIT_CASE_PARAM(lied_to, lie_gen_params),
	KUNIT_CASE(receive_beyond),
	KUNIT_CASE(transmit),
	KUNIT_CASE(transmit_full),
	KUNIT_CASE(transmit_lies),
	KUNIT_CASE(needs_reset),
	KUNIT_CASE(down_and_up),
	{}
};

static struct kunit_suite net_data_suite = {
	.name = "virtio_net_data",
	.test_cases = net_data_cases,
};

kunit_test_suites(&net_data_suite);

MODULE_DESCRIPTION("Unit tests of the network driver's packets");
MODULE_LICENSE("GPL");
