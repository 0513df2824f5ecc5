// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Kinds of queues, as parameters of cases
 *
 * See &struct ring_kinds in ring_fix.h.
 */
#include <linux/module.h>

#include "ring_fix.h"

/**
 * ring_param_desc - name a kind of queue
 * @p: the kind
 * @desc: KUNIT_PARAM_DESC_SIZE bytes
 */
void ring_param_desc(const struct ring_param *p, char *desc)
{
	bool modern = p->modern || p->in_order;

	scnprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u-%s%s%s%s%s", p->num,
		  p->packed ? "packed" : modern ? "modern" : "legacy",
		  p->in_order ? "-inorder" : "",
		  p->indirect ? "-indirect" : "",
		  p->event_idx ? "-event" : "",
		  p->platform ? "-platform" : "");
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
		if (k->ordered ? k->cur.in_order :
				 !k->unordered || !k->cur.in_order) {
			ring_param_desc(&k->cur, desc);
			return &k->cur;
		}
		index++;
	}
	return NULL;
}
EXPORT_SYMBOL_GPL(ring_next_kind);
