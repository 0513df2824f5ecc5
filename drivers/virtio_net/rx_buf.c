// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Receive buffers
 *
 * Where their memory comes from, how large they are, and how they get to the
 * device.  Called by receive (NAPI), and by whoever stopped the queue.
 *
 * Memory is from a pool of pages per queue, to which packets return their
 * pages when they are freed.  Where the device is behind the DMA API, and the
 * ring takes addresses from the driver, the pages stay mapped all their life.
 *
 * Each piece of memory is laid out so that an skb can be built around it:
 * headroom, header (in the first buffer of a packet), data, and room for what
 * the stack keeps behind the data.  There are three kinds of buffers:
 *
 * - small: one piece that holds any packet that may come (without offloads),
 *   whatever the MTU, since buffers that the device has cannot be taken back;
 * - mergeable (VIRTIO_NET_F_MRG_RXBUF): one piece; a packet takes several
 *   buffers if need be.  Its size follows the traffic, between what holds an
 *   ordinary packet and a page, or several pages while the average packet fills
 *   them;
 * - big: a piece and whole pages, together enough for any packet.
 *
 * A buffer that the device used for a packet much shorter goes back as it is:
 * the packet is copied.  VIRTIO 1.4, 5.1.6.3.
 */
#include <linux/dma-mapping.h>
#include <linux/log2.h>
#include <linux/netdevice.h>
#include <linux/slab.h>
#include <net/page_pool.h>
#include "rx.h"
#include "xsk.h"

/* What the stack keeps behind the data of a packet. */
#define VNET_TAIL	SKB_DATA_ALIGN(sizeof(struct skb_shared_info))

/* Large buffers: so many pages, as a power of two, and bytes. */
#define VNET_LARGE_ORDER	2
#define VNET_LARGE		(PAGE_SIZE << VNET_LARGE_ORDER)

/* Pages that a pool keeps at most, whatever the ring's size. */
#define VNET_POOL_MAX	4096

/* Bytes before the header: the stack's, or what XDP promises its programs. */
static u16 vnet_rx_headroom(const struct vnet *vnet)
{
	u16 pad = NET_SKB_PAD;

	if (READ_ONCE(vnet->xdp_headroom))
		return XDP_PACKET_HEADROOM;
	/* The network header is to be aligned where that matters. */
	if (NET_IP_ALIGN)
		pad += (NET_IP_ALIGN - vnet->hdr_len) & 3;
	return pad;
}

/* Data bytes of a packet of average length. */
static u32 vnet_rx_want(struct vnet_rxq *rxq)
{
	struct vnet *vnet = rxq->vnet;
	u32 len = vnet->dev->max_mtu + VNET_ETH_OVERHEAD;

	if (vnet->rx_mode == VNET_RX_BIG)
		return PAGE_SIZE;
	if (vnet->rx_mode == VNET_RX_MERGEABLE)
		len = ewma_vnet_len_read(&rxq->len);
	return max_t(u32, len, ETH_DATA_LEN + VNET_ETH_OVERHEAD);
}

/*
 * An even part of a page, so that none of it is lost.  A large one only if the
 * average packet fills it: so no more memory than twice the packets' is taken.
 */
static u32 vnet_rx_size(struct vnet_rxq *rxq, u16 headroom)
{
	u32 size = headroom + rxq->vnet->hdr_len + VNET_TAIL;

	size += vnet_rx_want(rxq);
	if (headroom == XDP_PACKET_HEADROOM)
		return PAGE_SIZE;
	if (size >= PAGE_SIZE)
		return size >= VNET_LARGE && rxq->large ? VNET_LARGE :
							  PAGE_SIZE;
	return roundup_pow_of_two(size);
}

/**
 * vnet_rx_buf_size - how much memory the next buffer gets
 * @rxq: the queue
 *
 * Return: bytes, headroom and tail included: at most a page, or %VNET_LARGE.
 */
unsigned int vnet_rx_buf_size(struct vnet_rxq *rxq)
{
	return vnet_rx_size(rxq, vnet_rx_headroom(rxq->vnet));
}

/**
 * vnet_rx_max_len - the longest packet that a buffer of one page holds
 * @hdr_len: bytes of the header
 *
 * With the headroom of XDP, so that it holds for every buffer.
 */
u32 vnet_rx_max_len(u16 hdr_len)
{
	return PAGE_SIZE - XDP_PACKET_HEADROOM - hdr_len - VNET_TAIL;
}

static dma_addr_t vnet_rx_addr(struct vnet_rxq *rxq, void *va)
{
	struct page *page = virt_to_page(va);

	if (!rxq->dma_dev)
		return virt_to_phys(va);
	return page_pool_get_dma_addr(page) + offset_in_page(va);
}

static void vnet_rx_sync_for_device(struct vnet_rxq *rxq, void *va, u32 len)
{
	if (rxq->dma_dev)
		dma_sync_single_for_device(rxq->dma_dev, vnet_rx_addr(rxq, va),
					   len, rxq->dma_dir);
}

/**
 * vnet_rx_sync - see what the device wrote, behind the DMA API
 * @rxq: the queue
 * @va: where
 * @len: bytes, checked: no more than were given to the device
 */
void vnet_rx_sync(struct vnet_rxq *rxq, void *va, u32 len)
{
	dma_sync_single_for_cpu(rxq->dma_dev, vnet_rx_addr(rxq, va), len,
				rxq->dma_dir);
}

/**
 * vnet_rx_free - give memory back to its pool
 * @va: anywhere in the first page of it
 * @napi: called by the queue's NAPI
 */
void vnet_rx_free(void *va, bool napi)
{
	struct page *page = virt_to_page(va);

	page_pool_put_full_page(page->pp, page, napi);
}

/* All of a page, or of several. */
static void *vnet_rx_alloc_pages(struct page_pool *pool)
{
	struct page *page = page_pool_dev_alloc_pages(pool);

	if (unlikely(!page))
		return NULL;
	page_pool_fragment_page(page, 1);
	return page_address(page);
}

/**
 * vnet_rx_alloc - memory from the pool
 * @rxq: the queue
 * @size: bytes, at most a page
 *
 * Context: as vnet_rx_refill().
 *
 * Return: the memory or NULL.
 */
void *vnet_rx_alloc(struct vnet_rxq *rxq, u32 size)
{
	unsigned int offset;
	struct page *page;

	if (size == PAGE_SIZE)
		return vnet_rx_alloc_pages(rxq->pool);
	page = page_pool_dev_alloc_frag(rxq->pool, &offset, size);
	return page ? page_address(page) + offset : NULL;
}

/* The pages behind the first piece; those that are there stay. */
static bool vnet_rx_fill_pages(struct vnet_rxq *rxq, struct vnet_rx_slot *slot)
{
	unsigned int i;
	void *va;

	for (i = 0; i < rxq->vnet->rx_pages; i++) {
		if (slot->pages[i])
			continue;
		va = vnet_rx_alloc(rxq, PAGE_SIZE);
		if (!va)
			return false;
		slot->pages[i] = virt_to_page(va);
	}
	return true;
}

/* Can memory that was left in a slot be used again? */
static bool vnet_rx_usable(struct vnet_rxq *rxq, const struct vnet_rx_slot *slot,
			   u32 size, u16 headroom)
{
	return slot->va && slot->headroom >= headroom &&
	       (rxq->vnet->rx_mode != VNET_RX_SMALL || slot->size >= size);
}

/* Not more than a page, when the packets are not as long any more. */
static bool vnet_rx_fits(struct vnet_rxq *rxq, const struct vnet_rx_slot *slot,
			 u32 size, u16 headroom)
{
	return vnet_rx_usable(rxq, slot, size, headroom) &&
	       (slot->size <= PAGE_SIZE || slot->size <= size);
}

/* Memory for a slot, of that size, or of a page; without, it has what it had. */
static bool vnet_rx_take_memory(struct vnet_rxq *rxq, struct vnet_rx_slot *slot,
				u32 size, u16 headroom)
{
	struct vnet *vnet = rxq->vnet;
	void *va = NULL;

	if (size > PAGE_SIZE) {
		va = vnet_rx_alloc_pages(rxq->large);
		if (!va)
			size = PAGE_SIZE;
	}
	if (!va)
		va = vnet_rx_alloc(rxq, size);
	if (!va)
		return false;
	slot->va = va;
	slot->size = size;
	slot->headroom = headroom;
	slot->addr = vnet_rx_addr(rxq, slot->va + slot->headroom);
	slot->room = size - slot->headroom - VNET_TAIL +
		     vnet->rx_pages * PAGE_SIZE;
	return true;
}

/* See that a slot has all its memory, of the size that is right now. */
static bool vnet_rx_fill(struct vnet_rxq *rxq, struct vnet_rx_slot *slot,
			 u32 size, u16 headroom)
{
	void *old = slot->va;

	if (!vnet_rx_fits(rxq, slot, size, headroom)) {
		if (vnet_rx_take_memory(rxq, slot, size, headroom)) {
			if (old)
				vnet_rx_free(old, false);
		} else if (!vnet_rx_usable(rxq, slot, size, headroom)) {
			return false;
		}
	}
	return !rxq->vnet->rx_pages || vnet_rx_fill_pages(rxq, slot);
}

/**
 * struct vnet_rx_piece - contiguous memory of a buffer
 * @va: where
 * @len: bytes
 */
struct vnet_rx_piece {
	void *va;
	u32 len;
};

/**
 * vnet_rx_pieces - what of a buffer the device may write
 * @rxq: the queue
 * @slot: a slot with all its memory
 * @piece: where the pieces go, room for &vnet_rxq.descs
 *
 * A legacy device without ANY_LAYOUT wants the header by itself (5.1.6.6.1,
 * "Legacy Interface: Framing Requirements").
 *
 * Return: how many.
 */
static unsigned int vnet_rx_pieces(struct vnet_rxq *rxq,
				   struct vnet_rx_slot *slot,
				   struct vnet_rx_piece *piece)
{
	struct vnet *vnet = rxq->vnet;
	u32 len = slot->size - slot->headroom - VNET_TAIL;
	void *va = slot->va + slot->headroom;
	unsigned int n = 0, i;

	if (unlikely(!vnet->f.any_layout)) {
		piece[n++] = (struct vnet_rx_piece){ va, vnet->hdr_len };
		va += vnet->hdr_len;
		len -= vnet->hdr_len;
	}
	piece[n++] = (struct vnet_rx_piece){ va, len };
	for (i = 0; i < vnet->rx_pages; i++)
		piece[n++] = (struct vnet_rx_piece){
			page_address(slot->pages[i]), PAGE_SIZE
		};
	return n;
}

/* The addresses are the driver's: nothing is mapped. */
static int vnet_rx_add_table(struct vnet_rxq *rxq, struct vnet_rx_slot *slot,
			     const struct vnet_rx_piece *piece, unsigned int n)
{
	unsigned int i;

	virtqueue_table_begin(&slot->table);
	for (i = 0; i < n; i++) {
		vnet_rx_sync_for_device(rxq, piece[i].va, piece[i].len);
		virtqueue_table_in(&slot->table, vnet_rx_addr(rxq, piece[i].va),
				   piece[i].len);
	}
	return virtqueue_add_table(rxq->vq, &slot->table, slot);
}

static int vnet_rx_add_sg(struct vnet_rxq *rxq, struct vnet_rx_slot *slot,
			  const struct vnet_rx_piece *piece, unsigned int n)
{
	struct scatterlist sg[VNET_RX_DESCS];
	unsigned int i;

	sg_init_table(sg, n);
	for (i = 0; i < n; i++)
		sg_set_buf(&sg[i], piece[i].va, piece[i].len);
	return virtqueue_add_inbuf(rxq->vq, sg, n, slot, GFP_ATOMIC);
}

/* A buffer of one piece. */
static int vnet_rx_add_addr(struct vnet_rxq *rxq, struct vnet_rx_slot *slot)
{
	if (unlikely(rxq->dma_dev))
		dma_sync_single_for_device(rxq->dma_dev, slot->addr, slot->room,
					   rxq->dma_dir);
	return virtqueue_ext_add_one(rxq->vq, slot->addr, slot->room, true,
				     slot);
}

/* Any other buffer. */
static noinline int vnet_rx_add_pieces(struct vnet_rxq *rxq,
				       struct vnet_rx_slot *slot)
{
	struct vnet_rx_piece piece[VNET_RX_DESCS];
	unsigned int n = vnet_rx_pieces(rxq, slot, piece);

	if (rxq->use_table)
		return vnet_rx_add_table(rxq, slot, piece, n);
	return vnet_rx_add_sg(rxq, slot, piece, n);
}

/* Give a buffer to the device. */
static int vnet_rx_add(struct vnet_rxq *rxq, struct vnet_rx_slot *slot)
{
	if (likely(rxq->use_addr))
		return vnet_rx_add_addr(rxq, slot);
	return vnet_rx_add_pieces(rxq, slot);
}

/**
 * vnet_rx_need - ring entries that must be free for a buffer
 * @rxq: the queue
 *
 * Return: how many.
 */
unsigned int vnet_rx_need(const struct vnet_rxq *rxq)
{
	return rxq->vnet->f.indirect ? 1 : rxq->descs;
}

/**
 * vnet_rx_ring_holds - does a ring of this size hold the longest packet?
 * @rxq: the queue
 * @num: entries
 *
 * One that lies in several buffers may need all that the device has, and these
 * are three quarters of the ring when receive does not run.  A device that waits
 * for more would wait for ever.
 *
 * Return: true when it does.
 */
bool vnet_rx_ring_holds(struct vnet_rxq *rxq, u32 num)
{
	struct vnet *vnet = rxq->vnet;
	u32 room = roundup_pow_of_two(ETH_DATA_LEN + VNET_TAIL) - VNET_TAIL -
		   NET_SKB_PAD - NET_IP_ALIGN;
	u32 len = vnet->f.guest_gso ? VNET_RX_MAX :
		  vnet->dev->max_mtu + VNET_ETH_OVERHEAD;

	if (num < rxq->descs)
		return false;
	return vnet->rx_mode != VNET_RX_MERGEABLE ||
	       (num - num / 4) * room >= len + vnet->hdr_len;
}

/**
 * vnet_rx_refill - give the device all buffers that it can have
 * @rxq: the queue
 *
 * One notification at most for all of them.
 * Context: the queue's NAPI, or who stopped it, with bottom halves off.
 *
 * Return: false when memory was short: try again later.
 */
bool vnet_rx_refill(struct vnet_rxq *rxq)
{
	u16 headroom = vnet_rx_headroom(rxq->vnet);
	u32 size = vnet_rx_size(rxq, headroom);
	unsigned int need = vnet_rx_need(rxq), added = 0;
	struct vnet_rx_slot *slot;
	bool ok = true;
	int err;

	if (unlikely(rxq->xsk))
		return vnet_xsk_refill(rxq);
	while ((slot = rxq->free_slots) && rxq->vq->num_free >= need) {
		if (unlikely(!vnet_rx_fill(rxq, slot, size, headroom))) {
			vnet_rx_count(rxq, &rxq->stats.no_memory, 1);
			ok = false;
			break;
		}
		err = vnet_rx_add(rxq, slot);
		if (unlikely(err)) {
			ok = err == -ENOSPC || virtqueue_is_broken(rxq->vq);
			break;
		}
		rxq->free_slots = slot->next;
		slot->in_ring = true;
		added++;
	}
	if (added)
		vnet_rx_kick(rxq);
	rxq->starved = !ok;
	return ok;
}

static void vnet_rx_take_back(struct vnet_rxq *rxq, struct vnet_rx_slot *slot)
{
	slot->in_ring = false;
	if (unlikely(slot->xsk))
		vnet_xsk_put(slot);
	vnet_rx_slot_put(rxq, slot);
}

/**
 * vnet_rx_flush - drop what was taken out of the ring, and not looked at yet
 * @rxq: the queue, stopped
 *
 * Context: as vnet_rx_refill(), or process.
 */
void vnet_rx_flush(struct vnet_rxq *rxq)
{
	while (rxq->next < rxq->nr_used)
		vnet_rx_take_back(rxq, rxq->used[rxq->next++].data);
}

/**
 * vnet_rx_recycle - a buffer that the ring gives back unused
 * @vq: its virtqueue, of a queue that is stopped
 * @buf: its slot
 *
 * It may be the rest of a packet that was taken out in part, when a poll was
 * over: nothing is left of that, or what comes next would be taken for it.
 *
 * The slot keeps its memory, but not that of a socket: the next ring may not
 * have a place for each slot, and the pool's other buffers run out.
 */
void vnet_rx_recycle(struct virtqueue *vq, void *buf)
{
	struct vnet *vnet = vq->vdev->priv;
	struct vnet_rxq *rxq = &vnet->rxqs[vnet_vq_pair(vq)];

	vnet_rx_flush(rxq);
	vnet_rx_take_back(rxq, buf);
}

/**
 * vnet_rx_take_all - take all buffers back from a device after its reset
 * @rxq: the queue, stopped
 *
 * By the ring, and by our own books for what the ring lost.  They keep their
 * memory.  Context: process.
 */
void vnet_rx_take_all(struct vnet_rxq *rxq)
{
	struct vnet_rx_slot *slot;
	unsigned int i;

	if (!rxq->vq)
		return;
	vnet_rx_flush(rxq);
	while ((slot = virtqueue_detach_unused_buf(rxq->vq)))
		vnet_rx_recycle(rxq->vq, slot);
	for (i = 0; rxq->slots && i < rxq->nr_slots; i++)
		if (rxq->slots[i].in_ring)
			vnet_rx_recycle(rxq->vq, &rxq->slots[i]);
}

static void vnet_rx_slot_free(struct vnet_rxq *rxq, struct vnet_rx_slot *slot)
{
	unsigned int i;

	if (slot->va)
		vnet_rx_free(slot->va, false);
	slot->va = NULL;
	for (i = 0; slot->pages && i < rxq->vnet->rx_pages; i++) {
		if (slot->pages[i])
			page_pool_put_full_page(rxq->pool, slot->pages[i],
						false);
		slot->pages[i] = NULL;
	}
}

static struct page_pool *vnet_rx_pool_create(struct vnet_rxq *rxq,
					     unsigned int order)
{
	struct vnet *vnet = rxq->vnet;
	struct page_pool_params params = {
		.flags = PP_FLAG_PAGE_FRAG,
		.order = order,
		.pool_size = min_t(unsigned int, VNET_POOL_MAX,
				   rxq->nr_slots * (1 + vnet->rx_pages)),
		.nid = dev_to_node(&vnet->vdev->dev),
	};

	rxq->dma_dir = DMA_FROM_DEVICE;
	if (rxq->dma_dev) {
		params.flags |= PP_FLAG_DMA_MAP;
		params.dev = rxq->dma_dev;
		/* What XDP sends from there is mapped once more. */
		params.dma_dir = rxq->dma_dir;
	}
	return page_pool_create(&params);
}

static int vnet_rx_pools_create(struct vnet_rxq *rxq)
{
	struct page_pool *pool = vnet_rx_pool_create(rxq, 0);

	if (IS_ERR(pool))
		return PTR_ERR(pool);
	rxq->pool = pool;
	if (rxq->vnet->rx_mode != VNET_RX_MERGEABLE)
		return 0;
	pool = vnet_rx_pool_create(rxq, VNET_LARGE_ORDER);
	if (IS_ERR(pool))
		return PTR_ERR(pool);
	rxq->large = pool;
	return 0;
}

static int vnet_rx_slots_alloc(struct vnet_rxq *rxq)
{
	unsigned int n = rxq->nr_slots, pages = rxq->vnet->rx_pages, i;
	struct page **all = NULL;

	rxq->slots = kvcalloc(n, sizeof(*rxq->slots), GFP_KERNEL);
	if (!rxq->slots)
		return -ENOMEM;
	if (pages) {
		all = kvcalloc(array_size(n, pages), sizeof(*all), GFP_KERNEL);
		if (!all)
			return -ENOMEM;
	}
	for (i = 0; i < n; i++) {
		rxq->slots[i].pages = all ? all + i * pages : NULL;
		vnet_rx_slot_put(rxq, &rxq->slots[i]);
	}
	return 0;
}

static size_t vnet_rx_tables_size(const struct vnet_rxq *rxq)
{
	return array3_size(rxq->nr_slots, rxq->descs, sizeof(struct vring_desc));
}

static int vnet_rx_tables_alloc(struct vnet_rxq *rxq)
{
	rxq->tables = dma_alloc_coherent(rxq->dma_dev, vnet_rx_tables_size(rxq),
					 &rxq->tables_dma, GFP_KERNEL);
	return rxq->tables ? 0 : -ENOMEM;
}

/**
 * vnet_rx_ring_ready - a queue has a new ring
 * @rxq: the queue, stopped, without buffers in the ring
 *
 * After each time that the virtqueue was set up, and after a resize.
 * Context: process.
 *
 * Return: 0 or an error.
 */
int vnet_rx_ring_ready(struct vnet_rxq *rxq)
{
	size_t step = rxq->descs * sizeof(struct vring_desc);
	unsigned int size = virtqueue_get_vring_size(rxq->vq);
	unsigned int need = vnet_rx_need(rxq), i;
	int err = 0;

	if (size < rxq->descs) {
		dev_err(&rxq->vnet->vdev->dev,
			"%s: a ring of %u entries is too small\n", rxq->name,
			size);
		return -EINVAL;
	}
	rxq->refill_at = need * max(size / need / 4, 1U);
	for (i = 0; rxq->use_table && i < rxq->nr_slots && !err; i++)
		err = virtqueue_table_init(rxq->vq, &rxq->slots[i].table,
					   rxq->tables + i * step,
					   rxq->tables_dma + i * step,
					   rxq->descs);
	return err;
}

/**
 * vnet_rx_buf_init - all that a receive queue needs for its buffers
 * @rxq: the queue, with its virtqueue set up for the first time
 *
 * Context: process.
 *
 * Return: 0 or an error; vnet_rx_buf_exit() cleans up in any case.
 */
int vnet_rx_buf_init(struct vnet_rxq *rxq)
{
	struct vnet *vnet = rxq->vnet;
	int err;

	ewma_vnet_len_init(&rxq->len);
	rxq->descs = 1 + vnet->rx_pages + !vnet->f.any_layout;
	rxq->nr_slots = max_t(unsigned int, rxq->vq->num_max,
			      virtqueue_get_vring_size(rxq->vq));
	if (virtqueue_ext_available())
		rxq->dma_dev = virtqueue_ext_dma_dev(rxq->vq);
	rxq->use_addr = virtqueue_ext_available() && rxq->descs == 1;
	rxq->use_table = rxq->dma_dev && !rxq->use_addr;
	err = vnet_rx_slots_alloc(rxq);
	if (!err && rxq->use_table)
		err = vnet_rx_tables_alloc(rxq);
	if (!err)
		err = vnet_rx_pools_create(rxq);
	return err;
}

/**
 * vnet_rx_buf_exit - free all buffers and what they need
 * @rxq: the queue; no buffer is in the ring
 *
 * Packets that the stack still has keep the pool alive.  Context: process.
 */
void vnet_rx_buf_exit(struct vnet_rxq *rxq)
{
	unsigned int i;

	for (i = 0; rxq->pool && i < rxq->nr_slots; i++)
		vnet_rx_slot_free(rxq, &rxq->slots[i]);
	if (rxq->pool)
		page_pool_destroy(rxq->pool);
	rxq->pool = NULL;
	if (rxq->large)
		page_pool_destroy(rxq->large);
	rxq->large = NULL;
	if (rxq->tables)
		dma_free_coherent(rxq->dma_dev, vnet_rx_tables_size(rxq),
				  rxq->tables, rxq->tables_dma);
	rxq->tables = NULL;
	/* The first slot has the begin of all pages' array. */
	if (rxq->slots)
		kvfree(rxq->slots[0].pages);
	kvfree(rxq->slots);
	rxq->slots = NULL;
}

/* Bytes that the next buffer offers the device: in sysfs. */
static ssize_t vnet_rx_buffer_size_show(struct netdev_rx_queue *queue,
					char *buf)
{
	struct vnet *vnet = netdev_priv(queue->dev);
	struct vnet_rxq *rxq = &vnet->rxqs[get_netdev_rx_queue_index(queue)];
	u32 pad = vnet_rx_headroom(vnet) + VNET_TAIL;

	return sysfs_emit(buf, "%u\n", vnet_rx_buf_size(rxq) - pad);
}

static struct rx_queue_attribute vnet_rx_buffer_size =
	__ATTR(mergeable_rx_buffer_size, 0444, vnet_rx_buffer_size_show, NULL);

static struct attribute *vnet_rx_sysfs_attrs[] = {
	&vnet_rx_buffer_size.attr,
	NULL
};

/* queues/rx-N/virtio_net, with mergeable buffers. */
const struct attribute_group vnet_rx_sysfs_group = {
	.name = "virtio_net",
	.attrs = vnet_rx_sysfs_attrs,
};
