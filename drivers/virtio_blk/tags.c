// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Memory of the tags of a block device
 *
 * Each tag of each queue gets, at probe, all that a request can need: a
 * &struct vblk_cmd that only the driver sees, and one block that the device
 * sees as well, laid out as
 *
 *	header | status | descriptor table | ranges
 *
 * With 16-byte cache alignment the first 64 bytes hold header, status and the
 * first two descriptors.  Called by probe, resume and remove.
 *
 * Where the blocks come from: &struct virtio_mq_mem.
 */
#include <linux/scatterlist.h>
#include "vblk.h"

/* Without tables the ring maps parts of a tag, each by itself. */
static u32 vblk_tags_align(const struct vblk *vblk)
{
	return vblk->queues[0].use_table ? VBLK_ALIGN : VIRTQUEUE_DMA_ALIGN;
}

/* Where table and ranges of a tag are; without tables there is no table. */
static void vblk_tags_layout(struct vblk *vblk)
{
	u32 size = sizeof(struct vblk_block);

	vblk->table_off = size;
	if (vblk->queues[0].use_table)
		size += (vblk->max_data_descs + VBLK_FIXED_DESCS) *
			sizeof(struct vring_desc);
	size = ALIGN(size, VBLK_ALIGN);
	vblk->ranges_off = size;
	size += vblk->max_ranges * sizeof(struct vblk_range);
	vblk->tag_size = ALIGN(size, vblk_tags_align(vblk));
}

/**
 * vblk_tags_try_tables - can this queue take descriptor tables?
 * @q: the queue, set up and not in use
 *
 * Sets @q->dma_dev.  Context: process.
 *
 * Return: true when it can; false on the kernel's own ring, or when our ring
 * says no.
 */
bool vblk_tags_try_tables(struct vblk_queue *q)
{
	struct virtqueue_table table;
	dma_addr_t addr;
	void *mem;
	int err;

	q->dma_dev = NULL;
	if (!virtqueue_ext_available())
		return false;
	q->dma_dev = virtqueue_ext_dma_dev(q->vq);
	mem = kzalloc(SMP_CACHE_BYTES, GFP_KERNEL);
	if (!mem)
		return false;
	/* Only initialised, never added: the device does not see it. */
	addr = virt_to_phys(mem);
	err = virtqueue_table_init(q->vq, &table, mem, addr, 1);
	kfree(mem);
	return !err;
}

static int vblk_tags_pool(struct vblk *vblk)
{
	struct vblk_queue *q = &vblk->queues[0];
	char name[32];

	snprintf(name, sizeof(name), "virtio_blk-%d", vblk->index);
	return virtio_mq_mem_create(&vblk->mem, name,
				    q->use_table ? q->dma_dev : NULL,
				    vblk->tag_size, vblk_tags_align(vblk));
}

static void vblk_cmd_free(struct vblk *vblk, struct vblk_cmd *cmd)
{
	kvfree(cmd->maps);
	kvfree(cmd->sg);
	if (cmd->blk)
		virtio_mq_mem_free(&vblk->mem, cmd->blk, cmd->blk_addr);
}

static int vblk_cmd_alloc(struct vblk_queue *q, struct vblk_cmd *cmd)
{
	struct vblk *vblk = q->vblk;
	unsigned int n = vblk->max_data_descs;

	cmd->blk = virtio_mq_mem_alloc(&vblk->mem, &cmd->blk_addr);
	if (!cmd->blk)
		return -ENOMEM;
	if (!q->use_table) {
		n += VBLK_FIXED_DESCS;
		cmd->sg = kvmalloc_array(n, sizeof(*cmd->sg), GFP_KERNEL);
		return cmd->sg ? 0 : -ENOMEM;
	}
	if (q->dma_dev) {
		cmd->maps = kvmalloc_array(n, sizeof(*cmd->maps), GFP_KERNEL);
		return cmd->maps ? 0 : -ENOMEM;
	}
	return 0;
}

static int vblk_queue_cmds_alloc(struct vblk_queue *q)
{
	unsigned int i;
	int err;

	q->cmds = kvcalloc(q->vblk->depth, sizeof(*q->cmds), GFP_KERNEL);
	if (!q->cmds)
		return -ENOMEM;
	for (i = 0; i < q->vblk->depth; i++) {
		err = vblk_cmd_alloc(q, &q->cmds[i]);
		if (err)
			return err;
	}
	return 0;
}

/**
 * vblk_tags_init_tables - bind the tags' tables to their queues
 * @vblk: the disk; no request is on its way
 *
 * At probe, and whenever the queues were set up anew.  Context: process.
 *
 * Return: 0 or what virtqueue_table_init() says.
 */
int vblk_tags_init_tables(struct vblk *vblk)
{
	unsigned int i, tag;
	int err;

	for (i = 0; i < vblk->nr_queues; i++) {
		struct vblk_queue *q = &vblk->queues[i];

		for (tag = 0; q->use_table && tag < vblk->depth; tag++) {
			struct vblk_cmd *cmd = &q->cmds[tag];

			err = virtqueue_table_init(q->vq, &cmd->table,
						   (void *)cmd->blk + vblk->table_off,
						   cmd->blk_addr + vblk->table_off,
						   vblk->max_data_descs + VBLK_FIXED_DESCS);
			if (err)
				return err;
			vblk_table_init(cmd);
		}
	}
	return 0;
}

/**
 * vblk_tags_alloc - allocate the memory of all tags
 * @vblk: the disk; queues, depth and limits are known
 *
 * Context: process.
 *
 * Return: 0, -ENOMEM, or what virtqueue_table_init() says.
 */
int vblk_tags_alloc(struct vblk *vblk)
{
	unsigned int i;
	int err;

	vblk_tags_layout(vblk);
	err = vblk_tags_pool(vblk);
	for (i = 0; !err && i < vblk->nr_queues; i++)
		err = vblk_queue_cmds_alloc(&vblk->queues[i]);
	if (!err)
		err = vblk_tags_init_tables(vblk);
	if (err)
		vblk_tags_free(vblk);
	return err;
}

/**
 * vblk_tags_free - free what vblk_tags_alloc() allocated
 * @vblk: the disk; its device is reset
 *
 * Context: process.  Harmless when called twice.
 */
void vblk_tags_free(struct vblk *vblk)
{
	unsigned int i, tag;

	for (i = 0; i < vblk->nr_queues; i++) {
		struct vblk_queue *q = &vblk->queues[i];

		for (tag = 0; q->cmds && tag < vblk->depth; tag++)
			vblk_cmd_free(vblk, &q->cmds[tag]);
		kvfree(q->cmds);
		q->cmds = NULL;
	}
	virtio_mq_mem_destroy(&vblk->mem);
}
