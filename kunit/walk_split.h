/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: The device's side of a split virtqueue
 *
 * What walk.h leaves to the layout of VIRTIO 1.4, 2.7.  A hostile device
 * writes what it likes with ws_write_used(), ws_set_used_idx() and
 * ws_write_desc().
 */
#ifndef _KUNIT_WALK_SPLIT_H
#define _KUNIT_WALK_SPLIT_H

#include "walk.h"

/* Offsets inside the parts of the queue, VIRTIO 1.4, 2.7.5, 2.7.6, 2.7.8. */
#define WS_DESC_FLAGS	12
#define WS_DESC_NEXT	14
#define WS_RING_FLAGS	0
#define WS_RING_IDX	2
#define WS_RING_ENTRIES	4
#define WS_USED_SIZE	8

extern const struct walk_ops walk_split_ops;

u16 ws_avail_flags(struct walk *w);
u16 ws_avail_idx(struct walk *w);
u16 ws_used_event(struct walk *w);
void ws_set_no_notify(struct walk *w, bool no_notify);
void ws_set_avail_event(struct walk *w, u16 event);
void ws_write_used(struct walk *w, u16 slot, u32 id, u32 len);
void ws_set_used_idx(struct walk *w, u16 idx);
void ws_set_used_flags(struct walk *w, u16 flags);
void ws_read_desc(struct walk *w, const u8 *table, unsigned int index,
		  struct walk_desc *d);
void ws_write_desc(const struct walk *w, u8 *table, unsigned int index,
		   const struct walk_desc *d);

#endif /* _KUNIT_WALK_SPLIT_H */
