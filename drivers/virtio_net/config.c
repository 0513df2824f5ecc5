// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Features and configuration of a network device
 *
 * Called before the features are agreed on, by probe, and when the device
 * announces a change.
 *
 * The device may change its configuration whenever it likes, so each field is
 * read once, all of them between two equal reads of the generation counter
 * (VIRTIO 1.4, 2.5.1), and what is used is the checked copy.  A value that
 * makes the interface unusable is an error with a message; one that makes an
 * optional ability unusable switches that off, with a message.
 */
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/log2.h>
#include "rx.h"
#include "vnet_ctl.h"
#include "xsk.h"

/* A device that changes its generation this often gets an error. */
#define VNET_CONFIG_TRIES	16

/* Most pairs of queues that a device may have (5.1.4). */
#define VNET_MAX_PAIRS		0x8000

/* Shortest key and table that a device with hashes must have room for. */
#define VNET_RSS_MIN_KEY	40

/**
 * struct vnet_field - a field of the configuration space
 * @features: the field exists with one of these; 0 for always
 * @offset: in struct virtio_net_config, bytes
 * @len: bytes
 */
struct vnet_field {
	u64 features;
	u8 offset;
	u8 len;
};

#define VNET_BIT(name)		BIT_ULL(VIRTIO_NET_F_##name)
#define VNET_OFF(member)	offsetof(struct virtio_net_config, member)
#define VNET_LEN(member)	sizeof_field(struct virtio_net_config, member)

/* VIRTIO 1.4, 5.1.4.  Those that may change come first. */
static const struct vnet_field vnet_fields[] = {
	{ VNET_BIT(STATUS), VNET_OFF(status), VNET_LEN(status) },
	{ VNET_BIT(SPEED_DUPLEX), VNET_OFF(speed), VNET_LEN(speed) },
	{ VNET_BIT(SPEED_DUPLEX), VNET_OFF(duplex), VNET_LEN(duplex) },
	{ VNET_BIT(MAC), VNET_OFF(mac), VNET_LEN(mac) },
	{ VNET_BIT(MQ) | VNET_BIT(RSS), VNET_OFF(max_virtqueue_pairs),
	  VNET_LEN(max_virtqueue_pairs) },
	{ VNET_BIT(MTU), VNET_OFF(mtu), VNET_LEN(mtu) },
	{ VNET_BIT(RSS) | VNET_BIT(HASH_REPORT), VNET_OFF(rss_max_key_size),
	  VNET_LEN(rss_max_key_size) },
	{ VNET_BIT(RSS), VNET_OFF(rss_max_indirection_table_length),
	  VNET_LEN(rss_max_indirection_table_length) },
	{ VNET_BIT(RSS) | VNET_BIT(HASH_REPORT), VNET_OFF(supported_hash_types),
	  VNET_LEN(supported_hash_types) },
};

/* How many of them may change. */
#define VNET_LIVE_FIELDS	3

/**
 * struct vnet_requirement - a feature that needs another
 * @feature: the one
 * @any: it may be accepted only with one of these
 */
struct vnet_requirement {
	u8 feature;
	u64 any;
};

#define VNET_NEEDS(name, any)	{ VIRTIO_NET_F_##name, any }

/* VIRTIO 1.4, 5.1.3.1, what is needed before who needs it; see 2.2.1. */
static const struct vnet_requirement vnet_requirements[] = {
	VNET_NEEDS(GUEST_TSO4, VNET_BIT(GUEST_CSUM)),
	VNET_NEEDS(GUEST_TSO6, VNET_BIT(GUEST_CSUM)),
	VNET_NEEDS(GUEST_ECN, VNET_BIT(GUEST_TSO4) | VNET_BIT(GUEST_TSO6)),
	VNET_NEEDS(GUEST_UFO, VNET_BIT(GUEST_CSUM)),
	VNET_NEEDS(GUEST_USO4, VNET_BIT(GUEST_CSUM)),
	VNET_NEEDS(GUEST_USO6, VNET_BIT(GUEST_CSUM)),
	VNET_NEEDS(GSO, VNET_BIT(CSUM)),
	VNET_NEEDS(HOST_TSO4, VNET_BIT(CSUM)),
	VNET_NEEDS(HOST_TSO6, VNET_BIT(CSUM)),
	VNET_NEEDS(HOST_ECN, VNET_BIT(HOST_TSO4) | VNET_BIT(HOST_TSO6)),
	VNET_NEEDS(HOST_USO, VNET_BIT(CSUM)),
	VNET_NEEDS(CTRL_RX, VNET_BIT(CTRL_VQ)),
	VNET_NEEDS(CTRL_RX_EXTRA, VNET_BIT(CTRL_VQ)),
	VNET_NEEDS(CTRL_VLAN, VNET_BIT(CTRL_VQ)),
	VNET_NEEDS(CTRL_GUEST_OFFLOADS, VNET_BIT(CTRL_VQ)),
	VNET_NEEDS(GUEST_ANNOUNCE, VNET_BIT(CTRL_VQ)),
	VNET_NEEDS(MQ, VNET_BIT(CTRL_VQ)),
	VNET_NEEDS(CTRL_MAC_ADDR, VNET_BIT(CTRL_VQ)),
	VNET_NEEDS(NOTF_COAL, VNET_BIT(CTRL_VQ)),
	VNET_NEEDS(VQ_NOTF_COAL, VNET_BIT(CTRL_VQ)),
	VNET_NEEDS(RSS, VNET_BIT(CTRL_VQ)),
	VNET_NEEDS(HASH_REPORT, VNET_BIT(CTRL_VQ)),
	VNET_NEEDS(DEVICE_STATS, VNET_BIT(CTRL_VQ)),
	/* The primary device is found by its address. */
	VNET_NEEDS(STANDBY, VNET_BIT(MAC)),
};

static u32 vnet_generation(struct virtio_device *vdev)
{
	return vdev->config->generation ? vdev->config->generation(vdev) : 0;
}

/* A field of its width at once; the address is an array of bytes (4.1.3.1). */
static void vnet_config_field(struct virtio_device *vdev,
			      const struct vnet_field *f, void *raw)
{
	unsigned int step = f->len == ETH_ALEN ? 1 : f->len, i;

	for (i = f->offset; i < f->offset + f->len; i += step)
		vdev->config->get(vdev, i, raw + i, step);
}

/**
 * vnet_config_snapshot - read fields of the configuration as of one moment
 * @vdev: the device
 * @raw: where to; fields that do not exist become 0
 * @nr: how many entries of vnet_fields[] to read
 *
 * Context: process; one exit per field, and two.
 *
 * Return: 0, or -EIO when the configuration would not hold still.
 */
static int vnet_config_snapshot(struct virtio_device *vdev,
				struct virtio_net_config *raw, unsigned int nr)
{
	unsigned int tries, i;

	memset(raw, 0, sizeof(*raw));
	for (tries = 0; tries < VNET_CONFIG_TRIES; tries++) {
		u32 gen = vnet_generation(vdev);

		for (i = 0; i < nr; i++) {
			const struct vnet_field *f = &vnet_fields[i];

			if (f->features && !(f->features & vdev->features))
				continue;
			vnet_config_field(vdev, f, raw);
		}
		if (vnet_generation(vdev) == gen)
			return 0;
	}
	dev_err_ratelimited(&vdev->dev,
			    "the configuration would not hold still\n");
	return -EIO;
}

/*
 * What the device may change while it runs.  VIRTIO 1.4, 5.1.4.  Of a speed that
 * it does not know the administrator may know.
 */
static void vnet_config_live(struct virtio_device *vdev,
			     const struct virtio_net_config *raw,
			     struct vnet_config *config)
{
	u32 speed = le32_to_cpu(raw->speed);

	config->status = VIRTIO_NET_S_LINK_UP;
	if (virtio_has_feature(vdev, VIRTIO_NET_F_STATUS))
		config->status = virtio16_to_cpu(vdev, raw->status);
	if (!virtio_has_feature(vdev, VIRTIO_NET_F_SPEED_DUPLEX))
		return;
	config->speed = SPEED_UNKNOWN;
	config->duplex = DUPLEX_UNKNOWN;
	if (speed <= INT_MAX)
		config->speed = speed;
	if (raw->duplex == DUPLEX_HALF || raw->duplex == DUPLEX_FULL)
		config->duplex = raw->duplex;
}

static int vnet_check_pairs(struct virtio_device *vdev,
			    const struct virtio_net_config *raw,
			    struct vnet_config *config)
{
	u16 pairs = virtio16_to_cpu(vdev, raw->max_virtqueue_pairs);

	config->max_pairs = 1;
	if (!(vdev->features & (VNET_BIT(MQ) | VNET_BIT(RSS))))
		return 0;
	/* The control queue stands behind them all: no guess is possible. */
	if (!pairs || pairs > VNET_MAX_PAIRS) {
		dev_err(&vdev->dev, "%u pairs of queues\n", pairs);
		return -EINVAL;
	}
	config->max_pairs = pairs;
	return 0;
}

/* VIRTIO 1.4, 5.1.4: 68 to 65535. */
static int vnet_check_mtu(struct virtio_device *vdev,
			  const struct virtio_net_config *raw,
			  struct vnet_config *config)
{
	config->mtu = ETH_DATA_LEN;
	config->max_mtu = ETH_MAX_MTU;
	if (!virtio_has_feature(vdev, VIRTIO_NET_F_MTU))
		return 0;
	config->mtu = virtio16_to_cpu(vdev, raw->mtu);
	config->max_mtu = config->mtu;
	if (config->mtu >= ETH_MIN_MTU)
		return 0;
	dev_err(&vdev->dev, "an MTU of %u\n", config->mtu);
	return -EINVAL;
}

static void vnet_check_mac(struct virtio_device *vdev,
			   const struct virtio_net_config *raw,
			   struct vnet_config *config)
{
	if (!virtio_has_feature(vdev, VIRTIO_NET_F_MAC))
		return;
	config->has_mac = is_valid_ether_addr(raw->mac);
	memcpy(config->mac, raw->mac, ETH_ALEN);
	if (!config->has_mac)
		dev_warn(&vdev->dev, "address %pM cannot be: a random one\n",
			 raw->mac);
}

/* VIRTIO 1.4, 5.1.4: at least 40 bytes of key, 128 entries of table. */
static void vnet_check_rss(struct virtio_device *vdev,
			   const struct virtio_net_config *raw,
			   struct vnet_config *config)
{
	u16 table = le16_to_cpu(raw->rss_max_indirection_table_length);

	if (!(vdev->features & (VNET_BIT(RSS) | VNET_BIT(HASH_REPORT))))
		return;
	if (raw->rss_max_key_size < VNET_RSS_MIN_KEY) {
		dev_warn(&vdev->dev, "hash key of %u bytes: no hashes\n",
			 raw->rss_max_key_size);
		return;
	}
	config->rss_max_key = raw->rss_max_key_size;
	config->rss_hash_types = le32_to_cpu(raw->supported_hash_types);
	if (!virtio_has_feature(vdev, VIRTIO_NET_F_RSS))
		return;
	if (table)
		config->rss_max_table = rounddown_pow_of_two(table);
	else
		dev_warn(&vdev->dev, "no indirection table: no RSS\n");
}

/**
 * vnet_config_read - read and check the configuration
 * @vdev: the device; features are negotiated (FEATURES_OK)
 * @config: result
 *
 * Context: process.
 *
 * Return: 0, -EINVAL when a field makes the interface unusable, -EIO when the
 * configuration cannot be read consistently.
 */
int vnet_config_read(struct virtio_device *vdev, struct vnet_config *config)
{
	struct virtio_net_config raw;
	int err;

	memset(config, 0, sizeof(*config));
	config->speed = SPEED_UNKNOWN;
	config->duplex = DUPLEX_UNKNOWN;
	err = vnet_config_snapshot(vdev, &raw, ARRAY_SIZE(vnet_fields));
	if (err)
		return err;
	err = vnet_check_pairs(vdev, &raw, config);
	if (err)
		return err;
	err = vnet_check_mtu(vdev, &raw, config);
	if (err)
		return err;
	vnet_check_mac(vdev, &raw, config);
	vnet_check_rss(vdev, &raw, config);
	vnet_config_live(vdev, &raw, config);
	return 0;
}

/**
 * vnet_config_validate - take back features that are not complete
 * @vdev: the device; FEATURES_OK is not set yet
 *
 * A feature must not be accepted without those that it requires (VIRTIO 1.4,
 * 2.2.1, 5.1.3.1).  An MTU that cannot be is not accepted either.
 * Context: process.
 *
 * Return: 0, or -EINVAL without access to the configuration.
 */
int vnet_config_validate(struct virtio_device *vdev)
{
	unsigned int i;
	__virtio16 mtu;

	if (!vdev->config->get) {
		dev_err(&vdev->dev, "no access to the configuration\n");
		return -EINVAL;
	}
	for (i = 0; i < ARRAY_SIZE(vnet_requirements); i++) {
		const struct vnet_requirement *r = &vnet_requirements[i];

		if (!__virtio_test_bit(vdev, r->feature) ||
		    vdev->features & r->any)
			continue;
		dev_dbg(&vdev->dev, "feature %u without what it needs\n",
			r->feature);
		__virtio_clear_bit(vdev, r->feature);
	}
	if (!__virtio_test_bit(vdev, VIRTIO_NET_F_MTU))
		return 0;
	vdev->config->get(vdev, VNET_OFF(mtu), &mtu, VNET_LEN(mtu));
	if (virtio16_to_cpu(vdev, mtu) < ETH_MIN_MTU)
		__virtio_clear_bit(vdev, VIRTIO_NET_F_MTU);
	return 0;
}

/**
 * vnet_carrier_set - tell the stack of the link
 * @vnet: the interface
 * @up: there is one
 *
 * Not of an interface that goes: who hears of it would hold it for ever.
 * Context: process, under RTNL.
 */
void vnet_carrier_set(struct vnet *vnet, bool up)
{
	ASSERT_RTNL();
	if (vnet->dev->reg_state != NETREG_REGISTERED)
		return;
	if (up)
		netif_carrier_on(vnet->dev);
	else
		netif_carrier_off(vnet->dev);
}

/**
 * vnet_link_update - see what the device says of its link
 * @vnet: the interface, ready
 *
 * Context: process, under RTNL.
 */
void vnet_link_update(struct vnet *vnet)
{
	struct virtio_net_config raw;

	ASSERT_RTNL();
	if (vnet_config_snapshot(vnet->vdev, &raw, VNET_LIVE_FIELDS))
		return;
	vnet_config_live(vnet->vdev, &raw, &vnet->config);
	if (vnet->config.status & VIRTIO_NET_S_ANNOUNCE && vnet->f.announce)
		vnet_announce(vnet);
	vnet_carrier_set(vnet, vnet->config.status & VIRTIO_NET_S_LINK_UP);
}

/**
 * vnet_config_work - the device announced a change of its configuration
 * @work: &vnet.config_work
 *
 * However many there were meanwhile.
 */
void vnet_config_work(struct work_struct *work)
{
	struct vnet *vnet = container_of(work, struct vnet, config_work);

	rtnl_lock();
	if (vnet->ready) {
		vnet_link_update(vnet);
		/* The link may have gone and come since. */
		if (netif_carrier_ok(vnet->dev))
			vnet_tx_remind(vnet);
	}
	rtnl_unlock();
}

/**
 * vnet_change_mtu - the administrator chooses an MTU
 * @dev: the interface
 * @mtu: bytes, within the interface's limits
 *
 * Receive buffers are for packets of any MTU that the interface may have.
 * Context: process, under RTNL.
 *
 * Return: 0, or -EINVAL when the XDP program or an AF_XDP socket cannot have such
 * packets.
 */
int vnet_change_mtu(struct net_device *dev, int mtu)
{
	struct vnet *vnet = netdev_priv(dev);

	if (!vnet_xdp_mtu_ok(vnet, rtnl_dereference(vnet->xdp_prog), mtu) ||
	    !vnet_xsk_mtu_ok(vnet, mtu))
		return -EINVAL;
	WRITE_ONCE(dev->mtu, mtu);
	return 0;
}
