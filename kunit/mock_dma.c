// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: What stands between the mock device and memory
 *
 * DMA operations of the mock's parent device: device addresses differ from
 * physical ones, every mapping is written down, and undoing one that is not
 * there, or otherwise than it was made, fails the test.  What is left when
 * the device goes fails it, too.
 *
 * Only a device that offers ACCESS_PLATFORM (VIRTIO 1.4, 6.1) gets to see
 * these addresses.
 */
#include <linux/dma-map-ops.h>
#include <linux/hash.h>
#include <linux/io.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include "mock.h"

static struct mock *mock_of_parent(struct device *dev)
{
	return platform_get_drvdata(to_platform_device(dev));
}

static void *mock_dma_alloc(struct device *dev, size_t size,
			    dma_addr_t *addr, gfp_t gfp, unsigned long attrs)
{
	struct mock *m = mock_of_parent(dev);
	void *cpu;

	if (size > m->coherent_max)
		return NULL;
	cpu = alloc_pages_exact(size, gfp | __GFP_ZERO);
	if (!cpu)
		return NULL;
	*addr = virt_to_phys(cpu) + MOCK_IOVA;
	m->coherent += size;
	return cpu;
}

static void mock_dma_free(struct device *dev, size_t size, void *cpu,
			  dma_addr_t addr, unsigned long attrs)
{
	struct mock *m = mock_of_parent(dev);

	if (addr != virt_to_phys(cpu) + MOCK_IOVA || size > m->coherent)
		KUNIT_FAIL(m->test, "coherent memory freed with wrong arguments");
	m->coherent -= size;
	free_pages_exact(cpu, size);
}

static struct hlist_head *mock_bucket(struct mock *m, dma_addr_t addr)
{
	return &m->maps[hash_64(addr, ilog2(MOCK_MAP_BUCKETS))];
}

/*
 * Memory that the device may write has one mapping at a time: see
 * ring_place().  The DMA API's own checks find more, on a kernel with them.
 */
static void mock_dma_overlap(struct mock *m, dma_addr_t addr,
			     enum dma_data_direction dir)
{
	struct mock_map *map;

	hlist_for_each_entry(map, mock_bucket(m, addr), node)
		if (map->addr == addr && dir != DMA_TO_DEVICE &&
		    map->dir != DMA_TO_DEVICE)
			KUNIT_FAIL(m->test, "writable memory mapped twice: %llx",
				   (u64)addr);
}

static dma_addr_t mock_dma_map(struct device *dev, struct page *page,
			       unsigned long offset, size_t size,
			       enum dma_data_direction dir,
			       unsigned long attrs)
{
	struct mock *m = mock_of_parent(dev);
	struct mock_map *map;
	unsigned long flags;

	if (!m->maps_left || !size)
		return DMA_MAPPING_ERROR;
	map = kmalloc(sizeof(*map), GFP_ATOMIC);
	if (!map)
		return DMA_MAPPING_ERROR;
	spin_lock_irqsave(&m->lock, flags);
	m->maps_left--;
	map->addr = page_to_phys(page) + offset + MOCK_IOVA;
	map->len = size;
	map->dir = dir;
	mock_dma_overlap(m, map->addr, dir);
	hlist_add_head(&map->node, mock_bucket(m, map->addr));
	m->num_maps++;
	m->num_maps_in += dir == DMA_FROM_DEVICE;
	spin_unlock_irqrestore(&m->lock, flags);
	return map->addr;
}

static void mock_dma_unmap(struct device *dev, dma_addr_t addr, size_t size,
			   enum dma_data_direction dir, unsigned long attrs)
{
	struct mock *m = mock_of_parent(dev);
	struct mock_map *map;
	unsigned long flags;

	spin_lock_irqsave(&m->lock, flags);
	hlist_for_each_entry(map, mock_bucket(m, addr), node) {
		if (map->addr != addr || map->len != size || map->dir != dir)
			continue;
		m->num_maps--;
		m->num_maps_in -= dir == DMA_FROM_DEVICE;
		hlist_del(&map->node);
		break;
	}
	spin_unlock_irqrestore(&m->lock, flags);
	if (!map)
		KUNIT_FAIL(m->test,
			   "unmapped what was not mapped: %llx, %zu bytes",
			   (u64)addr, size);
	kfree(map);
}

static void mock_dma_sync(struct mock *m, dma_addr_t addr, size_t size,
			  enum dma_data_direction dir)
{
	m->synced.addr = addr;
	m->synced.len = size;
	m->synced.dir = dir;
}

static void mock_dma_sync_for_cpu(struct device *dev, dma_addr_t addr,
				  size_t size, enum dma_data_direction dir)
{
	mock_dma_sync(mock_of_parent(dev), addr, size, dir);
	mock_of_parent(dev)->syncs_for_cpu++;
}

static void mock_dma_sync_for_device(struct device *dev, dma_addr_t addr,
				     size_t size, enum dma_data_direction dir)
{
	mock_dma_sync(mock_of_parent(dev), addr, size, dir);
	mock_of_parent(dev)->syncs_for_device++;
}

/* What the driver forgot; the test has failed by then. */
static void mock_dma_forget(struct mock *m)
{
	struct hlist_node *next;
	struct mock_map *map;
	unsigned int i;

	for (i = 0; i < MOCK_MAP_BUCKETS; i++)
		hlist_for_each_entry_safe(map, next, &m->maps[i], node)
			kfree(map);
}

static const struct dma_map_ops mock_dma_ops = {
	.alloc = mock_dma_alloc,
	.free = mock_dma_free,
	.map_page = mock_dma_map,
	.unmap_page = mock_dma_unmap,
	.sync_single_for_cpu = mock_dma_sync_for_cpu,
	.sync_single_for_device = mock_dma_sync_for_device,
};

/**
 * mock_dma_attach - stand between a device and memory
 * @m: the device, not on the bus yet
 */
void mock_dma_attach(struct mock *m)
{
	m->maps_left = -1;
	m->coherent_max = SIZE_MAX;
	platform_set_drvdata(m->parent, m);
	set_dma_ops(&m->parent->dev, &mock_dma_ops);
}

/**
 * mock_dma_detach - the end: was all undone?
 * @m: the device, off the bus
 */
void mock_dma_detach(struct mock *m)
{
	if (m->num_maps)
		KUNIT_FAIL(m->test, "%u mappings were not undone",
			   m->num_maps);
	if (m->coherent)
		KUNIT_FAIL(m->test, "%zu bytes of coherent memory were not freed",
			   m->coherent);
	mock_dma_forget(m);
	set_dma_ops(&m->parent->dev, NULL);
}
