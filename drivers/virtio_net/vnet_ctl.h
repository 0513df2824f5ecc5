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

#include <linux/ethtool.h>
#include "vnet.h"

/* ctl.c: life */
int vnet_ctl_init(struct vnet *vnet);
int vnet_ctl_up(struct vnet *vnet);
void vnet_ctl_down(struct vnet *vnet);
void vnet_ctl_open(struct vnet *vnet);
void vnet_ctl_reclaim(struct vnet *vnet);
void vnet_ctl_exit(struct vnet *vnet);

/* ctrl.c: callback of the control virtqueue */
void vnet_ctrl_done(struct virtqueue *vq);

/*
 * ring.c, under RTNL: a transmit queue that stands still gets a new ring, and
 * a pair that was stopped
 */
bool vnet_ring_can_reset(const struct vnet *vnet);
void vnet_ring_restore(struct vnet *vnet);
int vnet_ring_reset_tx(struct vnet *vnet, u16 i);
int vnet_ring_reset_stopped(struct vnet *vnet, u16 i, bool tx);

/* announce.c: the configuration says ANNOUNCE; process context, RTNL held */
void vnet_announce(struct vnet *vnet);

/* offloads.c: an XDP program comes or has gone; under RTNL */
int vnet_offloads_xdp(struct vnet *vnet, bool on);
netdev_features_t vnet_fix_features(struct net_device *dev,
				    netdev_features_t features);
int vnet_set_features(struct net_device *dev, netdev_features_t features);

/* coalesce_dim.c: NAPI has taken all that there was; any context */
#if IS_ENABLED(CONFIG_DIMLIB)
void vnet_coal_sample(struct vnet_rxq *rxq);
#else
static inline void vnet_coal_sample(struct vnet_rxq *rxq) { }
#endif

/* rx_mode.c, mac.c, vlan.c, stats.c, ethtool.c: operations of the interface */
void vnet_set_rx_mode(struct net_device *dev);
int vnet_set_mac_address(struct net_device *dev, void *addr);
int vnet_vlan_rx_add_vid(struct net_device *dev, __be16 proto, u16 vid);
int vnet_vlan_rx_kill_vid(struct net_device *dev, __be16 proto, u16 vid);
void vnet_get_stats64(struct net_device *dev, struct rtnl_link_stats64 *total);
int vnet_get_phys_port_name(struct net_device *dev, char *buf, size_t len);

/*
 * failover.c, with CONFIG_NET_FAILOVER: behind and before
 * (un)register_netdev(); without STANDBY nothing
 */
#if IS_ENABLED(CONFIG_NET_FAILOVER)
int vnet_failover_create(struct vnet *vnet);
void vnet_failover_destroy(struct vnet *vnet);
#else
static inline int vnet_failover_create(struct vnet *vnet) { return 0; }
static inline void vnet_failover_destroy(struct vnet *vnet) { }
#endif

/* ethtool.c; vnet_ctl_init() puts it in its place */
extern const struct ethtool_ops vnet_ethtool_ops;

#endif /* _VNET_CTL_H */
