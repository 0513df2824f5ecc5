// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Requests as descriptor tables
 *
 * The way to the ring when the loaded virtio_ring.ko takes finished tables
 * (virtqueue_ext.h): the descriptors of a request are written straight from
 * its pages into the tag's memory, in one pass and under no lock.  Called by
 * submit and completion, through the vblk_xfer_*() wrappers.
 *
 * Layout of a request: VIRTIO 1.4, 5.2.6.  Each part has descriptors of its
 * own, so a legacy device without ANY_LAYOUT is content as well (5.2.6.4).
 */
#include <linux/dma-mapping.h>
#include "vblk.h"

/* Address of a piece of a page for the device, DMA_MAPPING_ERROR if none. */
static dma_addr_t vblk_map_piece(struct vblk_queue *q, struct vblk_cmd *cmd,
				 const struct bio_vec *bv, u32 off, u32 len)
{
	struct vblk_map *map;
	dma_addr_t addr;

	if (!q->dma_dev)
		return page_to_phys(bv->bv_page) + bv->bv_offset + off;
	addr = dma_map_page(q->dma_dev, bv->bv_page, bv->bv_offset + off, len,
			    rq_dma_dir(cmd->rq));
	if (dma_mapping_error(q->dma_dev, addr))
		return DMA_MAPPING_ERROR;
	map = &cmd->maps[cmd->nr_maps++];
	map->addr = addr;
	map->len = len;
	return addr;
}

/**
 * vblk_table_bvec - append one stretch of contiguous memory
 * @q: the queue
 * @cmd: the command
 * @bv: the memory
 *
 * Return: BLK_STS_OK, BLK_STS_RESOURCE when it cannot be mapped now,
 * BLK_STS_IOERR when the request has more pieces than it was allowed.
 */
static blk_status_t vblk_table_bvec(struct vblk_queue *q, struct vblk_cmd *cmd,
				    const struct bio_vec *bv)
{
	struct virtqueue_table *t = &cmd->table;
	u32 off, len;

	for (off = 0; off < bv->bv_len; off += len) {
		dma_addr_t addr;

		len = min(bv->bv_len - off, q->vblk->max_desc_len);
		/* One entry stays free, for the status. */
		if (WARN_ON_ONCE(t->num + 1 >= t->max))
			return BLK_STS_IOERR;
		addr = vblk_map_piece(q, cmd, bv, off, len);
		if (unlikely(addr == DMA_MAPPING_ERROR))
			return BLK_STS_RESOURCE;
		if (cmd->data == VBLK_DATA_OUT)
			virtqueue_table_out(t, addr, len);
		else
			virtqueue_table_in(t, addr, len);
	}
	return BLK_STS_OK;
}

static noinline blk_status_t vblk_table_pages(struct vblk_queue *q,
					      struct vblk_cmd *cmd)
{
	struct req_iterator iter;
	struct bio_vec bv;
	blk_status_t err;

	rq_for_each_bvec(bv, cmd->rq, iter) {
		err = vblk_table_bvec(q, cmd, &bv);
		if (unlikely(err)) {
			vblk_xfer_finish(q, cmd);
			return err;
		}
	}
	return BLK_STS_OK;
}

/*
 * The pages of a request.  Most have one stretch of memory, which is no longer
 * than a descriptor may be: the block layer counts longer ones as several.
 */
static blk_status_t vblk_table_data(struct vblk_queue *q, struct vblk_cmd *cmd)
{
	struct bio_vec bv;
	dma_addr_t addr;

	if (blk_rq_nr_phys_segments(cmd->rq) != 1 || q->dma_dev)
		return vblk_table_pages(q, cmd);
	bv = req_bvec(cmd->rq);
	if (unlikely(bv.bv_len != blk_rq_bytes(cmd->rq) ||
		     bv.bv_len > q->vblk->max_desc_len))
		return vblk_table_pages(q, cmd);
	addr = page_to_phys(bv.bv_page) + bv.bv_offset;
	if (cmd->data == VBLK_DATA_OUT)
		virtqueue_table_out(&cmd->table, addr, bv.bv_len);
	else
		virtqueue_table_in(&cmd->table, addr, bv.bv_len);
	return BLK_STS_OK;
}

/**
 * vblk_table_init - write what all requests of a tag have in common
 * @cmd: the command, its table initialised and empty
 *
 * The header's descriptor is the first of each request, and stays.
 */
void vblk_table_init(struct vblk_cmd *cmd)
{
	virtqueue_table_out(&cmd->table,
			    cmd->blk_addr + offsetof(struct vblk_block, hdr),
			    sizeof(cmd->blk->hdr));
}

/**
 * vblk_table_build - write the descriptors of a request
 * @q: the queue
 * @cmd: the command; header, ranges and @cmd->data are set
 *
 * Context: any; the caller owns @cmd.
 *
 * Return: BLK_STS_OK, or as vblk_table_bvec(), with nothing left mapped.
 */
blk_status_t vblk_table_build(struct vblk_queue *q, struct vblk_cmd *cmd)
{
	struct virtqueue_table *t = &cmd->table;
	dma_addr_t base = cmd->blk_addr;
	blk_status_t err = BLK_STS_OK;

	cmd->nr_maps = 0;
	virtqueue_table_keep_out(t, 1, sizeof(cmd->blk->hdr));
	if (cmd->data == VBLK_DATA_OUT || cmd->data == VBLK_DATA_IN)
		err = vblk_table_data(q, cmd);
	else if (cmd->data == VBLK_DATA_RANGES)
		virtqueue_table_out(t, base + q->vblk->ranges_off,
				    cmd->nr_ranges * sizeof(struct vblk_range));
	if (unlikely(err))
		return err;
	if (unlikely(cmd->append))
		virtqueue_table_in(t, base + VBLK_APPEND_OFF, VBLK_APPEND_LEN);
	else
		virtqueue_table_in(t, base + offsetof(struct vblk_block, status),
				   sizeof(cmd->blk->status));
	return BLK_STS_OK;
}

/**
 * vblk_table_finish - undo the mappings of a request
 * @q: the queue
 * @cmd: the command, not in the ring
 *
 * What to undo is read from private memory only.  Context: any.
 */
void vblk_table_finish(struct vblk_queue *q, struct vblk_cmd *cmd)
{
	enum dma_data_direction dir = rq_dma_dir(cmd->rq);
	unsigned int i;

	for (i = 0; i < cmd->nr_maps; i++)
		dma_unmap_page(q->dma_dev, cmd->maps[i].addr, cmd->maps[i].len,
			       dir);
	cmd->nr_maps = 0;
}
