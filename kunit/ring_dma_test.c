// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_ring_dma: a device that sees memory through the DMA API
 *
 * With VIRTIO_F_ACCESS_PLATFORM (VIRTIO 1.4, 6.1) each segment is mapped when
 * it is added and unmapped when it comes back, whatever the device wrote into
 * the ring in between.  mock_dma.c keeps the books.
 */
#include <linux/module.h>

#include "ring_fix.h"
#include "virtqueue_ext.h"

static const struct ring_param dma_params[] = {
	{ .num = 7, .packed = true, .platform = true },
	{ .num = 8, .packed = true, .platform = true, .indirect = true },
	{ .num = 7, .packed = true, .platform = true, .event_idx = true },
	{ .num = 256, .packed = true, .platform = true, .indirect = true,
	  .event_idx = true },
	{ .num = 24, .packed = true, .platform = true, .in_order = true },
	{ .num = 8, .in_order = true, .platform = true, .indirect = true },
	{ .num = 8, .modern = true, .platform = true },
	{ .num = 8, .modern = true, .platform = true, .indirect = true },
	{ .num = 8, .modern = true, .platform = true, .event_idx = true },
	{ .num = 256, .modern = true, .platform = true, .indirect = true,
	  .event_idx = true },
};

static const struct ring_param plain_params[] = {
	{ .num = 8 },
	{ .num = 7, .packed = true },
};

KUNIT_ARRAY_PARAM(dma, dma_params, ring_param_desc);
KUNIT_ARRAY_PARAM(plain, plain_params, ring_param_desc);

/* One buffer in the device's hands, popped. */
static struct ring_fix *dma_setup(struct kunit *test, struct walk_chain *c,
				  unsigned int out, unsigned int in)
{
	struct ring_fix *f = ring_setup(test);

	KUNIT_ASSERT_EQ(test, f->m->num_maps, 0);
	KUNIT_ASSERT_EQ(test, ring_add(f, 0, out, in), 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, c));
	return f;
}

static void mapped_while_out(struct kunit *test)
{
	struct walk_chain c;
	struct ring_fix *f = dma_setup(test, &c, 2, 3);
	u32 len;

	ring_expect_chain(f, &c, 2, 3);
	KUNIT_EXPECT_EQ(test, f->m->num_maps, 5);
	KUNIT_EXPECT_EQ(test, f->m->num_maps_in, 3);
	walk_push(&f->w, c.id, c.in_bytes);
	KUNIT_EXPECT_EQ(test, f->m->num_maps, 5);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 0);
	KUNIT_EXPECT_EQ(test, f->m->num_maps, 0);
}

static void single_segments(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	unsigned int i;

	for (i = 0; i < 3 * f->p->num; i++) {
		ring_cycle(f, 1);
		KUNIT_ASSERT_EQ(test, f->m->num_maps, 0);
	}
}

/* The k-th mapping fails: nothing stays mapped, nothing was added. */
static void mapping_fails(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	int k;

	for (k = 0; k < 5; k++) {
		f->m->maps_left = k;
		KUNIT_EXPECT_EQ(test, ring_add(f, 0, 2, 3), -ENOMEM);
		KUNIT_EXPECT_EQ(test, f->m->num_maps, 0);
		KUNIT_EXPECT_EQ(test, f->vq->num_free, f->p->num);
		virtqueue_kick(f->vq);
		KUNIT_EXPECT_EQ(test, walk_poll(&f->w), 0);
	}
	f->m->maps_left = 0;
	KUNIT_EXPECT_EQ(test, ring_add(f, 0, 1, 0), -ENOMEM);
	f->m->maps_left = -1;
	ring_cycle(f, 2 * f->p->num);
}

/* The device rewrites what it was given: what was mapped is undone. */
static void device_rewrites_addresses(struct kunit *test)
{
	struct walk_desc lie = { .addr = 0x1234, .len = 0x7000, .flags = 7 };
	struct walk_chain c;
	struct ring_fix *f = dma_setup(test, &c, 2, 3);
	unsigned int i;
	u32 len;

	for (i = 0; i < f->p->num; i++)
		f->w.ops->write_desc(&f->w, f->w.desc, i, &lie);
	for (i = 0; c.indirect && i < c.num; i++)
		f->w.ops->write_desc(&f->w, walk_virt(&f->w, c.table), i, &lie);
	f->w.tolerate = true;
	walk_push(&f->w, c.id, 4);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 0);
	KUNIT_EXPECT_EQ(test, f->m->num_maps, 0);
}

static void removed_with_buffers_out(struct kunit *test)
{
	struct walk_chain c;
	struct ring_fix *f = dma_setup(test, &c, 2, 3);

	KUNIT_EXPECT_EQ(test, f->m->num_maps, 5);
	f->w.ops->use(&f->w, 0xffff, 0, 1, c.ring_descs);
	ring_remove(f);
	KUNIT_EXPECT_EQ(test, f->m->num_maps, 0);
	KUNIT_EXPECT_EQ(test, f->m->coherent, 0);
	ring_expect_once(f);
}

/* The rings lie in coherent memory, not in mappings that need syncs. */
static void rings_are_coherent(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);

	/* The tables of 2.7 and of 2.8.10.1. */
	KUNIT_EXPECT_GE(test, f->m->coherent,
			f->p->packed ? 16 * f->p->num + 8 :
				       26 * f->p->num + 12);
	KUNIT_EXPECT_EQ(test, f->m->num_maps, 0);
}

/* The driver maps by itself: the ring hands its addresses on. */
static void premapped(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct walk_chain c;
	u32 len;

	KUNIT_ASSERT_EQ(test, virtqueue_set_dma_premapped(f->vq), 0);
	sg_init_one(f->sg, ring_virt(f, 0), ring_len(0));
	sg_dma_address(f->sg) = ring_addr(f, 0);
	KUNIT_ASSERT_EQ(test, virtqueue_add_outbuf(f->vq, f->sg, 1, &f->buf[0],
						   GFP_KERNEL), 0);
	f->buf[0].added++;
	KUNIT_EXPECT_EQ(test, f->m->num_maps, 0);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	ring_expect_chain(f, &c, 1, 0);
	walk_push(&f->w, c.id, 0);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 0);
}

/* A chain of them, mapped by the driver with the queue's own helpers. */
static void premapped_chain(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct scatterlist *sgs[] = { f->sg, f->sg + 1 };
	struct walk_chain c;
	unsigned int i;
	u32 len;

	KUNIT_ASSERT_EQ(test, virtqueue_set_dma_premapped(f->vq), 0);
	for (i = 0; i < 2; i++) {
		sg_init_one(sgs[i], ring_virt(f, i), ring_len(i));
		sg_dma_address(sgs[i]) =
			virtqueue_dma_map_single_attrs(f->vq, ring_virt(f, i),
						       ring_len(i),
						       i ? DMA_FROM_DEVICE :
							   DMA_TO_DEVICE, 0);
	}
	KUNIT_ASSERT_EQ(test, virtqueue_add_sgs(f->vq, sgs, 1, 1, &f->buf[0],
						GFP_KERNEL), 0);
	f->buf[0].added++;
	KUNIT_EXPECT_EQ(test, f->m->num_maps, 2);
	virtqueue_kick(f->vq);
	KUNIT_ASSERT_TRUE(test, walk_pop(&f->w, &c));
	ring_expect_chain(f, &c, 1, 1);
	walk_push(&f->w, c.id, 1);
	KUNIT_EXPECT_EQ(test, ring_get(f, &len), 0);
	/* Still the driver's to undo. */
	KUNIT_EXPECT_EQ(test, f->m->num_maps, 2);
	for (i = 0; i < 2; i++)
		virtqueue_dma_unmap_single_attrs(f->vq, ring_addr(f, i),
						 ring_len(i),
						 i ? DMA_FROM_DEVICE :
						     DMA_TO_DEVICE, 0);
	KUNIT_EXPECT_EQ(test, f->m->num_maps, 0);
}

static void premapped_only_when_empty(struct kunit *test)
{
	struct walk_chain c;
	struct ring_fix *f = dma_setup(test, &c, 1, 0);

	KUNIT_EXPECT_EQ(test, virtqueue_set_dma_premapped(f->vq), -EINVAL);
}

/* The helpers for drivers that map by themselves. */
static void helpers(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	dma_addr_t addr;

	addr = virtqueue_dma_map_single_attrs(f->vq, ring_virt(f, 0), 64,
					      DMA_TO_DEVICE, 0);
	KUNIT_EXPECT_EQ(test, virtqueue_dma_mapping_error(f->vq, addr), 0);
	KUNIT_EXPECT_EQ(test, addr, ring_addr(f, 0));
	KUNIT_EXPECT_EQ(test, f->m->num_maps, 1);
	virtqueue_dma_unmap_single_attrs(f->vq, addr, 64, DMA_TO_DEVICE, 0);
	KUNIT_EXPECT_EQ(test, f->m->num_maps, 0);
	f->m->maps_left = 0;
	addr = virtqueue_dma_map_single_attrs(f->vq, ring_virt(f, 0), 64,
					      DMA_TO_DEVICE, 0);
	KUNIT_EXPECT_NE(test, virtqueue_dma_mapping_error(f->vq, addr), 0);
}

/* Without ACCESS_PLATFORM they give physical addresses and map nothing. */
static void helpers_without_dma(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	dma_addr_t addr;

	addr = virtqueue_dma_map_single_attrs(f->vq, ring_virt(f, 0), 64,
					      DMA_FROM_DEVICE, 0);
	KUNIT_EXPECT_EQ(test, addr, ring_addr(f, 0));
	KUNIT_EXPECT_EQ(test, virtqueue_dma_mapping_error(f->vq, addr), 0);
	KUNIT_EXPECT_FALSE(test, virtqueue_dma_need_sync(f->vq, addr));
	virtqueue_dma_sync_single_range_for_device(f->vq, addr, 0, 64,
						   DMA_FROM_DEVICE);
	virtqueue_dma_sync_single_range_for_cpu(f->vq, addr, 0, 64,
						DMA_FROM_DEVICE);
	virtqueue_dma_unmap_single_attrs(f->vq, addr, 64, DMA_FROM_DEVICE, 0);
	KUNIT_EXPECT_EQ(test, f->m->num_maps, 0);
	KUNIT_EXPECT_EQ(test, virtqueue_set_dma_premapped(f->vq), -EINVAL);
	ring_cycle(f, 3);
}

/* A bounce buffer has to be copied: the calls reach the DMA API, in full. */
static void helpers_sync(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	dma_addr_t addr;

	addr = virtqueue_dma_map_single_attrs(f->vq, ring_virt(f, 0), 64,
					      DMA_FROM_DEVICE, 0);
	KUNIT_ASSERT_EQ(test, virtqueue_dma_mapping_error(f->vq, addr), 0);
	KUNIT_EXPECT_TRUE(test, virtqueue_dma_need_sync(f->vq, addr));
	virtqueue_dma_sync_single_range_for_cpu(f->vq, addr, 16, 32,
						DMA_FROM_DEVICE);
	KUNIT_EXPECT_EQ(test, f->m->synced.addr, addr + 16);
	KUNIT_EXPECT_EQ(test, f->m->synced.len, 32);
	KUNIT_EXPECT_EQ(test, f->m->synced.dir, DMA_FROM_DEVICE);
	KUNIT_EXPECT_EQ(test, f->m->syncs_for_cpu, 1);
	virtqueue_dma_sync_single_range_for_device(f->vq, addr, 8, 4,
						   DMA_FROM_DEVICE);
	KUNIT_EXPECT_EQ(test, f->m->synced.addr, addr + 8);
	KUNIT_EXPECT_EQ(test, f->m->synced.len, 4);
	KUNIT_EXPECT_EQ(test, f->m->syncs_for_device, 1);
	virtqueue_dma_unmap_single_attrs(f->vq, addr, 64, DMA_FROM_DEVICE, 0);
}

/* A table's addresses are the driver's: the ring maps none of them. */
static void tables(struct kunit *test)
{
	struct ring_fix *f = ring_setup(test);
	struct virtqueue_table t;
	struct device *dev;
	struct walk_chain c;
	dma_addr_t addr;
	void *mem;
	u32 len;

	if (!virtqueue_ext_available())
		kunit_skip(test, "the loaded virtio_ring.ko has no table API");
	dev = virtqueue_ext_dma_dev(f->vq);
	KUNIT_ASSERT_PTR_EQ(test, dev, f->m->vdev.dev.parent);
	mem = dma_alloc_coherent(dev, 64, &addr, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mem);
	KUNIT_EXPECT_EQ(test, virtqueue_table_init(f->vq, &t, mem, addr, 4),
			0);
	virtqueue_table_begin(&t);
	virtqueue_table_out(&t, ring_addr(f, 0), ring_len(0));
	virtqueue_table_in(&t, ring_addr(f, 1), ring_len(1));
	KUNIT_EXPECT_EQ(test, virtqueue_add_table(f->vq, &t, &f->buf[0]), 0);
	KUNIT_EXPECT_EQ(test, f->m->num_maps, 0);
	virtqueue_kick(f->vq);
	if (walk_pop(&f->w, &c)) {
		ring_expect_chain(f, &c, 1, 1);
		walk_push(&f->w, c.id, 1);
	}
	KUNIT_EXPECT_PTR_EQ(test, virtqueue_get_buf(f->vq, &len),
			    (void *)&f->buf[0]);
	dma_free_coherent(dev, 64, mem, addr);
}

static struct kunit_case dma_cases[] = {
	KUNIT_CASE_PARAM(mapped_while_out, dma_gen_params),
	KUNIT_CASE_PARAM(single_segments, dma_gen_params),
	KUNIT_CASE_PARAM(mapping_fails, dma_gen_params),
	KUNIT_CASE_PARAM(device_rewrites_addresses, dma_gen_params),
	KUNIT_CASE_PARAM(removed_with_buffers_out, dma_gen_params),
	KUNIT_CASE_PARAM(rings_are_coherent, dma_gen_params),
	KUNIT_CASE_PARAM(premapped, dma_gen_params),
	KUNIT_CASE_PARAM(premapped_chain, dma_gen_params),
	KUNIT_CASE_PARAM(premapped_only_when_empty, dma_gen_params),
	KUNIT_CASE_PARAM(helpers, dma_gen_params),
	KUNIT_CASE_PARAM(helpers_without_dma, plain_gen_params),
	KUNIT_CASE_PARAM(helpers_sync, dma_gen_params),
	KUNIT_CASE_PARAM(tables, dma_gen_params),
	{}
};

static struct kunit_suite dma_suite = {
	.name = "virtio_ring_dma",
	.test_cases = dma_cases,
};

kunit_test_suites(&dma_suite);

MODULE_DESCRIPTION("Unit tests of the rings over the DMA API");
MODULE_LICENSE("GPL");
