/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: A network device, and a user who sets it up, for suite virtio_net_ctrl
 *
 * virtio_net, loaded beside the suite, on a mock whose queues the test plays.
 * The user is another thread, which holds RTNL and waits for the device: the
 * test starts it, plays the command, and looks what became of both.
 *
 * The interface is down, so that nobody but this user sends commands, unless
 * the test has it brought up.
 */
#ifndef _KUNIT_NET_CTRL_FIX_H
#define _KUNIT_NET_CTRL_FIX_H

#include <linux/completion.h>
#include <linux/ethtool.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/workqueue.h>
#include <asm/unaligned.h>

#include "play.h"

#define ID_NET		1

/* Queues of a device with one pair, VIRTIO 1.4, 5.1.2. */
#define Q_RX		0
#define Q_TX		1
#define Q_CTRL		2

/* Most pairs that a mock has queues for. */
#define MAX_PAIRS	((MOCK_MAX_VQS - 1) / 2)

/* Features, 5.1.3. */
#define FB_CSUM		FB(0)
#define FB_GUEST_CSUM	FB(1)
#define FB_OFFLOADS	FB(2)
#define FB_MTU		FB(3)
#define FB_MAC		FB(5)
#define FB_GUEST_TSO4	FB(7)
#define FB_GUEST_TSO6	FB(8)
#define FB_GUEST_ECN	FB(9)
#define FB_GUEST_UFO	FB(10)
#define FB_HOST_TSO4	FB(11)
#define FB_HOST_TSO6	FB(12)
#define FB_HOST_ECN	FB(13)
#define FB_MERGE	FB(15)
#define FB_STATUS	FB(16)
#define FB_CTRL_VQ	FB(17)
#define FB_CTRL_RX	FB(18)
#define FB_CTRL_VLAN	FB(19)
#define FB_RX_EXTRA	FB(20)
#define FB_ANNOUNCE	FB(21)
#define FB_MQ		FB(22)
#define FB_CTRL_MAC	FB(23)
#define FB_STATS	FB(50)
#define FB_VQ_COAL	FB(52)
#define FB_COAL		FB(53)
#define FB_GUEST_USO4	FB(54)
#define FB_GUEST_USO6	FB(55)
#define FB_HOST_USO	FB(56)
#define FB_HASH		FB(57)
#define FB_HDRLEN	FB(59)
#define FB_RSS		FB(60)
#define FB_STANDBY	FB(62)
#define FB_SPEED	FB(63)

/* The address can be set by a command, 5.1.6.5.2.2. */
#define FB_ADDR		(FB_CTRL_RX | FB_CTRL_MAC)

/* Fields of the configuration, 5.1.4. */
#define CFG_MAC		0
#define CFG_STATUS	6
#define CFG_PAIRS	8
#define CFG_MTU		10
#define CFG_SPEED	12
#define CFG_DUPLEX	16
#define CFG_RSS_KEY	17
#define CFG_RSS_TABLE	18
#define CFG_HASH_TYPES	20

/* Bits of the status there. */
#define S_LINK_UP	1
#define S_ANNOUNCE	2

/* Classes and commands, 5.1.6.5. */
#define CLASS_RX	0
#define RX_PROMISC	0
#define RX_ALLMULTI	1
#define CLASS_MAC	1
#define MAC_TABLE_SET	0
#define MAC_ADDR_SET	1
#define CLASS_VLAN	2
#define VLAN_ADD	0
#define VLAN_DEL	1
#define CLASS_ANNOUNCE	3
#define ANNOUNCE_ACK	0
#define CLASS_MQ	4
#define MQ_PAIRS_SET	0
#define MQ_RSS_CONFIG	1
#define CLASS_OFFLOADS	5
#define CLASS_COAL	6
#define COAL_TX_SET	0
#define COAL_RX_SET	1
#define COAL_VQ_SET	2
#define COAL_VQ_GET	3
/* Bytes of VIRTIO_NET_CTRL_MQ_RSS_CONFIG, 5.1.6.5.7.1. */
#define RSS_ENTRIES	128
#define RSS_KEY		40
#define RSS_MASK	4
#define RSS_TABLE	8
#define RSS_MAX_TX	(RSS_TABLE + 2 * RSS_ENTRIES)
#define RSS_KEY_LEN	(RSS_MAX_TX + 2)
#define RSS_LEN		(RSS_KEY_LEN + 1 + RSS_KEY)

#define CLASS_STATS	8
#define STATS_QUERY	0
#define STATS_GET	1

/* Answers. */
#define ACK_OK		0
#define ACK_ERR		1

/* Class and command, the first two bytes. */
#define HEAD		2

/* How long the driver waits for an answer here, seconds. */
#define LIMIT		1

struct net_fix;

/**
 * struct net_user - somebody who sets something up
 * @work: does it
 * @f: on which device
 * @fn: what; under RTNL
 * @ret: what it returned
 * @done: it did
 * @addr: for an address
 * @vid: for a VLAN
 * @pair: for coalescing of one pair
 * @features: for switches
 * @ec: for coalescing
 * @rxnfc: for fields of hashes
 * @key: for a key of hashes
 * @stats: counters that were read
 * @num: how many
 */
struct net_user {
	struct work_struct work;
	struct net_fix *f;
	int (*fn)(struct net_user *u);
	int ret;
	struct completion done;
	u8 addr[ETH_ALEN];
	u16 vid;
	u16 pair;
	netdev_features_t features;
	struct ethtool_coalesce ec;
	struct ethtool_rxnfc rxnfc;
	const u8 *key;
	u64 *stats;
	int num;
};

/**
 * struct net_cmd - a command that the device has
 * @b: its buffer
 * @class: of it
 * @cmd: of it
 * @len: bytes behind the head
 * @data: the first of them
 */
struct net_cmd {
	struct play_buf b;
	u8 class;
	u8 cmd;
	size_t len;
	u8 data[320];
};

/**
 * struct net_fix - a device
 * @test: the test
 * @m: the device
 * @p: its player
 * @q_ctrl: its control queue
 * @dev: its interface
 * @user: the one user
 * @obliging: accepts commands while the test is busy
 * @stop: tells it to end
 * @obliged: commands that it accepted
 * @idle: times that it looked and there was none
 * @last: the last of them
 * @mq: the last that was about several queues
 * @told_addr: one of them was an address
 * @stats_types: statistics that the device has
 * @stats_cut: bytes that its answer about them lacks
 * @slow_ms: how long it takes to accept a command
 * @heard: called with each that it accepts, before it is answered, or NULL
 * @hearer: for it
 * @refuse: a command that it refuses begins like that: class, command, data;
 *	@refuse_len bytes, or none
 * @refuse_len: see there
 */
struct net_fix {
	struct kunit *test;
	struct mock *m;
	struct play *p;
	unsigned int q_ctrl;
	struct net_device *dev;
	struct net_user user;
	struct work_struct obliging;
	bool stop;
	unsigned int obliged;
	unsigned int idle;
	struct net_cmd last;
	struct net_cmd mq;
	bool told_addr;
	u64 stats_types;
	unsigned int stats_cut;
	unsigned int slow_ms;
	void (*heard)(struct net_fix *f, const struct net_cmd *c);
	void *hearer;
	u8 refuse[8];
	unsigned int refuse_len;
};

struct net_fix *net_new_offering(struct kunit *test, u64 offered);
struct net_fix *net_new(struct kunit *test, u64 features);
void net_set_pairs(struct net_fix *f, unsigned int pairs);
void net_offer_rss(struct net_fix *f, u32 types);
bool net_try_start(struct net_fix *f);
void net_start(struct net_fix *f);
void net_oblige_start(struct net_fix *f);
void net_oblige_stop(struct net_fix *f);
void net_oblige_rest(struct net_fix *f);
void net_open(struct net_fix *f);
struct net_fix *net_setup(struct kunit *test, u64 features);
void net_user_start(struct net_fix *f, int (*fn)(struct net_user *u));
bool net_user_ended(struct net_fix *f);
int net_user_result(struct net_fix *f);
int net_do(struct net_fix *f, int (*fn)(struct net_user *u));
int net_use_pairs(struct net_fix *f, unsigned int pairs);
bool net_take(struct net_fix *f, u8 class, u8 cmd, struct net_cmd *c);
void net_answer(struct net_fix *f, struct net_cmd *c, u8 ack);
void net_result(struct net_fix *f, struct net_cmd *c, const void *result,
		size_t len);
bool net_accept(struct net_fix *f, u8 class, u8 cmd, struct net_cmd *c);
bool net_in_table(const u8 *table, u32 num, const u8 *addr);
u64 net_find_stat(struct net_device *dev, const u64 *values, int num,
		  const char *name);

/* What a user does. */
int net_set_addr(struct net_user *u);
int net_add_vlan(struct net_user *u);
int net_kill_vlan(struct net_user *u);
int net_set_features(struct net_user *u);
int net_set_coalesce(struct net_user *u);
int net_set_coalesce_pair(struct net_user *u);
int net_set_channels(struct net_user *u);
int net_set_rxnfc(struct net_user *u);
int net_set_key(struct net_user *u);
int net_read_stats(struct net_user *u);

#endif /* _KUNIT_NET_CTRL_FIX_H */
