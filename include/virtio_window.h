/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: The device-specific configuration as a window of registers
 *
 * Transports that show the configuration of a device (VIRTIO 1.4, 2.5) as a
 * range of memory-mapped bytes keep a struct virtio_window for it, and serve
 * the members get, set and generation of struct virtio_config_ops from here:
 *
 * - each field is accessed in its own width (4.1.3.1, 4.2.2.2), or byte by
 *   byte where the transport asks for that;
 * - a field that takes more than one access is read until two reads agree,
 *   where no generation would tell of a change (2.5.3);
 * - nothing outside of the window is touched;
 * - a generation that never settles holds nobody for ever.
 *
 * Inline functions, so that no transport needs another module for them, and
 * that a unit test which replaces the accessors of a transport has replaced
 * those here as well.
 */
#ifndef _VIRTIO_WINDOW_H
#define _VIRTIO_WINDOW_H

#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/virtio.h>
#include <asm/unaligned.h>

/* How often a field is read that changes each time. */
#define VIRTIO_WINDOW_READS_MAX		100

/* A device may change its configuration; not each time that one looks. */
#define VIRTIO_WINDOW_CHANGES_LIMIT	1000

/**
 * struct virtio_window - where the configuration of a device is
 * @base: its first byte
 * @len: how many bytes it has; none other are touched
 * @bytewise: access single bytes only; set by the transport
 * @no_generation: nothing tells of a change; set by the transport
 * @lock: protects the fields below
 * @seen: generation that was read last
 * @told: generation that the last caller was told
 * @changed: when it was last read changed, in jiffies
 * @changes: how often it was read changed since the last quiet second
 * @frozen: @told is repeated until @until
 * @until: in jiffies
 */
struct virtio_window {
	void __iomem *base;
	unsigned int len;
	bool bytewise;
	bool no_generation;

	spinlock_t lock;	/* the fields below */
	u32 seen;
	u32 told;
	unsigned long changed;
	unsigned int changes;
	bool frozen;
	unsigned long until;
};

/**
 * virtio_window_init - make a window, still without bytes, ready for use
 * @w: the window, zeroed
 */
static inline void virtio_window_init(struct virtio_window *w)
{
	spin_lock_init(&w->lock);
}

static inline bool __virtio_window_fits(struct virtio_window *w,
					struct virtio_device *vdev,
					unsigned int offset, unsigned int len,
					const char *what)
{
	if (offset <= w->len && len <= w->len - offset)
		return true;
	dev_err_ratelimited(&vdev->dev,
			    "%s of configuration at %u, length %u: device has %u bytes\n",
			    what, offset, len, w->len);
	return false;
}

/* Whole naturally aligned fields; what is not one goes byte by byte. */
static inline unsigned int __virtio_window_width(struct virtio_window *w,
						 unsigned int offset,
						 unsigned int len)
{
	if (w->bytewise)
		return 1;
	if ((len == 4 || len == 8) && !(offset % 4))
		return 4;
	if (len == 2 && !(offset % 2))
		return 2;
	return 1;
}

/*
 * The configuration is a string of bytes, and the order within a field stays
 * as it is.  A wide access has the first byte in its low bits on any guest.
 */
static inline void __virtio_window_read_unit(void __iomem *from, void *to,
					     unsigned int width)
{
	if (width == 4)
		put_unaligned_le32(ioread32(from), to);
	else if (width == 2)
		put_unaligned_le16(ioread16(from), to);
	else
		*(u8 *)to = ioread8(from);
}

/* Read a field over what is in @buf.  Return: is it another one now? */
static inline bool __virtio_window_read(void __iomem *from, void *buf,
					unsigned int len, unsigned int width)
{
	bool changed = false;
	unsigned int i;
	u8 now[4];

	for (i = 0; i < len; i += width) {
		__virtio_window_read_unit(from + i, now, width);
		changed |= memcmp(now, buf + i, width);
		memcpy(buf + i, now, width);
	}
	return changed;
}

/**
 * virtio_window_get - read a field of the configuration
 * @w: the window
 * @vdev: its device, for messages
 * @offset: of the field
 * @buf: for its bytes, in the order in which the device has them
 * @len: of the field
 *
 * A field outside of the window reads as zeroes.  VIRTIO 1.4, 2.5.1; and 2.5.3
 * for a device without a generation, whose field is read until two reads
 * agree, or VIRTIO_WINDOW_READS_MAX times.
 * Context: any.
 */
static inline void virtio_window_get(struct virtio_window *w,
				     struct virtio_device *vdev,
				     unsigned int offset, void *buf,
				     unsigned int len)
{
	unsigned int width = __virtio_window_width(w, offset, len);
	void __iomem *from = w->base + offset;
	int left = VIRTIO_WINDOW_READS_MAX;

	memset(buf, 0, len);
	if (!__virtio_window_fits(w, vdev, offset, len, "read"))
		return;
	__virtio_window_read(from, buf, len, width);
	if (!w->no_generation || len <= width)
		return;
	while (--left)
		if (!__virtio_window_read(from, buf, len, width))
			return;
	dev_warn_ratelimited(&vdev->dev,
			     "configuration at %u changes without end: read as it is\n",
			     offset);
}

/**
 * virtio_window_set - write a field of the configuration
 * @w: the window
 * @vdev: its device, for messages
 * @offset: of the field
 * @buf: its bytes, in the order in which the device shall have them
 * @len: of the field
 *
 * The counterpart of virtio_window_get(); a write outside of the window is
 * dropped.  Context: any.
 */
static inline void virtio_window_set(struct virtio_window *w,
				     struct virtio_device *vdev,
				     unsigned int offset, const void *buf,
				     unsigned int len)
{
	unsigned int i, width = __virtio_window_width(w, offset, len);
	void __iomem *to = w->base + offset;

	if (!__virtio_window_fits(w, vdev, offset, len, "write"))
		return;
	for (i = 0; i < len; i += width) {
		if (width == 4)
			iowrite32(get_unaligned_le32(buf + i), to + i);
		else if (width == 2)
			iowrite16(get_unaligned_le16(buf + i), to + i);
		else
			iowrite8(*(u8 *)(buf + i), to + i);
	}
}

/* Under the lock: what to answer, given what the register reads. */
static inline u32 __virtio_window_answer(struct virtio_window *w,
					 struct virtio_device *vdev, u32 now)
{
	if (w->frozen && time_before(jiffies, w->until))
		return w->told;
	w->frozen = false;

	if (now != w->seen) {
		w->seen = now;
		w->changed = jiffies;
		w->changes++;
	} else if (time_after(jiffies, w->changed + HZ)) {
		w->changes = 0;
	}
	if (w->changes < VIRTIO_WINDOW_CHANGES_LIMIT) {
		w->told = now;
		return now;
	}

	w->changes = 0;
	w->frozen = true;
	w->until = jiffies + HZ;
	dev_warn_ratelimited(&vdev->dev,
			     "configuration changes without end: read as it is\n");
	return w->told;
}

/**
 * virtio_window_generation - what to say of the generation
 * @w: the window
 * @vdev: its device, for messages
 * @now: what the device's register reads
 *
 * The kernel's readers of wide fields repeat their reads for as long as the
 * generation changes (VIRTIO 1.4, 2.5.1).  A device that changes it for ever
 * must not hold them for ever: when it was read changed
 * VIRTIO_WINDOW_CHANGES_LIMIT times without a quiet second in between,
 * everyone is told the same value for a second, which ends each loop that
 * runs.  What they have read may be torn then; the device asked for it.
 * Context: any; takes @w->lock.
 *
 * Return: @now, or the value last returned.
 */
static inline u32 virtio_window_generation(struct virtio_window *w,
					   struct virtio_device *vdev, u32 now)
{
	unsigned long flags;

	spin_lock_irqsave(&w->lock, flags);
	now = __virtio_window_answer(w, vdev, now);
	spin_unlock_irqrestore(&w->lock, flags);
	return now;
}

#endif /* _VIRTIO_WINDOW_H */
