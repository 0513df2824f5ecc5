/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: Private header of the control half of virtio_net.ko
 *
 * What can be set up on a network device goes to it through the control queue
 * (ctrl.c), one command at a time.  All of it stands in a &struct vnet_ctrl as
 * well, so that it can be told to the device again after a reset: the settings
 * are the driver's, the device only follows.
 *
 * Locks, outermost first: RTNL (what user space sets, vnet_ctl_up()),
 * &vnet_rx_mode.lock and &vnet_coalesce.lock (mutexes, for work items that may
 * not wait for RTNL), &vnet_cq.lock (mutex), &vnet_cq.vq_lock (spinlock).
 */
#ifndef _VNET_CTRL_H
#define _VNET_CTRL_H

#include <linux/completion.h>
#include <linux/ethtool.h>
#include <linux/if_vlan.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/sizes.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/uio.h>
#include <linux/virtio_net.h>
#include <linux/workqueue.h>
#include "vnet.h"
#include "vnet_ctl.h"

struct failover;
struct vnet_dim;

/* Most bytes of a command behind its header, and of a result. */
#define VNET_CTRL_OUT		4088
#define VNET_CTRL_IN		(SZ_4K - VIRTQUEUE_DMA_ALIGN)

/* Descriptors that the data of a command may have (VIRTIO 1.4, 5.1.6.7). */
#define VNET_CTRL_PARTS		2

/* No answer of the specification: the device did not write one. */
#define VNET_CTRL_UNWRITTEN	0xff

/**
 * struct vnet_ctrl_out - what the device reads
 * @hdr: class and command
 * @data: what belongs to it, one part behind the other
 */
struct vnet_ctrl_out {
	struct virtio_net_ctrl_hdr hdr;
	u8 data[VNET_CTRL_OUT];
};

/**
 * struct vnet_ctrl_in - what the device writes
 * @ack: its answer; preset to %VNET_CTRL_UNWRITTEN
 * @data: result of the command
 */
struct vnet_ctrl_in {
	u8 ack;
	u8 data[VNET_CTRL_IN] __aligned(VIRTQUEUE_DMA_ALIGN);
};

/**
 * enum vnet_ctrl_state - who has the one command
 * @VNET_CTRL_FREE: nobody
 * @VNET_CTRL_SENT: the device, and somebody waits
 * @VNET_CTRL_BACK: it was answered, or the device is being taken down
 * @VNET_CTRL_LEFT: the device, and nobody waits any more
 */
enum vnet_ctrl_state {
	VNET_CTRL_FREE,
	VNET_CTRL_SENT,
	VNET_CTRL_BACK,
	VNET_CTRL_LEFT,
};

/**
 * struct vnet_ctrl_stats - counters, for ethtool -S
 * @sent: commands given to the device
 * @refused: of them, answered with VIRTIO_NET_ERR
 * @garbage: answered with what is no answer
 * @timeouts: not answered within the limit
 * @late: of these, answered after it
 */
struct vnet_ctrl_stats {
	u64 sent;
	u64 refused;
	u64 garbage;
	u64 timeouts;
	u64 late;
};

/**
 * struct vnet_cq - the control queue
 * @lock: one command at a time, and the next three fields; held while it is
 *	waited for
 * @until: jiffies after which @hurried sends no command, 0 for no such limit
 * @hurried: who sends several
 * @skipped: for that limit some were not sent
 * @vq_lock: the fields below; taken by the queue's callback.  Nests inside
 *	@lock
 * @vq: the queue, or NULL
 * @up: the queue may be used
 * @state: who has @out and @in
 * @answered: in %VNET_CTRL_BACK: by the device
 * @used: bytes that the device says it wrote
 * @done: leaves %VNET_CTRL_SENT
 * @stats: counters
 * @out: memory that the device reads
 * @in: memory that the device writes
 */
struct vnet_cq {
	struct mutex lock;	/* see above */
	unsigned long until;
	struct task_struct *hurried;
	bool skipped;
	spinlock_t vq_lock;	/* see above */
	struct virtqueue *vq;
	bool up;
	enum vnet_ctrl_state state;
	bool answered;
	u32 used;
	struct completion done;
	struct vnet_ctrl_stats stats;
	struct vnet_ctrl_out *out;
	struct vnet_ctrl_in *in;
};

/**
 * struct vnet_ctl_features - what was negotiated for the control half
 * @rx: VIRTIO_NET_F_CTRL_RX
 * @rx_extra: VIRTIO_NET_F_CTRL_RX_EXTRA
 * @vlan: VIRTIO_NET_F_CTRL_VLAN
 * @mac: the address can be set by a command
 * @offloads: VIRTIO_NET_F_CTRL_GUEST_OFFLOADS
 * @coal: VIRTIO_NET_F_NOTF_COAL
 * @coal_vq: VIRTIO_NET_F_VQ_NOTF_COAL
 * @stats: VIRTIO_NET_F_DEVICE_STATS
 * @ring_reset: VIRTIO_F_RING_RESET
 * @packed: VIRTIO_F_RING_PACKED
 */
struct vnet_ctl_features {
	bool rx;
	bool rx_extra;
	bool vlan;
	bool mac;
	bool offloads;
	bool coal;
	bool coal_vq;
	bool stats;
	bool ring_reset;
	bool packed;
};

/**
 * struct vnet_rx_mode - receive filtering
 * @work: tells the device
 * @lock: the fields below
 * @off: the work is not queued any more; not under @lock
 * @asked: the device was, or is to be, told something
 * @known: @sent is what the device has
 * @sent: modes that it was told, BIT(VIRTIO_NET_CTRL_RX_*)
 * @uc: table of unicast addresses, as the device reads it
 * @mc: table of multicast addresses
 */
struct vnet_rx_mode {
	struct work_struct work;
	struct mutex lock;	/* see above */
	bool off;
	bool asked;
	bool known;
	u8 sent;
	u8 *uc;
	u8 *mc;
};

/* Bytes of the hash key: as long as the longest input, and 4 more. */
#define VNET_RSS_KEY		40

/* Entries of an indirection table that a command has room for. */
#define VNET_RSS_TABLE		1024

/* The longest VIRTIO_NET_CTRL_MQ_RSS_CONFIG (VIRTIO 1.4, 5.1.6.5.6.1). */
#define VNET_RSS_BYTES		(4 + 2 + 2 + 2 * VNET_RSS_TABLE + 2 + 1 + \
				 VNET_RSS_KEY)

/**
 * struct vnet_rss - receive-side scaling, and hashes
 * @supported: hash types that the device has, VIRTIO_NET_RSS_HASH_TYPE_*
 * @types: of them, those that packets are hashed by
 * @entries: of the table, a power of two; 0 for no RSS
 * @table: number of a receive queue, by hash
 * @key: key of the hash
 */
struct vnet_rss {
	u32 supported;
	u32 types;
	u16 entries;
	u16 table[VNET_RSS_TABLE];
	u8 key[VNET_RSS_KEY];
};

/**
 * struct vnet_coal - when a queue notifies
 * @packets: at the latest after so many packets
 * @usecs: at the latest after so many microseconds
 */
struct vnet_coal {
	u32 packets;
	u32 usecs;
};

/**
 * struct vnet_coal_pair - the same of one pair of queues
 * @rx: the receive queue
 * @tx: the transmit queue
 * @rx_own: @rx was set for this queue alone
 * @tx_own: @tx was
 * @adaptive: the receive queue finds out by itself; read without the lock
 */
struct vnet_coal_pair {
	struct vnet_coal rx;
	struct vnet_coal tx;
	bool rx_own;
	bool tx_own;
	bool adaptive;
};

/**
 * struct vnet_coalesce - coalescing of notifications
 * @lock: all fields
 * @rx: of receive queues without their own
 * @tx: of transmit queues without their own
 * @pairs: by pair, NULL without VIRTIO_NET_F_VQ_NOTF_COAL
 * @adaptive: receive queues find out by themselves, as was last said of all
 * @partly: some queues of a direction took values that a later one did not
 * @dim: how, by pair, or NULL
 */
struct vnet_coalesce {
	struct mutex lock;	/* see above */
	struct vnet_coal rx;
	struct vnet_coal tx;
	struct vnet_coal_pair *pairs;
	bool adaptive;
	bool partly;
	struct vnet_dim *dim;
};

/**
 * struct vnet_ctrl - the control half of an interface
 * @vnet: the interface
 * @f: what was negotiated
 * @cq: the control queue
 * @resync: tells the device everything anew
 * @resync_wait: jiffies that it is put off
 * @rx_mode: receive filtering
 * @mac_set: the address was set by the user; under RTNL
 * @vlans: VLANs that the device lets through; under RTNL
 * @vlans_unsure: those whose last command was not answered, or not sent; under
 *	RTNL
 * @announce: tells the network where we are
 * @announce_off: @announce is not queued any more
 * @announced: jiffies when it ran last
 * @offloads_all: offloads that were negotiated, by feature bit
 * @offloads: those that the device was told last; under RTNL
 * @xdp: an XDP program wants packets as they came; under RTNL
 * @pairs: of queues that the device was told, 0 for unknown; under RTNL
 * @wanted: pairs that are used when the device does what it is told; under RTNL
 * @rss: receive-side scaling; under RTNL
 * @rss_asked: somebody set up what RSS does; under RTNL
 * @hashes: NETIF_F_RXHASH is on; under RTNL
 * @coal: coalescing of notifications
 * @stats_types: statistics that the device has; under RTNL
 * @stats_garbage: replies of it that made no sense; under RTNL
 * @failover: master of this and a faster device, or NULL
 */
struct vnet_ctrl {
	struct vnet *vnet;
	struct vnet_ctl_features f;
	struct vnet_cq cq;
	struct delayed_work resync;
	unsigned long resync_wait;
	struct vnet_rx_mode rx_mode;
	bool mac_set;
	DECLARE_BITMAP(vlans, VLAN_N_VID);
	DECLARE_BITMAP(vlans_unsure, VLAN_N_VID);
	struct delayed_work announce;
	bool announce_off;
	unsigned long announced;
	u64 offloads_all;
	u64 offloads;
	bool xdp;
	u16 pairs;
	u16 wanted;
	struct vnet_rss rss;
	bool rss_asked;
	bool hashes;
	struct vnet_coalesce coal;
	u64 stats_types;
	u64 stats_garbage;
	struct failover *failover;
};

/* ctrl.c */
int vnet_ctrl_init(struct vnet_ctrl *ctrl);
void vnet_ctrl_exit(struct vnet_ctrl *ctrl);
void vnet_ctrl_up(struct vnet_ctrl *ctrl, struct virtqueue *vq);
void vnet_ctrl_down(struct vnet_ctrl *ctrl);
void vnet_ctrl_reclaim(struct vnet_ctrl *ctrl);
void vnet_ctrl_resync(struct vnet_ctrl *ctrl);
void vnet_ctrl_hurry(struct vnet_ctrl *ctrl);
bool vnet_ctrl_hurried(struct vnet_ctrl *ctrl);
bool vnet_ctrl_left(struct vnet_ctrl *ctrl);
int vnet_ctrl_send(struct vnet *vnet, u8 class, u8 cmd, const void *out,
		   size_t out_len, void *in, size_t in_len);
int vnet_ctrl_send_parts(struct vnet *vnet, u8 class, u8 cmd,
			 const struct kvec *parts, unsigned int num,
			 void *in, size_t in_len);

/* rx_mode.c */
int vnet_rx_mode_init(struct vnet_ctrl *ctrl);
void vnet_rx_mode_replay(struct vnet_ctrl *ctrl);
void vnet_rx_mode_exit(struct vnet_ctrl *ctrl);

/* mac.c, vlan.c */
void vnet_mac_replay(struct vnet_ctrl *ctrl, bool fresh);
void vnet_vlan_replay(struct vnet_ctrl *ctrl, bool fresh);

/* announce.c */
void vnet_announce_init(struct vnet_ctrl *ctrl);
void vnet_announce_exit(struct vnet_ctrl *ctrl);

/* offloads.c */
void vnet_offloads_init(struct vnet_ctrl *ctrl);
void vnet_offloads_replay(struct vnet_ctrl *ctrl, bool fresh);
u64 vnet_offloads_mask(u64 all, netdev_features_t features, bool xdp);

/* Was a command sent of which nobody knows what became of it? */
static inline bool vnet_ctrl_unsure(int err)
{
	return err == -ETIMEDOUT || err == -EIO;
}

/* channels.c */

/* Pairs that the device has in use. */
static inline u16 vnet_channels_told(const struct vnet_ctrl *ctrl)
{
	return READ_ONCE(ctrl->pairs) ?: 1;
}

void vnet_channels_init(struct vnet_ctrl *ctrl);
int vnet_channels_tell(struct vnet_ctrl *ctrl, u16 pairs);
void vnet_channels_up(struct vnet *vnet);
void vnet_get_channels(struct net_device *dev, struct ethtool_channels *ch);
int vnet_set_channels(struct net_device *dev, struct ethtool_channels *ch);

/* rss.c */
void vnet_rss_init(struct vnet_ctrl *ctrl);
bool vnet_rss_steers(const struct vnet_ctrl *ctrl);
void vnet_rss_spread(struct vnet_rss *rss, u16 pairs);
size_t vnet_rss_build(const struct vnet_rss *rss, u32 types, u16 max_tx,
		      u8 *buf);
size_t vnet_rss_build_hash(const struct vnet_rss *rss, u32 types, u8 *buf);
int vnet_rss_tell(struct vnet_ctrl *ctrl, const struct vnet_rss *rss, u16 pairs);
int vnet_rss_set_hashes(struct vnet_ctrl *ctrl, bool on);

/* rss_ethtool.c */
u64 vnet_rss_flow_fields(u32 types, u32 flow);
int vnet_rss_flow_types(u32 *types, u32 supported, u32 flow, u64 fields);
u32 vnet_get_rxfh_key_size(struct net_device *dev);
u32 vnet_get_rxfh_indir_size(struct net_device *dev);
int vnet_get_rxfh(struct net_device *dev, u32 *indir, u8 *key, u8 *hfunc);
int vnet_set_rxfh(struct net_device *dev, const u32 *indir, const u8 *key,
		  const u8 hfunc);
int vnet_get_rxnfc(struct net_device *dev, struct ethtool_rxnfc *info,
		   u32 *rules);
int vnet_set_rxnfc(struct net_device *dev, struct ethtool_rxnfc *info);

/* coalesce.c */
int vnet_coal_init(struct vnet_ctrl *ctrl);
void vnet_coal_replay(struct vnet_ctrl *ctrl, bool fresh);
void vnet_coal_replay_pair(struct vnet_ctrl *ctrl, u16 pair);
void vnet_coal_exit(struct vnet_ctrl *ctrl);
int vnet_coal_tell_vq(struct vnet_ctrl *ctrl, u16 index,
		      const struct vnet_coal *coal);
int vnet_get_coalesce(struct net_device *dev, struct ethtool_coalesce *ec,
		      struct kernel_ethtool_coalesce *kec,
		      struct netlink_ext_ack *extack);
int vnet_set_coalesce(struct net_device *dev, struct ethtool_coalesce *ec,
		      struct kernel_ethtool_coalesce *kec,
		      struct netlink_ext_ack *extack);
int vnet_get_per_queue_coalesce(struct net_device *dev, u32 pair,
				struct ethtool_coalesce *ec);
int vnet_set_per_queue_coalesce(struct net_device *dev, u32 pair,
				struct ethtool_coalesce *ec);

/* coalesce_dim.c */
#if IS_ENABLED(CONFIG_DIMLIB)
int vnet_dim_init(struct vnet_ctrl *ctrl);
void vnet_dim_exit(struct vnet_ctrl *ctrl);
#else
static inline int vnet_dim_init(struct vnet_ctrl *ctrl) { return 0; }
static inline void vnet_dim_exit(struct vnet_ctrl *ctrl) { }
#endif

/* ring.c */
void vnet_get_ringparam(struct net_device *dev, struct ethtool_ringparam *ring,
			struct kernel_ethtool_ringparam *kring,
			struct netlink_ext_ack *extack);
int vnet_set_ringparam(struct net_device *dev, struct ethtool_ringparam *ring,
		       struct kernel_ethtool_ringparam *kring,
		       struct netlink_ext_ack *extack);

/* stats.c */
int vnet_get_sset_count(struct net_device *dev, int set);
void vnet_get_strings(struct net_device *dev, u32 set, u8 *data);
void vnet_get_ethtool_stats(struct net_device *dev, struct ethtool_stats *stats,
			    u64 *data);

/* stats_device.c */
unsigned int vnet_dstats_parse(const u8 *reply, size_t len, u64 types,
			       u16 pairs, u16 cvq, u64 *data);
void vnet_dstats_init(struct vnet_ctrl *ctrl);
unsigned int vnet_dstats_count(struct vnet_ctrl *ctrl);
void vnet_dstats_strings(struct vnet_ctrl *ctrl, u8 **data);
void vnet_dstats_get(struct vnet_ctrl *ctrl, u64 *data);

#endif /* _VNET_CTRL_H */
