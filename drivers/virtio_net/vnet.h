/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: Private header of virtio_net.ko
 *
 * A &struct vnet is one interface, a &struct vnet_rxq one receive virtqueue, a
 * &struct vnet_txq one transmit virtqueue.  Each queue has its memory since it
 * was set up: one &struct vnet_rx_slot per receive buffer and one
 * &struct vnet_tx_slot per packet on its way, so that the data path allocates
 * packet memory and nothing else.
 *
 * Two halves: the data path (main, config, queues, napi, rx*, tx*, xdp,
 * recover, pm), and control (vnet_ctl.h): what goes over the control virtqueue
 * and through ethtool.
 *
 * Who owns a slot: the driver while it is in @free_slots, the ring while it
 * says so (@in_ring, @kind), then whoever took it out of the ring.
 *
 * Who may touch a queue: receive, its NAPI, or the one who stopped it
 * (vnet_rx_stop()); transmit, the holder of the netdev queue's transmit lock
 * while @up, or the one who stopped it.
 *
 * Locks, outermost first: RTNL (life of the queues, and everything that
 * configures); the control half's (vnet_ctl.h); the transmit lock of a queue.
 * NAPI takes the last only.
 */
#ifndef _VNET_H
#define _VNET_H

#include <linux/average.h>
#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/u64_stats_sync.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>
#include <linux/virtio_net.h>
#include <linux/workqueue.h>
#include <net/xdp.h>
#include <virtio_recovery.h>
#include <virtqueue_ext.h>

struct bpf_prog;
struct dma_pool;
struct page_pool;
struct vnet;
struct vnet_ctrl;
struct vnet_xsk;

/* Largest packet without offloads: Ethernet, one VLAN tag. */
#define VNET_ETH_OVERHEAD	(ETH_HLEN + VLAN_HLEN)

/* A receive packet with offloads is no longer (VIRTIO 1.4, 5.1.6.3). */
#define VNET_MAX_RX_PACKET	(ETH_HLEN + 40 + 65535)

/* The longest header that this driver negotiates (5.1.6). */
#define VNET_MAX_HDR		sizeof(struct virtio_net_hdr_v1_hash)

/* Descriptors of the longest packet: header, head, fragments. */
#define VNET_TX_DESCS		(VNET_TX_MIN_DESCS + MAX_SKB_FRAGS)
#define VNET_TX_MIN_DESCS	2

/* Buffers taken out of a ring with one call. */
#define VNET_BATCH		16

/* Most pages behind the first one of a buffer that holds any packet. */
#define VNET_BIG_PAGES		DIV_ROUND_UP(VNET_MAX_RX_PACKET, PAGE_SIZE)

/**
 * enum vnet_rx_mode_kind - how a packet lies in receive buffers
 * @VNET_RX_SMALL: a packet in a buffer of one piece
 * @VNET_RX_BIG: a packet in a buffer of many pages
 * @VNET_RX_MERGEABLE: a packet in as many buffers as it needs
 */
enum vnet_rx_mode_kind {
	VNET_RX_SMALL,
	VNET_RX_BIG,
	VNET_RX_MERGEABLE,
};

/**
 * struct vnet_features - what was negotiated, looked up once
 * @legacy: not VIRTIO_F_VERSION_1
 * @le: fields are little-endian; on a little-endian CPU they are anyway
 * @any_layout: header and packet may share a descriptor
 * @indirect: a packet takes one ring entry, however many pieces it has
 * @event: VIRTIO_F_EVENT_IDX
 * @csum: the device completes checksums
 * @guest_csum: packets may come with partial or validated checksums
 * @host_gso: mask of VNET_GSO_* (hdr.h) that may be left to the device to cut
 * @host_ecn: also one that has CWR set
 * @guest_gso: mask of VNET_GSO_* that may come uncut
 * @guest_hdrlen: hdr_len has to be exact
 * @hash_report: packets come with a hash
 * @mergeable: VIRTIO_NET_F_MRG_RXBUF
 * @ctrl_vq: there is a control virtqueue
 * @mq: VIRTIO_NET_F_MQ
 * @rss: VIRTIO_NET_F_RSS
 * @status: VIRTIO_NET_F_STATUS
 * @announce: VIRTIO_NET_F_GUEST_ANNOUNCE
 * @speed_duplex: VIRTIO_NET_F_SPEED_DUPLEX
 * @standby: VIRTIO_NET_F_STANDBY
 */
struct vnet_features {
	bool legacy;
	bool le;
	bool any_layout;
	bool indirect;
	bool event;
	bool csum;
	bool guest_csum;
	u8 host_gso;
	bool host_ecn;
	u8 guest_gso;
	bool guest_hdrlen;
	bool hash_report;
	bool mergeable;
	bool ctrl_vq;
	bool mq;
	bool rss;
	bool status;
	bool announce;
	bool speed_duplex;
	bool standby;
};

/**
 * struct vnet_config - checked copy of the device's configuration
 * @mac: address of the device, valid with @has_mac
 * @has_mac: VIRTIO_NET_F_MAC, and a usable address
 * @max_pairs: queue pairs of the device, at least 1
 * @mtu: largest MTU, bytes; ETH_DATA_LEN without VIRTIO_NET_F_MTU
 * @max_mtu: what an administrator may choose at most, bytes
 * @status: VIRTIO_NET_S_*, LINK_UP without VIRTIO_NET_F_STATUS
 * @speed: Mbit/s or SPEED_UNKNOWN
 * @duplex: DUPLEX_*
 * @rss_max_key: bytes that a hash key may have; 0 for no RSS and no hashes
 * @rss_max_table: entries that the indirection table may have, a power of
 *	two; 0 for no RSS
 * @rss_hash_types: VIRTIO_NET_RSS_HASH_TYPE_* of the device
 */
struct vnet_config {
	u8 mac[ETH_ALEN];
	bool has_mac;
	u16 max_pairs;
	u16 mtu;
	u32 max_mtu;
	u16 status;
	u32 speed;
	u8 duplex;
	u8 rss_max_key;
	u16 rss_max_table;
	u32 rss_hash_types;
};

/**
 * struct vnet_rx_stats - counters of a receive queue
 * @packets: packets given to the stack, or to XDP
 * @bytes: their bytes, without the virtio header
 * @drops: packets that were dropped, for whatever reason
 * @xdp_packets: packets that an XDP program saw
 * @xdp_tx: sent back by it
 * @xdp_redirects: redirected by it
 * @xdp_drops: dropped by it, or on their way from it
 * @kicks: notifications
 * @bad_len: used lengths that cannot be
 * @bad_hdr: headers that cannot be
 * @no_memory: times that no buffer or skb was to be had
 * @syncp: for readers of 64 bits on 32-bit CPUs
 *
 * Written by the queue's NAPI only.
 */
struct vnet_rx_stats {
	u64_stats_t packets;
	u64_stats_t bytes;
	u64_stats_t drops;
	u64_stats_t xdp_packets;
	u64_stats_t xdp_tx;
	u64_stats_t xdp_redirects;
	u64_stats_t xdp_drops;
	u64_stats_t kicks;
	u64_stats_t bad_len;
	u64_stats_t bad_hdr;
	u64_stats_t no_memory;
	struct u64_stats_sync syncp;
};

/**
 * struct vnet_tx_stats - counters of a transmit queue
 * @packets: packets that the device took
 * @bytes: their bytes, without the virtio header
 * @drops: packets that could not be sent
 * @xdp_tx: frames sent for XDP
 * @xdp_tx_drops: frames for XDP that found no room
 * @kicks: notifications
 * @timeouts: times that the stack gave up waiting
 * @resets: times that the queue was reset for that
 * @stops: times that the ring was full
 * @syncp: for readers of 64 bits on 32-bit CPUs
 *
 * Written under the transmit lock only.
 */
struct vnet_tx_stats {
	u64_stats_t packets;
	u64_stats_t bytes;
	u64_stats_t drops;
	u64_stats_t xdp_tx;
	u64_stats_t xdp_tx_drops;
	u64_stats_t kicks;
	u64_stats_t timeouts;
	u64_stats_t resets;
	u64_stats_t stops;
	struct u64_stats_sync syncp;
};

DECLARE_EWMA(vnet_len, 0, 64)

/**
 * struct vnet_rx_slot - one receive buffer, private half
 * @va: begin of its (first) memory; NULL when it has none
 * @next: link in &vnet_rxq.free_slots
 * @addr: what the device knows @va + @headroom as
 * @size: bytes of that memory, headroom and tail included
 * @room: bytes that the device may write, header included
 * @headroom: bytes at @va that stay free
 * @in_ring: the ring owns it
 * @pages: what follows @va in %VNET_RX_BIG, &vnet.rx_pages of them
 * @xsk: what the device has instead while &vnet_rxq.xsk is set, or NULL
 * @table: its descriptors, where the queue takes tables
 */
struct vnet_rx_slot {
	void *va;
	struct vnet_rx_slot *next;
	dma_addr_t addr;
	u32 size;
	u32 room;
	u16 headroom;
	bool in_ring;
	struct page **pages;
	struct xdp_buff *xsk;
	struct virtqueue_table table;
};

/**
 * struct vnet_rxq - one receive virtqueue
 * @vnet: its interface
 * @vq: the virtqueue, NULL while the device has none
 * @dma_dev: for the DMA API, where buffers are mapped for good; else NULL
 * @pool: memory of the buffers
 * @large: memory of large ones, or NULL
 * @slots: all of them
 * @nr_slots: how many
 * @entries: that the ring is to have
 * @tables: descriptors of the slots, if any; device-readable
 * @tables_dma: their address for the device
 * @index: number of the queue among the receive queues
 * @dma_dir: how the pool's pages are mapped
 * @use_table: buffers go to the ring as descriptor tables
 * @use_addr: buffers are of one piece, which goes to the ring by its address
 * @descs: descriptors of a buffer
 * @refill_at: free ring entries that are worth it to give the device buffers
 * @xsk: buffers are those of AF_XDP sockets, or NULL; changes while the queue
 *	is stopped
 * @free_slots: slots without a place in the ring
 * @next: of @used, to be looked at next
 * @nr_used: buffers in @used
 * @len: how long packets are of late, for the size of buffers
 * @starved: the ring is short of buffers, for lack of memory
 * @on: NAPI is enabled; under RTNL
 * @napi: takes used buffers
 * @xdp_info: what XDP knows of the queue
 * @xdp_truesize: memory of the fragments of the packet that XDP has, bytes
 * @used: buffers on their way out of the ring
 * @calls: interrupts, for adaptive coalescing
 * @stats: counters
 * @name: name of the virtqueue and, with one of its own, of its interrupt
 */
struct vnet_rxq {
	struct vnet *vnet;
	struct virtqueue *vq;
	struct device *dma_dev;
	struct page_pool *pool;
	struct page_pool *large;
	struct vnet_rx_slot *slots;
	unsigned int nr_slots;
	void *tables;
	dma_addr_t tables_dma;
	u16 entries;
	u16 index;
	u8 dma_dir;
	bool use_table;
	bool use_addr;
	u16 descs;
	u16 refill_at;
	struct vnet_xsk *xsk;

	struct vnet_rx_slot *free_slots ____cacheline_aligned_in_smp;
	u16 next;
	u16 nr_used;
	struct ewma_vnet_len len;
	bool starved;
	bool on;
	struct napi_struct napi;
	struct xdp_rxq_info xdp_info;
	u32 xdp_truesize;
	struct virtqueue_used used[VNET_BATCH];
	u16 calls;
	struct vnet_rx_stats stats;
	char name[16];
} ____cacheline_aligned_in_smp;

/**
 * struct vnet_map - how to undo one DMA mapping
 * @addr: address for the device
 * @len: bytes
 */
struct vnet_map {
	dma_addr_t addr;
	u32 len;
};

/**
 * enum vnet_tx_kind - what a transmit slot carries
 * @VNET_TX_NONE: nothing
 * @VNET_TX_SKB: a packet of the stack, which waits for it to be sent
 * @VNET_TX_LAZY: a packet of the stack that may stay for some time
 * @VNET_TX_LOOSE: a packet that nobody waits for
 * @VNET_TX_XDP: a frame of XDP, whose owner waits
 * @VNET_TX_XSK: a frame of an AF_XDP socket, which waits
 */
enum vnet_tx_kind {
	VNET_TX_NONE,
	VNET_TX_SKB,
	VNET_TX_LAZY,
	VNET_TX_LOOSE,
	VNET_TX_XDP,
	VNET_TX_XSK,
};

/**
 * struct vnet_tx_slot - one packet on its way to the device
 * @skb: with %VNET_TX_SKB, %VNET_TX_LAZY and %VNET_TX_LOOSE
 * @frame: with %VNET_TX_XDP
 * @turn: with %VNET_TX_XSK: its place in &vnet_xsk.order
 * @next: link in &vnet_txq.free_slots
 * @block: header and descriptors, memory that the device can reach
 * @block_dma: its address for the device
 * @table: the descriptors in @block, where the queue takes tables
 * @maps: mappings of the packet (DMA API only)
 * @nr_maps: how many
 * @nr_sg: entries of &vnet_txq.sg in use, without descriptor tables
 * @kind: &enum vnet_tx_kind; other than %VNET_TX_NONE while the ring owns it
 * @bytes: with %VNET_TX_SKB and %VNET_TX_LAZY, as the byte queue limits were
 *	told
 */
struct vnet_tx_slot {
	union {
		struct sk_buff *skb;
		struct xdp_frame *frame;
		unsigned int turn;
	};
	struct vnet_tx_slot *next;
	struct vnet_tx_block *block;
	dma_addr_t block_dma;
	struct virtqueue_table table;
	struct vnet_map *maps;
	u16 nr_maps;
	u16 nr_sg;
	u8 kind;
	u32 bytes;
};

/**
 * struct vnet_txq - one transmit virtqueue
 * @vnet: its interface
 * @vq: the virtqueue; may be used under the transmit lock while @up
 * @queue: the netdev queue
 * @dma_dev: for the DMA API, where the driver maps packets; else NULL
 * @slots: all of them
 * @pool: memory of their blocks, with @dma_dev
 * @nr_slots: how many
 * @entries: that the ring is to have
 * @index: number of the queue among the transmit queues
 * @use_table: packets go to the ring as descriptor tables
 * @plain: the ring takes addresses, and the device takes them as they are
 * @napi_on: completions are looked for by NAPI, not by later packets
 * @rx_looks: packets of TCP may be in the ring that nobody is interrupted for:
 *	receive looks for them; written under the transmit lock
 * @xsk: AF_XDP sockets send as well, or NULL; changes while the queue is stopped
 * @free_slots: slots without a packet
 * @up: the device takes packets; under the transmit lock
 * @armed: NAPI will run: an interrupt was asked for, or it is scheduled
 * @late: the timer has run, and NAPI not since
 * @on: NAPI is enabled; under RTNL
 * @need: ring entries that a packet may need
 * @low: with fewer free ring entries a queue that was stopped does not go on
 * @clean_at: with fewer free ring entries the next packet looks for sent ones
 * @clean_min: the least that @clean_at may be
 * @max_frags: fragments that a packet may have
 * @owed: packets in the ring that somebody waits for; written under the
 *	transmit lock
 * @lazy: packets of %VNET_TX_LAZY in the ring: the timer runs, or NAPI will;
 *	under the transmit lock
 * @napi: takes used buffers
 * @timer: runs NAPI a jiffy or two after a packet of %VNET_TX_LAZY, for those
 *	that none comes to look for
 * @sg: for packets without descriptor tables
 * @stalled: it stands still, and is to be reset
 * @last_reset: jiffies when that was last asked for, or 0
 * @used: buffers on their way out of the ring
 * @stats: counters
 * @name: name of the virtqueue and, with one of its own, of its interrupt
 */
struct vnet_txq {
	struct vnet *vnet;
	struct virtqueue *vq;
	struct netdev_queue *queue;
	struct device *dma_dev;
	struct vnet_tx_slot *slots;
	struct dma_pool *pool;
	unsigned int nr_slots;
	u16 entries;
	u16 index;
	bool use_table;
	bool plain;
	bool napi_on;
	bool rx_looks;
	struct vnet_xsk *xsk;

	struct vnet_tx_slot *free_slots ____cacheline_aligned_in_smp;
	bool up;
	bool armed;
	bool late;
	bool on;
	u16 need;
	u16 low;
	u16 clean_at;
	u16 clean_min;
	u16 max_frags;
	unsigned int owed;
	unsigned int lazy;
	struct napi_struct napi;
	struct timer_list timer;
	struct scatterlist *sg;
	bool stalled;
	unsigned long last_reset;
	struct virtqueue_used used[VNET_BATCH];
	struct vnet_tx_stats stats;
	char name[16];
} ____cacheline_aligned_in_smp;

/**
 * struct vnet - one interface
 * @rxqs: receive queues, @max_pairs
 * @txqs: transmit queues, @max_pairs
 * @f: what was negotiated
 * @hdr_len: bytes of the header of a packet, in both directions
 * @rx_mode: how packets lie in receive buffers
 * @rx_pages: pages behind the first one of a buffer, in %VNET_RX_BIG
 * @pairs: queue pairs in use; under RTNL
 * @max_pairs: queue pairs that were set up
 * @xdp_prog: runs on every packet; written under RTNL
 * @pools: queues with the buffers of AF_XDP sockets; under RTNL
 * @xdp_headroom: an XDP program is loaded: buffers have its headroom
 * @dev: the interface
 * @vdev: the device
 * @ctrl: the control half's (vnet_ctl.h)
 * @ctrl_vq: control virtqueue, NULL for none or while the device has none
 * @config: what the configuration said, its changeable fields as of late;
 *	under RTNL
 * @ready: DRIVER_OK is set, the queues are there; under RTNL
 * @failed: the device was given up, for good; under RTNL
 * @removing: no work is queued any more
 * @config_work: answers a configuration change
 * @refill_work: tries again where memory lacked
 * @fail_work: gives the device up, on the kernel's own bus
 * @stall_work: resets transmit queues that stand still
 * @spread_work: spreads interrupts over the CPUs anew
 * @last_reset: jiffies when a transmit queue that stands still last led to a
 *	reset, or 0
 * @napi: NAPI was added
 * @cpu_online: link in the hot-plug state of CPUs that come
 * @cpu_dead: link in that of CPUs that have gone
 * @affinity_set: interrupts were spread over the CPUs
 * @hotplug: @cpu_online and @cpu_dead are in their lists
 *
 * The first group is what the data path reads.
 */
struct vnet {
	struct vnet_rxq *rxqs;
	struct vnet_txq *txqs;
	struct vnet_features f;
	u16 hdr_len;
	u8 rx_mode;
	u8 rx_pages;
	u16 pairs;
	u16 max_pairs;
	u16 pools;
	bool xdp_headroom;
	struct bpf_prog __rcu *xdp_prog;

	struct net_device *dev;
	struct virtio_device *vdev;
	struct vnet_ctrl *ctrl;
	struct virtqueue *ctrl_vq;
	struct vnet_config config;
	bool ready;
	bool failed;
	bool removing;
	struct work_struct config_work;
	struct delayed_work refill_work;
	struct work_struct fail_work;
	struct work_struct stall_work;
	struct work_struct spread_work;
	unsigned long last_reset;
	bool napi;
	struct hlist_node cpu_online;
	struct hlist_node cpu_dead;
	bool affinity_set;
	bool hotplug;
};

/* Count, in @stats of @rxq; the queue's NAPI, or who stopped it. */
static inline void vnet_rx_count(struct vnet_rxq *rxq, u64_stats_t *counter,
				 u64 n)
{
	u64_stats_update_begin(&rxq->stats.syncp);
	u64_stats_add(counter, n);
	u64_stats_update_end(&rxq->stats.syncp);
}

/* Count, in @stats of @txq; under its transmit lock. */
static inline void vnet_tx_count(struct vnet_txq *txq, u64_stats_t *counter,
				 u64 n)
{
	u64_stats_update_begin(&txq->stats.syncp);
	u64_stats_add(counter, n);
	u64_stats_update_end(&txq->stats.syncp);
}

/* Receive queue i is virtqueue 2i, transmit queue i is 2i + 1 (5.1.2). */
static inline unsigned int vnet_vq_pair(const struct virtqueue *vq)
{
	return vq->index / 2;
}

/* main.c */
extern struct workqueue_struct *vnet_wq;
extern struct kmem_cache *vnet_tx_cache;
extern bool vnet_param_napi_tx;
extern int vnet_param_napi_weight;

/* config.c */
int vnet_config_read(struct virtio_device *vdev, struct vnet_config *config);
int vnet_config_validate(struct virtio_device *vdev);
void vnet_config_work(struct work_struct *work);
void vnet_carrier_set(struct vnet *vnet, bool up);
void vnet_link_update(struct vnet *vnet);
int vnet_change_mtu(struct net_device *dev, int mtu);

/* queues.c */
int vnet_queues_alloc(struct vnet *vnet);
void vnet_queues_free(struct vnet *vnet);
int vnet_queues_find(struct vnet *vnet);
int vnet_queues_init(struct vnet *vnet);
int vnet_queues_ready(struct vnet *vnet);
void vnet_queues_delete(struct vnet *vnet);
void vnet_affinity_set(struct vnet *vnet);
void vnet_affinity_clean(struct vnet *vnet);
void vnet_spread_work(struct work_struct *work);
int vnet_hotplug_init(void);
void vnet_hotplug_exit(void);
int vnet_hotplug_add(struct vnet *vnet);
void vnet_hotplug_remove(struct vnet *vnet);

/*
 * napi.c: a queue that is stopped is touched by nobody.  All under RTNL, and
 * harmless when there is nothing to do.
 */
void vnet_rx_stop(struct vnet *vnet, unsigned int i);
void vnet_rx_start(struct vnet *vnet, unsigned int i);
void vnet_tx_stop(struct vnet *vnet, unsigned int i);
void vnet_tx_start(struct vnet *vnet, unsigned int i);
void vnet_tx_idle(struct vnet *vnet, unsigned int end);
void vnet_tx_arm(struct vnet_txq *txq);
void vnet_tx_timer(struct timer_list *t);
void vnet_rx_schedule(struct vnet_rxq *rxq);
void vnet_tx_schedule(struct vnet_txq *txq);
void vnet_rx_vq_done(struct virtqueue *vq);
void vnet_tx_vq_done(struct virtqueue *vq);
void vnet_napi_add(struct vnet *vnet);
void vnet_napi_del(struct vnet *vnet);
void vnet_refill_work(struct work_struct *work);

/*
 * Both are for virtqueue_resize() as well: a buffer that the ring gives back
 * unused.  The queue is stopped.
 */
void vnet_rx_flush(struct vnet_rxq *rxq);
void vnet_rx_recycle(struct virtqueue *vq, void *buf);
void vnet_tx_recycle(struct virtqueue *vq, void *buf);

/* After the ring of a stopped queue was replaced or resized. */
unsigned int vnet_rx_need(const struct vnet_rxq *rxq);
int vnet_rx_ring_ready(struct vnet_rxq *rxq);
bool vnet_rx_ring_holds(struct vnet_rxq *rxq, u32 num);
int vnet_tx_ring_ready(struct vnet_txq *txq);
u16 vnet_tx_ring_low(const struct vnet_txq *txq, unsigned int size);

/* rx_buf.c */
int vnet_rx_buf_init(struct vnet_rxq *rxq);
void vnet_rx_buf_exit(struct vnet_rxq *rxq);
bool vnet_rx_refill(struct vnet_rxq *rxq);
void vnet_rx_take_all(struct vnet_rxq *rxq);
unsigned int vnet_rx_buf_size(struct vnet_rxq *rxq);
extern const struct attribute_group vnet_rx_sysfs_group;

/* rx.c */
int vnet_rx_packets(struct vnet_rxq *rxq, int budget);

/* tx_buf.c */
int vnet_tx_init(struct vnet_txq *txq);
void vnet_tx_exit(struct vnet_txq *txq);

/* tx.c */
netdev_tx_t vnet_start_xmit(struct sk_buff *skb, struct net_device *dev);
void vnet_tx_clean(struct vnet_txq *txq, int budget);
void vnet_tx_take_all(struct vnet_txq *txq);
void vnet_tx_disown(struct vnet *vnet, unsigned int i);
void vnet_tx_remind(struct vnet *vnet);

/* xdp.c */
int vnet_bpf(struct net_device *dev, struct netdev_bpf *bpf);
int vnet_xdp_xmit(struct net_device *dev, int n, struct xdp_frame **frames,
		  u32 flags);

/* recover.c */
extern const struct virtio_recovery_ops vnet_recovery;
void vnet_stop(struct virtio_device *vdev);
void vnet_reclaim(struct virtio_device *vdev);
int vnet_restart(struct virtio_device *vdev);
void vnet_dead(struct virtio_device *vdev, enum virtio_failure why);
void vnet_report(struct vnet *vnet, enum virtio_failure why);
void vnet_use(struct vnet *vnet);
void vnet_tx_timeout(struct net_device *dev, unsigned int i);
void vnet_fail_work(struct work_struct *work);
void vnet_stall_work(struct work_struct *work);

/* pm.c */
int vnet_freeze(struct virtio_device *vdev);
int vnet_restore(struct virtio_device *vdev);

#endif /* _VNET_H */
