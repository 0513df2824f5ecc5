// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Requests as scatterlists
 *
 * The way to the ring when the loaded virtio_ring.ko is the kernel's own, or
 * when a queue cannot take descriptor tables.  The scatterlist belongs to the
 * tag; mapping for DMA is the ring's business.  Called by submit, through the
 * vblk_xfer_*() wrappers.
 *
 * Layout of a request: VIRTIO 1.4, 5.2.6, as in xfer_table.c.
 */
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include "vblk.h"

/* Entry 0 is the header, the last one the status. */
#define VBLK_SG_DATA	1

static blk_status_t vblk_sg_bvec(struct vblk_queue *q, struct vblk_cmd *cmd,
				 const struct bio_vec *bv)
{
	u32 off, len, pos;

	for (off = 0; off < bv->bv_len; off += len) {
		len = min(bv->bv_len - off, q->vblk->max_desc_len);
		if (WARN_ON_ONCE(cmd->nr_sg >= q->vblk->max_data_descs))
			return BLK_STS_IOERR;
		pos = bv->bv_offset + off;
		sg_set_page(&cmd->sg[VBLK_SG_DATA + cmd->nr_sg++],
			    nth_page(bv->bv_page, pos >> PAGE_SHIFT), len,
			    offset_in_page(pos));
	}
	return BLK_STS_OK;
}

/* Fill the data entries, one pass over the request's pages. */
static blk_status_t vblk_sg_data(struct vblk_queue *q, struct vblk_cmd *cmd)
{
	struct req_iterator iter;
	struct bio_vec bv;
	blk_status_t err;

	if (cmd->data == VBLK_DATA_RANGES) {
		sg_set_buf(&cmd->sg[VBLK_SG_DATA],
			   vblk_cmd_ranges(q->vblk, cmd),
			   cmd->nr_ranges * sizeof(struct vblk_range));
		cmd->nr_sg = 1;
		return BLK_STS_OK;
	}
	rq_for_each_bvec(bv, cmd->rq, iter) {
		err = vblk_sg_bvec(q, cmd, &bv);
		if (unlikely(err))
			return err;
	}
	return BLK_STS_OK;
}

/**
 * vblk_sg_build - fill the scatterlist of a request
 * @q: the queue
 * @cmd: the command; header, ranges and @cmd->data are set
 *
 * Context: any; the caller owns @cmd.
 *
 * Return: BLK_STS_OK, or BLK_STS_IOERR when the request has more pieces than
 * it was allowed.
 */
blk_status_t vblk_sg_build(struct vblk_queue *q, struct vblk_cmd *cmd)
{
	struct scatterlist *status;
	blk_status_t err;

	cmd->nr_sg = 0;
	sg_init_table(cmd->sg, q->vblk->max_data_descs + VBLK_FIXED_DESCS);
	sg_set_buf(&cmd->sg[0], &cmd->blk->hdr, sizeof(cmd->blk->hdr));
	sg_mark_end(&cmd->sg[0]);
	if (cmd->data != VBLK_DATA_NONE) {
		err = vblk_sg_data(q, cmd);
		if (unlikely(err))
			return err;
		sg_mark_end(&cmd->sg[cmd->nr_sg]);
	}
	status = &cmd->sg[VBLK_SG_DATA + cmd->nr_sg];
	if (unlikely(cmd->append))
		sg_set_buf(status, &cmd->blk->append_sector, VBLK_APPEND_LEN);
	else
		sg_set_buf(status, &cmd->blk->status,
			   sizeof(cmd->blk->status));
	sg_mark_end(status);
	return BLK_STS_OK;
}

/**
 * vblk_sg_add - give a filled scatterlist to the ring
 * @q: the queue, locked
 * @cmd: the command
 *
 * Return: as virtqueue_add_sgs().
 */
int vblk_sg_add(struct vblk_queue *q, struct vblk_cmd *cmd)
{
	struct scatterlist *sgs[VBLK_FIXED_DESCS + 1];
	unsigned int out = 0, in = 0;

	sgs[out++] = &cmd->sg[0];
	if (cmd->data == VBLK_DATA_OUT || cmd->data == VBLK_DATA_RANGES)
		sgs[out++] = &cmd->sg[VBLK_SG_DATA];
	else if (cmd->data == VBLK_DATA_IN)
		sgs[out + in++] = &cmd->sg[VBLK_SG_DATA];
	sgs[out + in++] = &cmd->sg[VBLK_SG_DATA + cmd->nr_sg];
	return virtqueue_add_sgs(q->vq, sgs, out, in, cmd, GFP_ATOMIC);
}
