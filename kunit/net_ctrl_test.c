// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_net_ctrl: a control queue that answers as it likes
 *
 * What the commands of virtio_net look like (VIRTIO 1.4, 5.1.6.5), and what
 * becomes of who waits for them when the device refuses, answers nonsense, or
 * not at all.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/module.h>

#include "net_ctrl_fix.h"

static const u8 other[ETH_ALEN] = { 0x52, 0x54, 0, 0x12, 0x34, 0x99 };

static void start_set_addr(struct net_fix *f)
{
	memcpy(f->user.addr, other, ETH_ALEN);
	net_user_start(f, net_set_addr);
}

/* Commands still work: the address is set. */
static void expect_works(struct net_fix *f)
{
	struct net_cmd c;

	start_set_addr(f);
	KUNIT_EXPECT_TRUE(f->test,
			  net_accept(f, CLASS_MAC, MAC_ADDR_SET, &c));
	KUNIT_EXPECT_EQ(f->test, net_user_result(f), 0);
	KUNIT_EXPECT_TRUE(f->test, ether_addr_equal(f->dev->dev_addr, other));
}

/* 5.1.6.5.2: six bytes, and then the interface has them. */
static void address(struct kunit *test)
{
	struct net_fix *f = net_setup(test, FB_ADDR);
	struct net_cmd c;

	start_set_addr(f);
	KUNIT_ASSERT_TRUE(test, net_take(f, CLASS_MAC, MAC_ADDR_SET, &c));
	KUNIT_EXPECT_EQ(test, c.len, ETH_ALEN);
	KUNIT_EXPECT_EQ(test, memcmp(c.data, other, ETH_ALEN), 0);
	KUNIT_EXPECT_EQ(test, c.b.in_len, 1);
	KUNIT_EXPECT_FALSE(test, ether_addr_equal(f->dev->dev_addr, other));
	net_answer(f, &c, ACK_OK);
	KUNIT_EXPECT_EQ(test, net_user_result(f), 0);
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(f->dev->dev_addr, other));
}

/* 5.1.6.5.2.2: without CTRL_RX no command of this class. */
static void address_without_ctrl_rx(struct kunit *test)
{
	struct net_fix *f = net_setup(test, FB_CTRL_MAC);
	struct net_cmd c;

	start_set_addr(f);
	KUNIT_EXPECT_EQ(test, net_user_result(f), 0);
	KUNIT_EXPECT_FALSE(test, play_try_take(f->p, Q_CTRL, &c.b));
}

/**
 * struct bad_answer - an answer that is not OK
 * @name: of the case
 * @ack: the answer
 * @silent: nothing is written, and nothing said to be
 * @want: what the user is told
 */
struct bad_answer {
	const char *name;
	u8 ack;
	bool silent;
	int want;
};

static const struct bad_answer bad_answers[] = {
	{ "refused", ACK_ERR, false, -EINVAL },
	{ "no answer of the specification", 0x77, false, -EIO },
	{ "all ones", 0xff, false, -EIO },
	{ "not written", 0, true, -EIO },
};

static void bad_answer_name(const struct bad_answer *b, char *desc)
{
	strscpy(desc, b->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(bad_answer, bad_answers, bad_answer_name);

/* The address stays, and so does the control queue. */
static void address_not_set(struct kunit *test)
{
	const struct bad_answer *b = test->param_value;
	struct net_fix *f = net_setup(test, FB_ADDR);
	struct net_cmd c;

	start_set_addr(f);
	KUNIT_ASSERT_TRUE(test, net_take(f, CLASS_MAC, MAC_ADDR_SET, &c));
	if (b->silent)
		play_done(f->p, &c.b, 0);
	else
		net_answer(f, &c, b->ack);
	KUNIT_EXPECT_EQ(test, net_user_result(f), b->want);
	KUNIT_EXPECT_FALSE(test, ether_addr_equal(f->dev->dev_addr, other));
	expect_works(f);
}

/* Who waits gives up, with RTNL; the next does not even wait. */
static void never_answers(struct kunit *test)
{
	struct net_fix *f = net_setup(test, FB_ADDR | FB_CTRL_VLAN);
	unsigned int life = f->p->life;
	unsigned long begin = jiffies;
	struct net_cmd c, d;

	start_set_addr(f);
	KUNIT_ASSERT_TRUE(test, net_take(f, CLASS_MAC, MAC_ADDR_SET, &c));
	KUNIT_EXPECT_EQ(test, net_user_result(f), -ETIMEDOUT);
	KUNIT_EXPECT_GE(test, jiffies - begin, (unsigned long)LIMIT * HZ);

	begin = jiffies;
	f->user.vid = 7;
	net_user_start(f, net_add_vlan);
	KUNIT_EXPECT_EQ(test, net_user_result(f), -EBUSY);
	KUNIT_EXPECT_LT(test, jiffies - begin, (unsigned long)LIMIT * HZ / 2);
	KUNIT_EXPECT_FALSE(test, play_try_take(f->p, Q_CTRL, &d.b));
	/* Packets go on: the device was not reset for it. */
	KUNIT_EXPECT_EQ(test, f->p->life, life);
}

/* What the device has stays its own, and it may write to it at any time. */
static void answers_late(struct kunit *test)
{
	struct net_fix *f = net_setup(test, FB_ADDR);
	struct net_cmd c;

	start_set_addr(f);
	KUNIT_ASSERT_TRUE(test, net_take(f, CLASS_MAC, MAC_ADDR_SET, &c));
	KUNIT_EXPECT_EQ(test, net_user_result(f), -ETIMEDOUT);
	KUNIT_EXPECT_FALSE(test, ether_addr_equal(f->dev->dev_addr, other));
	net_answer(f, &c, ACK_OK);
	/* What it has now is not the interface's. */
	KUNIT_ASSERT_TRUE(test, net_accept(f, CLASS_MAC, MAC_ADDR_SET, &c));
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(c.data, f->dev->dev_addr));
	expect_works(f);
}

/* A used buffer without an interrupt is found all the same. */
static void lost_interrupt(struct kunit *test)
{
	struct net_fix *f = net_setup(test, FB_ADDR);
	u8 ack = ACK_OK;
	struct net_cmd c;

	start_set_addr(f);
	KUNIT_ASSERT_TRUE(test, net_take(f, CLASS_MAC, MAC_ADDR_SET, &c));
	play_write(f->p, &c.b, 0, &ack, sizeof(ack));
	play_push(f->p, &c.b, sizeof(ack));
	KUNIT_EXPECT_EQ(test, net_user_result(f), 0);
}

/*
 * The second time breaks the queue, which is found out with the next command:
 * nobody looks at a queue that has nothing out.  The device is set up anew.
 */
static void answers_twice(struct kunit *test)
{
	struct net_fix *f = net_setup(test, FB_ADDR);
	unsigned int life = f->p->life;
	struct net_cmd c;

	start_set_addr(f);
	KUNIT_ASSERT_TRUE(test, net_take(f, CLASS_MAC, MAC_ADDR_SET, &c));
	net_answer(f, &c, ACK_OK);
	KUNIT_EXPECT_EQ(test, net_user_result(f), 0);
	play_lie(f->p, Q_CTRL, c.b.c.id, 1);
	start_set_addr(f);
	KUNIT_EXPECT_EQ(test, net_user_result(f), -EIO);
	KUNIT_EXPECT_TRUE(test, play_until(f->p->life > life));
	/* It has forgotten the address (2.4), and hears it again. */
	KUNIT_EXPECT_TRUE(test, net_accept(f, CLASS_MAC, MAC_ADDR_SET, &c));
	KUNIT_EXPECT_EQ(test, memcmp(c.data, other, ETH_ALEN), 0);
	expect_works(f);
}

/* A device that fails has nobody wait until the limit. */
static void fails_meanwhile(struct kunit *test)
{
	struct net_fix *f = net_setup(test, FB_ADDR);
	unsigned int life = f->p->life;
	unsigned long begin = jiffies;
	struct net_cmd c;

	start_set_addr(f);
	KUNIT_ASSERT_TRUE(test, net_take(f, CLASS_MAC, MAC_ADDR_SET, &c));
	mock_needs_reset(f->m);
	KUNIT_EXPECT_EQ(test, net_user_result(f), -EIO);
	KUNIT_EXPECT_LT(test, jiffies - begin, (unsigned long)LIMIT * HZ);
	KUNIT_EXPECT_TRUE(test, play_until(f->p->life > life));
	KUNIT_EXPECT_TRUE(test, play_until(netif_device_present(f->dev)));
	expect_works(f);
}

/* Removal waits for who waits, and no longer. */
static void removed_meanwhile(struct kunit *test)
{
	struct net_fix *f = net_setup(test, FB_ADDR);
	struct net_cmd c;

	start_set_addr(f);
	KUNIT_ASSERT_TRUE(test, net_take(f, CLASS_MAC, MAC_ADDR_SET, &c));
	mock_unregister(f->m);
	KUNIT_EXPECT_LT(test, net_user_result(f), 0);
}

/* 5.1.6.5.3: the identifier, and not before it is asked for. */
static void vlans(struct kunit *test)
{
	struct net_fix *f = net_setup(test, FB_CTRL_VLAN);
	struct net_cmd c;

	f->user.vid = 0x123;
	net_user_start(f, net_add_vlan);
	KUNIT_ASSERT_TRUE(test, net_accept(f, CLASS_VLAN, VLAN_ADD, &c));
	KUNIT_EXPECT_EQ(test, c.len, 2);
	KUNIT_EXPECT_EQ(test, get_unaligned_le16(c.data), 0x123);
	KUNIT_EXPECT_EQ(test, net_user_result(f), 0);
	net_user_start(f, net_kill_vlan);
	KUNIT_ASSERT_TRUE(test, net_accept(f, CLASS_VLAN, VLAN_DEL, &c));
	KUNIT_EXPECT_EQ(test, get_unaligned_le16(c.data), 0x123);
	KUNIT_EXPECT_EQ(test, net_user_result(f), 0);
}

/* 2.4: it has forgotten them. */
static void vlans_after_reset(struct kunit *test)
{
	struct net_fix *f = net_setup(test, FB_CTRL_VLAN);
	struct net_cmd c;

	f->user.vid = 5;
	net_user_start(f, net_add_vlan);
	KUNIT_ASSERT_TRUE(test, net_accept(f, CLASS_VLAN, VLAN_ADD, &c));
	KUNIT_EXPECT_EQ(test, net_user_result(f), 0);
	mock_needs_reset(f->m);
	KUNIT_EXPECT_TRUE(test, net_accept(f, CLASS_VLAN, VLAN_ADD, &c));
	KUNIT_EXPECT_EQ(test, get_unaligned_le16(c.data), 5);
}

/* 5.1.6.5.9: a mask of feature bits, none that was not negotiated. */
static void offloads(struct kunit *test)
{
	const u64 all = FB_GUEST_CSUM | FB_GUEST_TSO4 | FB_GUEST_TSO6;
	struct net_fix *f = net_setup(test, FB_OFFLOADS | all);
	struct net_cmd c;

	KUNIT_ASSERT_TRUE(test, f->dev->features & NETIF_F_GRO_HW);
	f->user.features = f->dev->features & ~NETIF_F_GRO_HW;
	net_user_start(f, net_set_features);
	KUNIT_ASSERT_TRUE(test, net_accept(f, CLASS_OFFLOADS, 0, &c));
	KUNIT_EXPECT_EQ(test, c.len, 8);
	KUNIT_EXPECT_EQ(test, get_unaligned_le64(c.data), FB_GUEST_CSUM);
	KUNIT_EXPECT_EQ(test, net_user_result(f), 0);
	f->user.features |= NETIF_F_GRO_HW;
	net_user_start(f, net_set_features);
	KUNIT_ASSERT_TRUE(test, net_take(f, CLASS_OFFLOADS, 0, &c));
	KUNIT_EXPECT_EQ(test, get_unaligned_le64(c.data), all);
	net_answer(f, &c, ACK_ERR);
	KUNIT_EXPECT_EQ(test, net_user_result(f), 0);
	KUNIT_EXPECT_FALSE(test, f->dev->features & NETIF_F_GRO_HW);
}

/* 5.1.6.5.10: packets before microseconds, each direction by itself. */
static void coalescing(struct kunit *test)
{
	struct net_fix *f = net_setup(test, FB_COAL);
	struct net_cmd c;

	f->user.ec.rx_coalesce_usecs = 50;
	f->user.ec.rx_max_coalesced_frames = 32;
	net_user_start(f, net_set_coalesce);
	KUNIT_ASSERT_TRUE(test, net_accept(f, CLASS_COAL, COAL_RX_SET, &c));
	KUNIT_EXPECT_EQ(test, c.len, 8);
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(c.data), 32);
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(c.data + 4), 50);
	KUNIT_EXPECT_EQ(test, net_user_result(f), 0);
}

/* One that the device refuses is not in force. */
static void coalescing_refused(struct kunit *test)
{
	struct net_fix *f = net_setup(test, FB_COAL);
	const struct ethtool_ops *ops = f->dev->ethtool_ops;
	struct ethtool_coalesce ec = {};
	struct net_cmd c;

	f->user.ec.tx_coalesce_usecs = 50;
	net_user_start(f, net_set_coalesce);
	KUNIT_ASSERT_TRUE(test, net_take(f, CLASS_COAL, COAL_TX_SET, &c));
	net_answer(f, &c, ACK_ERR);
	KUNIT_EXPECT_EQ(test, net_user_result(f), -EINVAL);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, ops->get_coalesce(f->dev, &ec, NULL, NULL), 0);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, ec.tx_coalesce_usecs, 0);
}

/* An entry of a reply, 5.1.6.5.11.2. */
static size_t put_entry(u8 *p, u8 type, u16 queue, u16 size, u64 first)
{
	memset(p, 0, 8);
	p[0] = type;
	put_unaligned_le16(queue, p + 2);
	put_unaligned_le16(size, p + 6);
	put_unaligned_le64(first, p + 8);
	return 16;
}

#define STATS_RX_BASIC	BIT_ULL(0)
#define STATS_RX_BYTES	56

/* The device has one type of statistics, and said so when it came up. */
static struct net_fix *stats_setup(struct kunit *test)
{
	struct net_fix *f = net_new(test, FB_STATS);

	f->stats_types = STATS_RX_BASIC;
	net_start(f);
	KUNIT_ASSERT_EQ(test, f->obliged, 1);
	KUNIT_ASSERT_EQ(test, f->last.cmd, STATS_QUERY);
	return f;
}

/**
 * struct stats_lie - a reply
 * @name: of the case
 * @type: of its entry
 * @queue: of its entry
 * @size: of its entry, as it says
 * @good: its first counter counts
 */
struct stats_lie {
	const char *name;
	u8 type;
	u16 queue;
	u16 size;
	bool good;
};

static const struct stats_lie stats_lies[] = {
	{ "short, and true", 0, 0, 16, true },
	{ "size 0", 0, 0, 0, false },
	{ "size below the header", 0, 0, 7, false },
	{ "size beyond the reply", 0, 0, 0xffff, false },
	{ "transmit queue", 0, 1, 16, false },
	{ "queue that is not there", 0, 2, 16, false },
	{ "queue far away", 0, 0xfffe, 16, false },
	{ "type not asked for", 1, 0, 16, false },
	{ "type of another queue", 16, 0, 16, false },
	{ "type that there is not", 255, 0, 16, false },
};

static void stats_lie_name(const struct stats_lie *s, char *desc)
{
	strscpy(desc, s->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(stats_lie, stats_lies, stats_lie_name);

#define COUNTER		0x123456789abcdefULL

/* 5.1.6.5.11: no size and no number of the device is believed. */
static void device_stats(struct kunit *test)
{
	const struct stats_lie *s = test->param_value;
	struct net_fix *f = stats_setup(test);
	struct net_cmd c;
	bool found = false;
	u8 reply[16];
	int i;

	net_user_start(f, net_read_stats);
	KUNIT_ASSERT_TRUE(test, net_take(f, CLASS_STATS, STATS_GET, &c));
	KUNIT_EXPECT_EQ(test, c.len, 16);
	KUNIT_EXPECT_EQ(test, get_unaligned_le16(c.data), 0);
	KUNIT_EXPECT_EQ(test, get_unaligned_le64(c.data + 8), STATS_RX_BASIC);
	KUNIT_EXPECT_GE(test, c.b.in_len, 1 + STATS_RX_BYTES);
	put_entry(reply, s->type, s->queue, s->size, COUNTER);
	net_result(f, &c, reply, sizeof(reply));
	KUNIT_EXPECT_GT(test, net_user_result(f), 0);
	for (i = 0; i < f->user.num; i++)
		found |= f->user.stats[i] == COUNTER;
	kfree(f->user.stats);
	KUNIT_EXPECT_EQ(test, found, s->good);
}

#define STATS_TX_BASIC	BIT_ULL(16)
#define STATS_CVQ	BIT_ULL(32)
#define STATS_ALL	(STATS_RX_BASIC | STATS_TX_BASIC | STATS_CVQ)

/* Two pairs of queues, and counters of each kind of queue. */
static struct net_fix *stats_setup_all(struct kunit *test)
{
	struct net_fix *f = net_new(test, FB_STATS | FB_MQ);

	net_set_pairs(f, 2);
	f->stats_types = STATS_ALL;
	net_start(f);
	KUNIT_ASSERT_EQ(test, net_use_pairs(f, 2), 0);
	return f;
}

/* 5.1.6.5.11.2: each queue by its index, with the types of its kind. */
static void expect_asked(struct net_fix *f, const struct net_cmd *c)
{
	static const u64 want[] = { STATS_RX_BASIC, STATS_TX_BASIC,
				    STATS_RX_BASIC, STATS_TX_BASIC, STATS_CVQ };
	unsigned int i, queue, asked = 0;

	KUNIT_ASSERT_EQ(f->test, c->len, 16 * ARRAY_SIZE(want));
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		queue = get_unaligned_le16(c->data + 16 * i);
		KUNIT_ASSERT_LT(f->test, queue, ARRAY_SIZE(want));
		KUNIT_EXPECT_EQ(f->test,
				get_unaligned_le64(c->data + 16 * i + 8),
				want[queue]);
		asked |= BIT(queue);
	}
	KUNIT_EXPECT_EQ(f->test, asked, 0x1f);
}

static void expect_stat(struct net_fix *f, const char *name, u64 want)
{
	KUNIT_EXPECT_EQ(f->test, net_find_stat(f->dev, f->user.stats,
					       f->user.num, name), want);
}

/* Entries in the device's order: one unknown, one longer than its type. */
static size_t put_row(u8 *p)
{
	size_t at = put_entry(p, 200, 0, 24, COUNTER);

	put_unaligned_le64(COUNTER, p + at);
	at += 8;
	at += put_entry(p + at, 32, 4, 24, 11);
	put_unaligned_le64(10, p + at);
	at += 8;
	at += put_entry(p + at, 0, 2, 8 + 8 * 8, 20);
	for (; at < 24 + 24 + 72; at += 8)
		put_unaligned_le64(20 + (at - 24 - 24 - 8) / 8, p + at);
	return at + put_entry(p + at, 16, 1, 16, 30);
}

/* Each is where its type and queue belong; what is not said is 0. */
static void device_stats_row(struct kunit *test)
{
	struct net_fix *f = stats_setup_all(test);
	struct net_cmd c;
	u8 reply[160];
	int i;

	net_user_start(f, net_read_stats);
	KUNIT_ASSERT_TRUE(test, net_take(f, CLASS_STATS, STATS_GET, &c));
	expect_asked(f, &c);
	/* Room for 6 + 6 + 6 + 6 + 2 counters, and 5 headers. */
	KUNIT_EXPECT_GE(test, c.b.in_len, 1 + 26 * 8 + 5 * 8);
	net_result(f, &c, reply, put_row(reply));
	KUNIT_ASSERT_GT(test, net_user_result(f), 0);
	expect_stat(f, "ctrl_hw_command_num", 11);
	expect_stat(f, "ctrl_hw_ok_num", 10);
	expect_stat(f, "rx1_hw_notifications", 20);
	expect_stat(f, "rx1_hw_packets", 21);
	expect_stat(f, "rx1_hw_drop_overruns", 25);
	expect_stat(f, "tx0_hw_notifications", 30);
	expect_stat(f, "tx0_hw_packets", 0);
	expect_stat(f, "rx0_hw_packets", 0);
	expect_stat(f, "tx1_hw_notifications", 0);
	for (i = 0; i < f->user.num; i++) {
		KUNIT_EXPECT_NE(test, f->user.stats[i], COUNTER);
		KUNIT_EXPECT_NE(test, f->user.stats[i], 26);
		KUNIT_EXPECT_NE(test, f->user.stats[i], 27);
	}
	kfree(f->user.stats);
}

/* Half an answer about types is none: they are not asked for. */
static void device_stats_unknown(struct kunit *test)
{
	struct net_fix *f = net_new(test, FB_STATS);
	struct net_cmd c;

	f->stats_types = STATS_ALL;
	f->stats_cut = 1;
	net_start(f);
	KUNIT_ASSERT_EQ(test, f->obliged, 1);
	KUNIT_ASSERT_EQ(test, f->last.cmd, STATS_QUERY);
	KUNIT_EXPECT_EQ(test, f->last.b.in_len, 1 + 8);
	net_user_start(f, net_read_stats);
	KUNIT_EXPECT_GT(test, net_user_result(f), 0);
	expect_stat(f, "rx0_hw_packets", U64_MAX);
	expect_stat(f, "ctrl_hw_command_num", U64_MAX);
	kfree(f->user.stats);
	KUNIT_EXPECT_FALSE(test, play_try_take(f->p, Q_CTRL, &c.b));
}

static struct net_fix *rss_setup(struct kunit *test, u64 features, u32 types)
{
	struct net_fix *f = net_new(test, features | FB_RSS);

	net_offer_rss(f, types);
	net_start(f);
	return f;
}

/* 5.1.6.5.7.1, with the one queue that is in use, and has buffers then. */
static void rss(struct kunit *test)
{
	struct net_fix *f = rss_setup(test, 0, ~0);
	struct net_cmd *c = &f->mq;
	unsigned int i, sum = 0;

	KUNIT_EXPECT_EQ(test, f->obliged, 0);
	net_open(f);
	KUNIT_EXPECT_TRUE(test, play_up(f->p, Q_RX));
	KUNIT_ASSERT_GT(test, f->obliged, 0);
	KUNIT_ASSERT_EQ(test, c->class, CLASS_MQ);
	KUNIT_ASSERT_EQ(test, c->cmd, MQ_RSS_CONFIG);
	KUNIT_ASSERT_EQ(test, c->len, RSS_LEN);
	/* Types that the specification does not know are not switched on. */
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(c->data), 0x1ff);
	KUNIT_EXPECT_EQ(test, get_unaligned_le16(c->data + RSS_MASK),
			RSS_ENTRIES - 1);
	for (i = 0; i < RSS_ENTRIES; i++)
		sum += get_unaligned_le16(c->data + RSS_TABLE + 2 * i);
	KUNIT_EXPECT_EQ(test, sum, 0);
	KUNIT_EXPECT_EQ(test, get_unaligned_le16(c->data + RSS_MAX_TX), 1);
	KUNIT_EXPECT_EQ(test, c->data[RSS_KEY_LEN], RSS_KEY);
}

/* A key is in force when the device has it. */
static void rss_key(struct kunit *test)
{
	struct net_fix *f = rss_setup(test, 0, 0x3f);
	const struct ethtool_ops *ops = f->dev->ethtool_ops;
	u8 key[RSS_KEY], now[RSS_KEY];
	struct net_cmd c;

	memset(key, 0xa5, sizeof(key));
	f->user.key = key;
	net_user_start(f, net_set_key);
	KUNIT_ASSERT_TRUE(test, net_take(f, CLASS_MQ, MQ_RSS_CONFIG, &c));
	KUNIT_EXPECT_EQ(test, memcmp(c.data + RSS_KEY_LEN + 1, key, RSS_KEY),
			0);
	net_answer(f, &c, ACK_ERR);
	KUNIT_EXPECT_EQ(test, net_user_result(f), -EINVAL);
	rtnl_lock();
	ops->get_rxfh(f->dev, NULL, now, NULL);
	rtnl_unlock();
	KUNIT_EXPECT_NE(test, memcmp(now, key, RSS_KEY), 0);
}

/* A device that can steer by itself does, until somebody asks for RSS. */
static void rss_when_asked(struct kunit *test)
{
	struct net_fix *f = rss_setup(test, FB_MQ, 0x3f);
	static const u8 key[RSS_KEY] = { 1, 2, 3 };
	struct net_cmd c;

	net_open(f);
	KUNIT_EXPECT_EQ(test, f->mq.len, 0);
	f->user.key = key;
	net_user_start(f, net_set_key);
	KUNIT_ASSERT_TRUE(test, net_accept(f, CLASS_MQ, MQ_RSS_CONFIG, &c));
	KUNIT_EXPECT_EQ(test, net_user_result(f), 0);
	mock_needs_reset(f->m);
	KUNIT_ASSERT_TRUE(test, net_accept(f, CLASS_MQ, MQ_RSS_CONFIG, &c));
	KUNIT_EXPECT_EQ(test, memcmp(c.data + RSS_KEY_LEN + 1, key, RSS_KEY),
			0);
}

/* No type that the device has not (5.1.6.5.7.1.1). */
static void rss_fields(struct kunit *test)
{
	/* IPv4, TCPv4, IPv6. */
	struct net_fix *f = rss_setup(test, 0, BIT(0) | BIT(1) | BIT(3));
	struct net_cmd c;

	f->user.rxnfc.cmd = ETHTOOL_SRXFH;
	f->user.rxnfc.flow_type = UDP_V4_FLOW;
	f->user.rxnfc.data = RXH_IP_SRC | RXH_IP_DST | RXH_L4_B_0_1 |
			     RXH_L4_B_2_3;
	net_user_start(f, net_set_rxnfc);
	KUNIT_EXPECT_EQ(test, net_user_result(f), -EINVAL);
	f->user.rxnfc.flow_type = TCP_V4_FLOW;
	f->user.rxnfc.data = RXH_IP_SRC | RXH_IP_DST;
	net_user_start(f, net_set_rxnfc);
	KUNIT_ASSERT_TRUE(test, net_accept(f, CLASS_MQ, MQ_RSS_CONFIG, &c));
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(c.data), BIT(0) | BIT(3));
	KUNIT_EXPECT_EQ(test, net_user_result(f), 0);
}

/* Commands of a feature that was not negotiated are never sent. */
static void nothing_negotiated(struct kunit *test)
{
	struct net_fix *f = net_setup(test, 0);
	struct net_cmd c;

	start_set_addr(f);
	net_user_result(f);
	f->user.ec.rx_coalesce_usecs = 9;
	net_user_start(f, net_set_coalesce);
	KUNIT_EXPECT_EQ(test, net_user_result(f), -EOPNOTSUPP);
	f->user.features = f->dev->features & ~NETIF_F_RXCSUM;
	net_user_start(f, net_set_features);
	net_user_result(f);
	net_user_start(f, net_read_stats);
	KUNIT_EXPECT_GT(test, net_user_result(f), 0);
	kfree(f->user.stats);
	rtnl_lock();
	f->dev->netdev_ops->ndo_set_rx_mode(f->dev);
	rtnl_unlock();
	msleep(50);
	KUNIT_EXPECT_FALSE(test, play_try_take(f->p, Q_CTRL, &c.b));
}

/* A receive filter: modes that change, and both tables. */
static void rx_mode_tables(struct kunit *test)
{
	struct net_fix *f = net_setup(test, FB_ADDR);
	static const u8 group[ETH_ALEN] = { 1, 0, 0x5e, 1, 2, 3 };
	struct net_cmd c;
	u32 num;

	rtnl_lock();
	dev_mc_add(f->dev, group);
	f->dev->netdev_ops->ndo_set_rx_mode(f->dev);
	rtnl_unlock();
	KUNIT_ASSERT_TRUE(test, net_accept(f, CLASS_MAC, MAC_TABLE_SET, &c));
	/* No unicast; protocols have groups too.  A descriptor each (5.1.6.7). */
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(c.data), 0);
	num = get_unaligned_le32(c.data + 4);
	KUNIT_ASSERT_LE(test, num, 8);
	KUNIT_EXPECT_EQ(test, c.len, 4 + 4 + num * ETH_ALEN);
	KUNIT_EXPECT_TRUE(test, net_in_table(c.data + 8, num, group));
	KUNIT_EXPECT_EQ(test, c.b.c.num - c.b.c.num_in, 3);
	KUNIT_EXPECT_TRUE(test, net_accept(f, CLASS_RX, RX_PROMISC, &c));
	KUNIT_EXPECT_EQ(test, c.data[0], 0);
	KUNIT_EXPECT_TRUE(test, net_accept(f, CLASS_RX, RX_ALLMULTI, &c));
	KUNIT_EXPECT_EQ(test, c.data[0], 0);
}

/* More addresses than a command has room for: all multicast, first. */
static void rx_mode_too_many(struct kunit *test)
{
	struct net_fix *f = net_setup(test, FB_ADDR);
	u8 group[ETH_ALEN] = { 1, 0, 0x5e, 0, 0, 0 };
	struct net_cmd c;
	int i;

	rtnl_lock();
	for (i = 0; i < 1000; i++) {
		put_unaligned_be16(i, group + 4);
		dev_mc_add(f->dev, group);
	}
	f->dev->netdev_ops->ndo_set_rx_mode(f->dev);
	rtnl_unlock();
	KUNIT_ASSERT_TRUE(test, net_accept(f, CLASS_RX, RX_ALLMULTI, &c));
	KUNIT_EXPECT_EQ(test, c.data[0], 1);
	KUNIT_EXPECT_TRUE(test, net_accept(f, CLASS_MAC, MAC_TABLE_SET, &c));
	KUNIT_EXPECT_EQ(test, c.len, 8);
	KUNIT_EXPECT_TRUE(test, net_accept(f, CLASS_RX, RX_PROMISC, &c));
}

static struct kunit_case net_ctrl_cases[] = {
	KUNIT_CASE(address),
	KUNIT_CASE(address_without_ctrl_rx),
	KUNIT_CASE_PARAM(address_not_set, bad_answer_gen_params),
	KUNIT_CASE(never_answers),
	KUNIT_CASE(answers_late),
	KUNIT_CASE(lost_interrupt),
	KUNIT_CASE(answers_twice),
	KUNIT_CASE(fails_meanwhile),
	KUNIT_CASE(removed_meanwhile),
	KUNIT_CASE(vlans),
	KUNIT_CASE(vlans_after_reset),
	KUNIT_CASE(offloads),
	KUNIT_CASE(coalescing),
	KUNIT_CASE(coalescing_refused),
	KUNIT_CASE_PARAM(device_stats, stats_lie_gen_params),
	KUNIT_CASE(device_stats_row),
	KUNIT_CASE(device_stats_unknown),
	KUNIT_CASE(rss),
	KUNIT_CASE(rss_key),
	KUNIT_CASE(rss_when_asked),
	KUNIT_CASE(rss_fields),
	KUNIT_CASE(nothing_negotiated),
	KUNIT_CASE(rx_mode_tables),
	KUNIT_CASE(rx_mode_too_many),
	{}
};

static struct kunit_suite net_ctrl_suite = {
	.name = "virtio_net_ctrl",
	.test_cases = net_ctrl_cases,
};

kunit_test_suites(&net_ctrl_suite);

MODULE_DESCRIPTION("Unit tests of the network driver's control queue");
MODULE_LICENSE("GPL");
