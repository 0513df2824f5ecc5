/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: The device's side of a packed virtqueue
 *
 * What walk.h leaves to the layout of VIRTIO 1.4, 2.8.
 *
 * A place in the ring is a number below twice the queue size: the first lap,
 * with a wrap counter of 1, counts from 0; the second, with 0, from the queue
 * size on.  A hostile device writes what it likes with wp_write_used(),
 * wp_write_desc() and wp_write_event(), and says with wp_skip() how far it
 * wants to have come.
 */
#ifndef _KUNIT_WALK_PACKED_H
#define _KUNIT_WALK_PACKED_H

#include "walk.h"

/* The flags by which both sides know whose a descriptor is, 2.8.1. */
#define WP_AVAIL	0x0080
#define WP_USED		0x8000

/* Fields of a descriptor, 2.8.13, that lie where only this layout has them. */
#define WP_DESC_ID	12
#define WP_DESC_FLAGS	14

/* Event suppression, 2.8.10 and 2.8.14: fields and values. */
#define WP_EVENT_DESC	0
#define WP_EVENT_FLAGS	2
#define WP_EVENT_SIZE	4
#define WP_ENABLE	0
#define WP_DISABLE	1
#define WP_AT_DESC	2
#define WP_RESERVED	3
#define WP_EVENT_WRAP	0x8000

/**
 * struct wp_event - an event suppression structure, in the guest's byte order
 * @desc: offset, and WP_EVENT_WRAP when the wrap counter is 1
 * @flags: WP_ENABLE, WP_DISABLE, WP_AT_DESC
 */
struct wp_event {
	u16 desc;
	u16 flags;
};

extern const struct walk_ops walk_packed_ops;

unsigned int wp_offset(const struct walk *w, u32 place);
bool wp_wrap(const struct walk *w, u32 place);
u32 wp_add(const struct walk *w, u32 place, unsigned int descs);
u16 wp_used_flags(const struct walk *w, u32 place);
void wp_read_desc(const struct walk *w, const u8 *table, unsigned int index,
		  struct walk_desc *d);
void wp_write_desc(const struct walk *w, u8 *table, unsigned int index,
		   const struct walk_desc *d);
void wp_write_used(struct walk *w, u32 place, u16 id, u32 len, u16 flags);
void wp_skip(struct walk *w, unsigned int descs);
void wp_driver_event(struct walk *w, struct wp_event *e);
void wp_write_event(struct walk *w, u16 desc, u16 flags);
void wp_ask_at(struct walk *w, u32 place);

#endif /* _KUNIT_WALK_PACKED_H */
