// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Memory of the tags of a SCSI host
 *
 * The middle layer allocates a &struct vscsi_cmd with each of its commands;
 * here that gets a block which the device can reach, laid out as
 *
 *	request | response and sense | descriptor table
 *
 * Called by the middle layer when it allocates and frees its tags: with the
 * host, with each logical unit (the one flush request per queue), and when a
 * scheduler of its requests comes or goes.
 *
 * Where the blocks come from: &struct virtio_mq_mem.
 */
#include "vscsi.h"

/**
 * vscsi_choose_xfer - descriptor tables, or scatterlists?
 * @vs: the host, with its queues set up
 *
 * Tables where the loaded ring takes them.  Sets @vs->dma_dev too.
 * Context: process.
 */
void vscsi_choose_xfer(struct vscsi *vs)
{
	vs->use_table = virtqueue_ext_available();
	if (vs->use_table)
		vs->dma_dev = virtqueue_ext_dma_dev(vs->queues[0].vq);
}

/**
 * vscsi_tags_create - where blocks will come from
 * @vs: the host; vscsi_choose_xfer() was called, @vs->max_descs is known
 *
 * Context: process.
 *
 * Return: 0 or -ENOMEM.
 */
int vscsi_tags_create(struct vscsi *vs)
{
	u32 size = sizeof(struct vscsi_block);
	char name[32];

	vs->table_off = ALIGN(size, 16);
	if (vs->use_table)
		size = vs->table_off + sizeof(struct vring_desc) *
		       (vs->max_descs + VSCSI_FIXED_DESCS);
	vs->tag_size = ALIGN(size, VSCSI_ALIGN);

	snprintf(name, sizeof(name), "virtio_scsi-%u", vs->shost->host_no);
	return virtio_mq_mem_create(&vs->mem, name, vs->dma_dev, vs->tag_size,
				    VSCSI_ALIGN);
}

/**
 * vscsi_tags_destroy - the end of vscsi_tags_create()
 * @vs: the host; the middle layer has freed all of its tags
 *
 * Context: process.  Harmless when called twice.
 */
void vscsi_tags_destroy(struct vscsi *vs)
{
	virtio_mq_mem_destroy(&vs->mem);
}

/**
 * vscsi_init_cmd - a tag comes into being
 * @shost: the host
 * @sc: its command
 *
 * init_cmd_priv of the middle layer.  Context: process.
 *
 * Return: 0 or -ENOMEM.
 */
int vscsi_init_cmd(struct Scsi_Host *shost, struct scsi_cmnd *sc)
{
	struct vscsi *vs = shost_priv(shost);
	struct vscsi_cmd *cmd = scsi_cmd_priv(sc);

	memset(cmd, 0, sizeof(*cmd));
	cmd->blk = virtio_mq_mem_alloc(&vs->mem, &cmd->blk_addr);
	if (!cmd->blk)
		return -ENOMEM;
	vscsi_table_prepare(vs, cmd);

	mutex_lock(&vs->books_lock);
	list_add_tail(&cmd->book, &vs->books);
	mutex_unlock(&vs->books_lock);
	return 0;
}

/**
 * vscsi_exit_cmd - a tag goes
 * @shost: the host
 * @sc: its command
 *
 * exit_cmd_priv of the middle layer.  Context: process.
 *
 * Return: 0.
 */
int vscsi_exit_cmd(struct Scsi_Host *shost, struct scsi_cmnd *sc)
{
	struct vscsi *vs = shost_priv(shost);
	struct vscsi_cmd *cmd = scsi_cmd_priv(sc);

	if (!cmd->blk)
		return 0;
	mutex_lock(&vs->books_lock);
	list_del(&cmd->book);
	mutex_unlock(&vs->books_lock);
	/* The device still has it: better lost than written to by two. */
	if (WARN_ON_ONCE(cmd->in_ring))
		return 0;
	virtio_mq_mem_free(&vs->mem, cmd->blk, cmd->blk_addr);
	cmd->blk = NULL;
	return 0;
}
