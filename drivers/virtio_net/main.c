// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio_net.ko, network devices
 *
 * Registration, probe and removal; the bus (virtio.ko) calls them.
 *
 * Works with this project's virtio.ko and virtio_ring.ko and with the
 * kernel's own: nothing but the kernel's virtio API is needed, and what
 * virtqueue_ext.h offers is used where the ring has it.
 *
 * Life of an interface: probe reads the configuration, sets the queues up with
 * all the memory that they need, registers the interface and sets DRIVER_OK.
 * Queues of the pairs in use run while the interface is up.  Remove takes the
 * interface away, resets the device and frees everything.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/module.h>
#include <linux/rtnetlink.h>
#include <linux/virtio_ids.h>
#include <virtio_live_reset.h>
#include "rx.h"
#include "tx.h"
#include "vnet_ctl.h"
#include "xsk.h"

int vnet_param_napi_weight = NAPI_POLL_WEIGHT;
module_param_named(napi_weight, vnet_param_napi_weight, int, 0444);
MODULE_PARM_DESC(napi_weight, "Packets that a queue may take at a time");

static bool vnet_param_csum = true;
module_param_named(csum, vnet_param_csum, bool, 0444);
MODULE_PARM_DESC(csum, "Leave checksums to the device");

static bool vnet_param_gso = true;
module_param_named(gso, vnet_param_gso, bool, 0444);
MODULE_PARM_DESC(gso, "Leave segmentation to the device");

bool vnet_param_napi_tx = true;
module_param_named(napi_tx, vnet_param_napi_tx, bool, 0644);
MODULE_PARM_DESC(napi_tx,
		 "Be interrupted for sent packets. Applies to devices probed later");

struct workqueue_struct *vnet_wq;
struct kmem_cache *vnet_tx_cache;

static int vnet_open(struct net_device *dev)
{
	struct vnet *vnet = netdev_priv(dev);
	unsigned int i;

	if (!vnet->ready)
		return -ENODEV;
	for (i = 0; i < vnet->pairs; i++)
		vnet_rx_start(vnet, i);
	vnet_ctl_open(vnet);
	for (i = 0; i < vnet->pairs; i++)
		vnet_tx_start(vnet, i);
	vnet_tx_idle(vnet, vnet->max_pairs);
	return 0;
}

static int vnet_close(struct net_device *dev)
{
	struct vnet *vnet = netdev_priv(dev);
	unsigned int i;

	for (i = 0; i < vnet->max_pairs; i++) {
		vnet_tx_stop(vnet, i);
		vnet_tx_disown(vnet, i);
		vnet_rx_stop(vnet, i);
	}
	return 0;
}

static const struct net_device_ops vnet_netdev_ops = {
	.ndo_open		= vnet_open,
	.ndo_stop		= vnet_close,
	.ndo_start_xmit		= vnet_start_xmit,
	.ndo_validate_addr	= eth_validate_addr,
	.ndo_set_mac_address	= vnet_set_mac_address,
	.ndo_set_rx_mode	= vnet_set_rx_mode,
	.ndo_get_stats64	= vnet_get_stats64,
	.ndo_change_mtu		= vnet_change_mtu,
	.ndo_vlan_rx_add_vid	= vnet_vlan_rx_add_vid,
	.ndo_vlan_rx_kill_vid	= vnet_vlan_rx_kill_vid,
	.ndo_bpf		= vnet_bpf,
	.ndo_xdp_xmit		= vnet_xdp_xmit,
	.ndo_xsk_wakeup		= vnet_xsk_wakeup,
	.ndo_features_check	= passthru_features_check,
	.ndo_get_phys_port_name	= vnet_get_phys_port_name,
	.ndo_fix_features	= vnet_fix_features,
	.ndo_set_features	= vnet_set_features,
	.ndo_tx_timeout		= vnet_tx_timeout,
};

/* A mask of several features, as bits of our own. */
static u8 vnet_gso_mask(struct virtio_device *vdev, const u8 *features,
			unsigned int nr)
{
	unsigned int i;
	u8 mask = 0;

	for (i = 0; i < nr; i++)
		if (virtio_has_feature(vdev, features[i]))
			mask |= BIT(i);
	return mask;
}

/* In the order of VNET_GSO_*: TCPv4, TCPv6, UFO, USOv4, USOv6. */
static u8 vnet_guest_gso(struct virtio_device *vdev)
{
	static const u8 features[] = {
		VIRTIO_NET_F_GUEST_TSO4, VIRTIO_NET_F_GUEST_TSO6,
		VIRTIO_NET_F_GUEST_UFO, VIRTIO_NET_F_GUEST_USO4,
		VIRTIO_NET_F_GUEST_USO6,
	};

	return vnet_gso_mask(vdev, features, ARRAY_SIZE(features));
}

static u8 vnet_host_gso(struct virtio_device *vdev)
{
	static const u8 features[] = {
		VIRTIO_NET_F_HOST_TSO4, VIRTIO_NET_F_HOST_TSO6,
	};
	u8 mask = vnet_gso_mask(vdev, features, ARRAY_SIZE(features));

	if (virtio_has_feature(vdev, VIRTIO_NET_F_HOST_USO))
		mask |= VNET_GSO_USO4 | VNET_GSO_USO6;
	/* A legacy device that has it all in one (5.1.3.2). */
	if (virtio_has_feature(vdev, VIRTIO_NET_F_GSO))
		mask |= VNET_GSO_TCP4 | VNET_GSO_TCP6;
	return mask;
}

/* Look every feature up once. */
static void vnet_features_cache(struct virtio_device *vdev,
				struct vnet_features *f)
{
	bool modern = virtio_has_feature(vdev, VIRTIO_F_VERSION_1);

	f->legacy = !modern;
	f->le = modern || virtio_legacy_is_little_endian();
	f->any_layout = modern || virtio_has_feature(vdev, VIRTIO_F_ANY_LAYOUT);
	f->indirect = virtio_has_feature(vdev, VIRTIO_RING_F_INDIRECT_DESC);
	f->event = virtio_has_feature(vdev, VIRTIO_RING_F_EVENT_IDX);
	f->csum = virtio_has_feature(vdev, VIRTIO_NET_F_CSUM);
	f->guest_csum = virtio_has_feature(vdev, VIRTIO_NET_F_GUEST_CSUM);
	f->host_gso = vnet_host_gso(vdev);
	f->host_ecn = virtio_has_feature(vdev, VIRTIO_NET_F_HOST_ECN) ||
		      virtio_has_feature(vdev, VIRTIO_NET_F_GSO);
	f->guest_gso = vnet_guest_gso(vdev);
	f->guest_hdrlen = virtio_has_feature(vdev, VIRTIO_NET_F_GUEST_HDRLEN);
	f->hash_report = virtio_has_feature(vdev, VIRTIO_NET_F_HASH_REPORT);
	f->mergeable = virtio_has_feature(vdev, VIRTIO_NET_F_MRG_RXBUF);
	f->ctrl_vq = virtio_has_feature(vdev, VIRTIO_NET_F_CTRL_VQ);
	f->mq = virtio_has_feature(vdev, VIRTIO_NET_F_MQ);
	f->rss = virtio_has_feature(vdev, VIRTIO_NET_F_RSS);
	f->status = virtio_has_feature(vdev, VIRTIO_NET_F_STATUS);
	f->announce = virtio_has_feature(vdev, VIRTIO_NET_F_GUEST_ANNOUNCE);
	f->speed_duplex = virtio_has_feature(vdev, VIRTIO_NET_F_SPEED_DUPLEX);
	f->standby = virtio_has_feature(vdev, VIRTIO_NET_F_STANDBY);
}

/* Bytes of the header: VIRTIO 1.4, 5.1.6 and 5.1.6.1. */
static u16 vnet_hdr_len(const struct vnet_features *f)
{
	if (f->hash_report)
		return sizeof(struct virtio_net_hdr_v1_hash);
	if (f->mergeable || !f->legacy)
		return sizeof(struct virtio_net_hdr_v1);
	return sizeof(struct virtio_net_hdr);
}

/**
 * vnet_choose_rx - how packets are to lie in receive buffers
 * @vnet: the interface, with features and configuration
 *
 * Sets the largest MTU as well.  VIRTIO 1.4, 5.1.6.3: without MRG_RXBUF a
 * buffer holds any packet that may come.
 */
static void vnet_choose_rx(struct vnet *vnet)
{
	u32 max = vnet_rx_max_len(vnet->hdr_len);
	u32 len = vnet->f.guest_gso ? VNET_MAX_RX_PACKET + VLAN_HLEN :
				      vnet->config.mtu + VNET_ETH_OVERHEAD;

	vnet->dev->max_mtu = vnet->config.max_mtu;
	if (vnet->f.mergeable) {
		vnet->rx_mode = VNET_RX_MERGEABLE;
	} else if (len > max) {
		vnet->rx_mode = VNET_RX_BIG;
		vnet->rx_pages = DIV_ROUND_UP(len - max, PAGE_SIZE);
		max += vnet->rx_pages * PAGE_SIZE;
	} else {
		vnet->rx_mode = VNET_RX_SMALL;
	}
	if (!vnet->f.mergeable)
		vnet->dev->max_mtu = min(vnet->dev->max_mtu,
					 max - VNET_ETH_OVERHEAD);
}

/* What may be left to the device. */
static void vnet_set_tx_features(struct vnet *vnet)
{
	struct net_device *dev = vnet->dev;
	netdev_features_t gso = 0;

	dev->features |= NETIF_F_HIGHDMA;
	if (!vnet->f.csum)
		return;
	if (vnet->f.host_gso & VNET_GSO_TCP4)
		gso |= NETIF_F_TSO;
	if (vnet->f.host_gso & VNET_GSO_TCP6)
		gso |= NETIF_F_TSO6;
	if (gso && vnet->f.host_ecn)
		gso |= NETIF_F_TSO_ECN;
	if (vnet->f.host_gso & VNET_GSO_USO4)
		gso |= NETIF_F_GSO_UDP_L4;
	dev->hw_features |= NETIF_F_HW_CSUM | NETIF_F_SG | gso;
	if (vnet_param_csum)
		dev->features |= NETIF_F_HW_CSUM | NETIF_F_SG;
	/* The device looks at headers that the stack did not. */
	if (gso)
		dev->features |= NETIF_F_GSO_ROBUST;
	if (vnet_param_gso)
		dev->features |= gso;
}

static void vnet_setup_netdev(struct vnet *vnet)
{
	struct net_device *dev = vnet->dev;

	dev->netdev_ops = &vnet_netdev_ops;
	dev->priv_flags |= IFF_UNICAST_FLT;
	dev->needed_headroom = vnet->hdr_len;
	dev->min_mtu = ETH_MIN_MTU;
	vnet_choose_rx(vnet);
	if (virtio_has_feature(vnet->vdev, VIRTIO_NET_F_MTU))
		dev->mtu = vnet->config.mtu;
	vnet_set_tx_features(vnet);
	dev->vlan_features = dev->features;
	if (vnet->f.mergeable)
		dev->sysfs_rx_queue_group = &vnet_rx_sysfs_group;
	if (vnet->config.has_mac)
		eth_hw_addr_set(dev, vnet->config.mac);
	else
		eth_hw_addr_random(dev);
}

static struct vnet *vnet_alloc(struct virtio_device *vdev)
{
	struct vnet_config config;
	struct net_device *dev;
	struct vnet *vnet;
	int err;

	err = vnet_config_read(vdev, &config);
	if (err)
		return ERR_PTR(err);
	dev = alloc_etherdev_mq(sizeof(*vnet), config.max_pairs);
	if (!dev)
		return ERR_PTR(-ENOMEM);
	SET_NETDEV_DEV(dev, &vdev->dev);
	vnet = netdev_priv(dev);
	vnet->dev = dev;
	vnet->vdev = vdev;
	vnet->config = config;
	vnet->max_pairs = config.max_pairs;
	vnet->pairs = 1;
	vnet_features_cache(vdev, &vnet->f);
	vnet->hdr_len = vnet_hdr_len(&vnet->f);
	INIT_WORK(&vnet->config_work, vnet_config_work);
	INIT_DELAYED_WORK(&vnet->refill_work, vnet_refill_work);
	INIT_WORK(&vnet->fail_work, vnet_fail_work);
	INIT_WORK(&vnet->stall_work, vnet_stall_work);
	INIT_WORK(&vnet->spread_work, vnet_spread_work);
	vnet_setup_netdev(vnet);
	return vnet;
}

/**
 * vnet_release - undo all of vnet_setup()
 * @vnet: the interface; not registered, or not any more; nobody else takes its
 *	queues down
 *
 * Context: process.
 */
static void vnet_release(struct vnet *vnet)
{
	vnet_hotplug_remove(vnet);
	cancel_work_sync(&vnet->config_work);
	cancel_work_sync(&vnet->fail_work);
	cancel_work_sync(&vnet->stall_work);
	cancel_delayed_work_sync(&vnet->refill_work);
	/* In any case: the kernel's own bus wants FAILED gone as well. */
	vnet_ctl_down(vnet);
	virtio_reset_device(vnet->vdev);
	if (vnet->rxqs && vnet->rxqs[0].vq)
		vnet_reclaim(vnet->vdev);
	vnet_ctl_exit(vnet);
	if (vnet->napi)
		vnet_napi_del(vnet);
	vnet_queues_free(vnet);
}

/* Everything but what others can see; vnet_release() undoes it. */
static int vnet_setup(struct vnet *vnet)
{
	int err;

	err = vnet_queues_alloc(vnet);
	if (err)
		return err;
	err = vnet_ctl_init(vnet);
	if (err)
		return err;
	/* A queue may call as soon as it is there: NAPI then is, disabled. */
	vnet_napi_add(vnet);
	err = vnet_queues_find(vnet);
	if (err)
		return err;
	return vnet_queues_init(vnet);
}

/*
 * Nobody can open the interface before the device is ready: RTNL is held.  It
 * is told how many queues are used before the first packet.
 */
static int vnet_register(struct vnet *vnet)
{
	int err;

	netif_set_real_num_tx_queues(vnet->dev, vnet->pairs);
	netif_set_real_num_rx_queues(vnet->dev, vnet->pairs);
	netif_carrier_off(vnet->dev);
	rtnl_lock();
	err = register_netdevice(vnet->dev);
	if (!err) {
		virtio_device_ready(vnet->vdev);
		vnet_use(vnet);
	}
	rtnl_unlock();
	return err;
}

static int vnet_probe(struct virtio_device *vdev)
{
	struct vnet *vnet = vnet_alloc(vdev);
	int err;

	if (IS_ERR(vnet))
		return PTR_ERR(vnet);
	vdev->priv = vnet;
	err = vnet_setup(vnet);
	if (err)
		goto err_release;
	err = virtio_join_recovery(vdev, &vnet_recovery);
	if (err)
		goto err_release;
	err = vnet_register(vnet);
	if (err)
		goto err_release;
	err = vnet_hotplug_add(vnet);
	if (err)
		goto err_unregister;
	err = vnet_failover_create(vnet);
	if (err)
		goto err_unregister;
	return 0;

err_unregister:
	vnet->removing = true;
	unregister_netdev(vnet->dev);
err_release:
	vnet_release(vnet);
	free_netdev(vnet->dev);
	return err;
}

/**
 * vnet_remove - the device goes, or the driver
 * @vdev: the device; configuration changes are no longer delivered
 *
 * From one that is gone the bus has taken everything before; one that fails
 * while the interface is taken away is given up.  Context: process.
 */
static void vnet_remove(struct virtio_device *vdev)
{
	struct vnet *vnet = vdev->priv;

	WRITE_ONCE(vnet->removing, true);
	cancel_work_sync(&vnet->fail_work);
	vnet_failover_destroy(vnet);
	unregister_netdev(vnet->dev);
	virtio_leave_recovery(vdev);
	vnet_release(vnet);
	free_netdev(vnet->dev);
}

/* Interrupts may bring many of these; the work runs once for all pending. */
static void vnet_config_changed(struct virtio_device *vdev)
{
	struct vnet *vnet = vdev->priv;

	if (!READ_ONCE(vnet->removing))
		queue_work(vnet_wq, &vnet->config_work);
}

static const struct virtio_device_id vnet_ids[] = {
	{ VIRTIO_ID_NET, VIRTIO_DEV_ANY_ID },
	{ 0 },
};

/* VIRTIO 1.4, 5.1.3; a legacy device has the last two as well (5.1.3.2, 6.3). */
static const unsigned int vnet_features[] = {
	VIRTIO_NET_F_CSUM,
	VIRTIO_NET_F_GUEST_CSUM,
	VIRTIO_NET_F_CTRL_GUEST_OFFLOADS,
	VIRTIO_NET_F_MTU,
	VIRTIO_NET_F_MAC,
	VIRTIO_NET_F_GUEST_TSO4,
	VIRTIO_NET_F_GUEST_TSO6,
	VIRTIO_NET_F_GUEST_ECN,
	VIRTIO_NET_F_GUEST_UFO,
	VIRTIO_NET_F_HOST_TSO4,
	VIRTIO_NET_F_HOST_TSO6,
	VIRTIO_NET_F_HOST_ECN,
	VIRTIO_NET_F_MRG_RXBUF,
	VIRTIO_NET_F_STATUS,
	VIRTIO_NET_F_CTRL_VQ,
	VIRTIO_NET_F_CTRL_RX,
	VIRTIO_NET_F_CTRL_VLAN,
	VIRTIO_NET_F_CTRL_RX_EXTRA,
	VIRTIO_NET_F_GUEST_ANNOUNCE,
	VIRTIO_NET_F_MQ,
	VIRTIO_NET_F_CTRL_MAC_ADDR,
	VIRTIO_NET_F_DEVICE_STATS,
	VIRTIO_NET_F_VQ_NOTF_COAL,
	VIRTIO_NET_F_NOTF_COAL,
	VIRTIO_NET_F_GUEST_USO4,
	VIRTIO_NET_F_GUEST_USO6,
	VIRTIO_NET_F_HOST_USO,
	VIRTIO_NET_F_HASH_REPORT,
	VIRTIO_NET_F_GUEST_HDRLEN,
	VIRTIO_NET_F_RSS,
	VIRTIO_NET_F_STANDBY,
	VIRTIO_NET_F_SPEED_DUPLEX,
	VIRTIO_NET_F_GSO,
	VIRTIO_F_ANY_LAYOUT,
};

#define VNET_LEGACY_FEATURES	2

/* Freezing makes the interface "not present", and loses no setting. */
static struct virtio_driver vnet_driver = {
	.driver.name			= "virtio_net",
	.driver.owner			= THIS_MODULE,
	.driver.dev_groups		= virtio_live_reset_groups,
	.id_table			= vnet_ids,
	.feature_table			= vnet_features,
	.feature_table_size		= ARRAY_SIZE(vnet_features) -
					  VNET_LEGACY_FEATURES,
	.feature_table_legacy		= vnet_features,
	.feature_table_size_legacy	= ARRAY_SIZE(vnet_features),
	.validate			= vnet_config_validate,
	.probe				= vnet_probe,
	.remove				= vnet_remove,
	.config_changed			= vnet_config_changed,
#ifdef CONFIG_PM
	.freeze				= vnet_freeze,
	.restore			= vnet_restore,
#endif
};

static int __init vnet_init(void)
{
	int err = -ENOMEM;

	vnet_param_napi_weight = clamp(vnet_param_napi_weight, 1,
				       NAPI_POLL_WEIGHT);
	vnet_wq = alloc_workqueue("virtio-net", WQ_MEM_RECLAIM, 0);
	if (!vnet_wq)
		return -ENOMEM;
	vnet_tx_cache = kmem_cache_create("virtio_net_tx",
					  sizeof(struct vnet_tx_block),
					  SMP_CACHE_BYTES, 0, NULL);
	if (!vnet_tx_cache)
		goto err_wq;
	err = vnet_hotplug_init();
	if (err)
		goto err_cache;
	err = register_virtio_driver(&vnet_driver);
	if (err)
		goto err_hotplug;
	return 0;

err_hotplug:
	vnet_hotplug_exit();
err_cache:
	kmem_cache_destroy(vnet_tx_cache);
err_wq:
	destroy_workqueue(vnet_wq);
	return err;
}

static void __exit vnet_exit(void)
{
	unregister_virtio_driver(&vnet_driver);
	vnet_hotplug_exit();
	kmem_cache_destroy(vnet_tx_cache);
	destroy_workqueue(vnet_wq);
}

module_init(vnet_init);
module_exit(vnet_exit);

MODULE_DEVICE_TABLE(virtio, vnet_ids);
MODULE_DESCRIPTION("Virtio network driver");
MODULE_LICENSE("GPL");
