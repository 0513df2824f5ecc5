// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: What ethtool may ask and set
 *
 * The table of operations, and those that are about no command of the device;
 * and what the interface is called for (VIRTIO_NET_F_STANDBY).
 */
#include <linux/ethtool.h>
#include "ctrl.h"

/* What user space has always been told. */
#define VNET_VERSION	"1.0.0"

static void vnet_get_drvinfo(struct net_device *dev,
			     struct ethtool_drvinfo *info)
{
	struct vnet *vnet = netdev_priv(dev);

	strscpy(info->driver, "virtio_net", sizeof(info->driver));
	strscpy(info->version, VNET_VERSION, sizeof(info->version));
	strscpy(info->bus_info, dev_name(vnet->vdev->dev.parent),
		sizeof(info->bus_info));
}

/* As the configuration says, or the administrator who knows better. */
static int vnet_get_link_ksettings(struct net_device *dev,
				   struct ethtool_link_ksettings *cmd)
{
	struct vnet *vnet = netdev_priv(dev);

	cmd->base.speed = vnet->config.speed;
	cmd->base.duplex = vnet->config.duplex;
	cmd->base.port = PORT_OTHER;
	return 0;
}

static int vnet_set_link_ksettings(struct net_device *dev,
				   const struct ethtool_link_ksettings *cmd)
{
	struct vnet *vnet = netdev_priv(dev);

	return ethtool_virtdev_set_link_ksettings(dev, cmd,
						  &vnet->config.speed,
						  &vnet->config.duplex);
}

/**
 * vnet_get_phys_port_name - .ndo_get_phys_port_name
 * @dev: the interface
 * @buf: where the name goes
 * @len: its size, bytes
 *
 * By its name user space knows the standby from the third interface.
 *
 * Return: 0 or -EOPNOTSUPP.
 */
int vnet_get_phys_port_name(struct net_device *dev, char *buf, size_t len)
{
	struct vnet *vnet = netdev_priv(dev);

	if (!vnet->f.standby || snprintf(buf, len, "sby") >= len)
		return -EOPNOTSUPP;
	return 0;
}

const struct ethtool_ops vnet_ethtool_ops = {
	.supported_coalesce_params = ETHTOOL_COALESCE_MAX_FRAMES |
				     ETHTOOL_COALESCE_USECS |
				     ETHTOOL_COALESCE_USE_ADAPTIVE_RX,
	.get_drvinfo = vnet_get_drvinfo,
	.get_link = ethtool_op_get_link,
	.get_ts_info = ethtool_op_get_ts_info,
	.get_link_ksettings = vnet_get_link_ksettings,
	.set_link_ksettings = vnet_set_link_ksettings,
	.get_ringparam = vnet_get_ringparam,
	.set_ringparam = vnet_set_ringparam,
	.get_channels = vnet_get_channels,
	.set_channels = vnet_set_channels,
	.get_coalesce = vnet_get_coalesce,
	.set_coalesce = vnet_set_coalesce,
	.get_per_queue_coalesce = vnet_get_per_queue_coalesce,
	.set_per_queue_coalesce = vnet_set_per_queue_coalesce,
	.get_rxfh_key_size = vnet_get_rxfh_key_size,
	.get_rxfh_indir_size = vnet_get_rxfh_indir_size,
	.get_rxfh = vnet_get_rxfh,
	.set_rxfh = vnet_set_rxfh,
	.get_rxnfc = vnet_get_rxnfc,
	.set_rxnfc = vnet_set_rxnfc,
	.get_sset_count = vnet_get_sset_count,
	.get_strings = vnet_get_strings,
	.get_ethtool_stats = vnet_get_ethtool_stats,
};
