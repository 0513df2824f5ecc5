// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: From a request of the block layer to one of the device
 *
 * Fills the part of a tag that says what is wanted: header, ranges, the
 * preset status.  Called by submit, before the ring's lock is taken.
 *
 * VIRTIO 1.4, 5.2.6; multi-byte fields are in the byte order of the transport
 * (5.2.6.3).
 */
#include <linux/blkdev.h>
#include "vblk.h"

/**
 * struct vblk_op - what the block layer's operation is for the device
 * @type: VIRTIO_BLK_T_*
 * @data: what goes between header and status
 * @sector: the header names the first sector of the request
 * @append: the device tells where it put the data
 */
struct vblk_op {
	u32 type;
	u8 data;
	bool sector;
	bool append;
};

/* VIRTIO 1.4, 5.2.6: a RESET_ALL has no sector, the others name a zone. */
static bool vblk_translate_zone(const struct vblk *vblk,
				const struct request *rq, struct vblk_op *op)
{
	switch (req_op(rq)) {
	case REQ_OP_ZONE_APPEND:
		*op = (struct vblk_op){ VIRTIO_BLK_T_ZONE_APPEND, VBLK_DATA_OUT,
					true, true };
		break;
	case REQ_OP_ZONE_OPEN:
		*op = (struct vblk_op){ VIRTIO_BLK_T_ZONE_OPEN, VBLK_DATA_NONE,
					true };
		break;
	case REQ_OP_ZONE_CLOSE:
		*op = (struct vblk_op){ VIRTIO_BLK_T_ZONE_CLOSE, VBLK_DATA_NONE,
					true };
		break;
	case REQ_OP_ZONE_FINISH:
		*op = (struct vblk_op){ VIRTIO_BLK_T_ZONE_FINISH,
					VBLK_DATA_NONE, true };
		break;
	case REQ_OP_ZONE_RESET:
		*op = (struct vblk_op){ VIRTIO_BLK_T_ZONE_RESET, VBLK_DATA_NONE,
					true };
		break;
	case REQ_OP_ZONE_RESET_ALL:
		*op = (struct vblk_op){ VIRTIO_BLK_T_ZONE_RESET_ALL,
					VBLK_DATA_NONE };
		break;
	default:
		return false;
	}
	return vblk_is_zoned(vblk);
}

/**
 * vblk_translate - find the device's name for what is no read or write
 * @vblk: the disk
 * @rq: the request
 * @op: result
 *
 * The queue limits keep away what was not negotiated, except a flush that was
 * on its way when the cache mode changed.
 *
 * Return: false when the device has no such operation.
 */
static bool vblk_translate(const struct vblk *vblk, const struct request *rq,
			   struct vblk_op *op)
{
	switch (req_op(rq)) {
	case REQ_OP_FLUSH:
		*op = (struct vblk_op){ VIRTIO_BLK_T_FLUSH, VBLK_DATA_NONE };
		return vblk->has_flush;
	case REQ_OP_DISCARD:
		*op = (struct vblk_op){ VIRTIO_BLK_T_DISCARD,
					VBLK_DATA_RANGES };
		return vblk->limits.discard_sectors;
	case REQ_OP_WRITE_ZEROES:
		*op = (struct vblk_op){ VIRTIO_BLK_T_WRITE_ZEROES,
					VBLK_DATA_RANGES };
		return vblk->limits.zeroes_sectors;
	case REQ_OP_SECURE_ERASE:
		*op = (struct vblk_op){ VIRTIO_BLK_T_SECURE_ERASE,
					VBLK_DATA_RANGES };
		return vblk->limits.erase_sectors;
	case REQ_OP_DRV_IN:
		*op = (struct vblk_op){ vblk_rq_pdu(rq)->type, VBLK_DATA_IN };
		return true;
	default:
		return vblk_translate_zone(vblk, rq, op);
	}
}

/* Not a sector beyond the capacity, which may have shrunk since the bio. */
static bool vblk_inside(const struct vblk *vblk, sector_t sector, u32 num)
{
	u64 capacity = READ_ONCE(vblk->capacity);

	return num <= capacity && sector <= capacity - num;
}

static void vblk_set_range(struct vblk *vblk, struct vblk_range *to,
			   sector_t sector, u32 num, u32 flags)
{
	struct virtio_device *vdev = vblk->vdev;

	to->sector = cpu_to_virtio64(vdev, sector);
	to->num_sectors = cpu_to_virtio32(vdev, num);
	to->flags = cpu_to_virtio32(vdev, flags);
}

/**
 * vblk_fill_discard - the ranges of a discard, which may be several
 * @vblk: the disk
 * @cmd: the command
 *
 * Bios that touch become one range, as long as the device allows for one.
 * Number and length of ranges are bounded by what the block layer was told,
 * and checked all the same.
 *
 * Return: BLK_STS_OK or BLK_STS_IOERR.
 */
static blk_status_t vblk_fill_discard(struct vblk *vblk, struct vblk_cmd *cmd)
{
	struct vblk_range *ranges = vblk_cmd_ranges(vblk, cmd);
	sector_t start = 0;
	u32 num = 0;
	struct bio *bio;

	cmd->nr_ranges = 0;
	__rq_for_each_bio(bio, cmd->rq) {
		sector_t sector = bio->bi_iter.bi_sector;

		if (!vblk_inside(vblk, sector, bio_sectors(bio)))
			return BLK_STS_IOERR;
		if (bio_sectors(bio) > vblk->limits.discard_sectors)
			return BLK_STS_IOERR;
		if (cmd->nr_ranges && sector == start + num &&
		    num + bio_sectors(bio) <= vblk->limits.discard_sectors) {
			num += bio_sectors(bio);
		} else {
			if (WARN_ON_ONCE(cmd->nr_ranges >= vblk->max_ranges))
				return BLK_STS_IOERR;
			start = sector;
			num = bio_sectors(bio);
			cmd->nr_ranges++;
		}
		vblk_set_range(vblk, &ranges[cmd->nr_ranges - 1], start, num, 0);
	}
	return cmd->nr_ranges ? BLK_STS_OK : BLK_STS_IOERR;
}

/* Write zeroes and secure erase: always one range. */
static blk_status_t vblk_fill_range(struct vblk *vblk, struct vblk_cmd *cmd)
{
	struct request *rq = cmd->rq;
	u32 flags = 0, max = vblk->limits.erase_sectors;

	if (req_op(rq) == REQ_OP_WRITE_ZEROES)
		max = vblk->limits.zeroes_sectors;
	if (blk_rq_sectors(rq) > max ||
	    !vblk_inside(vblk, blk_rq_pos(rq), blk_rq_sectors(rq)))
		return BLK_STS_IOERR;
	if (req_op(rq) == REQ_OP_WRITE_ZEROES &&
	    !(rq->cmd_flags & REQ_NOUNMAP))
		flags = VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP;
	vblk_set_range(vblk, vblk_cmd_ranges(vblk, cmd), blk_rq_pos(rq),
		       blk_rq_sectors(rq), flags);
	cmd->nr_ranges = 1;
	return BLK_STS_OK;
}

/*
 * Multi-byte fields are in the byte order of the transport.  The second word
 * is the I/O priority on a legacy device and reserved since (5.2.6).
 */
static void vblk_fill_header(struct vblk *vblk, struct vblk_cmd *cmd, u32 type,
			     sector_t sector)
{
	struct virtio_blk_outhdr *hdr = &cmd->blk->hdr;
	struct virtio_device *vdev = vblk->vdev;

	hdr->type = cpu_to_virtio32(vdev, type);
	hdr->ioprio = unlikely(vblk->legacy) ?
		      cpu_to_virtio32(vdev, req_get_ioprio(cmd->rq)) : 0;
	hdr->sector = cpu_to_virtio64(vdev, sector);
	cmd->blk->status = VBLK_S_UNWRITTEN;
}

/* What is no read or write; out of line, to keep these short. */
static noinline blk_status_t vblk_prepare_other(struct vblk_queue *q,
						struct vblk_cmd *cmd)
{
	struct request *rq = cmd->rq;
	struct vblk *vblk = q->vblk;
	blk_status_t err = BLK_STS_OK;
	struct vblk_op op;
	u64 sector;

	if (!vblk_translate(vblk, rq, &op))
		return BLK_STS_NOTSUPP;
	if (op.sector && !vblk_inside(vblk, blk_rq_pos(rq), blk_rq_sectors(rq)))
		return BLK_STS_IOERR;
	cmd->data = op.data;
	cmd->append = op.append;
	if (req_op(rq) == REQ_OP_DISCARD)
		err = vblk_fill_discard(vblk, cmd);
	else if (op.data == VBLK_DATA_RANGES)
		err = vblk_fill_range(vblk, cmd);
	if (err)
		return err;
	sector = op.sector ? blk_rq_pos(rq) : 0;
	if (req_op(rq) == REQ_OP_DRV_IN)
		sector = vblk_rq_pdu(rq)->sector;
	vblk_fill_header(vblk, cmd, op.type, sector);
	return vblk_xfer_build(q, cmd);
}

/**
 * vblk_cmd_prepare - make a request ready for the ring
 * @q: the queue
 * @rq: the request, not started
 *
 * Context: any, no lock.
 *
 * Return: BLK_STS_OK, BLK_STS_NOTSUPP for what the device cannot do,
 * BLK_STS_IOERR for sectors beyond the capacity, BLK_STS_RESOURCE when it has
 * to be tried again.  Nothing is to be undone on error.
 */
blk_status_t vblk_cmd_prepare(struct vblk_queue *q, struct request *rq)
{
	bool write = req_op(rq) == REQ_OP_WRITE;
	struct vblk_cmd *cmd = &q->cmds[rq->tag];

	cmd->rq = rq;
	if (unlikely(!write && req_op(rq) != REQ_OP_READ))
		return vblk_prepare_other(q, cmd);
	if (unlikely(!vblk_inside(q->vblk, blk_rq_pos(rq),
				  blk_rq_sectors(rq))))
		return BLK_STS_IOERR;
	cmd->append = false;
	cmd->data = write ? VBLK_DATA_OUT : VBLK_DATA_IN;
	vblk_fill_header(q->vblk, cmd,
			 write ? VIRTIO_BLK_T_OUT : VIRTIO_BLK_T_IN,
			 blk_rq_pos(rq));
	return vblk_xfer_build(q, cmd);
}
