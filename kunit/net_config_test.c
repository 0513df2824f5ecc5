// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_net_config: features, and a configuration that lies
 *
 * Which features virtio_net accepts when a device offers them without those
 * that they require (VIRTIO 1.4, 2.2.1, 5.1.3.1), and what it makes of each
 * field of the configuration (5.1.4).  Numbers of bits and bounds are read from
 * the specification once more.
 */
#include <linux/etherdevice.h>
#include <linux/module.h>

#include "net_data_fix.h"

/**
 * struct rule - a feature, and what it requires
 * @name: of the feature
 * @feature: its bit
 * @any: it has to be there with one of these
 * @beside: what those require in turn
 */
struct rule {
	const char *name;
	u64 feature;
	u64 any;
	u64 beside;
};

/* 5.1.3.1, and the last one: 5.1.3, of the address that finds the other. */
static const struct rule rules[] = {
	{ "GUEST_TSO4", FB_GUEST_TSO4, FB_GUEST_CSUM },
	{ "GUEST_TSO6", FB_GUEST_TSO6, FB_GUEST_CSUM },
	{ "GUEST_ECN by TSO4", FB_GUEST_ECN, FB_GUEST_TSO4, FB_GUEST_CSUM },
	{ "GUEST_ECN by TSO6", FB_GUEST_ECN, FB_GUEST_TSO6, FB_GUEST_CSUM },
	{ "GUEST_UFO", FB_GUEST_UFO, FB_GUEST_CSUM },
	{ "GUEST_USO4", FB_GUEST_USO4, FB_GUEST_CSUM },
	{ "GUEST_USO6", FB_GUEST_USO6, FB_GUEST_CSUM },
	{ "HOST_TSO4", FB_HOST_TSO4, FB_CSUM },
	{ "HOST_TSO6", FB_HOST_TSO6, FB_CSUM },
	{ "HOST_ECN by TSO4", FB_HOST_ECN, FB_HOST_TSO4, FB_CSUM },
	{ "HOST_ECN by TSO6", FB_HOST_ECN, FB_HOST_TSO6, FB_CSUM },
	{ "HOST_USO", FB_HOST_USO, FB_CSUM },
	{ "CTRL_RX", FB_CTRL_RX, FB_CTRL_VQ },
	{ "CTRL_RX_EXTRA", FB_RX_EXTRA, FB_CTRL_VQ },
	{ "CTRL_VLAN", FB_CTRL_VLAN, FB_CTRL_VQ },
	{ "CTRL_GUEST_OFFLOADS", FB_OFFLOADS, FB_CTRL_VQ },
	{ "GUEST_ANNOUNCE", FB_ANNOUNCE, FB_CTRL_VQ },
	{ "MQ", FB_MQ, FB_CTRL_VQ },
	{ "CTRL_MAC_ADDR", FB_CTRL_MAC, FB_CTRL_VQ },
	{ "NOTF_COAL", FB_COAL, FB_CTRL_VQ },
	{ "VQ_NOTF_COAL", FB_VQ_COAL, FB_CTRL_VQ },
	{ "RSS", FB_RSS, FB_CTRL_VQ },
	{ "HASH_REPORT", FB_HASH, FB_CTRL_VQ },
	{ "DEVICE_STATS", FB_STATS, FB_CTRL_VQ },
	{ "STANDBY", FB_STANDBY, FB_MAC },
};

static void rule_name(const struct rule *r, char *desc)
{
	strscpy(desc, r->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(rule, rules, rule_name);

/* A device that offers this and no more, beside VERSION_1. */
static struct net_fix *offering(struct kunit *test, u64 features)
{
	struct net_fix *f = net_new_offering(test, features | FB_VERSION_1);

	f->m->config[CFG_RSS_KEY] = RSS_KEY;
	put_unaligned_le16(RSS_ENTRIES, f->m->config + CFG_RSS_TABLE);
	put_unaligned_le32(0x3f, f->m->config + CFG_HASH_TYPES);
	return f;
}

/* Without what it requires: left out, and the interface works. */
static void feature_alone(struct kunit *test)
{
	const struct rule *r = test->param_value;
	struct net_fix *f = offering(test, r->feature);
	struct lie good = { .len = 200 };
	struct data_fix *d;

	net_start(f);
	KUNIT_EXPECT_EQ(test, f->m->accepted, FB_VERSION_1);
	d = data_open(f, HDR);
	data_send(d, &good);
	KUNIT_EXPECT_TRUE(test, data_came(d, 1, 200));
}

/* With it: accepted. */
static void feature_with(struct kunit *test)
{
	const struct rule *r = test->param_value;
	u64 all = r->feature | r->any | r->beside;
	struct net_fix *f;

	if (IS_ENABLED(CONFIG_LOCKDEP) && r->feature == FB_STANDBY)
		kunit_skip(test, "net_failover of 6.1 has a lock without a key");
	f = offering(test, all);
	net_start(f);
	KUNIT_EXPECT_EQ(test, f->m->accepted, all | FB_VERSION_1);
}

/* What lacks something lacks to others as well: ECN, TSO, CSUM. */
static void feature_chain(struct kunit *test)
{
	struct net_fix *f = offering(test, FB_GUEST_ECN | FB_GUEST_TSO4 |
					   FB_HOST_ECN | FB_HOST_TSO6);

	net_start(f);
	KUNIT_EXPECT_EQ(test, f->m->accepted, FB_VERSION_1);
}

/* What this driver knows nothing of: tunnels, contexts, RSC_EXT, HOST_UFO. */
static void features_unknown(struct kunit *test)
{
	struct net_fix *f = offering(test, FB_CSUM | FB(14) | FB(24) | FB(27) |
					   FB(51) | FB(58) | FB(61));

	net_start(f);
	KUNIT_EXPECT_EQ(test, f->m->accepted, FB_VERSION_1 | FB_CSUM);
}

/* Each that it knows, offered with what it requires. */
static void features_known(struct kunit *test)
{
	const u64 known = FB_CSUM | FB_GUEST_CSUM | FB_OFFLOADS | FB_MTU |
		FB_MAC | FB_GUEST_TSO4 | FB_GUEST_TSO6 | FB_GUEST_ECN |
		FB_GUEST_UFO | FB_HOST_TSO4 | FB_HOST_TSO6 | FB_HOST_ECN |
		FB_MERGE | FB_STATUS | FB_CTRL_VQ | FB_CTRL_RX |
		FB_CTRL_VLAN | FB_RX_EXTRA | FB_ANNOUNCE | FB_MQ |
		FB_CTRL_MAC | FB_STATS | FB_VQ_COAL | FB_COAL |
		FB_GUEST_USO4 | FB_GUEST_USO6 | FB_HOST_USO | FB_HASH |
		FB_HDRLEN | FB_RSS | FB_SPEED;
	struct net_fix *f = offering(test, known);

	put_unaligned_le16(1500, f->m->config + CFG_MTU);
	net_start(f);
	KUNIT_EXPECT_EQ(test, f->m->accepted, known | FB_VERSION_1);
}

/**
 * struct stack_case - a feature, and what the stack may leave to the device
 * @name: of the feature
 * @features: it, and what it requires
 * @want: NETIF_F_* that the stack has then
 */
struct stack_case {
	const char *name;
	u64 features;
	netdev_features_t want;
};

#define STACK_GSO	(NETIF_F_TSO | NETIF_F_TSO6 | NETIF_F_TSO_ECN |	\
			 NETIF_F_GSO_UDP_L4)

static const struct stack_case stack_cases[] = {
	{ "nothing", 0, 0 },
	{ "CSUM", FB_CSUM, NETIF_F_HW_CSUM },
	{ "HOST_TSO4", FB_CSUM | FB_HOST_TSO4, NETIF_F_HW_CSUM | NETIF_F_TSO },
	{ "HOST_TSO6", FB_CSUM | FB_HOST_TSO6, NETIF_F_HW_CSUM | NETIF_F_TSO6 },
	{ "HOST_ECN", FB_CSUM | FB_HOST_TSO4 | FB_HOST_ECN,
	  NETIF_F_HW_CSUM | NETIF_F_TSO | NETIF_F_TSO_ECN },
	{ "HOST_USO", FB_CSUM | FB_HOST_USO,
	  NETIF_F_HW_CSUM | NETIF_F_GSO_UDP_L4 },
	{ "HOST_TSO4 alone", FB_HOST_TSO4, 0 },
};

static void stack_name(const struct stack_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(stack, stack_cases, stack_name);

/* 5.1.6.2.1: nothing is left to a device that cannot do it. */
static void stack_features(struct kunit *test)
{
	const struct stack_case *c = test->param_value;
	struct net_fix *f = offering(test, c->features);
	netdev_features_t mask = NETIF_F_HW_CSUM | STACK_GSO;

	net_start(f);
	KUNIT_EXPECT_EQ(test, f->dev->features & mask, c->want);
	KUNIT_EXPECT_EQ(test, f->dev->hw_features & mask, c->want);
}

/**
 * struct mtu_case - an MTU of the device
 * @mtu: the field
 * @taken: the feature is accepted
 */
struct mtu_case {
	u16 mtu;
	bool taken;
};

static const struct mtu_case mtu_cases[] = {
	{ 0, false }, { 67, false }, { 68, true }, { 1500, true },
	{ 9000, true }, { 65535, true },
};

static void mtu_name(const struct mtu_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u", c->mtu);
}

KUNIT_ARRAY_PARAM(mtu, mtu_cases, mtu_name);

/* 5.1.4.2: buffers that hold it, and no packet beyond it. */
static void mtu(struct kunit *test)
{
	const struct mtu_case *c = test->param_value;
	struct net_fix *f = offering(test, FB_MTU);
	unsigned int want = c->taken ? c->mtu : ETH_DATA_LEN;
	struct play_buf b;

	put_unaligned_le16(c->mtu, f->m->config + CFG_MTU);
	net_start(f);
	KUNIT_EXPECT_EQ(test, !!(f->m->accepted & FB_MTU), c->taken);
	KUNIT_EXPECT_EQ(test, f->dev->mtu, want);
	rtnl_lock();
	if (c->taken && c->mtu < 65535)
		KUNIT_EXPECT_NE(test, dev_set_mtu(f->dev, c->mtu + 1), 0);
	KUNIT_EXPECT_NE(test, dev_set_mtu(f->dev, 67), 0);
	rtnl_unlock();
	net_open(f);
	KUNIT_ASSERT_TRUE(test, play_take(f->p, Q_RX, &b));
	KUNIT_EXPECT_GE(test, b.in_len, (size_t)HDR + ETH_HLEN + want);
}

/* It becomes one that cannot be, behind who has looked. */
static void mtu_shrinks(struct mock *m, unsigned int offset, unsigned int len)
{
	if (offset == CFG_MTU)
		put_unaligned_le16(5, m->config + CFG_MTU);
}

static void mtu_changes(struct kunit *test)
{
	struct net_fix *f = offering(test, FB_MTU);

	put_unaligned_le16(1500, f->m->config + CFG_MTU);
	f->m->on_config_read = mtu_shrinks;
	KUNIT_EXPECT_FALSE(test, net_try_start(f));
}

/**
 * struct mac_case - an address of the device
 * @name: of the case
 * @mac: the field
 * @none: the feature is not offered
 * @taken: the interface has it
 */
struct mac_case {
	const char *name;
	u8 mac[ETH_ALEN];
	bool none;
	bool taken;
};

static const struct mac_case mac_cases[] = {
	{ "an address", { 0x52, 0x54, 0, 1, 2, 3 }, .taken = true },
	{ "not offered", { 0x52, 0x54, 0, 1, 2, 3 }, .none = true },
	{ "zeroes" },
	{ "of a group", { 1, 0, 0x5e, 1, 2, 3 } },
	{ "broadcast", { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
};

static void mac_name(const struct mac_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(mac, mac_cases, mac_name);

/* 5.1.4.2: that of the device, or one that is locally administered. */
static void mac(struct kunit *test)
{
	const struct mac_case *c = test->param_value;
	struct net_fix *f = offering(test, c->none ? 0 : FB_MAC);
	const u8 *has;

	memcpy(f->m->config + CFG_MAC, c->mac, ETH_ALEN);
	net_start(f);
	has = f->dev->dev_addr;
	KUNIT_EXPECT_EQ(test, ether_addr_equal(has, c->mac), c->taken);
	KUNIT_EXPECT_TRUE(test, is_valid_ether_addr(has));
	if (!c->taken)
		KUNIT_EXPECT_TRUE(test, is_local_ether_addr(has));
}

/**
 * struct pairs_case - pairs of queues of the device
 * @name: of the case
 * @pairs: the field
 * @feature: FB_MQ, FB_RSS or nothing
 * @taken: the device is used
 */
struct pairs_case {
	const char *name;
	u16 pairs;
	u64 feature;
	bool taken;
};

static const struct pairs_case pairs_cases[] = {
	{ "one, MQ", 1, FB_MQ, true },
	{ "none, MQ", 0, FB_MQ, false },
	{ "none, RSS", 0, FB_RSS, false },
	{ "32769, MQ", 0x8001, FB_MQ, false },
	{ "65535, RSS", 0xffff, FB_RSS, false },
	{ "more than there are", 2, FB_MQ, false },
	{ "65535, a field that is not there", 0xffff, 0, true },
};

static void pairs_name(const struct pairs_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(pairs, pairs_cases, pairs_name);

static void pairs(struct kunit *test)
{
	const struct pairs_case *c = test->param_value;
	struct net_fix *f = offering(test, FB_CTRL_VQ | c->feature);

	put_unaligned_le16(c->pairs, f->m->config + CFG_PAIRS);
	KUNIT_EXPECT_EQ(test, net_try_start(f), c->taken);
	if (f->dev)
		KUNIT_EXPECT_EQ(test, f->dev->num_tx_queues, 1);
}

/**
 * struct speed_case - speed and duplex of the device
 * @speed: the field
 * @duplex: the field
 * @want_speed: what user space is told; -1: unknown
 * @want_duplex: the same; 0xff: unknown
 */
struct speed_case {
	u32 speed;
	u8 duplex;
	u32 want_speed;
	u8 want_duplex;
};

static const struct speed_case speed_cases[] = {
	{ 0, 0, 0, 0 },
	{ 1000, 1, 1000, 1 },
	{ 0x7fffffff, 1, 0x7fffffff, 1 },
	{ 0x80000000, 1, 0xffffffff, 1 },
	{ 0xffffffff, 0xff, 0xffffffff, 0xff },
	{ 0xfffffffe, 2, 0xffffffff, 0xff },
	{ 100, 0x80, 100, 0xff },
	{ 100, 0xfe, 100, 0xff },
};

static void speed_name(const struct speed_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%#x, %#x", c->speed, c->duplex);
}

KUNIT_ARRAY_PARAM(speed, speed_cases, speed_name);

static void link_settings(struct net_fix *f, u32 *speed, u8 *duplex)
{
	struct ethtool_link_ksettings ks = {};

	rtnl_lock();
	f->dev->ethtool_ops->get_link_ksettings(f->dev, &ks);
	rtnl_unlock();
	*speed = ks.base.speed;
	*duplex = ks.base.duplex;
}

/* 5.1.4.2: also when they change. */
static void speed(struct kunit *test)
{
	const struct speed_case *c = test->param_value;
	struct net_fix *f = offering(test, FB_SPEED);
	u8 *cfg = f->m->config, duplex;
	u32 speed;

	put_unaligned_le32(10, cfg + CFG_SPEED);
	net_start(f);
	link_settings(f, &speed, &duplex);
	KUNIT_EXPECT_EQ(test, speed, 10);
	KUNIT_EXPECT_EQ(test, duplex, 0);
	put_unaligned_le32(c->speed, cfg + CFG_SPEED);
	cfg[CFG_DUPLEX] = c->duplex;
	mock_config_interrupt(f->m);
	KUNIT_EXPECT_TRUE(test, play_until((link_settings(f, &speed, &duplex),
					    speed == c->want_speed)));
	KUNIT_EXPECT_EQ(test, duplex, c->want_duplex);
}

/* 5.1.4.2: bit 0 of the status; without the field it is there. */
static void link_state(struct kunit *test)
{
	struct net_fix *f = offering(test, FB_STATUS);
	struct net_fix *g = offering(test, 0);

	put_unaligned_le16(0xfffc, f->m->config + CFG_STATUS);
	put_unaligned_le16(0, g->m->config + CFG_STATUS);
	net_start(f);
	net_start(g);
	KUNIT_EXPECT_FALSE(test, netif_carrier_ok(f->dev));
	KUNIT_EXPECT_TRUE(test, netif_carrier_ok(g->dev));
	put_unaligned_le16(1, f->m->config + CFG_STATUS);
	mock_config_interrupt(f->m);
	KUNIT_EXPECT_TRUE(test, play_until(netif_carrier_ok(f->dev)));
	put_unaligned_le16(0, f->m->config + CFG_STATUS);
	mock_config_interrupt(f->m);
	KUNIT_EXPECT_TRUE(test, play_until(!netif_carrier_ok(f->dev)));
}

/**
 * struct rss_case - what a device says of its hashes
 * @name: of the case
 * @key: rss_max_key_size
 * @table: rss_max_indirection_table_length
 * @entries: of the table that user space sees
 */
struct rss_case {
	const char *name;
	u8 key;
	u16 table;
	unsigned int entries;
};

static const struct rss_case rss_cases[] = {
	{ "40 and 128", 40, 128, 128 },
	{ "52 and 65535", 52, 0xffff, 1024 },
	{ "no power of two", 40, 200, 128 },
	{ "one entry", 40, 1, 1 },
	{ "a key too short", 39, 128, 0 },
	{ "no key", 0, 128, 0 },
	{ "no table", 40, 0, 0 },
};

static void rss_name(const struct rss_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(rss, rss_cases, rss_name);

static void rss_limits(struct kunit *test)
{
	const struct rss_case *c = test->param_value;
	struct net_fix *f = offering(test, FB_CTRL_VQ | FB_RSS);
	const struct ethtool_ops *ops;

	f->m->config[CFG_RSS_KEY] = c->key;
	put_unaligned_le16(c->table, f->m->config + CFG_RSS_TABLE);
	net_start(f);
	ops = f->dev->ethtool_ops;
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, ops->get_rxfh_indir_size(f->dev), c->entries);
	rtnl_unlock();
}

/* Never the same twice: it cannot be read, and that takes no forever. */
static void never_still(struct mock *m, unsigned int offset, unsigned int len)
{
	m->generation++;
}

static void generation_moves(struct kunit *test)
{
	struct net_fix *f = offering(test, FB_MAC);

	f->m->on_config_read = never_still;
	KUNIT_EXPECT_FALSE(test, net_try_start(f));
}

/* 5.1.4.2: no field is written, whatever is set up. */
static void nothing_written(struct kunit *test)
{
	struct net_fix *f = offering(test, FB_MAC | FB_STATUS);
	static const u8 other[ETH_ALEN] = { 0x52, 0x54, 0, 9, 9, 9 };

	net_start(f);
	net_open(f);
	memcpy(f->user.addr, other, ETH_ALEN);
	net_user_start(f, net_set_addr);
	KUNIT_EXPECT_EQ(test, net_user_result(f), 0);
	KUNIT_EXPECT_LT(test, mock_find_access(f->m, MOCK_CONFIG_WRITE, 0), 0);
}

/*
 * A legacy device: fields of two bytes are in the order of this processor, and
 * the address is set by the configuration (5.1.4.3).
 */
static void legacy_fields(struct kunit *test)
{
	struct net_fix *f = net_new_offering(test, FB_MAC | FB_STATUS |
						   FB_CTRL_VQ | FB_MQ);
	static const u8 other[ETH_ALEN] = { 0x52, 0x54, 0, 9, 9, 9 };

	net_set_pairs(f, 2);
	put_unaligned((u16)1, (u16 *)(f->m->config + CFG_STATUS));
	put_unaligned((u16)2, (u16 *)(f->m->config + CFG_PAIRS));
	net_start(f);
	KUNIT_EXPECT_EQ(test, f->dev->num_tx_queues, 2);
	KUNIT_EXPECT_TRUE(test, netif_carrier_ok(f->dev));
	memcpy(f->user.addr, other, ETH_ALEN);
	net_user_start(f, net_set_addr);
	KUNIT_EXPECT_EQ(test, net_user_result(f), 0);
	KUNIT_EXPECT_EQ(test, memcmp(f->m->config + CFG_MAC, other, ETH_ALEN),
			0);
	put_unaligned((u16)0, (u16 *)(f->m->config + CFG_STATUS));
	mock_config_interrupt(f->m);
	KUNIT_EXPECT_TRUE(test, play_until(!netif_carrier_ok(f->dev)));
}

/* Two pairs, which a legacy device is told in the guest's own order. */
static int use_two_pairs(struct net_user *u)
{
	struct ethtool_channels ch = { .combined_count = 2 };

	return u->f->dev->ethtool_ops->set_channels(u->f->dev, &ch);
}

static void expect_legacy_table(struct net_fix *f)
{
	struct net_cmd c;
	u32 num;

	rtnl_lock();
	f->dev->netdev_ops->ndo_set_rx_mode(f->dev);
	rtnl_unlock();
	KUNIT_ASSERT_TRUE(f->test, net_accept(f, CLASS_MAC, MAC_TABLE_SET, &c));
	/* Its own address; of a device without a command for that. */
	KUNIT_EXPECT_EQ(f->test, get_unaligned((u32 *)c.data), 1);
	num = get_unaligned((u32 *)(c.data + 4 + ETH_ALEN));
	KUNIT_EXPECT_EQ(f->test, c.len, 8 + (1 + num) * ETH_ALEN);
	KUNIT_EXPECT_TRUE(f->test, net_accept(f, CLASS_RX, RX_PROMISC, &c));
	KUNIT_EXPECT_TRUE(f->test, net_accept(f, CLASS_RX, RX_ALLMULTI, &c));
}

/*
 * What a legacy device is told is in the order of this processor: 5.1.6.5.2.3,
 * .3.1, .5.2, .9.2.
 */
static void legacy_commands(struct kunit *test)
{
	struct net_fix *f = net_new_offering(test, FB_MAC | FB_CTRL_VQ |
					     FB_CTRL_RX | FB_CTRL_VLAN |
					     FB_OFFLOADS | FB_GUEST_CSUM |
					     FB_GUEST_TSO4 | FB_MQ);
	struct net_cmd c;

	net_set_pairs(f, 2);
	put_unaligned((u16)2, (u16 *)(f->m->config + CFG_PAIRS));
	net_start(f);
	f->user.vid = 0x123;
	net_user_start(f, net_add_vlan);
	KUNIT_ASSERT_TRUE(test, net_accept(f, CLASS_VLAN, VLAN_ADD, &c));
	KUNIT_EXPECT_EQ(test, get_unaligned((u16 *)c.data), 0x123);
	KUNIT_EXPECT_EQ(test, net_user_result(f), 0);
	f->user.features = f->dev->features & ~NETIF_F_GRO_HW;
	net_user_start(f, net_set_features);
	KUNIT_ASSERT_TRUE(test, net_accept(f, CLASS_OFFLOADS, 0, &c));
	KUNIT_EXPECT_EQ(test, get_unaligned((u64 *)c.data), FB_GUEST_CSUM);
	net_user_result(f);
	expect_legacy_table(f);
	net_open(f);
	net_user_start(f, use_two_pairs);
	KUNIT_ASSERT_TRUE(test, net_accept(f, CLASS_MQ, MQ_PAIRS_SET, &c));
	KUNIT_EXPECT_EQ(test, get_unaligned((u16 *)c.data), 2);
	KUNIT_EXPECT_EQ(test, net_user_result(f), 0);
}

static struct kunit_case net_config_cases[] = {
	KUNIT_CASE_PARAM(feature_alone, rule_gen_params),
	KUNIT_CASE_PARAM(feature_with, rule_gen_params),
	KUNIT_CASE(feature_chain),
	KUNIT_CASE(features_unknown),
	KUNIT_CASE(features_known),
	KUNIT_CASE_PARAM(stack_features, stack_gen_params),
	KUNIT_CASE_PARAM(mtu, mtu_gen_params),
	KUNIT_CASE(mtu_changes),
	KUNIT_CASE_PARAM(mac, mac_gen_params),
	KUNIT_CASE_PARAM(pairs, pairs_gen_params),
	KUNIT_CASE_PARAM(speed, speed_gen_params),
	KUNIT_CASE(link_state),
	KUNIT_CASE_PARAM(rss_limits, rss_gen_params),
	KUNIT_CASE(generation_moves),
	KUNIT_CASE(nothing_written),
	KUNIT_CASE(legacy_fields),
	KUNIT_CASE(legacy_commands),
	{}
};

static struct kunit_suite net_config_suite = {
	.name = "virtio_net_config",
	.test_cases = net_config_cases,
};

kunit_test_suites(&net_config_suite);

MODULE_DESCRIPTION("Unit tests of the network driver's features");
MODULE_LICENSE("GPL");
