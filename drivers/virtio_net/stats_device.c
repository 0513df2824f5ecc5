// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: What the device counts, VIRTIO 1.4, 5.1.6.5.11
 *
 * Asked for by ethtool -S, with VIRTIO_NET_F_DEVICE_STATS.  A reply is a row of
 * entries, each with its own type, queue and size, all as the device says: it
 * is copied out of the device's reach first (ctrl.c), and an entry that is not
 * one of those that were asked for, or does not fit, is left out and counted.
 */
#include <linux/slab.h>
#include <asm/unaligned.h>
#include "ctrl.h"

/* Queues asked for with one command, and the longest reply about one. */
#define VNET_DSTATS_QUEUES	16
#define VNET_DSTATS_REPLY	240

static_assert(VNET_DSTATS_QUEUES * VNET_DSTATS_REPLY <= VNET_CTRL_IN);

enum vnet_dstats_kind { VNET_DSTATS_RX, VNET_DSTATS_TX, VNET_DSTATS_CVQ };

/* struct virtio_net_stats_reply_hdr of VIRTIO 1.4. */
struct vnet_dstats_hdr {
	u8 type;
	u8 reserved;
	__le16 vq_index;
	__le16 reserved1;
	__le16 size;
};

/* An entry of struct virtio_net_ctrl_queue_stats of VIRTIO 1.4. */
struct vnet_dstats_req {
	__le16 vq_index;
	__le16 reserved[3];
	__le64 types;
};

static_assert(sizeof(struct vnet_dstats_hdr) == 8);
static_assert(sizeof(struct vnet_dstats_req) == 16);

#define VNET_DSTATS_MAX_FIELDS	6

/**
 * struct vnet_dstats_type - a type of statistics
 * @type: its number, which is the bit of its mask
 * @kind: of queues that have it
 * @num: fields
 * @names: what they are called
 */
struct vnet_dstats_type {
	u8 type;
	u8 kind;
	u8 num;
	const char *names[VNET_DSTATS_MAX_FIELDS];
};

#define VNET_DSTATS_TYPE(k, t, ...)					\
{									\
	.kind = VNET_DSTATS_##k,					\
	.type = t,							\
	.num = sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *),	\
	.names = { __VA_ARGS__ },					\
}

/*
 * VIRTIO 1.4, 5.1.6.5.11.3 to .11, the fields in their order.  What it calls
 * "allowance exceeded" is too long a name for ethtool, and Linux's header has
 * these.
 */
static const struct vnet_dstats_type vnet_dstats_types[] = {
	VNET_DSTATS_TYPE(RX, 0, "notifications", "packets", "bytes",
			 "interrupts", "drops", "drop_overruns"),
	VNET_DSTATS_TYPE(RX, 1, "csum_valid", "needs_csum", "csum_none",
			 "csum_bad"),
	VNET_DSTATS_TYPE(RX, 2, "gso_packets", "gso_bytes",
			 "gso_packets_coalesced", "gso_bytes_coalesced"),
	VNET_DSTATS_TYPE(RX, 3, "ratelimit_packets",
			 "ratelimit_bytes"),
	VNET_DSTATS_TYPE(TX, 16, "notifications", "packets", "bytes",
			 "interrupts", "drops", "drop_malformed"),
	VNET_DSTATS_TYPE(TX, 17, "csum_none", "needs_csum"),
	VNET_DSTATS_TYPE(TX, 18, "gso_packets", "gso_bytes", "gso_segments",
			 "gso_segments_bytes", "gso_packets_noseg",
			 "gso_bytes_noseg"),
	VNET_DSTATS_TYPE(TX, 19, "ratelimit_packets",
			 "ratelimit_bytes"),
	VNET_DSTATS_TYPE(CVQ, 32, "command_num", "ok_num"),
};

/* Types of a kind that are in a mask. */
static u64 vnet_dstats_of(u64 types, enum vnet_dstats_kind kind)
{
	unsigned int i;
	u64 mask = 0;

	for (i = 0; i < ARRAY_SIZE(vnet_dstats_types); i++)
		if (vnet_dstats_types[i].kind == kind)
			mask |= BIT_ULL(vnet_dstats_types[i].type);
	return types & mask;
}

/* Fields of these types. */
static unsigned int vnet_dstats_fields(u64 types)
{
	unsigned int i, num = 0;

	for (i = 0; i < ARRAY_SIZE(vnet_dstats_types); i++)
		if (types & BIT_ULL(vnet_dstats_types[i].type))
			num += vnet_dstats_types[i].num;
	return num;
}

/* Where the counters of a queue begin; -1 for a queue that has none. */
static int vnet_dstats_base(u64 types, u16 pairs, u16 vq_index, u16 cvq,
			    enum vnet_dstats_kind kind)
{
	unsigned int rx, tx;

	rx = vnet_dstats_fields(vnet_dstats_of(types, VNET_DSTATS_RX));
	tx = vnet_dstats_fields(vnet_dstats_of(types, VNET_DSTATS_TX));
	if (kind == VNET_DSTATS_CVQ)
		return vq_index == cvq ? pairs * (rx + tx) : -1;
	/* Receive queues have even numbers, transmit queues odd (5.1.2). */
	if (vq_index / 2 >= pairs || vq_index % 2 != kind)
		return -1;
	if (kind == VNET_DSTATS_RX)
		return vq_index / 2 * rx;
	return pairs * rx + vq_index / 2 * tx;
}

/* One of these types by its number, which is the device's. */
static const struct vnet_dstats_type *vnet_dstats_find(u64 types, u8 type)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vnet_dstats_types); i++)
		if (vnet_dstats_types[i].type == type && types & BIT_ULL(type))
			return &vnet_dstats_types[i];
	return NULL;
}

/**
 * vnet_dstats_slot - where the counters of one entry go
 * @types: that were asked for
 * @pairs: of queues that were asked for
 * @cvq: index of the control queue
 * @type: of the entry
 * @vq_index: its queue
 * @num: counters that the entry has in this driver
 *
 * Return: index of the first, or -1 for an entry that nobody asked for.
 */
static int vnet_dstats_slot(u64 types, u16 pairs, u16 cvq, u8 type,
			    u16 vq_index, unsigned int *num)
{
	const struct vnet_dstats_type *t = vnet_dstats_find(types, type);
	u64 before;
	int base;

	if (!t)
		return -1;
	base = vnet_dstats_base(types, pairs, vq_index, cvq, t->kind);
	if (base < 0)
		return -1;
	before = vnet_dstats_of(types, t->kind) & (BIT_ULL(type) - 1);
	*num = t->num;
	return base + vnet_dstats_fields(before);
}

/**
 * vnet_dstats_parse - counters out of a reply
 * @reply: the reply, out of the device's reach
 * @len: its length, bytes
 * @types: that were asked for
 * @pairs: of queues that were asked for
 * @cvq: index of the control queue
 * @data: where the counters go
 *
 * An entry that is longer than it need be is of a newer device, a shorter one
 * has fewer counters.  One without a sensible size is the last.
 *
 * Return: how many entries made no sense.
 */
unsigned int vnet_dstats_parse(const u8 *reply, size_t len, u64 types,
			       u16 pairs, u16 cvq, u64 *data)
{
	const struct vnet_dstats_hdr *hdr;
	unsigned int i, num, bad = 0;
	size_t size;
	int slot;

	for (; len; len -= size, reply += size) {
		hdr = (const void *)reply;
		if (len < sizeof(*hdr))
			return bad + 1;
		size = get_unaligned_le16(&hdr->size);
		if (size < sizeof(*hdr) || size > len)
			return bad + 1;
		slot = vnet_dstats_slot(types, pairs, cvq, hdr->type,
					get_unaligned_le16(&hdr->vq_index),
					&num);
		if (slot < 0) {
			bad++;
			continue;
		}
		num = min_t(unsigned int, num,
			    (size - sizeof(*hdr)) / sizeof(u64));
		for (i = 0; i < num; i++)
			data[slot + i] = get_unaligned_le64(reply +
							    sizeof(*hdr) +
							    i * sizeof(u64));
	}
	return bad;
}

/* Types that the negotiated features allow to ask for. */
static u64 vnet_dstats_allowed(struct vnet_ctrl *ctrl)
{
	const struct vnet_features *f = &ctrl->vnet->f;
	u64 gso = BIT_ULL(VIRTIO_NET_F_GUEST_TSO4) |
		  BIT_ULL(VIRTIO_NET_F_GUEST_TSO6);
	u64 types = BIT_ULL(0) | BIT_ULL(16) | BIT_ULL(32);

	if (f->speed_duplex)
		types |= BIT_ULL(3) | BIT_ULL(19);
	if (f->guest_csum)
		types |= BIT_ULL(1);
	if (ctrl->offloads_all & gso)
		types |= BIT_ULL(2);
	if (f->csum)
		types |= BIT_ULL(17);
	if (f->host_gso)
		types |= BIT_ULL(18);
	return types;
}

/**
 * vnet_dstats_init - ask the device what it counts
 * @ctrl: the control half; the device takes commands
 *
 * Context: process, under RTNL.
 */
void vnet_dstats_init(struct vnet_ctrl *ctrl)
{
	__le64 types = 0;
	int got;

	if (!ctrl->f.stats)
		return;
	got = vnet_ctrl_send(ctrl->vnet, VIRTIO_NET_CTRL_STATS,
			     VIRTIO_NET_CTRL_STATS_QUERY, NULL, 0, &types,
			     sizeof(types));
	if (got == sizeof(types))
		ctrl->stats_types = le64_to_cpu(types) &
				    vnet_dstats_allowed(ctrl);
	else if (got >= 0)
		ctrl->stats_garbage++;
}

/**
 * vnet_dstats_count - how many counters there are
 * @ctrl: the control half
 *
 * Return: their number.
 */
unsigned int vnet_dstats_count(struct vnet_ctrl *ctrl)
{
	u64 types = ctrl->stats_types;
	u64 cvq = vnet_dstats_of(types, VNET_DSTATS_CVQ);

	return ctrl->vnet->pairs * vnet_dstats_fields(types & ~cvq) +
	       vnet_dstats_fields(cvq);
}

static void vnet_dstats_strings_queue(u64 types, const char *prefix, u8 **data)
{
	const struct vnet_dstats_type *t = vnet_dstats_types;
	const struct vnet_dstats_type *end = t + ARRAY_SIZE(vnet_dstats_types);
	unsigned int i;

	for (; t < end; t++)
		for (i = 0; types & BIT_ULL(t->type) && i < t->num; i++)
			ethtool_sprintf(data, "%s_hw_%s", prefix, t->names[i]);
}

/**
 * vnet_dstats_strings - what the counters are called
 * @ctrl: the control half
 * @data: where the names go; moved on
 */
void vnet_dstats_strings(struct vnet_ctrl *ctrl, u8 **data)
{
	u64 types = ctrl->stats_types;
	u64 rx = vnet_dstats_of(types, VNET_DSTATS_RX);
	u64 tx = vnet_dstats_of(types, VNET_DSTATS_TX);
	char prefix[16];
	unsigned int i;

	for (i = 0; i < ctrl->vnet->pairs; i++) {
		snprintf(prefix, sizeof(prefix), "rx%u", i);
		vnet_dstats_strings_queue(rx, prefix, data);
	}
	for (i = 0; i < ctrl->vnet->pairs; i++) {
		snprintf(prefix, sizeof(prefix), "tx%u", i);
		vnet_dstats_strings_queue(tx, prefix, data);
	}
	vnet_dstats_strings_queue(vnet_dstats_of(types, VNET_DSTATS_CVQ),
				  "ctrl", data);
}

/* Ask for some queues: their numbers and types are in @req. */
static void vnet_dstats_ask(struct vnet_ctrl *ctrl,
			    const struct vnet_dstats_req *req,
			    unsigned int num, u8 *reply, u64 *data)
{
	int got;

	got = vnet_ctrl_send(ctrl->vnet, VIRTIO_NET_CTRL_STATS,
			     VIRTIO_NET_CTRL_STATS_GET, req,
			     num * sizeof(*req), reply,
			     num * VNET_DSTATS_REPLY);
	if (got > 0)
		ctrl->stats_garbage +=
			vnet_dstats_parse(reply, got, ctrl->stats_types,
					  ctrl->vnet->pairs,
					  2 * ctrl->vnet->max_pairs, data);
}

/* All queues that have something to tell, some at a time. */
static void vnet_dstats_ask_all(struct vnet_ctrl *ctrl, u8 *reply, u64 *data)
{
	struct vnet_dstats_req req[VNET_DSTATS_QUEUES] = {};
	unsigned int queues = 2 * ctrl->vnet->pairs, i, num = 0;
	u64 types;

	for (i = 0; i <= queues; i++) {
		types = vnet_dstats_of(ctrl->stats_types,
				       i == queues ? VNET_DSTATS_CVQ :
				       i % 2 ? VNET_DSTATS_TX : VNET_DSTATS_RX);
		if (types) {
			req[num].vq_index =
				cpu_to_le16(i < queues ? i :
					    2 * ctrl->vnet->max_pairs);
			req[num++].types = cpu_to_le64(types);
		}
		if (num && (num == VNET_DSTATS_QUEUES || i == queues)) {
			vnet_dstats_ask(ctrl, req, num, reply, data);
			num = 0;
		}
	}
}

/**
 * vnet_dstats_get - the counters
 * @ctrl: the control half
 * @data: where they go, vnet_dstats_count(); 0 where the device says nothing
 *
 * Context: process, under RTNL; waits for the device.
 */
void vnet_dstats_get(struct vnet_ctrl *ctrl, u64 *data)
{
	u8 *reply;

	if (!ctrl->stats_types)
		return;
	memset(data, 0, vnet_dstats_count(ctrl) * sizeof(*data));
	reply = kmalloc(VNET_DSTATS_QUEUES * VNET_DSTATS_REPLY, GFP_KERNEL);
	vnet_ctrl_hurry(ctrl);
	if (reply)
		vnet_dstats_ask_all(ctrl, reply, data);
	vnet_ctrl_hurried(ctrl);
	kfree(reply);
}
