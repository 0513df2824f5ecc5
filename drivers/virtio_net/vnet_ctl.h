/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: The control half of virtio_net.ko, as the data path sees it
 *
 * The order in the life of an interface: vnet_ctl_init() when features and
 * configuration are known, vnet_ctl_up() after each DRIVER_OK, which tells the
 * device everything that it forgot, vnet_ctl_down() before each reset of the
 * device, vnet_ctl_reclaim() after it, vnet_ctl_exit() last.
 */
#ifndef _VNET_CTL_H
#define _VNET_CTL_H

#include "vnet.h"

/* Before register_netdev(): ethtool operations, features, initial pairs. */
static inline int vnet_ctl_init(struct vnet *vnet) { return 0; }
static inline void vnet_ctl_exit(struct vnet *vnet) { }

/* The control virtqueue is in use, or not any more.  Under RTNL. */
static inline int vnet_ctl_up(struct vnet *vnet) { return 0; }
static inline void vnet_ctl_down(struct vnet *vnet) { }

/* Device reset, virtqueues still there: take back what it had. */
static inline void vnet_ctl_reclaim(struct vnet *vnet) { }

/* Callback of the control virtqueue. */
static inline void vnet_ctrl_done(struct virtqueue *vq) { }

/* Configuration says ANNOUNCE; process context, RTNL held. */
static inline void vnet_announce(struct vnet *vnet) { }

/* With VIRTIO_NET_F_STANDBY: behind and before (un)register_netdev(). */
static inline int vnet_failover_create(struct vnet *vnet) { return 0; }
static inline void vnet_failover_destroy(struct vnet *vnet) { }

/* Behind a change of @pairs (XDP, recovery): tell device and stack. */
static inline int vnet_channels_apply(struct vnet *vnet, u16 pairs) { return 0; }

#endif /* _VNET_CTL_H */
