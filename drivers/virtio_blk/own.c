// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Requests that the driver itself makes
 *
 * What the device is asked, and nobody above the driver knows how to ask: its
 * name, its wear, its zones.  They go the way of all requests.
 */
#include <linux/blkdev.h>
#include "vblk.h"

/**
 * vblk_own_request - ask the device for something
 * @vblk: the disk; the device takes requests
 * @type: VIRTIO_BLK_T_GET_ID, _GET_LIFETIME or _ZONE_REPORT
 * @sector: for the header, 512-byte sectors
 * @buf: for the answer; from the slab or page allocator
 * @len: its bytes
 *
 * VIRTIO 1.4, 5.2.6.  Bounded by the request timeout.  Context: process.
 *
 * Return: 0 or -errno.
 */
int vblk_own_request(struct vblk *vblk, u32 type, u64 sector, void *buf,
		     unsigned int len)
{
	struct request_queue *q = vblk->disk->queue;
	struct vblk_pdu *pdu;
	struct request *rq;
	int err;

	rq = blk_mq_alloc_request(q, REQ_OP_DRV_IN, 0);
	if (IS_ERR(rq))
		return PTR_ERR(rq);
	pdu = vblk_rq_pdu(rq);
	pdu->type = type;
	pdu->sector = sector;
	err = blk_rq_map_kern(q, rq, buf, len, GFP_NOIO);
	if (!err)
		err = blk_status_to_errno(blk_execute_rq(rq, false));
	blk_mq_free_request(rq);
	return err;
}
