// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Commands as descriptor tables
 *
 * The way to the ring when the loaded virtio_ring.ko takes finished tables
 * (virtqueue_ext.h): the descriptors of a command are written straight into
 * the tag's memory, in one pass and under no lock.  Called by submit and
 * completion, through the vscsi_xfer_*() wrappers.
 *
 * Layout of a request: VIRTIO 1.4, 5.6.6.1.  Each part has descriptors of its
 * own, so a legacy device without ANY_LAYOUT is content as well (5.6.6.4).
 */
#include <linux/dma-mapping.h>
#include <linux/io.h>
#include "vscsi.h"

/* Of a command that transfers nothing the answer does not matter. */
static bool vscsi_to_device(const struct scsi_cmnd *sc)
{
	return sc->sc_data_direction == DMA_TO_DEVICE;
}

/**
 * vscsi_table_segs - append a list of segments
 * @t: the table, with room for @n
 * @sg: the list, mapped if @mapped
 * @n: how many
 * @mapped: addresses are those of the DMA API
 * @out: read by the device, or written
 *
 * Return: bytes of all segments.
 */
static u32 vscsi_table_segs(struct virtqueue_table *t, struct scatterlist *sg,
			    unsigned int n, bool mapped, bool out)
{
	u32 bytes = 0;

	for (; n; n--, sg = sg_next(sg)) {
		dma_addr_t addr = mapped ? sg_dma_address(sg) : sg_phys(sg);
		u32 len = mapped ? sg_dma_len(sg) : sg->length;

		bytes += len;
		if (out)
			virtqueue_table_out(t, addr, len);
		else
			virtqueue_table_in(t, addr, len);
	}
	return bytes;
}

/**
 * vscsi_table_map - map a list of segments for the device
 * @vs: the host
 * @sc: the command
 * @table: the list; its entries become fewer when some could be joined
 * @n: entries in, entries out
 * @mapped: set when there is something to unmap
 *
 * Return: 0 or -ENOMEM.
 */
static int vscsi_table_map(struct vscsi *vs, struct scsi_cmnd *sc,
			   struct sg_table *table, unsigned int *n,
			   bool *mapped)
{
	*n = table->nents;
	if (likely(!vs->dma_dev) || !*n)
		return 0;
	*n = dma_map_sg(vs->dma_dev, table->sgl, table->nents,
			sc->sc_data_direction);
	*mapped = *n;
	return *n ? 0 : -ENOMEM;
}

/* Protection information goes in front of the data (5.6.6.1). */
static noinline int vscsi_table_lists(struct vscsi_queue *q,
				      struct vscsi_cmd *cmd,
				      bool out, u32 *pi_bytes)
{
	struct scsi_cmnd *sc = vscsi_scmd(cmd);
	struct virtqueue_table *t = &cmd->table;
	unsigned int n, prot = 0;
	int err;

	err = vscsi_table_map(q->vs, sc, &sc->sdb.table, &n, &cmd->mapped);
	if (unlikely(err))
		return err;
	if (unlikely(q->vs->pi) && scsi_prot_sg_count(sc)) {
		err = vscsi_table_map(q->vs, sc, &sc->prot_sdb->table, &prot,
				      &cmd->prot_mapped);
		if (unlikely(err))
			return err;
	}
	/* One entry stays free, for the response of a write. */
	if (WARN_ON_ONCE(t->num + prot + n + out > t->max))
		return -EINVAL;
	if (unlikely(prot))
		*pi_bytes = vscsi_table_segs(t, sc->prot_sdb->table.sgl, prot,
					     cmd->prot_mapped, out);
	vscsi_table_segs(t, sc->sdb.table.sgl, n, cmd->mapped, out);
	return 0;
}

/*
 * The data of a command.  Most have one stretch of memory, which is no longer
 * than a descriptor may be: the middle layer was told.
 */
static __always_inline int vscsi_table_data(struct vscsi_queue *q,
					    struct vscsi_cmd *cmd, bool out,
					    u32 *pi_bytes)
{
	const struct sg_table *data = &vscsi_scmd(cmd)->sdb.table;
	dma_addr_t addr;

	if (unlikely(data->nents != 1 || q->vs->dma_dev || q->vs->pi))
		return vscsi_table_lists(q, cmd, out, pi_bytes);
	addr = sg_phys(data->sgl);
	if (out)
		virtqueue_table_out(&cmd->table, addr, data->sgl->length);
	else
		virtqueue_table_in(&cmd->table, addr, data->sgl->length);
	return 0;
}

static __always_inline void vscsi_table_resp(struct vscsi_cmd *cmd)
{
	virtqueue_table_in(&cmd->table,
			   cmd->blk_addr + offsetof(struct vscsi_block, resp),
			   sizeof(cmd->blk->resp));
}

/**
 * vscsi_table_build - write request and descriptors of a command
 * @q: the queue
 * @cmd: the command, the caller's
 *
 * Context: any, no lock.
 *
 * Return: 0, -ENOMEM when it cannot be mapped now, -EINVAL when it has more
 * segments than it was allowed, -EAGAIN when the queue is down; nothing is
 * mapped then.
 */
int vscsi_table_build(struct vscsi_queue *q, struct vscsi_cmd *cmd)
{
	u32 pi_bytes = 0;
	int err;

	if (unlikely(cmd->epoch != READ_ONCE(q->epoch))) {
		err = vscsi_table_bind(q, cmd);
		if (err)
			return err;
	}
	virtqueue_table_keep_out(&cmd->table, 1, q->vs->req_size);
	if (vscsi_to_device(vscsi_scmd(cmd))) {
		err = vscsi_table_data(q, cmd, true, &pi_bytes);
		vscsi_table_resp(cmd);
	} else {
		vscsi_table_resp(cmd);
		err = vscsi_table_data(q, cmd, false, &pi_bytes);
	}
	if (unlikely(err)) {
		vscsi_xfer_finish(q->vs, cmd);
		return err;
	}
	vscsi_fill_request(q->vs, cmd, pi_bytes);
	return 0;
}

/* The request's descriptor is the first of each command, and stays. */
static void vscsi_table_req(struct vscsi *vs, struct vscsi_cmd *cmd)
{
	virtqueue_table_out(&cmd->table,
			    cmd->blk_addr + offsetof(struct vscsi_block, req),
			    vs->req_size);
}

/* The queue cannot go meanwhile. */
static int vscsi_table_lay(struct vscsi_queue *q, struct vscsi_cmd *cmd)
{
	u32 off = q->vs->table_off;
	int err;

	err = virtqueue_table_init(q->vq, &cmd->table, (void *)cmd->blk + off,
				   cmd->blk_addr + off,
				   q->vs->max_descs + VSCSI_FIXED_DESCS);
	if (err)
		return err;
	vscsi_table_req(q->vs, cmd);
	cmd->epoch = q->epoch;
	return 0;
}

/**
 * vscsi_table_bind - make a tag's table one of its queue
 * @q: the queue
 * @cmd: the command, the caller's
 *
 * The first time that a tag is used after the queues were set up anew, or when
 * vscsi_table_prepare() could not do it.  Context: any.
 *
 * Return: 0, -EAGAIN when the queue is down, or what virtqueue_table_init()
 * says.
 */
int vscsi_table_bind(struct vscsi_queue *q, struct vscsi_cmd *cmd)
{
	unsigned long flags;
	int err = -EAGAIN;

	spin_lock_irqsave(&q->lock, flags);
	if (q->up)
		err = vscsi_table_lay(q, cmd);
	spin_unlock_irqrestore(&q->lock, flags);
	return err;
}

/**
 * vscsi_table_prepare - write a new tag's table before it is needed
 * @vs: the host
 * @cmd: the command, which nobody uses yet
 *
 * All request queues are set up together, so that a table of one of them
 * serves each.  While there are none, or somebody has the host locked and may be
 * setting them up, it is left to vscsi_table_bind().
 * Context: process.
 */
void vscsi_table_prepare(struct vscsi *vs, struct vscsi_cmd *cmd)
{
	if (!vs->use_table || !mutex_trylock(&vs->lock))
		return;
	if (vs->set_up)
		vscsi_table_lay(&vs->queues[0], cmd);
	mutex_unlock(&vs->lock);
}

/**
 * vscsi_table_unmap - undo the mappings of a command
 * @vs: the host
 * @cmd: the command, not in the ring
 *
 * What to undo is read from private memory only.  Context: any.
 */
void vscsi_table_unmap(struct vscsi *vs, struct vscsi_cmd *cmd)
{
	struct scsi_cmnd *sc = vscsi_scmd(cmd);

	if (cmd->mapped)
		dma_unmap_sg(vs->dma_dev, sc->sdb.table.sgl,
			     sc->sdb.table.nents, sc->sc_data_direction);
	if (cmd->prot_mapped)
		dma_unmap_sg(vs->dma_dev, sc->prot_sdb->table.sgl,
			     sc->prot_sdb->table.nents, sc->sc_data_direction);
	cmd->mapped = false;
	cmd->prot_mapped = false;
}
