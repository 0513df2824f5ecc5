// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: A network device, and a user who sets it up
 *
 * See net_ctrl_fix.h.
 */
#include <linux/etherdevice.h>
#include <linux/slab.h>
#include <net/addrconf.h>

#include "net_ctrl_fix.h"

/* Of the device; locally administered. */
static const u8 net_mac[ETH_ALEN] = { 0x52, 0x54, 0, 0x12, 0x34, 0x56 };

/* As often nothing has to be there, before there is nothing. */
#define LOOKS		20

static void net_user_work(struct work_struct *work)
{
	struct net_user *u = container_of(work, struct net_user, work);

	rtnl_lock();
	u->ret = u->fn(u);
	rtnl_unlock();
	complete_all(&u->done);
}

static void net_read_cmd(struct net_fix *f, struct net_cmd *c)
{
	u8 head[HEAD];

	play_read(f->p, &c->b, 0, head, sizeof(head));
	c->class = head[0];
	c->cmd = head[1];
	c->len = c->b.out_len - HEAD;
	play_read(f->p, &c->b, HEAD, c->data, min(c->len, sizeof(c->data)));
}

/**
 * net_answer - answer a command that has no result
 * @f: the device
 * @c: the command
 * @ack: the answer
 */
void net_answer(struct net_fix *f, struct net_cmd *c, u8 ack)
{
	play_write(f->p, &c->b, 0, &ack, sizeof(ack));
	play_done(f->p, &c->b, sizeof(ack));
}

/**
 * net_result - answer a command with a result
 * @f: the device
 * @c: the command
 * @result: the result
 * @len: its length
 */
void net_result(struct net_fix *f, struct net_cmd *c, const void *result,
		size_t len)
{
	u8 ack = ACK_OK;

	play_write(f->p, &c->b, 0, &ack, sizeof(ack));
	play_write(f->p, &c->b, sizeof(ack), result, len);
	play_done(f->p, &c->b, sizeof(ack) + len);
}

static bool net_refused(struct net_fix *f, const struct net_cmd *c)
{
	u8 begin[sizeof(f->refuse)] = { c->class, c->cmd };

	memcpy(begin + HEAD, c->data, sizeof(begin) - HEAD);
	return f->refuse_len && !memcmp(begin, f->refuse, f->refuse_len);
}

/* Accept all commands but one, like a device that has nothing to say. */
static void net_oblige(struct work_struct *work)
{
	struct net_fix *f = container_of(work, struct net_fix, obliging);
	__le64 types = cpu_to_le64(f->stats_types);

	while (!READ_ONCE(f->stop)) {
		if (!play_try_take(f->p, f->q_ctrl, &f->last.b)) {
			f->idle++;
			usleep_range(500, 1000);
			continue;
		}
		net_read_cmd(f, &f->last);
		f->obliged++;
		if (net_refused(f, &f->last)) {
			net_answer(f, &f->last, ACK_ERR);
			continue;
		}
		if (f->last.class == CLASS_MQ)
			f->mq = f->last;
		if (f->last.class == CLASS_MAC && f->last.cmd == MAC_ADDR_SET)
			f->told_addr = true;
		if (f->heard)
			f->heard(f, &f->last);
		if (f->slow_ms)
			msleep(f->slow_ms);
		if (f->last.class == CLASS_STATS)
			net_result(f, &f->last, &types,
				   sizeof(types) - f->stats_cut);
		else
			net_answer(f, &f->last, ACK_OK);
	}
}

static int net_resource_init(struct kunit_resource *res, void *data)
{
	res->data = data;
	return 0;
}

/* The user is the driver's to let go, when the limit is over at the latest. */
static void net_resource_free(struct kunit_resource *res)
{
	struct net_fix *f = res->data;

	flush_work(&f->user.work);
}

/**
 * net_set_pairs - queues of the device, before it is on the bus
 * @f: the device
 * @pairs: how many, 1 to %MAX_PAIRS; the control queue stands behind them
 */
void net_set_pairs(struct net_fix *f, unsigned int pairs)
{
	unsigned int i;

	f->q_ctrl = 2 * pairs;
	f->m->num_vqs = f->q_ctrl + 1;
	for (i = 0; i < f->m->num_vqs; i++)
		f->m->queue_size[i] = 64;
	put_unaligned_le16(pairs, f->m->config + CFG_PAIRS);
}

/**
 * net_offer_rss - what the device has for hashes, before it is on the bus
 * @f: the device
 * @types: kinds of packets that it can hash, 5.1.6.4.3.1
 */
void net_offer_rss(struct net_fix *f, u32 types)
{
	f->m->config[CFG_RSS_KEY] = RSS_KEY;
	put_unaligned_le16(RSS_ENTRIES, f->m->config + CFG_RSS_TABLE);
	put_unaligned_le32(types, f->m->config + CFG_HASH_TYPES);
}

/**
 * net_new_offering - a network device that is not on the bus yet
 * @test: the test
 * @offered: what it offers, and nothing else
 *
 * Return: the device, gone with the test.
 */
struct net_fix *net_new_offering(struct kunit *test, u64 offered)
{
	struct net_fix *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	f->test = test;
	f->m = mock_new(test, ID_NET, offered);
	net_set_pairs(f, 1);
	memcpy(f->m->config + CFG_MAC, net_mac, ETH_ALEN);
	put_unaligned_le16(1, f->m->config + CFG_STATUS);
	f->p = play_new(f->m);
	init_completion(&f->user.done);
	complete_all(&f->user.done);
	INIT_WORK(&f->user.work, net_user_work);
	INIT_WORK(&f->obliging, net_oblige);
	f->user.f = f;
	KUNIT_ASSERT_NOT_NULL(test,
			      kunit_alloc_resource(test, net_resource_init,
						   net_resource_free,
						   GFP_KERNEL, f));
	return f;
}

/**
 * net_new - a modern network device that is not on the bus yet
 * @test: the test
 * @features: what it offers, beside VERSION_1, MAC and CTRL_VQ
 *
 * Return: the device, gone with the test.
 */
struct net_fix *net_new(struct kunit *test, u64 features)
{
	return net_new_offering(test, features | FB_VERSION_1 | FB_MAC |
				      FB_CTRL_VQ);
}

/**
 * net_oblige_start - from now on commands are accepted
 * @f: the device
 */
void net_oblige_start(struct net_fix *f)
{
	WRITE_ONCE(f->stop, false);
	queue_work(system_unbound_wq, &f->obliging);
}

/**
 * net_oblige_stop - from now on commands are the test's again
 * @f: the device
 */
void net_oblige_stop(struct net_fix *f)
{
	WRITE_ONCE(f->stop, true);
	flush_work(&f->obliging);
}

/**
 * net_oblige_rest - accept commands until no more come, and stop then
 * @f: the device, which accepts them already
 *
 * Some come by themselves a little later.  That time passed is not enough: the
 * host may have held all of the guest up, and nobody has looked.
 */
void net_oblige_rest(struct net_fix *f)
{
	unsigned int before, looks;

	do {
		before = READ_ONCE(f->obliged);
		looks = READ_ONCE(f->idle);
		msleep(100);
	} while (!f->stop && (before != READ_ONCE(f->obliged) ||
			      READ_ONCE(f->idle) - looks < LOOKS));
	net_oblige_stop(f);
}

/*
 * IPv6 gives an interface an address up to a second after it is up, and has the
 * device told of its group: in the middle of what a test plays.  Under RTNL.
 */
static void net_without_ipv6(struct net_device *dev)
{
	struct inet6_dev *idev = __in6_dev_get(dev);

	if (idev)
		WRITE_ONCE(idev->cnf.disable_ipv6, 1);
}

/**
 * net_try_start - put it on the bus
 * @f: the device
 *
 * What the driver tells it until then it accepts.
 *
 * Return: false when the driver does not want it; else @dev is there.
 */
bool net_try_start(struct net_fix *f)
{
	struct net_device *dev;
	int err;

	/* This thread is the one that binds the driver. */
	net_oblige_start(f);
	err = mock_register(f->m);
	net_oblige_stop(f);
	KUNIT_ASSERT_EQ(f->test, err, 0);
	rtnl_lock();
	for_each_netdev(&init_net, dev)
		if (dev->dev.parent == &f->m->vdev.dev)
			f->dev = dev;
	if (f->dev)
		net_without_ipv6(f->dev);
	rtnl_unlock();
	return f->m->vdev.dev.driver && f->dev;
}

/**
 * net_start - put a device on the bus that the driver has to want
 * @f: the device; @dev of it is there then
 */
void net_start(struct net_fix *f)
{
	KUNIT_ASSERT_TRUE_MSG(f->test, net_try_start(f),
			      "no driver took the device");
}

/**
 * net_open - bring its interface up
 * @f: the device
 *
 * What the driver tells it then it accepts.
 */
void net_open(struct net_fix *f)
{
	int err;

	net_oblige_start(f);
	rtnl_lock();
	err = dev_open(f->dev, NULL);
	rtnl_unlock();
	/* Receive filters, for one. */
	net_oblige_rest(f);
	KUNIT_ASSERT_EQ(f->test, err, 0);
}

/**
 * net_setup - a device on the bus that nobody uses
 * @test: the test
 * @features: what it offers, beside VERSION_1, MAC and CTRL_VQ
 *
 * Return: the device.
 */
struct net_fix *net_setup(struct kunit *test, u64 features)
{
	struct net_fix *f = net_new(test, features);

	net_start(f);
	return f;
}

/**
 * net_user_start - somebody sets something up
 * @f: the device
 * @fn: what
 */
void net_user_start(struct net_fix *f, int (*fn)(struct net_user *u))
{
	reinit_completion(&f->user.done);
	f->user.fn = fn;
	queue_work(system_unbound_wq, &f->user.work);
}

/**
 * net_user_ended - is he through?
 * @f: the device
 *
 * Waits a while.  Return: false when he is not.
 */
bool net_user_ended(struct net_fix *f)
{
	return wait_for_completion_timeout(&f->user.done,
					   msecs_to_jiffies(PLAY_MS));
}

/**
 * net_user_result - what it was for
 * @f: the device
 *
 * Return: what the function returned; fails the test when it does not.
 */
int net_user_result(struct net_fix *f)
{
	/* The test's memory goes with it: no end is worse than a wait. */
	if (!net_user_ended(f)) {
		KUNIT_FAIL(f->test, "the user still waits");
		wait_for_completion(&f->user.done);
	}
	flush_work(&f->user.work);
	return f->user.ret;
}

/**
 * net_do - a user whose device accepts all that it is told for him
 * @f: the device
 * @fn: what he does
 *
 * Return: what the function returned.
 */
int net_do(struct net_fix *f, int (*fn)(struct net_user *u))
{
	int ret;

	net_oblige_start(f);
	net_user_start(f, fn);
	ret = net_user_result(f);
	net_oblige_stop(f);
	return ret;
}

/**
 * net_use_pairs - a user who wants so many pairs, of a device that accepts it
 * @f: the device
 * @pairs: how many
 *
 * Return: what he was told.
 */
int net_use_pairs(struct net_fix *f, unsigned int pairs)
{
	f->user.num = pairs;
	return net_do(f, net_set_channels);
}

/**
 * net_take - the next command
 * @f: the device
 * @class: has to be this
 * @cmd: and this
 * @c: the command
 *
 * The head is a descriptor of its own, and so is the answer (5.1.6.7).
 *
 * Return: false when none came, or another.
 */
bool net_take(struct net_fix *f, u8 class, u8 cmd, struct net_cmd *c)
{
	if (!play_take(f->p, f->q_ctrl, &c->b)) {
		kunit_info(f->test, "no command");
		return false;
	}
	net_read_cmd(f, c);
	kunit_info(f->test, "command %u/%u: %*ph", c->class, c->cmd,
		   (int)min_t(size_t, c->len, 16), c->data);
	KUNIT_EXPECT_EQ(f->test, c->b.c.elem[0].len, HEAD);
	KUNIT_EXPECT_EQ(f->test,
			c->b.c.elem[c->b.c.num - c->b.c.num_in].len, 1);
	return c->class == class && c->cmd == cmd;
}

/**
 * net_accept - take the next command, and say that it is well
 * @f: the device
 * @class: has to be this
 * @cmd: and this
 * @c: the command
 *
 * Return: false when none came, or another.
 */
bool net_accept(struct net_fix *f, u8 class, u8 cmd, struct net_cmd *c)
{
	bool taken = net_take(f, class, cmd, c);

	if (taken)
		net_answer(f, c, ACK_OK);
	return taken;
}

/**
 * net_in_table - is an address in a table?
 * @table: the addresses, one behind the other
 * @num: how many
 * @addr: the address
 *
 * Return: true when it is.
 */
bool net_in_table(const u8 *table, u32 num, const u8 *addr)
{
	for (; num; num--, table += ETH_ALEN)
		if (ether_addr_equal_unaligned(table, addr))
			return true;
	return false;
}

/**
 * net_find_stat - one of the counters of ethtool -S
 * @dev: the interface
 * @values: all of them
 * @num: how many
 * @name: what it is called
 *
 * Return: the counter; all ones when there is none.
 */
u64 net_find_stat(struct net_device *dev, const u64 *values, int num,
		  const char *name)
{
	u8 *names = kcalloc(num, ETH_GSTRING_LEN, GFP_KERNEL);
	u64 value = U64_MAX;
	int i;

	if (!names)
		return value;
	dev->ethtool_ops->get_strings(dev, ETH_SS_STATS, names);
	for (i = 0; i < num; i++)
		if (!strcmp(names + i * ETH_GSTRING_LEN, name))
			value = values[i];
	kfree(names);
	return value;
}

/* A new address for the interface. */
int net_set_addr(struct net_user *u)
{
	struct sockaddr sa = { .sa_family = u->f->dev->type };

	memcpy(sa.sa_data, u->addr, ETH_ALEN);
	return dev_set_mac_address(u->f->dev, &sa, NULL);
}

/* A VLAN comes. */
int net_add_vlan(struct net_user *u)
{
	return u->f->dev->netdev_ops->ndo_vlan_rx_add_vid(u->f->dev,
							  htons(ETH_P_8021Q),
							  u->vid);
}

/* A VLAN goes. */
int net_kill_vlan(struct net_user *u)
{
	return u->f->dev->netdev_ops->ndo_vlan_rx_kill_vid(u->f->dev,
							   htons(ETH_P_8021Q),
							   u->vid);
}

/* ethtool -K. */
int net_set_features(struct net_user *u)
{
	u->f->dev->wanted_features = u->features;
	netdev_update_features(u->f->dev);
	return 0;
}

/* ethtool -C. */
int net_set_coalesce(struct net_user *u)
{
	const struct ethtool_ops *ops = u->f->dev->ethtool_ops;

	return ops->set_coalesce(u->f->dev, &u->ec, NULL, NULL);
}

/* ethtool -Q. */
int net_set_coalesce_pair(struct net_user *u)
{
	const struct ethtool_ops *ops = u->f->dev->ethtool_ops;

	return ops->set_per_queue_coalesce(u->f->dev, u->pair, &u->ec);
}

/* ethtool -L, and -X with all queues the same. */
int net_set_channels(struct net_user *u)
{
	struct ethtool_channels ch = { .combined_count = u->num };

	return u->f->dev->ethtool_ops->set_channels(u->f->dev, &ch);
}

/* ethtool -N rx-flow-hash. */
int net_set_rxnfc(struct net_user *u)
{
	return u->f->dev->ethtool_ops->set_rxnfc(u->f->dev, &u->rxnfc);
}

/* ethtool -X hkey. */
int net_set_key(struct net_user *u)
{
	const struct ethtool_ops *ops = u->f->dev->ethtool_ops;

	return ops->set_rxfh(u->f->dev, NULL, u->key, ETH_RSS_HASH_NO_CHANGE);
}

/* ethtool -S. */
int net_read_stats(struct net_user *u)
{
	const struct ethtool_ops *ops = u->f->dev->ethtool_ops;
	struct ethtool_stats info = {};

	u->num = ops->get_sset_count(u->f->dev, ETH_SS_STATS);
	if (u->num <= 0)
		return u->num;
	u->stats = kcalloc(u->num, sizeof(*u->stats), GFP_KERNEL);
	if (!u->stats)
		return -ENOMEM;
	ops->get_ethtool_stats(u->f->dev, &info, u->stats);
	return u->num;
}
