// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Which packets the device lets through, VIRTIO 1.4, 5.1.6.5.1 and .2
 *
 * The network stack changes its mind with a spinlock held, where nobody may
 * wait for the device: a work item takes what is wanted by then, and tells.
 *
 * Tables have room for %VNET_MACS addresses each.  Beyond that the device is
 * asked for all unicast or all multicast, which is what it may do itself with
 * more than it has room for.
 */
#include <linux/etherdevice.h>
#include <linux/slab.h>
#include "ctrl.h"

/* Two tables of so many addresses fit a command. */
#define VNET_MACS		336

/* A table: number of addresses, and the addresses. */
#define VNET_MACS_HEAD		sizeof(struct virtio_net_ctrl_mac)
#define VNET_MACS_BYTES		(VNET_MACS_HEAD + VNET_MACS * ETH_ALEN)

static_assert(2 * VNET_MACS_BYTES <= VNET_CTRL_OUT);

/* The commands with one byte that switch a mode. */
#define VNET_RX_BASE	(BIT(VIRTIO_NET_CTRL_RX_PROMISC) | \
			 BIT(VIRTIO_NET_CTRL_RX_ALLMULTI))
#define VNET_RX_EXTRA	(BIT(VIRTIO_NET_CTRL_RX_ALLUNI) | \
			 BIT(VIRTIO_NET_CTRL_RX_NOMULTI))

/**
 * struct vnet_rx_table - a table being filled
 * @mem: its memory
 * @num: addresses in it
 * @full: there was no room for another; counts as empty
 */
struct vnet_rx_table {
	u8 *mem;
	u32 num;
	bool full;
};

static void vnet_rx_table_add(struct vnet_rx_table *t, const u8 *addr)
{
	if (t->full)
		return;
	if (t->num == VNET_MACS) {
		t->full = true;
		t->num = 0;
		return;
	}
	memcpy(t->mem + VNET_MACS_HEAD + t->num * ETH_ALEN, addr, ETH_ALEN);
	t->num++;
}

/* What the stack wants now: tables filled; returns the modes. */
static u8 vnet_rx_mode_collect(struct vnet_ctrl *ctrl, struct vnet_rx_table *uc,
			       struct vnet_rx_table *mc)
{
	struct net_device *dev = ctrl->vnet->dev;
	struct netdev_hw_addr *ha;
	unsigned int flags;
	u8 modes = 0;

	netif_addr_lock_bh(dev);
	flags = dev->flags;
	/* The address itself, where the device cannot be told it otherwise. */
	if (!ctrl->f.mac)
		vnet_rx_table_add(uc, dev->dev_addr);
	netdev_for_each_uc_addr(ha, dev)
		vnet_rx_table_add(uc, ha->addr);
	netdev_for_each_mc_addr(ha, dev)
		vnet_rx_table_add(mc, ha->addr);
	netif_addr_unlock_bh(dev);

	if (flags & IFF_PROMISC || (uc->full && !ctrl->f.rx_extra))
		modes |= BIT(VIRTIO_NET_CTRL_RX_PROMISC);
	if (flags & IFF_ALLMULTI || mc->full)
		modes |= BIT(VIRTIO_NET_CTRL_RX_ALLMULTI);
	if (uc->full && ctrl->f.rx_extra)
		modes |= BIT(VIRTIO_NET_CTRL_RX_ALLUNI);
	if (!(flags & IFF_MULTICAST) && ctrl->f.rx_extra)
		modes |= BIT(VIRTIO_NET_CTRL_RX_NOMULTI);
	return modes;
}

/* Switch those modes of @which to what they are in @modes. */
static int vnet_rx_switch(struct vnet *vnet, u8 which, u8 modes)
{
	unsigned long todo = which;
	unsigned int cmd;
	int err = 0;
	u8 on;

	for_each_set_bit(cmd, &todo, BITS_PER_BYTE) {
		on = !!(modes & BIT(cmd));
		err = vnet_ctrl_send(vnet, VIRTIO_NET_CTRL_RX, cmd, &on,
				     sizeof(on), NULL, 0);
		if (err)
			break;
	}
	return err;
}

/* Both tables, a descriptor each (VIRTIO 1.4, 5.1.6.7). */
static int vnet_rx_tables(struct vnet *vnet, struct vnet_rx_table *uc,
			  struct vnet_rx_table *mc)
{
	struct virtio_net_ctrl_mac *uc_head = (void *)uc->mem;
	struct virtio_net_ctrl_mac *mc_head = (void *)mc->mem;
	struct kvec parts[] = {
		{ uc->mem, VNET_MACS_HEAD + uc->num * ETH_ALEN },
		{ mc->mem, VNET_MACS_HEAD + mc->num * ETH_ALEN },
	};

	uc_head->entries = cpu_to_virtio32(vnet->vdev, uc->num);
	mc_head->entries = cpu_to_virtio32(vnet->vdev, mc->num);
	return vnet_ctrl_send_parts(vnet, VIRTIO_NET_CTRL_MAC,
				    VIRTIO_NET_CTRL_MAC_TABLE_SET, parts,
				    ARRAY_SIZE(parts), NULL, 0);
}

/* Nothing that is wanted may be missed meanwhile: first on, last off. */
static void vnet_rx_mode_tell(struct vnet_ctrl *ctrl)
{
	struct vnet_rx_mode *m = &ctrl->rx_mode;
	struct vnet_rx_table uc = { .mem = m->uc }, mc = { .mem = m->mc };
	u8 modes = vnet_rx_mode_collect(ctrl, &uc, &mc);
	u8 change = VNET_RX_BASE | (ctrl->f.rx_extra ? VNET_RX_EXTRA : 0);
	int err;

	lockdep_assert_held(&m->lock);
	if (m->known)
		change = modes ^ m->sent;
	err = vnet_rx_switch(ctrl->vnet, change & modes, modes);
	if (!err)
		err = vnet_rx_tables(ctrl->vnet, &uc, &mc);
	if (!err)
		err = vnet_rx_switch(ctrl->vnet, change & ~modes, modes);
	m->sent = modes;
	m->known = !err;
	if (err == -EINVAL)
		dev_warn_ratelimited(&ctrl->vnet->vdev->dev,
				     "the device refuses a receive filter\n");
}

static void vnet_rx_mode_work(struct work_struct *work)
{
	struct vnet_ctrl *ctrl = container_of(work, struct vnet_ctrl,
					      rx_mode.work);

	mutex_lock(&ctrl->rx_mode.lock);
	ctrl->rx_mode.asked = true;
	vnet_rx_mode_tell(ctrl);
	mutex_unlock(&ctrl->rx_mode.lock);
}

/**
 * vnet_set_rx_mode - .ndo_set_rx_mode
 * @dev: the interface
 *
 * Context: any but hard interrupt, with the interface's address lock.
 */
void vnet_set_rx_mode(struct net_device *dev)
{
	struct vnet *vnet = netdev_priv(dev);
	struct vnet_ctrl *ctrl = vnet->ctrl;

	if (ctrl->f.rx && !READ_ONCE(ctrl->rx_mode.off))
		schedule_work(&ctrl->rx_mode.work);
}

/**
 * vnet_rx_mode_replay - tell a device that was reset
 * @ctrl: the control half
 *
 * Context: process.
 */
void vnet_rx_mode_replay(struct vnet_ctrl *ctrl)
{
	struct vnet_rx_mode *m = &ctrl->rx_mode;

	mutex_lock(&m->lock);
	m->known = false;
	if (m->asked)
		vnet_rx_mode_tell(ctrl);
	mutex_unlock(&m->lock);
}

/**
 * vnet_rx_mode_init - set receive filtering up
 * @ctrl: the control half
 *
 * Return: 0 or -ENOMEM.
 */
int vnet_rx_mode_init(struct vnet_ctrl *ctrl)
{
	struct vnet_rx_mode *m = &ctrl->rx_mode;

	INIT_WORK(&m->work, vnet_rx_mode_work);
	mutex_init(&m->lock);
	if (!ctrl->f.rx)
		return 0;
	ctrl->vnet->dev->priv_flags |= IFF_UNICAST_FLT;
	m->uc = kmalloc(VNET_MACS_BYTES, GFP_KERNEL);
	m->mc = kmalloc(VNET_MACS_BYTES, GFP_KERNEL);
	if (m->uc && m->mc)
		return 0;
	kfree(m->uc);
	kfree(m->mc);
	return -ENOMEM;
}

/**
 * vnet_rx_mode_exit - the end of vnet_rx_mode_init()
 * @ctrl: the control half
 */
void vnet_rx_mode_exit(struct vnet_ctrl *ctrl)
{
	WRITE_ONCE(ctrl->rx_mode.off, true);
	cancel_work_sync(&ctrl->rx_mode.work);
	kfree(ctrl->rx_mode.uc);
	kfree(ctrl->rx_mode.mc);
}
