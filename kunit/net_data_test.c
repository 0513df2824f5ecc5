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
#include <linux/skbuff.h>

#include "net_ctrl_fix.h"

/* For experiments: nobody else sends or takes it. */
#define ETHERTYPE	0x88b5

/* Of the device, 5.1.3. */
#define FB_MERGE	FB(15)

/* Of the header without and with a hash, 5.1.6. */
#define HDR		12

#define MAX_FRAME	66000

/**
 * struct data_fix - an interface that is up
 * @f: its device
 * @pt: takes what the interface receives
 * @lock: the fields below
 * @got: packets that came
 * @len: bytes of the last one, with the Ethernet header
 * @seen: its bytes
 * @sent: bytes of a frame that the device sends
 * @freed: packets that were given back after they were sent
 * @b: buffers of a packet
 */
struct data_fix {
	struct net_fix *f;
	struct packet_type pt;
	spinlock_t lock;	/* see above */
	unsigned int got;
	unsigned int len;
	u8 *seen;
	u8 *sent;
	atomic_t freed;
	struct play_buf b[64];
};

static int data_receive(struct sk_buff *skb, struct net_device *dev,
			struct packet_type *pt, struct net_device *orig)
{
	struct data_fix *d = pt->af_packet_priv;

	spin_lock_bh(&d->lock);
	d->len = min_t(unsigned int, skb->len + ETH_HLEN, MAX_FRAME);
	skb_copy_bits(skb, -ETH_HLEN, d->seen, d->len);
	d->got++;
	spin_unlock_bh(&d->lock);
	kfree_skb(skb);
	return 0;
}

static int data_resource_init(struct kunit_resource *res, void *data)
{
	res->data = data;
	return 0;
}

/* Before the device goes. */
static void data_resource_free(struct kunit_resource *res)
{
	struct data_fix *d = res->data;

	dev_remove_pack(&d->pt);
}

static struct data_fix *data_setup(struct kunit *test, u64 features)
{
	struct data_fix *d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, d);
	d->seen = kunit_kzalloc(test, MAX_FRAME, GFP_KERNEL);
	d->sent = kunit_kzalloc(test, MAX_FRAME, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, d->seen);
	KUNIT_ASSERT_NOT_NULL(test, d->sent);
	spin_lock_init(&d->lock);
	d->f = net_setup(test, features);
	net_open(d->f);
	eth_broadcast_addr(d->sent);
	d->sent[6] = 2;
	d->sent[12] = ETHERTYPE >> 8;
	d->sent[13] = ETHERTYPE & 0xff;
	for (i = ETH_HLEN; i < MAX_FRAME; i++)
		d->sent[i] = i * 7 + i / 256;
	d->pt.type = htons(ETHERTYPE);
	d->pt.dev = d->f->dev;
	d->pt.func = data_receive;
	d->pt.af_packet_priv = d;
	dev_add_pack(&d->pt);
	KUNIT_ASSERT_NOT_NULL(test,
			      kunit_alloc_resource(test, data_resource_init,
						   data_resource_free,
						   GFP_KERNEL, d));
	return d;
}

/**
 * struct lie - what a device says of a packet, beside the truth
 * @name: what is wrong
 * @len: bytes of the frame
 * @used: used length of the only buffer, 0 for the right one
 * @num: num_buffers, 0 for the right one, -1 for 0
 * @flags: of the header
 * @type: gso_type
 */
struct lie {
	const char *name;
	unsigned int len;
	u32 used;
	int num;
	u8 flags;
	u8 type;
};

/* A buffer with the header and the begin of the frame. */
static bool data_first(struct data_fix *d, const struct lie *l, u16 num,
		       struct play_buf *b)
{
	u8 hdr[HDR] = { l->flags, l->type };

	if (!play_take(d->f->p, Q_RX, b))
		return false;
	put_unaligned_le16(l->num ? l->num < 0 ? 0 : l->num : num, hdr + 10);
	play_write(d->f->p, b, 0, hdr, HDR);
	play_write(d->f->p, b, HDR, d->sent, l->len);
	return true;
}

/* A frame in one buffer. */
static void data_send(struct data_fix *d, const struct lie *l)
{
	struct play_buf b;

	KUNIT_ASSERT_TRUE(d->f->test, data_first(d, l, 1, &b));
	play_done(d->f->p, &b, l->used ?: HDR + l->len);
}

static bool data_came(struct data_fix *d, unsigned int got, unsigned int len)
{
	bool came = play_until(READ_ONCE(d->got) == got);

	spin_lock_bh(&d->lock);
	came = came && d->len == len && !memcmp(d->seen, d->sent, len);
	spin_unlock_bh(&d->lock);
	return came;
}

static u64 data_dropped(struct data_fix *d)
{
	struct rtnl_link_stats64 stats;

	dev_get_stats(d->f->dev, &stats);
	return stats.rx_dropped;
}

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

/**
 * data_send_merged - a frame in as many buffers as it needs
 * @d: the interface
 * @len: bytes of the frame
 * @num: num_buffers, 0 for the right one
 *
 * All but the last are full; all are used before the driver hears of it
 * (5.1.6.4).
 *
 * Return: how many there were.
 */
static unsigned int data_send_merged(struct data_fix *d, unsigned int len,
				     u16 num)
{
	struct lie l = { .num = num };
	struct play_buf *b = d->b;
	unsigned int n = 0, done = 0, part, i;
	u8 right[2];

	while (done < len && n < ARRAY_SIZE(d->b)) {
		unsigned int skip = n ? 0 : HDR;

		if (!n)
			KUNIT_ASSERT_TRUE(d->f->test,
					  data_first(d, &l, 1, &b[0]));
		else
			KUNIT_ASSERT_TRUE(d->f->test,
					  play_take(d->f->p, Q_RX, &b[n]));
		part = min_t(size_t, len - done, b[n].in_len - skip);
		play_write(d->f->p, &b[n], skip, d->sent + done, part);
		done += part;
		b[n].in_len = part + skip;
		n++;
	}
	if (!num) {
		put_unaligned_le16(n, right);
		play_write(d->f->p, &b[0], HDR - 2, right, 2);
	}
	for (i = 0; i + 1 < n; i++)
		play_push(d->f->p, &b[i], b[i].in_len);
	play_done(d->f->p, &b[i], b[i].in_len);
	return n;
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

static void data_destroyed(struct sk_buff *skb)
{
	struct data_fix *d = skb_shinfo(skb)->destructor_arg;

	atomic_inc(&d->freed);
}

/* Give the interface a frame; true when it was taken. */
static bool data_xmit(struct data_fix *d, unsigned int len)
{
	struct sk_buff *skb = alloc_skb(len + 64, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(d->f->test, skb);
	skb_reserve(skb, 64);
	skb_put_data(skb, d->sent, len);
	skb->dev = d->f->dev;
	skb->protocol = htons(ETHERTYPE);
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, ETH_HLEN);
	skb_shinfo(skb)->destructor_arg = d;
	skb->destructor = data_destroyed;
	return dev_queue_xmit(skb) == NET_XMIT_SUCCESS;
}

/* The next frame of ours; the stack sends some as well. */
static bool data_take(struct data_fix *d, struct play_buf *b)
{
	u8 type[2];

	while (play_take(d->f->p, Q_TX, b)) {
		play_read(d->f->p, b, HDR + 12, type, sizeof(type));
		if (get_unaligned_be16(type) == ETHERTYPE)
			return true;
		play_done(d->f->p, b, 0);
	}
	return false;
}

/* 5.1.6.2: a header of zeroes, and the frame. */
static void transmit(struct kunit *test)
{
	static const u8 zeroes[HDR];
	struct data_fix *d = data_setup(test, 0);
	struct play_buf b;
	u8 hdr[HDR];

	KUNIT_ASSERT_TRUE(test, data_xmit(d, 1514));
	KUNIT_ASSERT_TRUE(test, data_take(d, &b));
	KUNIT_EXPECT_EQ(test, b.out_len, HDR + 1514);
	KUNIT_EXPECT_EQ(test, b.in_len, 0);
	play_read(d->f->p, &b, 0, hdr, HDR);
	KUNIT_EXPECT_EQ(test, memcmp(hdr, zeroes, HDR), 0);
	play_read(d->f->p, &b, HDR, d->seen, 1514);
	KUNIT_EXPECT_EQ(test, memcmp(d->seen, d->sent, 1514), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&d->freed), 0);
	play_done(d->f->p, &b, 0);
	KUNIT_EXPECT_TRUE(test, play_until(atomic_read(&d->freed) == 1));
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
	KUNIT_EXPECT_TRUE(test, play_until(atomic_read(&d->freed) == n));
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
	KUNIT_EXPECT_TRUE(test, play_until(atomic_read(&d->freed) == 1));
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
	WRITE_ONCE(d->f->stop, false);
	queue_work(system_unbound_wq, &d->f->obliging);
	mock_needs_reset(d->f->m);
	KUNIT_EXPECT_TRUE(test, play_until(READ_ONCE(d->f->p->life) != life &&
					   play_up(d->f->p, Q_TX)));
	KUNIT_EXPECT_TRUE(test, play_until(atomic_read(&d->freed) == 1));
	KUNIT_EXPECT_TRUE(test, play_until(netif_device_present(d->f->dev) &&
					   netif_carrier_ok(d->f->dev)));
	WRITE_ONCE(d->f->stop, true);
	flush_work(&d->f->obliging);
	data_send(d, &l);
	KUNIT_EXPECT_TRUE(test, data_came(d, 2, 300));
	KUNIT_ASSERT_TRUE(test, data_xmit(d, 100));
	KUNIT_ASSERT_TRUE(test, data_take(d, &b));
	play_done(d->f->p, &b, 0);
	KUNIT_EXPECT_TRUE(test, play_until(atomic_read(&d->freed) == 2));
}

/* The interface goes down and up with packets in both rings. */
static void down_and_up(struct kunit *test)
{
	struct data_fix *d = data_setup(test, FB_MERGE);
	struct lie l = { .len = 300 };
	struct play_buf b;

	KUNIT_ASSERT_TRUE(test, data_xmit(d, 100));
	KUNIT_ASSERT_TRUE(test, data_take(d, &b));
	rtnl_lock();
	dev_close(d->f->dev);
	rtnl_unlock();
	data_send(d, &l);
	play_done(d->f->p, &b, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&d->freed), 0);
	net_open(d->f);
	KUNIT_EXPECT_TRUE(test, play_until(atomic_read(&d->freed) == 1));
	KUNIT_EXPECT_TRUE(test, data_came(d, 1, 300));
}

static struct kunit_case net_data_cases[] = {
	KUNIT_CASE(receive),
	KUNIT_CASE(receive_many),
	KUNIT_CASE(receive_merged),
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
