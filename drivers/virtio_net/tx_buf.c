// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Packets as the ring wants them
 *
 * The slots of a transmit queue, and how a packet's memory becomes the
 * descriptors of one buffer.  Called by tx.c and tx_xdp.c under the transmit
 * lock, and by whoever stopped the queue.
 *
 * Where the ring takes finished tables (virtqueue_ext.h) the descriptors are
 * written straight from the packet into the slot's memory, mapped by us where
 * the device is behind the DMA API; otherwise they become a scatterlist.
 *
 * The header goes right before the packet, into the headroom that the stack
 * keeps for it, when device and packet allow that: header and head are one
 * descriptor then.  Else it goes into the slot (VIRTIO 1.4, 5.1.6.2, and
 * "Legacy Interface: Framing Requirements" for a device without ANY_LAYOUT).
 */
#include <linux/dma-mapping.h>
#include <linux/dmapool.h>
#include <linux/slab.h>
#include "tx.h"

/* Append a stretch of memory that the DMA API has to know of. */
static bool vnet_tx_map(struct vnet_txq *txq, struct vnet_tx_slot *slot,
			struct page *page, u32 off, u32 len)
{
	struct vnet_map *map = &slot->maps[slot->nr_maps];

	map->addr = dma_map_page(txq->dma_dev, page, off, len, DMA_TO_DEVICE);
	if (unlikely(dma_mapping_error(txq->dma_dev, map->addr)))
		return false;
	map->len = len;
	slot->nr_maps++;
	virtqueue_table_out(&slot->table, map->addr, len);
	return true;
}

/* Append a stretch of memory. */
static bool vnet_tx_piece(struct vnet_txq *txq, struct vnet_tx_slot *slot,
			  struct page *page, u32 off, u32 len)
{
	if (unlikely(!txq->use_table)) {
		sg_set_page(&txq->sg[slot->nr_sg++], page, len, off);
		return true;
	}
	if (unlikely(txq->dma_dev))
		return vnet_tx_map(txq, slot, page, off, len);
	virtqueue_table_out(&slot->table, page_to_phys(page) + off, len);
	return true;
}

static void vnet_tx_own_header(struct vnet_txq *txq, struct vnet_tx_slot *slot)
{
	u16 len = txq->vnet->hdr_len;

	if (txq->use_table)
		virtqueue_table_out(&slot->table, slot->block_dma, len);
	else
		sg_set_buf(&txq->sg[slot->nr_sg++], slot->block->hdr, len);
}

/**
 * vnet_tx_head - append header and linear part of a packet
 * @txq: the queue
 * @slot: the packet's slot, begun
 * @data: the linear part
 * @len: its bytes, not 0
 * @before: the header stands before @data, else in the slot
 *
 * Return: false when it cannot be mapped.
 */
bool vnet_tx_head(struct vnet_txq *txq, struct vnet_tx_slot *slot, void *data,
		  u32 len, bool before)
{
	if (before) {
		data -= txq->vnet->hdr_len;
		len += txq->vnet->hdr_len;
	} else {
		vnet_tx_own_header(txq, slot);
	}
	return vnet_tx_piece(txq, slot, virt_to_page(data),
			     offset_in_page(data), len);
}

/**
 * vnet_tx_frags - append the fragments of a packet
 * @txq: the queue
 * @slot: the packet's slot, with its head
 * @info: where they are listed
 *
 * Return: false when there are too many, or one cannot be mapped.
 */
bool vnet_tx_frags(struct vnet_txq *txq, struct vnet_tx_slot *slot,
		   const struct skb_shared_info *info)
{
	unsigned int i;

	if (unlikely(info->nr_frags > txq->max_frags))
		return false;
	for (i = 0; i < info->nr_frags; i++) {
		const skb_frag_t *frag = &info->frags[i];

		if (!vnet_tx_piece(txq, slot, skb_frag_page(frag),
				   skb_frag_off(frag), skb_frag_size(frag)))
			return false;
	}
	return true;
}

static int vnet_tx_add_sg(struct vnet_txq *txq, struct vnet_tx_slot *slot)
{
	struct scatterlist *last = &txq->sg[slot->nr_sg - 1];
	int err;

	sg_mark_end(last);
	err = virtqueue_add_outbuf(txq->vq, txq->sg, slot->nr_sg, slot,
				   GFP_ATOMIC);
	sg_unmark_end(last);
	return err;
}

/**
 * vnet_tx_add - give a described packet to the ring
 * @txq: the queue
 * @slot: its slot; the ring's on success
 *
 * Return: 0 or an error of virtqueue_add_table() or virtqueue_add_outbuf().
 */
int vnet_tx_add(struct vnet_txq *txq, struct vnet_tx_slot *slot)
{
	if (likely(txq->use_table))
		return virtqueue_add_table(txq->vq, &slot->table, slot);
	return vnet_tx_add_sg(txq, slot);
}

/**
 * vnet_tx_undo_maps - the device does not read a packet any more
 * @txq: the queue
 * @slot: the packet's slot
 *
 * What to undo is read from private memory only.
 */
void vnet_tx_undo_maps(struct vnet_txq *txq, struct vnet_tx_slot *slot)
{
	unsigned int i;

	for (i = 0; i < slot->nr_maps; i++)
		dma_unmap_page(txq->dma_dev, slot->maps[i].addr,
			       slot->maps[i].len, DMA_TO_DEVICE);
	slot->nr_maps = 0;
}

static int vnet_tx_block_alloc(struct vnet_txq *txq, struct vnet_tx_slot *slot)
{
	if (txq->dma_dev) {
		slot->block = dma_pool_zalloc(txq->pool, GFP_KERNEL,
					      &slot->block_dma);
	} else {
		slot->block = kmem_cache_zalloc(vnet_tx_cache, GFP_KERNEL);
		if (slot->block)
			slot->block_dma = virt_to_phys(slot->block);
	}
	return slot->block ? 0 : -ENOMEM;
}

static void vnet_tx_block_free(struct vnet_txq *txq, struct vnet_tx_slot *slot)
{
	if (!slot->block)
		return;
	if (txq->dma_dev)
		dma_pool_free(txq->pool, slot->block, slot->block_dma);
	else
		kmem_cache_free(vnet_tx_cache, slot->block);
}

static int vnet_tx_maps_alloc(struct vnet_txq *txq)
{
	struct vnet_map *maps;
	unsigned int i;

	txq->pool = dma_pool_create("virtio_net", txq->dma_dev,
				    sizeof(struct vnet_tx_block),
				    SMP_CACHE_BYTES, 0);
	if (!txq->pool)
		return -ENOMEM;
	maps = kvcalloc(array_size(txq->nr_slots, VNET_TX_DESCS), sizeof(*maps),
			GFP_KERNEL);
	if (!maps)
		return -ENOMEM;
	for (i = 0; i < txq->nr_slots; i++)
		txq->slots[i].maps = maps + i * VNET_TX_DESCS;
	return 0;
}

static int vnet_tx_slots_alloc(struct vnet_txq *txq)
{
	unsigned int i;
	int err = 0;

	txq->slots = kvcalloc(txq->nr_slots, sizeof(*txq->slots), GFP_KERNEL);
	if (!txq->slots)
		return -ENOMEM;
	if (txq->dma_dev)
		err = vnet_tx_maps_alloc(txq);
	for (i = 0; i < txq->nr_slots && !err; i++) {
		err = vnet_tx_block_alloc(txq, &txq->slots[i]);
		vnet_tx_slot_put(txq, &txq->slots[i]);
	}
	return err;
}

/**
 * vnet_tx_init - all that a transmit queue needs for its packets
 * @txq: the queue, with its virtqueue set up for the first time
 *
 * Context: process.
 *
 * Return: 0 or an error; vnet_tx_exit() cleans up in any case.
 */
int vnet_tx_init(struct vnet_txq *txq)
{
	txq->nr_slots = max_t(unsigned int, txq->vq->num_max,
			      virtqueue_get_vring_size(txq->vq));
	txq->use_table = virtqueue_ext_available();
	if (txq->use_table)
		txq->dma_dev = virtqueue_ext_dma_dev(txq->vq);
	if (!txq->use_table) {
		txq->sg = kcalloc(VNET_TX_DESCS, sizeof(*txq->sg), GFP_KERNEL);
		if (!txq->sg)
			return -ENOMEM;
		sg_init_table(txq->sg, VNET_TX_DESCS);
		sg_unmark_end(&txq->sg[VNET_TX_DESCS - 1]);
	}
	txq->plain = txq->use_table && !txq->dma_dev;
	return vnet_tx_slots_alloc(txq);
}

/* Entries that any packet has room in; a chain is no longer than the ring. */
static u16 vnet_tx_ring_need(const struct vnet_txq *txq, unsigned int size)
{
	if (txq->use_table && txq->vnet->f.indirect)
		return 1;
	return min_t(unsigned int, size, VNET_TX_MIN_DESCS + MAX_SKB_FRAGS);
}

/**
 * vnet_tx_ring_low - how many entries a ring always has for the stack
 * @txq: the queue
 * @size: of a ring, %VNET_TX_MIN_DESCS or more
 *
 * Return: that, for such a ring.
 */
u16 vnet_tx_ring_low(const struct vnet_txq *txq, unsigned int size)
{
	return max(vnet_tx_ring_need(txq, size), (u16)(size / 4));
}

/**
 * vnet_tx_ring_ready - a queue has a new ring
 * @txq: the queue, stopped, without packets in the ring
 *
 * After each time that the virtqueue was set up, and after a resize.
 * Context: process.
 *
 * Return: 0, or -EINVAL for a ring that no packet fits.
 */
int vnet_tx_ring_ready(struct vnet_txq *txq)
{
	unsigned int i, size = virtqueue_get_vring_size(txq->vq);
	size_t off = offsetof(struct vnet_tx_block, desc);
	int err = 0;

	if (size < VNET_TX_MIN_DESCS) {
		dev_err(&txq->vnet->vdev->dev,
			"%s: a ring of %u entries is too small\n", txq->name,
			size);
		return -EINVAL;
	}
	/* No chain is longer than the ring (2.7.5.3.1), indirect or not. */
	txq->max_frags = min_t(unsigned int, size - VNET_TX_MIN_DESCS,
			       MAX_SKB_FRAGS);
	txq->need = vnet_tx_ring_need(txq, size);
	txq->low = vnet_tx_ring_low(txq, size);
	for (i = 0; txq->use_table && i < txq->nr_slots && !err; i++) {
		struct vnet_tx_slot *slot = &txq->slots[i];

		err = virtqueue_table_init(txq->vq, &slot->table,
					   slot->block->desc,
					   slot->block_dma + off,
					   VNET_TX_DESCS);
	}
	return err;
}

/**
 * vnet_tx_exit - free all that a transmit queue needed
 * @txq: the queue; no packet is in the ring
 *
 * Context: process.
 */
void vnet_tx_exit(struct vnet_txq *txq)
{
	unsigned int i;

	for (i = 0; txq->slots && i < txq->nr_slots; i++)
		vnet_tx_block_free(txq, &txq->slots[i]);
	/* The first slot has the begin of all mappings' array. */
	if (txq->slots)
		kvfree(txq->slots[0].maps);
	kvfree(txq->slots);
	txq->slots = NULL;
	dma_pool_destroy(txq->pool);
	txq->pool = NULL;
	kfree(txq->sg);
	txq->sg = NULL;
}
