// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: AF_XDP without copying: pools
 *
 * A pool of buffers that user space has mapped takes the place of a queue's
 * pages: the device writes packets there (xsk_rx.c), and reads there what sockets
 * send (xsk_tx.c).  Called by the kernel when a pool comes and goes (ndo_bpf) and
 * when a socket wants to be looked at (ndo_xsk_wakeup).
 *
 * A pool comes and goes under traffic: both queues are stopped, and the rings
 * that have buffers of the wrong kind are reset (2.6.1).  A device that does
 * not do that when a pool goes is reset itself, at once: the memory is not ours
 * any more when ndo_bpf returns.  While a device is reset, asleep, or given other
 * rings, its buffers are the pool's.
 */
#include <linux/slab.h>
#include <net/xdp_sock_drv.h>
#include "rx.h"
#include "tx.h"
#include "vnet_ctl.h"
#include "xsk.h"

/*
 * With each mapping: what is in memory when it is made or undone is the user's;
 * only what was sent or received is brought there, or from there.
 */
#define VNET_XSK_DMA	DMA_ATTR_SKIP_CPU_SYNC

/**
 * vnet_xsk_wakeup - a socket wants to be looked at
 * @dev: the interface
 * @i: the queue
 * @flags: XDP_WAKEUP_*
 *
 * Context: process or bottom half.
 *
 * Return: 0; -ENETDOWN while the interface is; -EINVAL without a pool.
 */
int vnet_xsk_wakeup(struct net_device *dev, u32 i, u32 flags)
{
	struct vnet *vnet = netdev_priv(dev);

	if (!netif_running(dev) || !netif_device_present(dev))
		return -ENETDOWN;
	if (i >= vnet->max_pairs || !READ_ONCE(vnet->rxqs[i].xsk))
		return -EINVAL;
	local_bh_disable();
	if (flags & XDP_WAKEUP_RX)
		vnet_rx_schedule(&vnet->rxqs[i]);
	if (flags & XDP_WAKEUP_TX)
		vnet_tx_schedule(&vnet->txqs[i]);
	local_bh_enable();
	return 0;
}

/* Does a packet of that length fit a buffer? */
static bool vnet_xsk_fits(const struct vnet *vnet, const struct vnet_xsk *xsk,
			  unsigned int mtu)
{
	return mtu + VNET_ETH_OVERHEAD + vnet->hdr_len <= xsk->room;
}

/**
 * vnet_xsk_mtu_ok - do all sockets get packets of that length?
 * @vnet: the interface
 * @mtu: bytes
 *
 * Context: process, under RTNL.
 */
bool vnet_xsk_mtu_ok(const struct vnet *vnet, unsigned int mtu)
{
	unsigned int i;

	for (i = 0; vnet->pools && i < vnet->max_pairs; i++)
		if (vnet->rxqs[i].xsk &&
		    !vnet_xsk_fits(vnet, vnet->rxqs[i].xsk, mtu))
			return false;
	return true;
}

static bool vnet_xsk_any_in_ring(const struct vnet_rxq *rxq)
{
	unsigned int i;

	for (i = 0; i < rxq->nr_slots; i++)
		if (rxq->slots[i].in_ring)
			return true;
	return false;
}

/* Does the device have a buffer that it must not have any more? */
static bool vnet_xsk_busy(const struct vnet_rxq *rxq,
			  const struct vnet_txq *txq)
{
	return vnet_xsk_any_in_ring(rxq) || (txq->xsk && txq->xsk->order.out);
}

/*
 * Take all buffers back from a pair that is stopped.  A device that is about to
 * be reset, or was, gives nothing back by itself.
 */
static int vnet_xsk_reclaim(struct vnet *vnet, u16 i)
{
	struct vnet_rxq *rxq = &vnet->rxqs[i];
	struct vnet_txq *txq = &vnet->txqs[i];
	int err = 0;

	if (vnet_xsk_busy(rxq, txq)) {
		if (!vnet->ready)
			return -ENETDOWN;
		err = vnet_ring_reset_stopped(vnet, i,
					      txq->xsk && txq->xsk->order.out);
	}
	/* All buffers may have been used: then the ring had none to give back. */
	if (!err)
		vnet_rx_flush(rxq);
	return vnet_xsk_busy(rxq, txq) ? err ?: -EIO : 0;
}

/*
 * By a reset of the device, which ends its use of all buffers (VIRTIO 1.4, 2.4).
 * The bus finds it broken and sets it up again; or is about to reset it anyway.
 */
static void vnet_xsk_reclaim_hard(struct vnet *vnet, u16 i)
{
	virtio_reset_device(vnet->vdev);
	vnet_rx_take_all(&vnet->rxqs[i]);
	vnet_tx_take_all(&vnet->txqs[i]);
	if (vnet->ready)
		vnet_report(vnet, VIRTIO_FAILURE_QUEUE);
}

/* The slots of a pair that is stopped have no buffers of a pool any more. */
static void vnet_xsk_release(struct vnet_rxq *rxq)
{
	unsigned int i;

	for (i = 0; i < rxq->nr_slots; i++)
		if (rxq->slots[i].xsk)
			vnet_xsk_put(&rxq->slots[i]);
}

/**
 * vnet_xsk_exchange - change the buffers of a pair of queues
 * @vnet: the interface
 * @i: the pair
 * @xsk: the pool that comes, or NULL: the one that is there goes
 *
 * What goes always goes.  Packets on their way are lost.
 * Context: process, under RTNL.
 *
 * Return: 0, or why no pool can come.
 */
static int vnet_xsk_exchange(struct vnet *vnet, u16 i, struct vnet_xsk *xsk)
{
	struct vnet_rxq *rxq = &vnet->rxqs[i];
	struct vnet_txq *txq = &vnet->txqs[i];
	bool rx_on = rxq->on, tx_on = txq->on;
	int err;

	vnet_tx_stop(vnet, i);
	vnet_rx_stop(vnet, i);
	err = vnet_xsk_reclaim(vnet, i);
	if (err && !xsk) {
		vnet_xsk_reclaim_hard(vnet, i);
		err = 0;
	}
	if (!err) {
		vnet_xsk_release(rxq);
		WRITE_ONCE(rxq->xsk, xsk);
		txq->xsk = xsk;
	}
	if (rx_on)
		vnet_rx_start(vnet, i);
	if (tx_on)
		vnet_tx_start(vnet, i);
	return err;
}

/* Why a queue cannot have a pool, or NULL. */
static const char *vnet_xsk_obstacle(const struct vnet_rxq *rxq)
{
	struct vnet *vnet = rxq->vnet;
	const struct vnet_txq *txq = &vnet->txqs[rxq->index];

	if (!virtio_has_recovery() || !virtqueue_ext_available())
		return "it needs this project's bus and ring";
	if (!vnet_ring_can_reset(vnet))
		return "the device cannot reset a queue";
	if (!rxq->use_addr)
		return "buffers are not of one piece";
	if (txq->entries < txq->low + 2)
		return "the ring is too small";
	return NULL;
}

/*
 * Where the device takes physical addresses they have to be the pool's: it has
 * those of the DMA API, which may be others (an IOMMU, bounce buffers).
 */
static bool vnet_xsk_addresses_ok(const struct vnet_rxq *rxq,
				  const struct xsk_buff_pool *pool)
{
	u32 i;

	for (i = 0; !rxq->dma_dev && i < pool->dma_pages_cnt; i++)
		if ((pool->dma_pages[i] & ~XSK_NEXT_PG_CONTIG_MASK) !=
		    page_to_phys(pool->umem->pgs[i]))
			return false;
	return true;
}

/* A pool that is not used without copying after all asks no device. */
static void vnet_xsk_unmap(struct xsk_buff_pool *pool)
{
	xsk_pool_dma_unmap(pool, VNET_XSK_DMA);
	pool->dma_need_sync = false;
}

/* The pool wants addresses in any case. */
static int vnet_xsk_map(const struct vnet_rxq *rxq, struct xsk_buff_pool *pool)
{
	struct device *dev = rxq->dma_dev ?: rxq->vnet->vdev->dev.parent;
	int err = xsk_pool_dma_map(pool, dev, VNET_XSK_DMA);

	if (err)
		return err;
	if (vnet_xsk_addresses_ok(rxq, pool))
		return 0;
	vnet_xsk_unmap(pool);
	return -EOPNOTSUPP;
}

static int vnet_xsk_register(struct vnet_rxq *rxq, struct vnet_xsk *xsk)
{
	int err;

	/*
	 * No NAPI: a socket that polls for itself would run that of receive,
	 * and nobody that of transmit.
	 */
	err = xdp_rxq_info_reg(&xsk->info, rxq->vnet->dev, rxq->index, 0);
	if (err)
		return err;
	err = xdp_rxq_info_reg_mem_model(&xsk->info, MEM_TYPE_XSK_BUFF_POOL,
					 NULL);
	if (err)
		xdp_rxq_info_unreg(&xsk->info);
	else
		xsk_pool_set_rxq_info(xsk->pool, &xsk->info);
	return err;
}

static void vnet_xsk_free(struct vnet_xsk *xsk)
{
	bitmap_free(xsk->order.done);
	kfree(xsk);
}

static struct vnet_xsk *vnet_xsk_alloc(struct vnet *vnet, u16 i,
				       struct xsk_buff_pool *pool)
{
	struct vnet_xsk *xsk = kzalloc(sizeof(*xsk), GFP_KERNEL);

	if (!xsk)
		return NULL;
	xsk->pool = pool;
	xsk->room = vnet->hdr_len + xsk_pool_get_rx_frame_size(pool);
	xsk->wakes = xsk_uses_need_wakeup(pool);
	spin_lock_init(&xsk->lock);
	xsk->order.num = vnet->txqs[i].nr_slots;
	xsk->order.done = bitmap_zalloc(xsk->order.num, GFP_KERNEL);
	if (xsk->order.done)
		return xsk;
	kfree(xsk);
	return NULL;
}

/* The end of vnet_xsk_attach(); the queues do not know the pool any more. */
static void vnet_xsk_detach(struct vnet_xsk *xsk)
{
	xdp_rxq_info_unreg(&xsk->info);
	vnet_xsk_unmap(xsk->pool);
}

/* Addresses, and what XDP has to know. */
static int vnet_xsk_attach(struct vnet_rxq *rxq, struct vnet_xsk *xsk)
{
	int err = vnet_xsk_map(rxq, xsk->pool);

	if (err)
		return err;
	err = vnet_xsk_register(rxq, xsk);
	if (err)
		vnet_xsk_unmap(xsk->pool);
	return err;
}

/* Whole packets: neither programs nor buffers of sockets can have others. */
static int vnet_xsk_offloads(struct vnet *vnet)
{
	return vnet_offloads_xdp(vnet, vnet->pools ||
				       rtnl_dereference(vnet->xdp_prog));
}

static int vnet_xsk_start(struct vnet *vnet, u16 i, struct vnet_xsk *xsk)
{
	int err;

	if (!vnet_xsk_fits(vnet, xsk, vnet->dev->mtu))
		return -EOPNOTSUPP;
	err = vnet_xsk_attach(&vnet->rxqs[i], xsk);
	if (err)
		return err;
	vnet->pools++;
	err = vnet_xsk_offloads(vnet);
	if (!err)
		err = vnet_xsk_exchange(vnet, i, xsk);
	if (!err)
		return 0;
	vnet->pools--;
	vnet_xsk_offloads(vnet);
	vnet_xsk_detach(xsk);
	return err;
}

static int vnet_xsk_enable(struct vnet *vnet, u16 i, struct xsk_buff_pool *pool)
{
	struct vnet_rxq *rxq = &vnet->rxqs[i];
	const char *why = vnet_xsk_obstacle(rxq);
	struct vnet_xsk *xsk;
	int err;

	if (rxq->xsk)
		return -EBUSY;
	if (!vnet->ready)
		return -ENETDOWN;
	if (why) {
		netdev_info(vnet->dev, "AF_XDP copies: %s\n", why);
		return -EOPNOTSUPP;
	}
	xsk = vnet_xsk_alloc(vnet, i, pool);
	if (!xsk)
		return -ENOMEM;
	err = vnet_xsk_start(vnet, i, xsk);
	if (err)
		vnet_xsk_free(xsk);
	return err;
}

static void vnet_xsk_disable(struct vnet *vnet, u16 i)
{
	struct vnet_xsk *xsk = vnet->rxqs[i].xsk;

	if (!xsk)
		return;
	vnet_xsk_exchange(vnet, i, NULL);
	vnet->pools--;
	vnet_xsk_offloads(vnet);
	vnet_xsk_detach(xsk);
	vnet_xsk_free(xsk);
}

/**
 * vnet_xsk_setup - the pool of a queue comes or goes
 * @vnet: the interface
 * @pool: the pool, or NULL: the queue is to have none
 * @i: the queue
 *
 * A pool that goes is gone when this returns, whatever state the device is in.
 * Context: process, under RTNL; may wait for the device, a limited time.
 *
 * Return: 0; -EOPNOTSUPP for what cannot be had, and the socket gets copies;
 * -ENETDOWN while the device is; -EINVAL, -EBUSY, -ENOMEM; or why the queue was
 * not reset.
 */
int vnet_xsk_setup(struct vnet *vnet, struct xsk_buff_pool *pool, u16 i)
{
	if (i >= vnet->max_pairs)
		return -EINVAL;
	if (pool)
		return vnet_xsk_enable(vnet, i, pool);
	vnet_xsk_disable(vnet, i);
	return 0;
}
