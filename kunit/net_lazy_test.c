// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_net_lazy: packets that may stay a while
 *
 * virtio_net asks for an interrupt when somebody waits for a packet to be sent.
 * A socket that may send more does not: its packets are found by those that
 * follow, by receive, or by a timer.  What these cases hold against the driver is what
 * the stack relies on: each packet comes back soon without help, whoever waits
 * is not kept waiting, and the device is asked for interrupts only then.
 */
#include <linux/if_packet.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/sizes.h>
#include <net/sock.h>

#include "net_data_fix.h"

/* More than the timer's two jiffies, less than what anybody would wait. */
#define A_WHILE		(HZ / 5)

/**
 * struct lazy - an interface, and a socket that sends on it
 * @d: the interface
 * @sock: the socket
 * @q: its queue
 */
struct lazy {
	struct data_fix *d;
	struct socket *sock;
	struct netdev_queue *q;
};

static void lazy_close(struct kunit_resource *res)
{
	sock_release(res->data);
}

static int lazy_init(struct kunit_resource *res, void *context)
{
	res->data = context;
	return 0;
}

/* The byte queue limits, which begin with none, let that much go. */
static void lazy_limit(struct lazy *l, unsigned int bytes)
{
#ifdef CONFIG_BQL
	l->q->dql.min_limit = bytes;
	l->q->dql.limit = bytes;
	l->q->dql.adj_limit = bytes + l->q->dql.num_completed;
#endif
}

static struct lazy *lazy_of(struct kunit *test, int family, int type)
{
	struct lazy *l = kunit_kzalloc(test, sizeof(*l), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, l);
	l->d = data_setup(test, FB_EVENT_IDX);
	l->q = netdev_get_tx_queue(l->d->f->dev, 0);
	data_quiet(l->d);
	lazy_limit(l, 1 << 20);
	KUNIT_ASSERT_EQ(test, sock_create_kern(&init_net, family, type, 0,
					       &l->sock), 0);
	KUNIT_ASSERT_NOT_NULL(test,
			      kunit_alloc_resource(test, lazy_init, lazy_close,
						   GFP_KERNEL, l->sock));
	return l;
}

static struct lazy *lazy_new(struct kunit *test)
{
	return lazy_of(test, AF_PACKET, SOCK_RAW);
}

/* Bytes that the socket has on their way. */
static unsigned int lazy_out(struct lazy *l)
{
	return sk_wmem_alloc_get(l->sock->sk);
}

/* TCP is told of its packets by a function of its own. */
static void lazy_tcp_free(struct sk_buff *skb)
{
	sock_wfree(skb);
}

/* A packet of the socket; @flags are those of its shared information. */
static void lazy_xmit_len(struct lazy *l, unsigned int len, u8 flags)
{
	struct sk_buff *skb = alloc_skb(128 + len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(l->d->f->test, skb);
	skb_reserve(skb, 64);
	skb_put_data(skb, l->d->sent, len);
	skb->dev = l->d->f->dev;
	skb->protocol = htons(ETHERTYPE);
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, ETH_HLEN);
	skb_shinfo(skb)->flags |= flags;
	skb_set_owner_w(skb, l->sock->sk);
	if (sk_is_tcp(l->sock->sk))
		skb->destructor = lazy_tcp_free;
	KUNIT_EXPECT_EQ(l->d->f->test, dev_queue_xmit(skb), NET_XMIT_SUCCESS);
}

/* A packet of TCP's counts as much from 32 KiB on. */
static void lazy_xmit(struct lazy *l, u8 flags)
{
	lazy_xmit_len(l, sk_is_tcp(l->sock->sk) ? SZ_32K : 60, flags);
}

/* The device sends the next one; was it asked for an interrupt? */
static bool lazy_sent(struct lazy *l)
{
	struct play_buf b = { };

	KUNIT_EXPECT_TRUE(l->d->f->test, data_take(l->d, &b));
	return play_finish(l->d->f->p, &b, 0);
}

/*
 * None comes after it, and nobody is interrupted: a timer finds it.  It does not
 * come within the same jiffy, and what is slower than that tells nothing.  Nor
 * does a round that the host holds up: where the timer is missing, all are late.
 */
static void lazy_alone(struct lazy *l)
{
	struct kunit *test = l->d->f->test;
	unsigned int i, interrupts = 0, late = 0;
	unsigned long begin, end;
	bool interrupted;

	for (i = 0; i < 20; i++) {
		begin = jiffies;
		lazy_xmit(l, 0);
		KUNIT_EXPECT_GT(test, lazy_out(l), 0);
		interrupted = lazy_sent(l);
		end = jiffies;
		interrupts += interrupted && end == begin;
		KUNIT_EXPECT_TRUE(test, play_until(!lazy_out(l)));
		late += time_after_eq(jiffies, begin + A_WHILE);
	}
	KUNIT_EXPECT_EQ(test, interrupts, 0);
	KUNIT_EXPECT_LT(test, late, 10);
}

static void alone(struct kunit *test)
{
	lazy_alone(lazy_new(test));
}

/*
 * As many as the ring has, sent as they come.  None of them interrupts, but
 * where the timer looks between one and the device's doing.
 */
static void followed(struct kunit *test)
{
	struct lazy *l = lazy_new(test);
	unsigned int i, one, most = 0, interrupts = 0;
	unsigned long begin = jiffies;

	for (i = 0; i < 200; i++) {
		lazy_xmit(l, 0);
		one = i ? one : lazy_out(l);
		most = max(most, lazy_out(l));
		if (!lazy_sent(l))
			continue;
		interrupts++;
		/* For who polls: that may be a thread of this processor. */
		usleep_range(500, 1000);
	}
	KUNIT_EXPECT_LE(test, interrupts, jiffies - begin);
	KUNIT_EXPECT_LE(test, most, 17 * one);
	KUNIT_EXPECT_TRUE(test, play_until(!lazy_out(l)));
}

/* Time for the timer, and after it for who polls. */
static void lazy_wait(void)
{
	schedule_timeout_uninterruptible(A_WHILE);
	usleep_range(500, 1000);
}

/* The device keeps it: once the timer has looked, an interrupt is due. */
static void kept(struct kunit *test)
{
	struct lazy *l = lazy_new(test);
	struct play_buf b;

	lazy_xmit(l, 0);
	KUNIT_ASSERT_TRUE(test, data_take(l->d, &b));
	lazy_wait();
	KUNIT_EXPECT_TRUE(test, play_finish(l->d->f->p, &b, 0));
	KUNIT_EXPECT_TRUE(test, play_until(!lazy_out(l)));
}

/* Of many that it keeps the interrupt is for most; the last one comes back. */
static void kept_many(struct kunit *test)
{
	struct lazy *l = lazy_new(test);
	struct play_buf *b = l->d->b;
	unsigned int i, interrupts = 0;

	for (i = 0; i < 12; i++)
		lazy_xmit(l, 0);
	for (i = 0; i < 12; i++)
		KUNIT_ASSERT_TRUE(test, data_take(l->d, &b[i]));
	lazy_wait();
	for (i = 0; i < 11; i++)
		interrupts += play_finish(l->d->f->p, &b[i], 0);
	KUNIT_EXPECT_GE(test, interrupts, 1);
	/* NAPI lets go of those, and the timer looks for what is left. */
	lazy_wait();
	play_finish(l->d->f->p, &b[11], 0);
	KUNIT_EXPECT_TRUE(test, play_until(!lazy_out(l)));
}

/*
 * Half of its buffer is what makes a socket wait: the packet behind a quarter
 * interrupts.  Unless the timer comes first, which it does not in one jiffy.
 */
static void socket_full(struct kunit *test)
{
	struct lazy *l = lazy_new(test);
	unsigned int i, interrupts, missing = 0;
	unsigned long begin, end;

	lazy_xmit(l, 0);
	l->sock->sk->sk_sndbuf = 4 * lazy_out(l);
	lazy_sent(l);
	for (i = 0; i < 20; i++) {
		KUNIT_EXPECT_TRUE(test, play_until(!lazy_out(l)));
		begin = jiffies;
		lazy_xmit(l, 0);
		lazy_xmit(l, 0);
		interrupts = lazy_sent(l);
		interrupts += lazy_sent(l);
		end = jiffies;
		missing += !interrupts && end == begin;
	}
	KUNIT_EXPECT_EQ(test, missing, 0);
	KUNIT_EXPECT_TRUE(test, play_until(!lazy_out(l)));
}

/* A socket of TCP that has sent nothing yet: a million bytes may go. */
static void tcp_room(struct kunit *test)
{
	lazy_alone(lazy_of(test, AF_INET, SOCK_STREAM));
}

/* A little of TCP's: more may wait for it, so as to go with it. */
static void tcp_little(struct kunit *test)
{
	struct lazy *l = lazy_of(test, AF_INET, SOCK_STREAM);

	lazy_xmit_len(l, SZ_32K - 1, 0);
	KUNIT_EXPECT_TRUE(test, lazy_sent(l));
	KUNIT_EXPECT_TRUE(test, play_until(!lazy_out(l)));
}

/* An ACK comes: TCP has its packet back before the timer looks. */
static void tcp_answer(struct kunit *test)
{
	struct lazy *l = lazy_of(test, AF_INET, SOCK_STREAM);
	const struct lie frame = { .len = 333 };
	unsigned int i, got, late = 0, soon = 0;
	unsigned long begin;
	bool kept;

	for (i = 0; i < 200 && soon < 20; i++) {
		schedule_timeout_uninterruptible(3);
		begin = jiffies;
		got = l->d->got;
		lazy_xmit(l, 0);
		lazy_sent(l);
		data_send(l->d, &frame);
		while (READ_ONCE(l->d->got) == got &&
		       time_before_eq(jiffies, begin))
			cond_resched();
		kept = READ_ONCE(l->d->got) == got || lazy_out(l);
		if (time_after(jiffies, begin))
			continue;
		late += kept;
		soon++;
	}
	KUNIT_EXPECT_EQ(test, late, 0);
	if (!soon)
		kunit_skip(test, "nothing is done within a jiffy here");
	KUNIT_EXPECT_TRUE(test, play_until(!lazy_out(l)));
}

/* At its pace a packet is more than what it lets queues have. */
static void tcp_full(struct kunit *test)
{
	struct lazy *l = lazy_of(test, AF_INET, SOCK_STREAM);

	l->sock->sk->sk_pacing_rate = 0;
	lazy_xmit(l, 0);
	KUNIT_EXPECT_TRUE(test, lazy_sent(l));
	KUNIT_EXPECT_TRUE(test, play_until(!lazy_out(l)));
}

/*
 * Two are too many, but the first has gone: nobody is interrupted.  Unless it is
 * still there, when the second is sent.  The timer does not come in one jiffy.
 */
static void tcp_second(struct kunit *test, bool gone)
{
	struct lazy *l = lazy_of(test, AF_INET, SOCK_STREAM);
	struct sock *sk = l->sock->sk;
	unsigned int i, interrupts, wrong = 0;
	unsigned long begin, end;

	for (i = 0; i < 20; i++) {
		/* No timer is left of the last time. */
		schedule_timeout_uninterruptible(3);
		begin = jiffies;
		lazy_xmit(l, 0);
		if (!i)
			sk->sk_pacing_rate = (lazy_out(l) * 3ul / 2) <<
					     sk->sk_pacing_shift;
		interrupts = gone ? lazy_sent(l) : 0;
		lazy_xmit(l, 0);
		interrupts += gone ? 0 : lazy_sent(l);
		interrupts += lazy_sent(l);
		end = jiffies;
		wrong += !interrupts != gone && end == begin;
		KUNIT_EXPECT_TRUE(test, play_until(!lazy_out(l)));
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

static void tcp_first_gone(struct kunit *test)
{
	tcp_second(test, true);
}

static void tcp_first_there(struct kunit *test)
{
	tcp_second(test, false);
}

/* No other packet can come to look: the limits are reached. */
static void limit_reached(struct kunit *test)
{
	struct lazy *l = lazy_new(test);

	lazy_limit(l, 0);
	lazy_xmit(l, 0);
	KUNIT_EXPECT_TRUE(test, netif_xmit_stopped(l->q));
	KUNIT_EXPECT_TRUE(test, lazy_sent(l));
	KUNIT_EXPECT_TRUE(test, play_until(!netif_xmit_stopped(l->q)));
	KUNIT_EXPECT_EQ(test, lazy_out(l), 0);
}

/* Once one has gone the limits leave eight of the largest packets alone. */
static void limit_least(struct kunit *test)
{
#ifdef CONFIG_BQL
	struct data_fix *d = data_setup(test, FB_EVENT_IDX);
	struct dql *dql = &netdev_get_tx_queue(d->f->dev, 0)->dql;
	struct play_buf b;

	data_quiet(d);
	KUNIT_ASSERT_TRUE(test, data_xmit(d, 60));
	KUNIT_ASSERT_TRUE(test, data_take(d, &b));
	play_done(d->f->p, &b, 0);
	KUNIT_EXPECT_TRUE(test, play_until(dql_avail(dql) == 8 * 65536));
#else
	kunit_skip(test, "the kernel has no byte queue limits");
#endif
}

/* A program waits until it may use its memory again. */
static void users_memory(struct kunit *test)
{
	struct lazy *l = lazy_new(test);

	lazy_xmit(l, SKBFL_ZEROCOPY_ENABLE);
	KUNIT_EXPECT_TRUE(test, lazy_sent(l));
	KUNIT_EXPECT_TRUE(test, play_until(!lazy_out(l)));
}

/* The interface goes down, and the socket does not wait for the device. */
static void down_and_up(struct kunit *test)
{
	struct lazy *l = lazy_new(test);
	struct play_buf b;

	lazy_xmit(l, 0);
	KUNIT_ASSERT_TRUE(test, data_take(l->d, &b));
	rtnl_lock();
	dev_close(l->d->f->dev);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, lazy_out(l), 0);
	schedule_timeout_uninterruptible(A_WHILE);
	play_push(l->d->f->p, &b, 0);
	net_open(l->d->f);
	lazy_xmit(l, 0);
	lazy_sent(l);
	KUNIT_EXPECT_TRUE(test, play_until(!lazy_out(l)));
}

/* It is not kept because nobody has looked yet. */
static void closed(struct kunit *test)
{
	struct lazy *l = lazy_new(test);
	unsigned int i;

	for (i = 0; i < 10; i++) {
		lazy_xmit(l, 0);
		lazy_sent(l);
		rtnl_lock();
		dev_close(l->d->f->dev);
		rtnl_unlock();
		KUNIT_EXPECT_EQ(test, lazy_out(l), 0);
		net_open(l->d->f);
		lazy_limit(l, 1 << 20);
	}
}

static struct kunit_case net_lazy_cases[] = {
	KUNIT_CASE(alone),
	KUNIT_CASE(followed),
	KUNIT_CASE(kept),
	KUNIT_CASE(kept_many),
	KUNIT_CASE(socket_full),
	KUNIT_CASE(tcp_room),
	KUNIT_CASE(tcp_full),
	KUNIT_CASE(tcp_little),
	KUNIT_CASE(tcp_answer),
	KUNIT_CASE(tcp_first_gone),
	KUNIT_CASE(tcp_first_there),
	KUNIT_CASE(limit_reached),
	KUNIT_CASE(limit_least),
	KUNIT_CASE(users_memory),
	KUNIT_CASE(down_and_up),
	KUNIT_CASE(closed),
	{}
};

static struct kunit_suite net_lazy_suite = {
	.name = "virtio_net_lazy",
	.test_cases = net_lazy_cases,
};

kunit_test_suites(&net_lazy_suite);

MODULE_DESCRIPTION("Unit tests of packets that nobody is interrupted for");
MODULE_LICENSE("GPL");
