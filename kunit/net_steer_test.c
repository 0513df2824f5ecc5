// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_net_steer: several queues, and who chooses among them
 *
 * virtio_net on a device with four pairs of queues: which of them are used, and
 * when the device hears of it (VIRTIO 1.4, 5.1.6.5.5 to .7, .10).  The test
 * steers as a device does, with a Toeplitz hash of its own over key and table
 * as they came through the control queue; that this hash is right is shown by
 * the published examples.
 */
#include <linux/cpumask.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "net_data_fix.h"

#define PAIRS		4
#define FB_STEER	(FB_RSS | FB_HASH)

/* hash_report, 5.1.6.4.4. */
#define REPORT_IPV4	1
#define REPORT_TCPV4	2
#define REPORT_IPV6	4
#define REPORT_TCPV6	5

/* Of the published examples. */
static const u8 example_key[RSS_KEY] = {
	0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2,
	0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0,
	0xd0, 0xca, 0x2b, 0xcb, 0xae, 0x7b, 0x30, 0xb4,
	0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30, 0xf2, 0x0c,
	0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa,
};

/**
 * struct example - addresses and ports, and their hashes
 * @name: of the case
 * @input: source and destination address, source and destination port
 * @addrs: bytes of addresses
 * @l3: hash of the addresses
 * @l4: hash of all
 */
struct example {
	const char *name;
	u8 input[36];
	unsigned int addrs;
	u32 l3;
	u32 l4;
};

static const struct example examples[] = {
	{ "66.9.149.187", { 66, 9, 149, 187, 161, 142, 100, 80,
			    2794 >> 8, 2794 & 255, 1766 >> 8, 1766 & 255 },
	  8, 0x323e8fc2, 0x51ccc178 },
	{ "199.92.111.2", { 199, 92, 111, 2, 65, 69, 140, 83,
			    14230 >> 8, 14230 & 255, 4739 >> 8, 4739 & 255 },
	  8, 0xd718262a, 0xc626b0ea },
	{ "24.19.198.95", { 24, 19, 198, 95, 12, 22, 207, 184,
			    12898 >> 8, 12898 & 255, 38024 >> 8, 38024 & 255 },
	  8, 0xd2d0a5de, 0x5c2b394a },
	{ "38.27.205.30", { 38, 27, 205, 30, 209, 142, 163, 6,
			    48228 >> 8, 48228 & 255, 2217 >> 8, 2217 & 255 },
	  8, 0x82989176, 0xafc7327f },
	{ "153.39.163.191", { 153, 39, 163, 191, 202, 188, 127, 2,
			      44251 >> 8, 44251 & 255, 1303 >> 8, 1303 & 255 },
	  8, 0x5d1809c5, 0x10e828a2 },
	{ "3ffe:2501:200:1fff::7",
	  { 0x3f, 0xfe, 0x25, 0x01, 0x02, 0x00, 0x1f, 0xff,
	    0, 0, 0, 0, 0, 0, 0, 7,
	    0x3f, 0xfe, 0x25, 0x01, 0x02, 0x00, 0x00, 0x03,
	    0, 0, 0, 0, 0, 0, 0, 1,
	    2794 >> 8, 2794 & 255, 1766 >> 8, 1766 & 255 },
	  32, 0x2cc18cd5, 0x40207d3d },
	{ "3ffe:501:8::260:97ff:fe40:efab",
	  { 0x3f, 0xfe, 0x05, 0x01, 0x00, 0x08, 0x00, 0x00,
	    0x02, 0x60, 0x97, 0xff, 0xfe, 0x40, 0xef, 0xab,
	    0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
	    14230 >> 8, 14230 & 255, 4739 >> 8, 4739 & 255 },
	  32, 0x0f0c461c, 0xdde51bbf },
	{ "3ffe:1900:4545:3:200:f8ff:fe21:67cf",
	  { 0x3f, 0xfe, 0x19, 0x00, 0x45, 0x45, 0x00, 0x03,
	    0x02, 0x00, 0xf8, 0xff, 0xfe, 0x21, 0x67, 0xcf,
	    0xfe, 0x80, 0, 0, 0, 0, 0, 0,
	    0x02, 0x00, 0xf8, 0xff, 0xfe, 0x21, 0x67, 0xcf,
	    44251 >> 8, 44251 & 255, 38024 >> 8, 38024 & 255 },
	  32, 0x4b61e985, 0x02d1feef },
};

static void example_name(const struct example *e, char *desc)
{
	strscpy(desc, e->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(example, examples, example_name);

/* The hash: for each bit that is set, 32 bits of the key from there on. */
static u32 toeplitz(const u8 *key, const u8 *data, unsigned int len)
{
	u64 window = get_unaligned_be64(key);
	unsigned int i, bit;
	u32 hash = 0;

	for (i = 0; i < len; i++) {
		for (bit = 8; bit; bit--) {
			if (data[i] & BIT(bit - 1))
				hash ^= window >> 32;
			window <<= 1;
		}
		/* The low byte is empty now; key bytes 8, 9, ... follow. */
		window |= i + 8 < RSS_KEY ? key[i + 8] : 0;
	}
	return hash;
}

static struct net_fix *steer_new(struct kunit *test, u64 features)
{
	struct net_fix *f = net_new(test, features);

	net_set_pairs(f, PAIRS);
	net_offer_rss(f, 0x3f);
	return f;
}

/* As many pairs as there are processors, which is one as a rule. */
static unsigned int pairs_at_first(void)
{
	return min_t(unsigned int, PAIRS, num_online_cpus());
}

static u32 *steer_table;

static int set_table(struct net_user *u)
{
	const struct ethtool_ops *ops = u->f->dev->ethtool_ops;

	return ops->set_rxfh(u->f->dev, steer_table, u->key, ETH_RSS_HASH_TOP);
}

/* A key and a table that are like no others; @c is how the device has them. */
static void steer_setup(struct kunit *test, struct net_fix *f,
			struct net_cmd *c)
{
	unsigned int i;

	steer_table = kunit_kcalloc(test, RSS_ENTRIES, sizeof(u32), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, steer_table);
	for (i = 0; i < RSS_ENTRIES; i++)
		steer_table[i] = i * i % PAIRS ^ (i >> 5);
	f->user.key = example_key;
	net_user_start(f, set_table);
	KUNIT_ASSERT_TRUE(test, net_accept(f, CLASS_MQ, MQ_RSS_CONFIG, c));
	KUNIT_ASSERT_EQ(test, net_user_result(f), 0);
}

/* 5.1.6.5.7.1: each byte of key and table as they were set. */
static void table_and_key(struct kunit *test)
{
	struct net_fix *f = steer_new(test, FB_RSS);
	struct net_cmd c;
	unsigned int i;

	net_start(f);
	net_open(f);
	KUNIT_ASSERT_EQ(test, net_use_pairs(f, PAIRS), 0);
	steer_setup(test, f, &c);
	KUNIT_ASSERT_EQ(test, c.len, RSS_LEN);
	for (i = 0; i < RSS_ENTRIES; i++)
		KUNIT_EXPECT_EQ(test, get_unaligned_le16(c.data + RSS_TABLE +
							 2 * i),
				steer_table[i]);
	KUNIT_EXPECT_EQ(test, get_unaligned_le16(c.data + RSS_MAX_TX), PAIRS);
	KUNIT_EXPECT_EQ(test, c.data[RSS_KEY_LEN], RSS_KEY);
	KUNIT_EXPECT_EQ(test, memcmp(c.data + RSS_KEY_LEN + 1, example_key,
				     RSS_KEY), 0);
	/* 5.1.6.5.7.1.1: no queue that is not in use. */
	steer_table[5] = PAIRS;
	net_user_start(f, set_table);
	KUNIT_EXPECT_EQ(test, net_user_result(f), -EINVAL);
	KUNIT_EXPECT_FALSE(test, play_try_take(f->p, f->q_ctrl, &c.b));
}

/* The device sends a packet with its hash where the table leads to. */
static void steer_send(struct data_fix *d, const struct net_cmd *c,
		       struct lie *l, u16 *queue)
{
	u16 mask = get_unaligned_le16(c->data + RSS_MASK);

	*queue = get_unaligned_le16(c->data + RSS_TABLE + 2 * (l->hash & mask));
	d->q_rx = 2 * *queue;
	data_send(d, l);
}

/* 5.1.6.4.3: by key and table as sent; the stack has hash and queue. */
static void hash_and_queue(struct kunit *test)
{
	const struct example *e = test->param_value;
	struct net_fix *f = steer_new(test, FB_STEER);
	bool v6 = e->addrs == 32;
	struct data_fix *d;
	struct net_cmd c;
	struct lie l = { .len = 100 };
	u16 queue;

	net_start(f);
	d = data_open(f, HDR_HASH);
	KUNIT_ASSERT_EQ(test, net_use_pairs(f, PAIRS), 0);
	steer_setup(test, f, &c);
	l.hash = toeplitz(c.data + RSS_KEY_LEN + 1, e->input, e->addrs);
	l.report = v6 ? REPORT_IPV6 : REPORT_IPV4;
	KUNIT_EXPECT_EQ(test, l.hash, e->l3);
	steer_send(d, &c, &l, &queue);
	KUNIT_EXPECT_TRUE(test, data_came(d, 1, 100));
	KUNIT_EXPECT_EQ(test, d->hash, e->l3);
	KUNIT_EXPECT_FALSE(test, d->l4_hash);
	KUNIT_EXPECT_EQ(test, d->queue, queue);
	l.hash = toeplitz(c.data + RSS_KEY_LEN + 1, e->input, e->addrs + 4);
	l.report = v6 ? REPORT_TCPV6 : REPORT_TCPV4;
	KUNIT_EXPECT_EQ(test, l.hash, e->l4);
	steer_send(d, &c, &l, &queue);
	KUNIT_EXPECT_TRUE(test, data_came(d, 2, 100));
	KUNIT_EXPECT_EQ(test, d->hash, e->l4);
	KUNIT_EXPECT_TRUE(test, d->l4_hash);
	KUNIT_EXPECT_EQ(test, d->queue, queue);
}

/* 5.1.6.5.6.4: hashes without RSS have a command of their own. */
static void hash_config(struct kunit *test)
{
	struct net_fix *f = steer_new(test, FB_HASH);
	static const u8 zeroes[8];
	struct net_cmd *c = &f->mq;

	net_set_pairs(f, 1);
	net_start(f);
	net_open(f);
	KUNIT_ASSERT_EQ(test, c->class, CLASS_MQ);
	KUNIT_ASSERT_EQ(test, c->cmd, 2);
	KUNIT_ASSERT_EQ(test, c->len, 4 + 8 + 1 + RSS_KEY);
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(c->data), 0x3f);
	KUNIT_EXPECT_EQ(test, memcmp(c->data + 4, zeroes, 8), 0);
	KUNIT_EXPECT_EQ(test, c->data[12], RSS_KEY);
}

/* 5.1.6.3.1, .5.5.1: buffers in all of them, then the command, then packets. */
static void pairs_set(struct kunit *test)
{
	struct net_fix *f = steer_new(test, FB_MQ);
	struct play_buf b;
	struct data_fix *d;
	struct net_cmd c;
	unsigned int i;

	net_start(f);
	d = data_open(f, HDR);
	KUNIT_EXPECT_EQ(test, f->dev->real_num_tx_queues, pairs_at_first());
	f->user.num = PAIRS;
	net_user_start(f, net_set_channels);
	KUNIT_ASSERT_TRUE(test, net_take(f, CLASS_MQ, MQ_PAIRS_SET, &c));
	KUNIT_EXPECT_EQ(test, c.len, 2);
	KUNIT_EXPECT_EQ(test, get_unaligned_le16(c.data), PAIRS);
	for (i = 0; i < PAIRS; i++)
		KUNIT_EXPECT_GT(test, play_poll(f->p, 2 * i), 0);
	KUNIT_EXPECT_EQ(test, f->dev->real_num_tx_queues, pairs_at_first());
	net_answer(f, &c, ACK_OK);
	KUNIT_EXPECT_EQ(test, net_user_result(f), 0);
	KUNIT_EXPECT_EQ(test, f->dev->real_num_tx_queues, PAIRS);
	for (i = 1; i < PAIRS; i++) {
		d->q_tx = 2 * i + 1;
		data_xmit_on(d, 100, i);
		KUNIT_ASSERT_TRUE(test, data_take(d, &b));
		play_done(f->p, &b, 0);
		KUNIT_EXPECT_TRUE(test,
				  play_until(atomic_read(d->freed) == i));
	}
	for (i = 0; i < PAIRS; i++) {
		struct lie l = { .len = 100 + i };

		d->q_rx = 2 * i;
		data_send(d, &l);
		KUNIT_EXPECT_TRUE(test, data_came(d, i + 1, 100 + i));
		KUNIT_EXPECT_EQ(test, d->queue, i);
	}
}

/* 5.1.6.5.5.1: with fewer the stack hears of it before the device. */
static void pairs_fewer(struct kunit *test)
{
	struct net_fix *f = steer_new(test, FB_MQ);
	struct net_cmd c;

	net_start(f);
	net_open(f);
	KUNIT_ASSERT_EQ(test, net_use_pairs(f, PAIRS), 0);
	f->user.num = 2;
	net_user_start(f, net_set_channels);
	KUNIT_ASSERT_TRUE(test, net_take(f, CLASS_MQ, MQ_PAIRS_SET, &c));
	KUNIT_EXPECT_EQ(test, get_unaligned_le16(c.data), 2);
	KUNIT_EXPECT_EQ(test, f->dev->real_num_tx_queues, 2);
	/* It does not want to: all four are still there. */
	net_answer(f, &c, ACK_ERR);
	KUNIT_EXPECT_EQ(test, net_user_result(f), -EINVAL);
	KUNIT_EXPECT_EQ(test, f->dev->real_num_tx_queues, PAIRS);
}

/* 5.1.6.5.5.1: 1 to max_virtqueue_pairs, and nothing else is asked for. */
static void pairs_bounds(struct kunit *test)
{
	struct net_fix *f = steer_new(test, FB_MQ);
	struct net_cmd c;

	net_start(f);
	net_open(f);
	f->user.num = 0;
	net_user_start(f, net_set_channels);
	KUNIT_EXPECT_EQ(test, net_user_result(f), -EINVAL);
	f->user.num = PAIRS + 1;
	net_user_start(f, net_set_channels);
	KUNIT_EXPECT_EQ(test, net_user_result(f), -EINVAL);
	KUNIT_EXPECT_FALSE(test, play_try_take(f->p, f->q_ctrl, &c.b));
}

/* 2.4, 5.1.6.5.5: a reset device has one pair, and hears of the others. */
static void pairs_after_reset(struct kunit *test)
{
	struct net_fix *f = steer_new(test, FB_MQ);
	struct net_cmd c;

	net_start(f);
	net_open(f);
	KUNIT_ASSERT_EQ(test, net_use_pairs(f, 3), 0);
	mock_needs_reset(f->m);
	KUNIT_ASSERT_TRUE(test, net_accept(f, CLASS_MQ, MQ_PAIRS_SET, &c));
	KUNIT_EXPECT_EQ(test, get_unaligned_le16(c.data), 3);
	KUNIT_EXPECT_GT(test, play_poll(f->p, 4), 0);
	KUNIT_EXPECT_TRUE(test, play_until(netif_device_present(f->dev)));
}

/* The stack's watchdog takes a queue that is stopped for one that stands still. */
static void pairs_unused(struct kunit *test)
{
	struct net_fix *f = steer_new(test, FB_MQ);
	unsigned int i;

	net_start(f);
	net_open(f);
	KUNIT_ASSERT_EQ(test, net_use_pairs(f, 4), 0);
	netif_stop_subqueue(f->dev, 3);
	KUNIT_ASSERT_EQ(test, net_use_pairs(f, 2), 0);
	KUNIT_EXPECT_FALSE(test, __netif_subqueue_stopped(f->dev, 3));
	/* Used again, it is stopped only if it is full. */
	KUNIT_ASSERT_EQ(test, net_use_pairs(f, 4), 0);
	KUNIT_EXPECT_FALSE(test, __netif_subqueue_stopped(f->dev, 3));
	KUNIT_ASSERT_EQ(test, net_use_pairs(f, 2), 0);
	rtnl_lock();
	dev_close(f->dev);
	rtnl_unlock();
	net_open(f);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_FALSE(test, __netif_subqueue_stopped(f->dev, i));
}

/* A queue that is full when it is used again waits until the device goes on. */
static void pairs_full(struct kunit *test)
{
	struct net_fix *f = steer_new(test, FB_MQ);
	struct netdev_queue *q;
	unsigned int i, n = 0;
	struct play_buf b;
	struct data_fix *d;

	net_start(f);
	d = data_open(f, HDR);
	KUNIT_ASSERT_EQ(test, net_use_pairs(f, PAIRS), 0);
	q = netdev_get_tx_queue(f->dev, PAIRS - 1);
	while (n < 1000 && !netif_tx_queue_stopped(q))
		n += data_xmit_on(d, 60, PAIRS - 1);
	KUNIT_ASSERT_TRUE(test, netif_tx_queue_stopped(q));
	KUNIT_ASSERT_EQ(test, net_use_pairs(f, PAIRS / 2), 0);
	KUNIT_EXPECT_FALSE(test, netif_xmit_stopped(q));
	KUNIT_ASSERT_EQ(test, net_use_pairs(f, PAIRS), 0);
	KUNIT_EXPECT_TRUE(test, netif_tx_queue_stopped(q));
	d->q_tx = 2 * (PAIRS - 1) + 1;
	for (i = 0; i < n && data_take(d, &b); i++)
		play_done(f->p, &b, 0);
	KUNIT_EXPECT_EQ(test, i, n);
	KUNIT_EXPECT_TRUE(test, play_until(atomic_read(d->freed) == n));
	KUNIT_EXPECT_TRUE(test, play_until(!netif_tx_queue_stopped(q)));
}

/* 5.1.6.5.10.4: the index of a virtqueue, and of one that is in use. */
static void coalesce_queue(struct kunit *test)
{
	struct net_fix *f = steer_new(test, FB_MQ | FB_VQ_COAL);
	struct net_cmd c;

	net_start(f);
	net_open(f);
	KUNIT_ASSERT_EQ(test, net_use_pairs(f, 2), 0);
	f->user.pair = 2;
	f->user.ec.rx_coalesce_usecs = 30;
	f->user.ec.rx_max_coalesced_frames = 16;
	f->user.ec.tx_coalesce_usecs = 40;
	f->user.ec.tx_max_coalesced_frames = 32;
	net_user_start(f, net_set_coalesce_pair);
	KUNIT_EXPECT_EQ(test, net_user_result(f), -EINVAL);
	KUNIT_EXPECT_FALSE(test, play_try_take(f->p, f->q_ctrl, &c.b));
	KUNIT_ASSERT_EQ(test, net_use_pairs(f, 3), 0);
	net_user_start(f, net_set_coalesce_pair);
	KUNIT_ASSERT_TRUE(test, net_accept(f, CLASS_COAL, COAL_VQ_SET, &c));
	KUNIT_EXPECT_EQ(test, c.len, 12);
	KUNIT_EXPECT_EQ(test, get_unaligned_le16(c.data), 4);
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(c.data + 4), 16);
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(c.data + 8), 30);
	KUNIT_ASSERT_TRUE(test, net_accept(f, CLASS_COAL, COAL_VQ_SET, &c));
	KUNIT_EXPECT_EQ(test, get_unaligned_le16(c.data), 5);
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(c.data + 4), 32);
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(c.data + 8), 40);
	KUNIT_EXPECT_EQ(test, net_user_result(f), 0);
}

/**
 * struct coal_answer - what a device says that it has
 * @name: of the case
 * @ack: the answer
 * @len: bytes of the result
 * @taken: they are shown
 */
struct coal_answer {
	const char *name;
	u8 ack;
	unsigned int len;
	bool taken;
};

static const struct coal_answer coal_answers[] = {
	{ "its own", ACK_OK, 8, true },
	{ "refused", ACK_ERR, 8, false },
	{ "nothing", ACK_OK, 0, false },
	{ "half of it", ACK_OK, 7, false },
	{ "garbage", 0x55, 8, false },
};

static void coal_answer_name(const struct coal_answer *a, char *desc)
{
	strscpy(desc, a->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(coal_answer, coal_answers, coal_answer_name);

/* ethtool -Q, show, of the first pair. */
static int get_coalesce_first(struct net_user *u)
{
	const struct ethtool_ops *ops = u->f->dev->ethtool_ops;

	return ops->get_per_queue_coalesce(u->f->dev, 0, &u->ec);
}

/* 5.1.6.5.10: VQ_GET, and 5.1.6.5.10.4: what it gives with an error. */
static void coalesce_read(struct kunit *test)
{
	const struct coal_answer *a = test->param_value;
	struct net_fix *f = steer_new(test, FB_MQ | FB_VQ_COAL);
	u8 result[9] = { a->ack };
	struct net_cmd c;

	net_start(f);
	put_unaligned_le32(77, result + 1);
	put_unaligned_le32(88, result + 5);
	net_user_start(f, get_coalesce_first);
	KUNIT_ASSERT_TRUE(test, net_take(f, CLASS_COAL, COAL_VQ_GET, &c));
	KUNIT_EXPECT_EQ(test, c.len, 4);
	KUNIT_EXPECT_EQ(test, get_unaligned_le16(c.data), 0);
	KUNIT_EXPECT_EQ(test, c.b.in_len, sizeof(result));
	play_write(f->p, &c.b, 0, result, 1 + a->len);
	play_done(f->p, &c.b, 1 + a->len);
	KUNIT_ASSERT_TRUE(test, net_take(f, CLASS_COAL, COAL_VQ_GET, &c));
	KUNIT_EXPECT_EQ(test, get_unaligned_le16(c.data), 1);
	net_answer(f, &c, ACK_ERR);
	KUNIT_EXPECT_EQ(test, net_user_result(f), 0);
	KUNIT_EXPECT_EQ(test, f->user.ec.rx_max_coalesced_frames,
			a->taken ? 77 : 0);
	KUNIT_EXPECT_EQ(test, f->user.ec.rx_coalesce_usecs,
			a->taken ? 88 : 0);
	KUNIT_EXPECT_EQ(test, f->user.ec.tx_max_coalesced_frames, 0);
}

static int get_coalesce(struct net_user *u)
{
	const struct ethtool_ops *ops = u->f->dev->ethtool_ops;

	return ops->get_coalesce(u->f->dev, &u->ec, NULL, NULL);
}

/* One queue finds out by itself, or all, or none. */
static void adaptive_queue(struct kunit *test)
{
	struct net_fix *f = steer_new(test, FB_MQ | FB_VQ_COAL | FB_COAL);
	struct ethtool_coalesce *ec = &f->user.ec;

	if (!IS_ENABLED(CONFIG_DIMLIB))
		kunit_skip(test, "a kernel without CONFIG_DIMLIB");
	net_start(f);
	net_open(f);
	KUNIT_ASSERT_EQ(test, net_use_pairs(f, 2), 0);
	ec->use_adaptive_rx_coalesce = 1;
	KUNIT_EXPECT_EQ(test, net_do(f, net_set_coalesce_pair), 0);
	KUNIT_EXPECT_EQ(test, net_do(f, get_coalesce), 0);
	KUNIT_EXPECT_EQ(test, ec->use_adaptive_rx_coalesce, 0);
	KUNIT_EXPECT_EQ(test, net_do(f, get_coalesce_first), 0);
	KUNIT_EXPECT_EQ(test, ec->use_adaptive_rx_coalesce, 1);
	/* All of them, and then none, which the device is told. */
	KUNIT_EXPECT_EQ(test, net_do(f, net_set_coalesce), 0);
	ec->use_adaptive_rx_coalesce = 0;
	f->last.cmd = 0xff;
	KUNIT_EXPECT_EQ(test, net_do(f, net_set_coalesce), 0);
	KUNIT_EXPECT_EQ(test, f->last.class, CLASS_COAL);
	KUNIT_EXPECT_EQ(test, f->last.cmd, COAL_RX_SET);
	KUNIT_EXPECT_EQ(test, net_do(f, get_coalesce_first), 0);
	KUNIT_EXPECT_EQ(test, ec->use_adaptive_rx_coalesce, 0);
}

static struct kunit_case net_steer_cases[] = {
	KUNIT_CASE(table_and_key),
	KUNIT_CASE_PARAM(hash_and_queue, example_gen_params),
	KUNIT_CASE(hash_config),
	KUNIT_CASE(pairs_set),
	KUNIT_CASE(pairs_fewer),
	KUNIT_CASE(pairs_bounds),
	KUNIT_CASE(pairs_after_reset),
	KUNIT_CASE(pairs_unused),
	KUNIT_CASE(pairs_full),
	KUNIT_CASE(coalesce_queue),
	KUNIT_CASE_PARAM(coalesce_read, coal_answer_gen_params),
	KUNIT_CASE(adaptive_queue),
	{}
};

static struct kunit_suite net_steer_suite = {
	.name = "virtio_net_steer",
	.test_cases = net_steer_cases,
};

kunit_test_suites(&net_steer_suite);

MODULE_DESCRIPTION("Unit tests of the network driver's queues");
MODULE_LICENSE("GPL");
