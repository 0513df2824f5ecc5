// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Kinds of queues, as parameters of cases
 *
 * See &struct ring_kinds in ring_fix.h.
 */
#include <linux/module.h>

#include "ring_fix.h"

/* A queue that is quickly filled, also on a slow kernel. */
#define RING_SHORT	256

static unsigned int slow = 1;
module_param(slow, uint, 0444);
MODULE_PARM_DESC(slow, "run so many times fewer kinds and rounds, for a slow kernel");

static const unsigned int all_split_sizes[] = { 1, 2, 4, 8, 256, 1024, 32768 };

static const unsigned int all_packed_sizes[] = {
	1, 2, 3, 5, 7, 24, 100, 255, 256, 1000, 32767, 32768,
};

static const unsigned int some_split_sizes[] = { 2, 8, 256 };
static const unsigned int some_packed_sizes[] = { 2, 7, 256 };

/* A ring that is long, and rings in order. */
static const struct ring_param some_more[] = {
	{ .num = 1, .event_idx = true },
	{ .num = 32768, .modern = true, .indirect = true, .event_idx = true },
	{ .num = 8, .in_order = true, .event_idx = true },
	{ .num = 1, .packed = true, .event_idx = true },
	{ .num = 32767, .packed = true, .indirect = true, .event_idx = true },
	{ .num = 5, .packed = true, .in_order = true, .event_idx = true },
};

static struct ring_kinds all_kinds = {
	.sizes = all_split_sizes,
	.num_sizes = ARRAY_SIZE(all_split_sizes),
	.packed = all_packed_sizes,
	.num_packed = ARRAY_SIZE(all_packed_sizes),
	.product = true,
};

static struct ring_kinds ordered_kinds = {
	.sizes = all_split_sizes,
	.num_sizes = ARRAY_SIZE(all_split_sizes),
	.packed = all_packed_sizes,
	.num_packed = ARRAY_SIZE(all_packed_sizes),
	.product = true,
	.ordered = true,
};

static struct ring_kinds some_kinds = {
	.sizes = some_split_sizes,
	.num_sizes = ARRAY_SIZE(some_split_sizes),
	.packed = some_packed_sizes,
	.num_packed = ARRAY_SIZE(some_packed_sizes),
	.more = some_more,
	.num_more = ARRAY_SIZE(some_more),
};

/**
 * ring_slow - how much less a case should do here, if it does much
 *
 * Return: 1 on a usual kernel.
 */
unsigned int ring_slow(void)
{
	return max(slow, 1u);
}
EXPORT_SYMBOL_GPL(ring_slow);

/**
 * ring_param_desc - name a kind of queue
 * @p: the kind
 * @desc: KUNIT_PARAM_DESC_SIZE bytes
 */
void ring_param_desc(const struct ring_param *p, char *desc)
{
	bool modern = p->modern || p->in_order;

	scnprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u-%s%s%s%s%s%s%s%s", p->num,
		  p->packed ? "packed" : modern ? "modern" : "legacy",
		  p->in_order ? "-inorder" : "",
		  p->indirect ? "-indirect" : "",
		  p->event_idx ? "-event" : "",
		  p->platform ? "-platform" : "",
		  p->reset ? "-reset" : "",
		  p->notify_data ? "-data" : "",
		  p->batch ? "-batch" : "");
}
EXPORT_SYMBOL_GPL(ring_param_desc);

/* A legacy queue has neither IN_ORDER nor ACCESS_PLATFORM. */
static unsigned int ring_split_kinds(const struct ring_kinds *k)
{
	return k->product ? 4 + 16 : 8;
}

static unsigned int ring_packed_kinds(const struct ring_kinds *k)
{
	return k->product ? 16 : 4;
}

/* Kind @kind of a split queue; legacy ones come first. */
static void ring_split_kind(struct ring_param *p, unsigned int kind)
{
	unsigned int modern = kind - 4;

	p->indirect = kind & 1;
	p->event_idx = kind & 2;
	p->modern = kind >= 4;
	if (!p->modern)
		return;
	p->platform = modern & 4;
	p->in_order = modern & 8;
}

static void ring_packed_kind(struct ring_param *p, unsigned int kind)
{
	p->packed = true;
	p->modern = true;
	p->indirect = kind & 1;
	p->event_idx = kind & 2;
	p->platform = kind & 4;
	p->in_order = kind & 8;
}

/* The kind at place @index, wanted or not; false when there are no more. */
static bool ring_kind_at(const struct ring_kinds *k, unsigned int index,
			 struct ring_param *p)
{
	unsigned int split = ring_split_kinds(k), packed = ring_packed_kinds(k);
	unsigned int at = index;

	memset(p, 0, sizeof(*p));
	if (at < split * k->num_sizes) {
		p->num = k->sizes[at / split];
		ring_split_kind(p, at % split);
		p->index = index;
		return true;
	}
	at -= split * k->num_sizes;
	if (at < packed * k->num_packed) {
		p->num = k->packed[at / packed];
		ring_packed_kind(p, at % packed);
		p->index = index;
		return true;
	}
	at -= packed * k->num_packed;
	if (at >= k->num_more)
		return false;
	*p = k->more[at];
	p->index = index;
	return true;
}

/*
 * On a slow kernel a product is thinned out, and long queues are: of each size
 * other kinds are left, so that in the end each kind is.  Even fewer of those
 * behind the DMA API, whose checks are the slowest.
 */
static bool ring_kind_thinned(const struct ring_kinds *k)
{
	unsigned int split = ring_split_kinds(k), packed = ring_packed_kinds(k);
	unsigned int index = k->cur.index, all_split = split * k->num_sizes;
	unsigned int row, column, one_of = ring_slow();

	if (index >= all_split + packed * k->num_packed ||
	    (!k->product && k->cur.num <= RING_SHORT))
		return false;
	if (index >= all_split) {
		row = (index - all_split) / packed;
		column = (index - all_split) % packed;
	} else {
		row = index / split;
		column = index % split;
	}
	if (k->cur.num > RING_SHORT && k->cur.platform)
		one_of *= one_of;
	return (row + column) % one_of;
}

/* Is the kind that @k->cur is a parameter? */
static bool ring_kind_wanted(const struct ring_kinds *k)
{
	if (k->ordered ? !k->cur.in_order : k->unordered && k->cur.in_order)
		return false;
	return !ring_kind_thinned(k);
}

/**
 * ring_next_kind - the next parameter of a case
 * @k: what there is
 * @prev: what was returned last, NULL at first
 * @desc: filled in, KUNIT_PARAM_DESC_SIZE bytes
 *
 * For a KUnit generate_params function.
 *
 * Return: a &struct ring_param, valid until the next call, or NULL.
 */
const void *ring_next_kind(struct ring_kinds *k, const void *prev, char *desc)
{
	unsigned int index = prev ? k->cur.index + 1 : 0;

	while (ring_kind_at(k, index, &k->cur)) {
		if (ring_kind_wanted(k)) {
			ring_param_desc(&k->cur, desc);
			return &k->cur;
		}
		index++;
	}
	return NULL;
}
EXPORT_SYMBOL_GPL(ring_next_kind);

/**
 * ring_all_gen_params - each kind of queue of each size, as parameters
 * @prev: what was returned last, NULL at first
 * @desc: filled in, KUNIT_PARAM_DESC_SIZE bytes
 *
 * Return: as ring_next_kind().
 */
const void *ring_all_gen_params(const void *prev, char *desc)
{
	return ring_next_kind(&all_kinds, prev, desc);
}
EXPORT_SYMBOL_GPL(ring_all_gen_params);

/**
 * ring_ordered_gen_params - those of ring_all_gen_params() with IN_ORDER
 * @prev: what was returned last, NULL at first
 * @desc: filled in, KUNIT_PARAM_DESC_SIZE bytes
 *
 * Return: as ring_next_kind().
 */
const void *ring_ordered_gen_params(const void *prev, char *desc)
{
	return ring_next_kind(&ordered_kinds, prev, desc);
}
EXPORT_SYMBOL_GPL(ring_ordered_gen_params);

/**
 * ring_some_gen_params - a choice of kinds, for what depends on few of them
 * @prev: what was returned last, NULL at first
 * @desc: filled in, KUNIT_PARAM_DESC_SIZE bytes
 *
 * Both layouts, all combinations of INDIRECT_DESC and EVENT_IDX, three sizes;
 * some kinds more, up to the longest queue.  No DMA API.
 *
 * Return: as ring_next_kind().
 */
const void *ring_some_gen_params(const void *prev, char *desc)
{
	return ring_next_kind(&some_kinds, prev, desc);
}
EXPORT_SYMBOL_GPL(ring_some_gen_params);
