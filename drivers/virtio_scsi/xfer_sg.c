// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Commands as scatterlists
 *
 * The way to the ring on the kernel's own virtio_ring.ko, which takes nothing
 * else.  It maps each segment itself, and allocates its descriptor table.
 *
 * Layout of a request: as in xfer_table.c.
 */
#include "vscsi.h"

/* Protection information that goes with a command, bytes. */
static u32 vscsi_sg_pi_bytes(struct scsi_cmnd *sc)
{
	struct scatterlist *sg;
	u32 bytes = 0;
	int i;

	scsi_for_each_prot_sg(sc, sg, scsi_prot_sg_count(sc), i)
		bytes += sg->length;
	return bytes;
}

/**
 * vscsi_sg_build - write the request of a command
 * @q: the queue
 * @cmd: the command, the caller's
 *
 * Context: any, no lock.
 *
 * Return: 0.
 */
int vscsi_sg_build(struct vscsi_queue *q, struct vscsi_cmd *cmd)
{
	u32 pi_bytes = 0;

	if (q->vs->pi)
		pi_bytes = vscsi_sg_pi_bytes(vscsi_scmd(cmd));
	vscsi_fill_request(q->vs, cmd, pi_bytes);
	return 0;
}

/* Protection information, then data; returns where the next list goes. */
static unsigned int vscsi_sg_data(struct vscsi *vs, struct scsi_cmnd *sc,
				  struct scatterlist **sgs, unsigned int n)
{
	if (vs->pi && scsi_prot_sg_count(sc))
		sgs[n++] = scsi_prot_sglist(sc);
	if (scsi_sg_count(sc))
		sgs[n++] = scsi_sglist(sc);
	return n;
}

/**
 * vscsi_sg_add - give a command to the ring
 * @q: the queue, locked
 * @cmd: the command
 *
 * The device sees it with the next kick.
 *
 * Return: as virtqueue_add_sgs().
 */
int vscsi_sg_add(struct vscsi_queue *q, struct vscsi_cmd *cmd)
{
	struct scsi_cmnd *sc = vscsi_scmd(cmd);
	struct scatterlist req, resp, *sgs[4];
	bool out = sc->sc_data_direction == DMA_TO_DEVICE;
	unsigned int nr_out = 1, nr;

	sg_init_one(&req, &cmd->blk->req, q->vs->req_size);
	sg_init_one(&resp, &cmd->blk->resp, sizeof(cmd->blk->resp));
	sgs[0] = &req;
	if (out)
		nr_out = vscsi_sg_data(q->vs, sc, sgs, 1);
	nr = nr_out;
	sgs[nr++] = &resp;
	if (!out)
		nr = vscsi_sg_data(q->vs, sc, sgs, nr);
	return virtqueue_add_sgs(q->vq, sgs, nr_out, nr - nr_out, cmd,
				 GFP_ATOMIC);
}
