// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_net_replay: settings that the device has to be told again
 *
 * virtio_net on a device that was reset, and has forgotten everything (VIRTIO
 * 1.4, 2.4), and on one that answers a command too late: the user was told that
 * it failed, the device may have done it.  The test keeps what a device has
 * after all commands it accepted, in whichever order, and compares it to what
 * the interface has.
 */
#include <linux/bitmap.h>
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/module.h>

#include "net_data_fix.h"

#define ALL_OFFLOADS	(FB_GUEST_CSUM | FB_GUEST_TSO4 | FB_GUEST_TSO6)

/* Bytes of both tables of addresses that are kept. */
#define TABLES		128

/**
 * struct coal - coalescing of a queue
 * @packets: max_packets
 * @usecs: max_usecs
 */
struct coal {
	u32 packets;
	u32 usecs;
};

/**
 * struct has - what a device has
 * @f: the device
 * @first: the address it had at first
 * @addr: its address
 * @vlans: it lets through
 * @pairs: of queues in use
 * @coal: by index of the virtqueue
 * @offloads: that are on, by feature bit
 * @promisc: promiscuous mode
 * @allmulti: all multicast
 * @tables: of addresses, as they came
 * @acks: announcements that were acknowledged
 * @unused: commands about queues that are not in use
 */
struct has {
	struct net_fix *f;
	u8 first[ETH_ALEN];
	u8 addr[ETH_ALEN];
	DECLARE_BITMAP(vlans, VLAN_N_VID);
	unsigned int pairs;
	struct coal coal[2 * MAX_PAIRS];
	u64 offloads;
	u8 promisc;
	u8 allmulti;
	u8 tables[TABLES];
	unsigned int acks;
	unsigned int unused;
};

static const u8 other[ETH_ALEN] = { 0x52, 0x54, 0, 0x12, 0x34, 0x99 };
static const u8 group[ETH_ALEN] = { 1, 0, 0x5e, 1, 2, 3 };

/* 5.1.6.5.10: the last command that is about a queue holds. */
static void has_coal(struct has *h, const struct net_cmd *c)
{
	bool one = c->cmd == COAL_VQ_SET;
	const u8 *values = c->data + (one ? 4 : 0);
	unsigned int i = one ? get_unaligned_le16(c->data) :
			       c->cmd == COAL_TX_SET;
	unsigned int step = one ? 2 * MAX_PAIRS : 2;

	if (one && i >= 2 * h->pairs)
		h->unused++;
	for (; i < 2 * MAX_PAIRS; i += step) {
		WRITE_ONCE(h->coal[i].packets, get_unaligned_le32(values));
		WRITE_ONCE(h->coal[i].usecs, get_unaligned_le32(values + 4));
	}
}

static void has_mac(struct has *h, const struct net_cmd *c)
{
	if (c->cmd == MAC_TABLE_SET) {
		memcpy(h->tables, c->data, TABLES);
		return;
	}
	/* 5.1.6.5.2.1: in the configuration as well. */
	memcpy(h->addr, c->data, ETH_ALEN);
	memcpy(h->f->m->config + CFG_MAC, c->data, ETH_ALEN);
}

/* 5.1.6.5.4.2: the bit is gone before the command is used. */
static void has_announced(struct has *h)
{
	put_unaligned_le16(S_LINK_UP, h->f->m->config + CFG_STATUS);
	WRITE_ONCE(h->acks, h->acks + 1);
}

/* The device does as it is told. */
static void has_heard(struct net_fix *f, const struct net_cmd *c)
{
	struct has *h = f->hearer;

	if (c->class == CLASS_RX && c->cmd == RX_PROMISC)
		h->promisc = c->data[0];
	else if (c->class == CLASS_RX && c->cmd == RX_ALLMULTI)
		h->allmulti = c->data[0];
	else if (c->class == CLASS_MAC)
		has_mac(h, c);
	else if (c->class == CLASS_VLAN)
		__assign_bit(get_unaligned_le16(c->data) % VLAN_N_VID, h->vlans,
			     c->cmd == VLAN_ADD);
	else if (c->class == CLASS_ANNOUNCE)
		has_announced(h);
	else if (c->class == CLASS_MQ && c->cmd == MQ_PAIRS_SET)
		h->pairs = get_unaligned_le16(c->data);
	else if (c->class == CLASS_OFFLOADS)
		h->offloads = get_unaligned_le64(c->data);
	else if (c->class == CLASS_COAL)
		has_coal(h, c);
}

/* 2.4; 5.1.6.5.9: an offload that was negotiated is on. */
static void has_forgotten(struct has *h)
{
	struct has begin = { .f = h->f, .pairs = 1, .acks = h->acks };

	memcpy(begin.first, h->first, ETH_ALEN);
	memcpy(begin.addr, h->first, ETH_ALEN);
	memcpy(h->f->m->config + CFG_MAC, h->first, ETH_ALEN);
	begin.offloads = h->f->m->accepted & ALL_OFFLOADS;
	*h = begin;
}

/* Keep what a device has, from before it is on the bus. */
static struct has *has_new(struct net_fix *f)
{
	struct has *h = kunit_kzalloc(f->test, sizeof(*h), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(f->test, h);
	h->f = f;
	memcpy(h->first, f->m->config + CFG_MAC, ETH_ALEN);
	has_forgotten(h);
	f->hearer = h;
	f->heard = has_heard;
	return h;
}

/* A device with a pair of queues, on the bus, its interface down. */
static struct has *has_setup(struct kunit *test, u64 features)
{
	struct has *h = has_new(net_new(test, features));

	net_start(h->f);
	h->offloads = h->f->m->accepted & ALL_OFFLOADS;
	return h;
}

/* The device is reset, and accepts what it hears then. */
static void has_reset(struct has *h)
{
	struct net_fix *f = h->f;
	unsigned int life = READ_ONCE(f->p->life);

	has_forgotten(h);
	net_oblige_start(f);
	mock_needs_reset(f->m);
	KUNIT_EXPECT_TRUE(f->test, play_until(READ_ONCE(f->p->life) != life));
	KUNIT_EXPECT_TRUE(f->test, play_until(netif_device_present(f->dev)));
	net_oblige_rest(f);
}

/* A user whose device takes too long; @c is the command that it has. */
static void has_late(struct has *h, int (*fn)(struct net_user *u), u8 class,
		     u8 cmd, struct net_cmd *c)
{
	struct net_fix *f = h->f;

	net_user_start(f, fn);
	KUNIT_ASSERT_TRUE(f->test, net_take(f, class, cmd, c));
	KUNIT_ASSERT_EQ(f->test, net_user_result(f), -ETIMEDOUT);
}

/* It answers after all, and accepts what it hears then. */
static void has_answer(struct has *h, struct net_cmd *c, u8 ack)
{
	struct net_fix *f = h->f;
	unsigned int before = f->obliged;

	if (ack == ACK_OK)
		has_heard(f, c);
	net_answer(f, c, ack);
	net_oblige_start(f);
	KUNIT_EXPECT_TRUE(f->test, play_until(READ_ONCE(f->obliged) != before));
	net_oblige_rest(f);
}

static int add_vlan(struct has *h, u16 vid)
{
	h->f->user.vid = vid;
	return net_do(h->f, net_add_vlan);
}

/* Exactly these: as many, and each of them. */
static void expect_vlans(struct has *h, const u16 *vids, unsigned int num)
{
	unsigned int i;

	KUNIT_EXPECT_EQ(h->f->test, bitmap_weight(h->vlans, VLAN_N_VID), num);
	for (i = 0; i < num; i++)
		KUNIT_EXPECT_TRUE(h->f->test, test_bit(vids[i], h->vlans));
}

static void expect_coal(struct has *h, unsigned int index, u32 packets,
			u32 usecs)
{
	KUNIT_EXPECT_EQ(h->f->test, h->coal[index].packets, packets);
	KUNIT_EXPECT_EQ(h->f->test, h->coal[index].usecs, usecs);
}

/* The driver gives up on a command that no user waits for. */
static void expect_given_up(struct net_fix *f)
{
	memcpy(f->user.addr, other, ETH_ALEN);
	net_user_start(f, net_set_addr);
	KUNIT_ASSERT_EQ(f->test, net_user_result(f), -EBUSY);
}

/* The interface kept its address, so the device has to have that again. */
static void address_late(struct kunit *test)
{
	struct has *h = has_setup(test, FB_ADDR);
	struct net_fix *f = h->f;
	struct net_cmd c;

	memcpy(f->user.addr, other, ETH_ALEN);
	has_late(h, net_set_addr, CLASS_MAC, MAC_ADDR_SET, &c);
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(f->dev->dev_addr, h->first));
	has_answer(h, &c, ACK_OK);
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(f->dev->dev_addr, h->first));
	KUNIT_EXPECT_EQ(test, memcmp(h->addr, h->first, ETH_ALEN), 0);
}

/**
 * struct late - a command about a VLAN, and its late answer
 * @name: of the case
 * @add: it comes; else it goes
 * @ack: the answer; the device did as it says
 */
struct late {
	const char *name;
	bool add;
	u8 ack;
};

static const struct late lates[] = {
	{ "comes, late", true, ACK_OK },
	{ "does not come, late", true, ACK_ERR },
	{ "goes, late", false, ACK_OK },
	{ "does not go, late", false, ACK_ERR },
};

static void late_name(const struct late *l, char *desc)
{
	strscpy(desc, l->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(late, lates, late_name);

/* One that the user could not have, or is rid of, is not the interface's. */
static void vlan_late(struct kunit *test)
{
	const struct late *l = test->param_value;
	struct has *h = has_setup(test, FB_CTRL_VLAN);
	static const u16 want[] = { 5 };
	struct net_cmd c;

	KUNIT_ASSERT_EQ(test, add_vlan(h, 5), 0);
	if (!l->add)
		KUNIT_ASSERT_EQ(test, add_vlan(h, 0x700), 0);
	h->f->user.vid = 0x700;
	if (l->add)
		has_late(h, net_add_vlan, CLASS_VLAN, VLAN_ADD, &c);
	else
		has_late(h, net_kill_vlan, CLASS_VLAN, VLAN_DEL, &c);
	has_answer(h, &c, l->ack);
	expect_vlans(h, want, ARRAY_SIZE(want));
}

/* Those that change while a command is out are not told at once. */
static void vlans_meanwhile(struct kunit *test)
{
	struct has *h = has_setup(test, FB_ADDR | FB_CTRL_VLAN);
	struct net_fix *f = h->f;
	static const u16 want[] = { 6 };
	struct net_cmd c;

	KUNIT_ASSERT_EQ(test, add_vlan(h, 5), 0);
	KUNIT_ASSERT_EQ(test, add_vlan(h, 6), 0);
	memcpy(f->user.addr, other, ETH_ALEN);
	has_late(h, net_set_addr, CLASS_MAC, MAC_ADDR_SET, &c);
	f->user.vid = 5;
	net_user_start(f, net_kill_vlan);
	KUNIT_EXPECT_EQ(test, net_user_result(f), -EBUSY);
	f->user.vid = 9;
	net_user_start(f, net_add_vlan);
	KUNIT_EXPECT_EQ(test, net_user_result(f), -EBUSY);
	has_answer(h, &c, ACK_OK);
	expect_vlans(h, want, ARRAY_SIZE(want));
}

/* Too late once more, while it is told: it is told once more, but not at once. */
static void late_twice(struct kunit *test)
{
	struct has *h = has_setup(test, FB_ADDR);
	struct net_fix *f = h->f;
	unsigned long begin;
	struct net_cmd c;

	memcpy(f->user.addr, other, ETH_ALEN);
	has_late(h, net_set_addr, CLASS_MAC, MAC_ADDR_SET, &c);
	has_heard(f, &c);
	net_answer(f, &c, ACK_OK);
	KUNIT_ASSERT_TRUE(test, net_take(f, CLASS_MAC, MAC_ADDR_SET, &c));
	expect_given_up(f);
	begin = jiffies;
	has_answer(h, &c, ACK_ERR);
	KUNIT_EXPECT_GE(test, jiffies - begin, (unsigned long)HZ / 2);
	KUNIT_EXPECT_EQ(test, memcmp(h->addr, h->first, ETH_ALEN), 0);
}

/* It is reset before it answers: 2.4, it has nothing of the command. */
static void reset_instead(struct kunit *test)
{
	struct has *h = has_setup(test, FB_CTRL_VLAN);
	static const u16 want[] = { 5, 9 };
	struct net_cmd c;

	KUNIT_ASSERT_EQ(test, add_vlan(h, 5), 0);
	h->f->user.vid = 7;
	has_late(h, net_add_vlan, CLASS_VLAN, VLAN_ADD, &c);
	has_reset(h);
	net_answer(h->f, &c, ACK_OK);
	KUNIT_EXPECT_EQ(test, add_vlan(h, 9), 0);
	expect_vlans(h, want, ARRAY_SIZE(want));
}

/**
 * struct coal_kind - who is told of coalescing
 * @name: of the case
 * @features: of the device
 * @cmd: what the user's receive values are told with
 * @one: the user means the queues of one pair
 * @was: values that are in force before, packets and microseconds
 */
struct coal_kind {
	const char *name;
	u64 features;
	u8 cmd;
	bool one;
	u32 was;
};

static const struct coal_kind coal_kinds[] = {
	{ "all", FB_COAL, COAL_RX_SET, false, 0 },
	{ "all, for the second time", FB_COAL, COAL_RX_SET, false, 10 },
	{ "each", FB_VQ_COAL, COAL_VQ_SET, false, 0 },
	{ "each, for the second time", FB_VQ_COAL, COAL_VQ_SET, false, 10 },
	{ "one", FB_VQ_COAL, COAL_VQ_SET, true, 0 },
	{ "one, for the second time", FB_VQ_COAL, COAL_VQ_SET, true, 10 },
	{ "one of all", FB_COAL | FB_VQ_COAL, COAL_VQ_SET, true, 0 },
	{ "one of all, for the second time", FB_COAL | FB_VQ_COAL, COAL_VQ_SET,
	  true, 10 },
};

static void coal_kind_name(const struct coal_kind *k, char *desc)
{
	strscpy(desc, k->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(coal_kind, coal_kinds, coal_kind_name);

static void want_rx(struct net_fix *f, u32 packets, u32 usecs)
{
	f->user.ec.rx_max_coalesced_frames = packets;
	f->user.ec.rx_coalesce_usecs = usecs;
}

static void want_tx(struct net_fix *f, u32 packets, u32 usecs)
{
	f->user.ec.tx_max_coalesced_frames = packets;
	f->user.ec.tx_coalesce_usecs = usecs;
}

/* What was in force still is, be it nothing. */
static void coalescing_late(struct kunit *test)
{
	const struct coal_kind *k = test->param_value;
	struct has *h = has_setup(test, k->features);
	int (*fn)(struct net_user *u) = k->one ? net_set_coalesce_pair :
						 net_set_coalesce;
	struct net_fix *f = h->f;
	struct net_cmd c;

	want_rx(f, k->was, k->was);
	want_tx(f, k->was, k->was);
	if (k->was)
		KUNIT_ASSERT_EQ(test, net_do(f, fn), 0);
	want_rx(f, 32, 50);
	has_late(h, fn, CLASS_COAL, k->cmd, &c);
	has_answer(h, &c, ACK_OK);
	expect_coal(h, Q_RX, k->was, k->was);
	expect_coal(h, Q_TX, k->was, k->was);
	KUNIT_EXPECT_EQ(test, h->unused, 0);
}

/* The other offload was not switched off for the user, so it is on. */
static void offloads_late(struct kunit *test)
{
	struct has *h = has_setup(test, FB_OFFLOADS | ALL_OFFLOADS);
	struct net_fix *f = h->f;
	struct net_cmd c;

	f->user.features = f->dev->features & ~NETIF_F_GRO_HW;
	net_user_start(f, net_set_features);
	KUNIT_ASSERT_TRUE(test, net_take(f, CLASS_OFFLOADS, 0, &c));
	net_user_result(f);
	KUNIT_EXPECT_TRUE(test, f->dev->features & NETIF_F_GRO_HW);
	has_answer(h, &c, ACK_OK);
	KUNIT_EXPECT_EQ(test, h->offloads, ALL_OFFLOADS);
}

static void set_promisc(struct net_fix *f, int inc)
{
	rtnl_lock();
	KUNIT_EXPECT_EQ(f->test, dev_set_promiscuity(f->dev, inc), 0);
	rtnl_unlock();
}

/* Switched off again before the device says that it is on. */
static void filter_late(struct kunit *test)
{
	struct has *h = has_setup(test, FB_ADDR);
	struct net_fix *f = h->f;
	struct net_cmd c;

	net_open(f);
	KUNIT_ASSERT_EQ(test, h->promisc, 0);
	set_promisc(f, 1);
	KUNIT_ASSERT_TRUE(test, net_take(f, CLASS_RX, RX_PROMISC, &c));
	expect_given_up(f);
	set_promisc(f, -1);
	/* A work item hears that this cannot be told now. */
	msleep(100);
	has_answer(h, &c, ACK_OK);
	KUNIT_EXPECT_EQ(test, c.data[0], 1);
	KUNIT_EXPECT_EQ(test, h->promisc, 0);
}

/* A device with two pairs of queues, both in use. */
static struct has *two_pairs(struct kunit *test, u64 features)
{
	struct net_fix *f = net_new(test, features | FB_MQ);
	struct has *h = has_new(f);

	net_set_pairs(f, 2);
	net_start(f);
	net_open(f);
	KUNIT_ASSERT_EQ(test, net_use_pairs(f, 2), 0);
	KUNIT_ASSERT_EQ(test, h->pairs, 2);
	return h;
}

/* Of two queues the second one refuses: the first has to go back. */
static void coalescing_partly(struct kunit *test)
{
	struct has *h = two_pairs(test, FB_VQ_COAL);
	struct net_fix *f = h->f;
	struct net_cmd c;

	want_rx(f, 32, 50);
	net_user_start(f, net_set_coalesce);
	KUNIT_ASSERT_TRUE(test, net_take(f, CLASS_COAL, COAL_VQ_SET, &c));
	has_heard(f, &c);
	expect_coal(h, 0, 32, 50);
	net_answer(f, &c, ACK_OK);
	KUNIT_ASSERT_TRUE(test, net_take(f, CLASS_COAL, COAL_VQ_SET, &c));
	has_answer(h, &c, ACK_ERR);
	KUNIT_EXPECT_EQ(test, net_user_result(f), -EINVAL);
	expect_coal(h, 0, 0, 0);
	expect_coal(h, 2, 0, 0);
}

/*
 * 5.1.6.5.6.1: nothing is sent where the device may not look any more; when it
 * has answered both have both again, which is what the user was told.
 */
static void pairs_late(struct kunit *test)
{
	struct has *h = two_pairs(test, 0);
	struct net_fix *f = h->f;
	struct net_cmd c;

	f->user.num = 1;
	has_late(h, net_set_channels, CLASS_MQ, MQ_PAIRS_SET, &c);
	KUNIT_EXPECT_EQ(test, f->dev->real_num_tx_queues, 1);
	has_answer(h, &c, ACK_OK);
	KUNIT_EXPECT_EQ(test, h->pairs, 2);
	KUNIT_EXPECT_EQ(test, f->dev->real_num_tx_queues, 2);
}

static int go_up(struct net_user *u)
{
	return dev_open(u->f->dev, NULL);
}

/* The same when the interface goes up: ethtool -l shows what is wanted. */
static void pairs_late_up(struct kunit *test)
{
	struct net_fix *f = net_new(test, FB_MQ);
	struct ethtool_channels ch = { };
	struct has *h = has_new(f);
	struct net_cmd c;

	net_set_pairs(f, 2);
	net_start(f);
	KUNIT_ASSERT_EQ(test, net_use_pairs(f, 2), 0);
	net_user_start(f, go_up);
	KUNIT_ASSERT_TRUE(test, net_take(f, CLASS_MQ, MQ_PAIRS_SET, &c));
	KUNIT_ASSERT_EQ(test, net_user_result(f), 0);
	KUNIT_EXPECT_EQ(test, f->dev->real_num_tx_queues, 1);
	f->dev->ethtool_ops->get_channels(f->dev, &ch);
	KUNIT_EXPECT_EQ(test, ch.combined_count, 2);
	has_answer(h, &c, ACK_ERR);
	KUNIT_EXPECT_EQ(test, h->pairs, 2);
	KUNIT_EXPECT_EQ(test, f->dev->real_num_rx_queues, 2);
	KUNIT_EXPECT_EQ(test, f->dev->real_num_tx_queues, 2);
}

/* The interface goes down before the answer: nothing may be left over. */
static void queue_late_down(struct kunit *test)
{
	struct has *h = two_pairs(test, FB_VQ_COAL);
	struct net_fix *f = h->f;
	struct net_cmd c;

	f->user.pair = 1;
	want_rx(f, 32, 50);
	has_late(h, net_set_coalesce_pair, CLASS_COAL, COAL_VQ_SET, &c);
	rtnl_lock();
	dev_close(f->dev);
	rtnl_unlock();
	has_answer(h, &c, ACK_OK);
	net_open(f);
	KUNIT_EXPECT_EQ(test, h->pairs, 2);
	expect_coal(h, 2, 0, 0);
}

/* The key that packets were hashed with before: 5.1.6.5.7.1. */
static void key_late(struct kunit *test)
{
	struct net_fix *f = net_new(test, FB_RSS);
	struct has *h = has_new(f);
	static const u8 key[RSS_KEY] = { 1, 2, 3 };
	u8 before[RSS_KEY];
	struct net_cmd c;

	net_offer_rss(f, 0x3f);
	net_start(f);
	net_open(f);
	KUNIT_ASSERT_EQ(test, f->mq.len, RSS_LEN);
	memcpy(before, f->mq.data + RSS_KEY_LEN + 1, RSS_KEY);
	f->user.key = key;
	has_late(h, net_set_key, CLASS_MQ, MQ_RSS_CONFIG, &c);
	KUNIT_EXPECT_EQ(test, memcmp(c.data + RSS_KEY_LEN + 1, key, RSS_KEY),
			0);
	f->mq.len = 0;
	has_answer(h, &c, ACK_OK);
	KUNIT_ASSERT_EQ(test, f->mq.len, RSS_LEN);
	KUNIT_EXPECT_EQ(test, memcmp(f->mq.data + RSS_KEY_LEN + 1, before,
				     RSS_KEY), 0);
}

/* Both directions, of all pairs. */
static void coalesce_all(struct net_fix *f)
{
	want_rx(f, 32, 50);
	want_tx(f, 16, 40);
	KUNIT_ASSERT_EQ(f->test, net_do(f, net_set_coalesce), 0);
}

/* What it refuses it has not; what comes behind that it hears of as well. */
static void vlan_refused(struct kunit *test)
{
	struct has *h = has_setup(test, FB_CTRL_VLAN);
	static const u16 want[] = { 5, 7 };
	static const u8 refuse[] = { CLASS_VLAN, VLAN_ADD, 6, 0 };

	KUNIT_ASSERT_EQ(test, add_vlan(h, 5), 0);
	KUNIT_ASSERT_EQ(test, add_vlan(h, 6), 0);
	KUNIT_ASSERT_EQ(test, add_vlan(h, 7), 0);
	memcpy(h->f->refuse, refuse, sizeof(refuse));
	h->f->refuse_len = sizeof(refuse);
	has_reset(h);
	expect_vlans(h, want, ARRAY_SIZE(want));
}

/* For all queues of a direction: 5.1.6.5.10.5, none after a reset. */
static void coalescing_after_reset(struct kunit *test)
{
	struct has *h = two_pairs(test, FB_COAL);

	coalesce_all(h->f);
	has_reset(h);
	KUNIT_EXPECT_EQ(test, h->pairs, 2);
	expect_coal(h, 0, 32, 50);
	expect_coal(h, 1, 16, 40);
	expect_coal(h, 2, 32, 50);
	expect_coal(h, 3, 16, 40);
}

/* Those of one pair behind those for all, with or without a command for all. */
static void queues_after_reset(struct kunit *test)
{
	const u64 *features = test->param_value;
	struct has *h = two_pairs(test, *features);
	struct net_fix *f = h->f;

	coalesce_all(f);
	f->user.pair = 1;
	want_rx(f, 8, 9);
	want_tx(f, 7, 6);
	KUNIT_ASSERT_EQ(test, net_do(f, net_set_coalesce_pair), 0);
	has_reset(h);
	KUNIT_EXPECT_EQ(test, h->pairs, 2);
	expect_coal(h, 0, 32, 50);
	expect_coal(h, 1, 16, 40);
	expect_coal(h, 2, 8, 9);
	expect_coal(h, 3, 7, 6);
	KUNIT_EXPECT_EQ(test, h->unused, 0);
}

static const u64 queue_features[] = { FB_VQ_COAL, FB_VQ_COAL | FB_COAL };

static void queue_features_name(const u64 *features, char *desc)
{
	strscpy(desc, *features & FB_COAL ? "one by one and all" : "one by one",
		KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(queue_features, queue_features, queue_features_name);

/* 5.1.6.5.9: on with the reset, and off again. */
static void offloads_after_reset(struct kunit *test)
{
	struct has *h = has_setup(test, FB_OFFLOADS | ALL_OFFLOADS);
	struct net_fix *f = h->f;

	f->user.features = f->dev->features & ~NETIF_F_GRO_HW;
	KUNIT_ASSERT_EQ(test, net_do(f, net_set_features), 0);
	has_reset(h);
	KUNIT_EXPECT_EQ(test, h->offloads, FB_GUEST_CSUM);
	f->user.features &= ~NETIF_F_RXCSUM;
	KUNIT_ASSERT_EQ(test, net_do(f, net_set_features), 0);
	has_reset(h);
	KUNIT_EXPECT_EQ(test, h->offloads, 0);
}

/* 5.1.6.5.1 and .2: modes, and both tables: 1 and its address, then groups. */
static void filter_after_reset(struct kunit *test)
{
	struct has *h = has_setup(test, FB_ADDR);
	struct net_fix *f = h->f;
	u32 num;

	net_open(f);
	net_oblige_start(f);
	rtnl_lock();
	dev_uc_add(f->dev, other);
	dev_mc_add(f->dev, group);
	dev_set_promiscuity(f->dev, 1);
	rtnl_unlock();
	net_oblige_rest(f);
	has_reset(h);
	KUNIT_EXPECT_EQ(test, h->promisc, 1);
	KUNIT_EXPECT_EQ(test, h->allmulti, 0);
	KUNIT_ASSERT_EQ(test, get_unaligned_le32(h->tables), 1);
	KUNIT_EXPECT_TRUE(test, net_in_table(h->tables + 4, 1, other));
	num = get_unaligned_le32(h->tables + 10);
	KUNIT_ASSERT_LE(test, num, (TABLES - 14) / ETH_ALEN);
	KUNIT_EXPECT_TRUE(test, net_in_table(h->tables + 14, num, group));
}

/* DIM looks at 64 interrupts, and the traffic is more than none before. */
#define DIM_PACKETS	200

/* Packets, each by itself, until the receive queue is told something. */
static void send_until_told(struct data_fix *d, struct has *h)
{
	struct lie l = { .len = 1000 };
	unsigned int i;

	for (i = 1; i <= DIM_PACKETS && !READ_ONCE(h->coal[Q_RX].usecs); i++) {
		data_send(d, &l);
		KUNIT_ASSERT_TRUE(d->f->test, data_came(d, i, l.len));
		usleep_range(100, 200);
	}
}

/* A queue finds out by itself: the second step of five, 8 us and 256 packets. */
static void adaptive(struct kunit *test)
{
	struct has *h = has_setup(test, FB_VQ_COAL);
	struct net_fix *f = h->f;
	struct data_fix *d;

	if (!IS_ENABLED(CONFIG_DIMLIB))
		kunit_skip(test, "a kernel without CONFIG_DIMLIB");
	d = data_open(f, HDR);
	f->user.ec.use_adaptive_rx_coalesce = 1;
	KUNIT_ASSERT_EQ(test, net_do(f, net_set_coalesce), 0);
	expect_coal(h, Q_RX, 0, 0);
	net_oblige_start(f);
	send_until_told(d, h);
	net_oblige_rest(f);
	expect_coal(h, Q_RX, 256, 8);
	expect_coal(h, Q_TX, 0, 0);
	has_reset(h);
	expect_coal(h, Q_RX, 256, 8);
}

/* The device asks for its guest to be announced, 5.1.6.5.4. */
static void ask_to_announce(struct net_fix *f)
{
	put_unaligned_le16(S_LINK_UP | S_ANNOUNCE, f->m->config + CFG_STATUS);
	mock_config_interrupt(f->m);
}

/* It hears that this was done, the second time not before a second is over. */
static void announce(struct kunit *test)
{
	struct has *h = has_setup(test, FB_STATUS | FB_ANNOUNCE);
	struct net_fix *f = h->f;
	unsigned long begin = jiffies;
	struct net_cmd c;
	int i;

	for (i = 0; i < 2; i++) {
		ask_to_announce(f);
		KUNIT_ASSERT_TRUE(test, net_take(f, CLASS_ANNOUNCE,
						 ANNOUNCE_ACK, &c));
		KUNIT_EXPECT_EQ(test, c.len, 0);
		has_heard(f, &c);
		net_answer(f, &c, ACK_OK);
	}
	KUNIT_EXPECT_GE(test, jiffies - begin, (unsigned long)HZ);
	/* It asks for nothing more. */
	mock_config_interrupt(f->m);
	msleep(1200);
	KUNIT_EXPECT_FALSE(test, play_try_take(f->p, f->q_ctrl, &c.b));
}

/* It has not taken the word for it: it still asks. */
static void announce_late(struct kunit *test)
{
	struct has *h = has_setup(test, FB_STATUS | FB_ANNOUNCE | FB_ADDR);
	struct net_fix *f = h->f;
	struct net_cmd c;

	ask_to_announce(f);
	KUNIT_ASSERT_TRUE(test, net_take(f, CLASS_ANNOUNCE, ANNOUNCE_ACK, &c));
	expect_given_up(f);
	net_oblige_start(f);
	net_answer(f, &c, ACK_ERR);
	KUNIT_EXPECT_TRUE(test, play_until(READ_ONCE(h->acks) == 1));
	net_oblige_rest(f);
}

/* It asks while it has another command: the answer has to wait. */
static void announce_meanwhile(struct kunit *test)
{
	struct has *h = has_setup(test, FB_STATUS | FB_ANNOUNCE | FB_ADDR);
	struct net_fix *f = h->f;
	struct net_cmd c;

	memcpy(f->user.addr, other, ETH_ALEN);
	has_late(h, net_set_addr, CLASS_MAC, MAC_ADDR_SET, &c);
	ask_to_announce(f);
	msleep(100);
	KUNIT_EXPECT_EQ(test, h->acks, 0);
	net_oblige_start(f);
	net_answer(f, &c, ACK_OK);
	KUNIT_EXPECT_TRUE(test, play_until(READ_ONCE(h->acks) == 1));
	net_oblige_rest(f);
}

/* What a slow device is told of: each takes 0.2 s, all together 16 s. */
#define SLOW_VLANS	80
#define SLOW_MS		200

/* What that may take: six times the limit of one command, on a busy machine. */
#define SLOW_LIMIT	(2 * 6 * LIMIT)

/* Each command in time: RTNL comes back, and what was not told is kept. */
static void slow_device(struct kunit *test)
{
	struct has *h = has_setup(test, FB_ADDR | FB_CTRL_VLAN);
	struct net_fix *f = h->f;
	unsigned int i, told, before;
	unsigned long begin;

	for (i = 1; i <= SLOW_VLANS; i++)
		KUNIT_ASSERT_EQ(test, add_vlan(h, i), 0);
	before = f->obliged;
	f->slow_ms = SLOW_MS;
	begin = jiffies;
	has_forgotten(h);
	net_oblige_start(f);
	mock_needs_reset(f->m);
	KUNIT_EXPECT_TRUE(test, play_until(READ_ONCE(f->obliged) != before));
	/* Recovery has it. */
	rtnl_lock();
	KUNIT_EXPECT_TRUE(test, netif_device_present(f->dev));
	rtnl_unlock();
	KUNIT_EXPECT_LT(test, jiffies - begin, (unsigned long)SLOW_LIMIT * HZ);
	f->slow_ms = 0;
	net_oblige_rest(f);
	told = bitmap_weight(h->vlans, VLAN_N_VID);
	KUNIT_EXPECT_GT(test, told, 0);
	KUNIT_EXPECT_LT(test, told, SLOW_VLANS);
	has_reset(h);
	KUNIT_EXPECT_EQ(test, bitmap_weight(h->vlans, VLAN_N_VID), SLOW_VLANS);
}

static struct kunit_case net_replay_cases[] = {
	KUNIT_CASE(address_late),
	KUNIT_CASE_PARAM(vlan_late, late_gen_params),
	KUNIT_CASE(vlans_meanwhile),
	KUNIT_CASE(late_twice),
	KUNIT_CASE(reset_instead),
	KUNIT_CASE_PARAM(coalescing_late, coal_kind_gen_params),
	KUNIT_CASE(offloads_late),
	KUNIT_CASE(filter_late),
	KUNIT_CASE(coalescing_partly),
	KUNIT_CASE(pairs_late),
	KUNIT_CASE(pairs_late_up),
	KUNIT_CASE(queue_late_down),
	KUNIT_CASE(key_late),
	KUNIT_CASE(vlan_refused),
	KUNIT_CASE(coalescing_after_reset),
	KUNIT_CASE_PARAM(queues_after_reset, queue_features_gen_params),
	KUNIT_CASE(offloads_after_reset),
	KUNIT_CASE(filter_after_reset),
	KUNIT_CASE(adaptive),
	KUNIT_CASE(announce),
	KUNIT_CASE(announce_late),
	KUNIT_CASE(announce_meanwhile),
	KUNIT_CASE(slow_device),
	{}
};

static struct kunit_suite net_replay_suite = {
	.name = "virtio_net_replay",
	.test_cases = net_replay_cases,
};

kunit_test_suites(&net_replay_suite);

MODULE_DESCRIPTION("Unit tests of what a network device is told again");
MODULE_LICENSE("GPL");
