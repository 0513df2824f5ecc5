// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: A network interface that is up
 *
 * See net_data_fix.h.
 */
#include <linux/etherdevice.h>
#include <linux/skbuff.h>
#include <linux/slab.h>

#include "net_data_fix.h"

/* Packets that are left in a queue go with the device, behind all else. */
static atomic_t data_freed;

static int data_receive(struct sk_buff *skb, struct net_device *dev,
			struct packet_type *pt, struct net_device *orig)
{
	struct data_fix *d = pt->af_packet_priv;

	spin_lock_bh(&d->lock);
	d->len = min_t(unsigned int, skb->len + ETH_HLEN, MAX_FRAME);
	skb_copy_bits(skb, -ETH_HLEN, d->seen, d->len);
	d->hash = skb->hash;
	d->l4_hash = skb->l4_hash;
	d->queue = skb_rx_queue_recorded(skb) ? skb_get_rx_queue(skb) : U16_MAX;
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

static void data_frame(struct data_fix *d)
{
	unsigned int i;

	eth_broadcast_addr(d->sent);
	d->sent[6] = 2;
	d->sent[12] = ETHERTYPE >> 8;
	d->sent[13] = ETHERTYPE & 0xff;
	for (i = ETH_HLEN; i < MAX_FRAME; i++)
		d->sent[i] = i * 7 + i / 256;
}

/**
 * data_open - bring an interface up, and look at what it receives
 * @f: its device, on the bus
 * @hdr: bytes of the header before a packet
 *
 * Return: the interface.
 */
struct data_fix *data_open(struct net_fix *f, unsigned int hdr)
{
	struct kunit *test = f->test;
	struct data_fix *d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, d);
	d->seen = kunit_kzalloc(test, MAX_FRAME, GFP_KERNEL);
	d->sent = kunit_kzalloc(test, MAX_FRAME, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, d->seen);
	KUNIT_ASSERT_NOT_NULL(test, d->sent);
	spin_lock_init(&d->lock);
	d->f = f;
	d->hdr = hdr;
	d->q_rx = Q_RX;
	d->q_tx = Q_TX;
	d->freed = &data_freed;
	atomic_set(d->freed, 0);
	net_open(f);
	data_frame(d);
	d->pt.type = htons(ETHERTYPE);
	d->pt.dev = f->dev;
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
 * data_setup - an interface that is up, of a modern device without hashes
 * @test: the test
 * @features: what it offers, beside VERSION_1, MAC and CTRL_VQ
 *
 * Return: the interface.
 */
struct data_fix *data_setup(struct kunit *test, u64 features)
{
	return data_open(net_setup(test, features), HDR);
}

/**
 * data_quiet - no packets but the test's from now on
 * @d: the interface
 *
 * IPv6 has nothing to say where its packets do not fit.  What it has said is
 * taken, and sent.
 */
void data_quiet(struct data_fix *d)
{
	struct play_buf b;

	rtnl_lock();
	KUNIT_EXPECT_EQ(d->f->test, dev_set_mtu(d->f->dev, 1000), 0);
	rtnl_unlock();
	schedule_timeout_uninterruptible(HZ / 50);
	while (play_try_take(d->f->p, d->q_tx, &b))
		play_done(d->f->p, &b, 0);
	schedule_timeout_uninterruptible(HZ / 50);
}

/* A field in the order of bytes of the device: 5.1.6.1. */
static void data_put16(struct data_fix *d, u16 value, u8 *p)
{
	if (mock_modern(d->f->m))
		put_unaligned_le16(value, p);
	else
		put_unaligned(value, (u16 *)p);
}

static void data_header(struct data_fix *d, const struct lie *l, u16 num,
			u8 *hdr)
{
	memset(hdr, 0, HDR_HASH);
	hdr[0] = l->flags;
	hdr[1] = l->type;
	data_put16(d, l->size, hdr + 4);
	data_put16(d, l->start, hdr + 6);
	data_put16(d, l->offset, hdr + 8);
	data_put16(d, l->num ? l->num < 0 ? 0 : l->num : num, hdr + 10);
	put_unaligned_le32(l->hash, hdr + 12);
	put_unaligned_le16(l->report, hdr + 16);
}

/**
 * data_write - write a header and the begin of the frame
 * @d: the interface
 * @l: what to say
 * @num: num_buffers, unless @l knows better
 * @b: the buffer
 */
void data_write(struct data_fix *d, const struct lie *l, u16 num,
		struct play_buf *b)
{
	u8 hdr[HDR_HASH];

	data_header(d, l, num, hdr);
	play_write(d->f->p, b, 0, hdr, d->hdr);
	play_write(d->f->p, b, d->hdr, d->sent, l->len);
}

/**
 * data_first - take a buffer, write the header and the begin of the frame
 * @d: the interface
 * @l: what to say
 * @num: num_buffers, unless @l knows better
 * @b: the buffer
 *
 * Return: false when there was none.
 */
bool data_first(struct data_fix *d, const struct lie *l, u16 num,
		struct play_buf *b)
{
	if (!play_take(d->f->p, d->q_rx, b))
		return false;
	data_write(d, l, num, b);
	return true;
}

/**
 * data_send - a frame in one buffer
 * @d: the interface
 * @l: the frame, and what to say of it
 */
void data_send(struct data_fix *d, const struct lie *l)
{
	u32 used = l->used < 0 ? 0 : l->used;
	struct play_buf b;

	KUNIT_ASSERT_TRUE(d->f->test, data_first(d, l, 1, &b));
	play_done(d->f->p, &b, l->used ? used : d->hdr + l->len);
}

/**
 * data_came - did the frame come?
 * @d: the interface
 * @got: packets that have come then
 * @len: bytes of the last one
 *
 * Return: true when it did, and is what was sent.
 */
bool data_came(struct data_fix *d, unsigned int got, unsigned int len)
{
	bool came = play_until(READ_ONCE(d->got) == got);

	spin_lock_bh(&d->lock);
	came = came && d->len == len && !memcmp(d->seen, d->sent, len);
	spin_unlock_bh(&d->lock);
	return came;
}

/**
 * data_dropped - packets that the interface dropped
 * @d: the interface
 *
 * Return: how many.
 */
u64 data_dropped(struct data_fix *d)
{
	struct rtnl_link_stats64 stats;

	dev_get_stats(d->f->dev, &stats);
	return stats.rx_dropped;
}

/**
 * data_counter - a counter of ethtool -S
 * @d: the interface, of a device without counters of its own
 * @name: what it is called
 *
 * Return: the counter; all ones when there is none.
 */
u64 data_counter(struct data_fix *d, const char *name)
{
	struct net_device *dev = d->f->dev;
	struct ethtool_stats info = {};
	u64 *values, value = U64_MAX;
	int num;

	rtnl_lock();
	num = dev->ethtool_ops->get_sset_count(dev, ETH_SS_STATS);
	values = kcalloc(num, sizeof(*values), GFP_KERNEL);
	if (values) {
		dev->ethtool_ops->get_ethtool_stats(dev, &info, values);
		value = net_find_stat(dev, values, num, name);
	}
	rtnl_unlock();
	kfree(values);
	return value;
}

/**
 * data_expect_next - a frame that the device sends now comes
 * @d: the interface
 * @got: packets that have come then
 */
void data_expect_next(struct data_fix *d, unsigned int got)
{
	struct lie good = { .len = 200 };

	data_send(d, &good);
	KUNIT_EXPECT_TRUE(d->f->test, data_came(d, got, 200));
}

/**
 * data_expect_beyond - a used length beyond the buffer: no more is looked at
 * @d: the interface
 * @more: bytes beyond; the sum is 2^32 - 1 at most
 */
void data_expect_beyond(struct data_fix *d, u32 more)
{
	u64 before = READ_ONCE(d->got) + data_dropped(d);
	struct kunit *test = d->f->test;
	struct lie l = { .len = 200 };
	struct play_buf b;

	KUNIT_ASSERT_TRUE(test, data_first(d, &l, 1, &b));
	play_done(d->f->p, &b, min_t(u64, (u64)b.in_len + more, U32_MAX));
	KUNIT_EXPECT_TRUE(test, play_until(READ_ONCE(d->got) +
					   data_dropped(d) == before + 1));
	if (d->got)
		KUNIT_EXPECT_LE(test, d->len + d->hdr, (unsigned int)b.in_len);
}

/**
 * data_expect_counters - what the first receive queue counted
 * @d: the interface
 * @drops: packets that were dropped
 * @len: of them for a used length
 * @hdr: of them for a header
 */
void data_expect_counters(struct data_fix *d, u64 drops, u64 len, u64 hdr)
{
	struct kunit *test = d->f->test;

	KUNIT_EXPECT_EQ(test, data_counter(d, "rx_queue_0_drops"), drops);
	KUNIT_EXPECT_EQ(test, data_counter(d, "rx_queue_0_bad_len"), len);
	KUNIT_EXPECT_EQ(test, data_counter(d, "rx_queue_0_bad_hdr"), hdr);
}

/**
 * data_expect_short - used lengths without room for header and Ethernet header
 * @d: the interface; nothing came so far
 *
 * Return: how many packets were dropped, between as many that came.
 */
unsigned int data_expect_short(struct data_fix *d)
{
	const s64 lens[] = { -1, 1, d->hdr - 1, d->hdr, d->hdr + 13 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		struct lie l = { .len = 100, .used = lens[i] };

		data_send(d, &l);
		KUNIT_EXPECT_TRUE(d->f->test,
				  play_until(data_dropped(d) == i + 1));
		data_expect_next(d, i + 1);
	}
	data_expect_counters(d, i, i, 0);
	return i;
}

/**
 * data_expect_num_buffers - values of num_buffers that cannot be
 * @d: the interface; nothing came so far
 * @counts: it has the field: VIRTIO_NET_F_MRG_RXBUF, 5.1.6.4
 */
void data_expect_num_buffers(struct data_fix *d, bool counts)
{
	static const int nums[] = { -1, 2, 64, 65, 0x7fff, 0xffff };
	struct kunit *test = d->f->test;
	unsigned int i, got = 0;

	for (i = 0; i < ARRAY_SIZE(nums); i++) {
		struct lie l = { .len = 300, .num = nums[i] };

		data_send(d, &l);
		if (counts)
			KUNIT_EXPECT_TRUE(test,
					  play_until(data_dropped(d) == i + 1));
		else
			KUNIT_EXPECT_TRUE(test, data_came(d, ++got, 300));
		data_expect_next(d, ++got);
	}
	data_expect_counters(d, counts ? i : 0, 0, counts ? i : 0);
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
unsigned int data_send_merged(struct data_fix *d, unsigned int len, u16 num)
{
	struct lie l = { .num = num };
	struct play_buf *b = d->b;
	unsigned int n = 0, done = 0, part, i;
	u8 right[2];

	while (done < len && n < ARRAY_SIZE(d->b)) {
		unsigned int skip = n ? 0 : d->hdr;

		if (!n)
			KUNIT_ASSERT_TRUE(d->f->test,
					  data_first(d, &l, 1, &b[0]));
		else
			KUNIT_ASSERT_TRUE(d->f->test,
					  play_take(d->f->p, d->q_rx, &b[n]));
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

/**
 * data_use_long - traffic that makes buffers larger than a page
 * @d: the interface, with VIRTIO_NET_F_MRG_RXBUF; nothing came so far
 *
 * Return: packets that came.
 */
unsigned int data_use_long(struct data_fix *d)
{
	unsigned int got = 0;

	do {
		data_send_merged(d, 60000, 0);
		KUNIT_ASSERT_TRUE(d->f->test, data_came(d, ++got, 60000));
	} while (d->b[0].in_len < 2 * PAGE_SIZE && got < 1000);
	return got;
}

static void data_destroyed(struct sk_buff *skb)
{
	atomic_inc(&data_freed);
}

/**
 * data_xmit_on - give the interface a frame
 * @d: the interface
 * @len: bytes of it
 * @queue: transmit queue that the stack would choose
 *
 * Return: true when it was taken.
 */
bool data_xmit_on(struct data_fix *d, unsigned int len, u16 queue)
{
	struct sk_buff *skb = alloc_skb(len + 64, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(d->f->test, skb);
	skb_reserve(skb, 64);
	skb_put_data(skb, d->sent, len);
	skb->dev = d->f->dev;
	skb->protocol = htons(ETHERTYPE);
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, ETH_HLEN);
	skb->destructor = data_destroyed;
	if (queue)
		return dev_direct_xmit(skb, queue) == NET_XMIT_SUCCESS;
	return dev_queue_xmit(skb) == NET_XMIT_SUCCESS;
}

/* Give the interface a frame; true when it was taken. */
bool data_xmit(struct data_fix *d, unsigned int len)
{
	return data_xmit_on(d, len, 0);
}

/**
 * data_take - the next frame of ours; the stack sends some as well
 * @d: the interface
 * @b: the frame
 *
 * Return: false when none came.
 */
bool data_take(struct data_fix *d, struct play_buf *b)
{
	u8 type[2];

	while (play_take(d->f->p, d->q_tx, b)) {
		play_read(d->f->p, b, d->hdr + 12, type, sizeof(type));
		if (get_unaligned_be16(type) == ETHERTYPE)
			return true;
		play_done(d->f->p, b, 0);
	}
	return false;
}

/**
 * data_header_ok - is the header of a plain frame as it has to be?
 * @d: the interface
 * @b: the frame
 *
 * Zeroes, but for hdr_len, which is not less than the headers (5.1.6.2.1).
 *
 * Return: true when it is.
 */
bool data_header_ok(struct data_fix *d, const struct play_buf *b)
{
	static const u8 zeroes[HDR_HASH];
	u8 hdr[HDR_HASH];
	u16 len;

	play_read(d->f->p, b, 0, hdr, d->hdr);
	if (mock_modern(d->f->m))
		len = get_unaligned_le16(hdr + 2);
	else
		len = get_unaligned((u16 *)(hdr + 2));
	put_unaligned((u16)0, (u16 *)(hdr + 2));
	return len >= ETH_HLEN && len <= b->out_len - d->hdr &&
	       !memcmp(hdr, zeroes, d->hdr);
}
