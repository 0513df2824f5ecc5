// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: XDP: a program looks at packets before the stack does
 *
 * Runs it on what receive found (called by rx.c, in NAPI), sends frames of
 * this and of other interfaces (called by the kernel), and lets it be put in
 * place (ndo_bpf).
 *
 * A program gets the packet where the device wrote it.  It is copied to a page
 * of its own first when its buffer is from before the program came, without
 * the headroom that was promised, and when it lies in several buffers and the
 * program cannot have that.  One that can has the begin copied, and the rest
 * where it lies.  A packet with work left to do (VIRTIO 1.4, 5.1.6.4:
 * an incomplete checksum, segments not cut) is none that a program understands,
 * so the device is told not to send such (offloads.c), and one that is still on
 * its way is dropped.
 */
#include <linux/bpf.h>
#include <linux/bpf_trace.h>
#include <linux/filter.h>
#include <net/page_pool.h>
#include "rx.h"
#include "tx.h"
#include "vnet_ctl.h"
#include "xsk.h"

/* In one piece with headroom, or the program can have it in pieces. */
static bool vnet_xdp_as_it_lies(const struct vnet_rx_round *round,
				const struct vnet_rx_slot *slot,
				unsigned int num)
{
	if (round->prog->aux->xdp_has_frags)
		return true;
	return slot->headroom >= XDP_PACKET_HEADROOM && num == 1;
}

/**
 * vnet_xdp_copy - bring a packet into one piece, with headroom
 * @rxq: the queue
 * @slot: its first buffer; is put back
 * @len: bytes in it, behind the header
 * @num: how many buffers
 * @xdp: result
 *
 * Return: false when the packet was dropped, and counted.
 */
static bool vnet_xdp_copy(struct vnet_rxq *rxq, struct vnet_rx_slot *slot,
			  u32 len, unsigned int num, struct xdp_buff *xdp)
{
	u32 skip = rxq->vnet->hdr_len, max = vnet_rx_max_len(0), used = 0;
	void *va = vnet_rx_alloc(rxq, PAGE_SIZE), *data;
	bool ok = va, lie = false;

	while (slot) {
		data = slot->va + slot->headroom + skip;
		lie |= !len || len > slot->room;
		ok = ok && !lie && len <= max - used;
		if (ok && !skip)
			vnet_rx_sync_for_cpu(rxq, data, len);
		if (ok)
			memcpy(va + XDP_PACKET_HEADROOM + used, data, len);
		used += len;
		skip = 0;
		vnet_rx_slot_put(rxq, slot);
		slot = --num ? vnet_rx_pop(rxq, &len) : NULL;
	}
	if (likely(ok && !num)) {
		xdp_init_buff(xdp, PAGE_SIZE, &rxq->xdp_info);
		xdp_prepare_buff(xdp, va, XDP_PACKET_HEADROOM, used, true);
		return true;
	}
	if (va)
		vnet_rx_free(va, true);
	if (num)
		vnet_rx_count(rxq, &rxq->stats.bad_hdr, 1);
	else if (lie)
		vnet_rx_count(rxq, &rxq->stats.bad_len, 1);
	vnet_rx_drop(rxq, 0);
	return false;
}

/* Part of a buffer is a fragment of the packet, which takes the memory over. */
static void vnet_xdp_add_frag(struct vnet_rxq *rxq, struct xdp_buff *xdp,
			      struct vnet_rx_slot *slot, void *data, u32 len)
{
	struct skb_shared_info *info = xdp_get_shared_info_from_buff(xdp);
	skb_frag_t *frag = &info->frags[info->nr_frags++];

	__skb_frag_set_page(frag, virt_to_page(data));
	skb_frag_off_set(frag, offset_in_page(data));
	skb_frag_size_set(frag, len);
	info->xdp_frags_size += len;
	rxq->xdp_truesize += slot->size;
	slot->va = NULL;
}

/*
 * A further buffer of the packet, as a fragment.  More of them than a packet may
 * have are no lie: buffers from before the program may be small.
 */
static bool vnet_xdp_frag(struct vnet_rxq *rxq, struct xdp_buff *xdp)
{
	struct skb_shared_info *info = xdp_get_shared_info_from_buff(xdp);
	struct vnet_rx_slot *slot;
	bool ok = info->nr_frags < MAX_SKB_FRAGS;
	void *data;
	u32 len;

	slot = vnet_rx_pop(rxq, &len);
	if (!slot) {
		vnet_rx_count(rxq, &rxq->stats.bad_hdr, 1);
		return false;
	}
	if (!len || len > slot->room ||
	    len > VNET_RX_MAX - xdp_get_buff_len(xdp)) {
		vnet_rx_count(rxq, &rxq->stats.bad_len, 1);
		ok = false;
	}
	if (likely(ok)) {
		data = slot->va + slot->headroom;
		vnet_rx_sync_for_cpu(rxq, data, len);
		vnet_xdp_add_frag(rxq, xdp, slot, data, len);
	}
	vnet_rx_slot_put(rxq, slot);
	return ok;
}

/* The packet has fragments: none so far. */
static void vnet_xdp_begin_frags(struct vnet_rxq *rxq, struct xdp_buff *xdp)
{
	struct skb_shared_info *info = xdp_get_shared_info_from_buff(xdp);

	info->nr_frags = 0;
	info->xdp_frags_size = 0;
	rxq->xdp_truesize = 0;
	xdp_buff_set_frags_flag(xdp);
}

/* The begin of a packet goes to a page with headroom, the rest is a fragment. */
static bool vnet_xdp_move(struct vnet_rxq *rxq, struct vnet_rx_slot *slot,
			  u32 len, unsigned int num, struct xdp_buff *xdp)
{
	void *data = slot->va + slot->headroom + rxq->vnet->hdr_len;
	u32 head = min(len, vnet_rx_max_len(0));
	void *va = vnet_rx_alloc(rxq, PAGE_SIZE);

	if (unlikely(!va)) {
		vnet_rx_slot_put(rxq, slot);
		vnet_rx_count(rxq, &rxq->stats.no_memory, 1);
		vnet_rx_drop(rxq, num - 1);
		return false;
	}
	memcpy(va + XDP_PACKET_HEADROOM, data, head);
	xdp_init_buff(xdp, PAGE_SIZE, &rxq->xdp_info);
	xdp_prepare_buff(xdp, va, XDP_PACKET_HEADROOM, head, true);
	if (num > 1 || head < len)
		vnet_xdp_begin_frags(rxq, xdp);
	if (head < len)
		vnet_xdp_add_frag(rxq, xdp, slot, data + head, len - head);
	vnet_rx_slot_put(rxq, slot);
	return true;
}

/* The first buffer of a packet, where it lies; its memory is @xdp's. */
static void vnet_xdp_wrap(struct vnet_rxq *rxq, struct vnet_rx_slot *slot,
			  u32 len, unsigned int num, struct xdp_buff *xdp)
{
	xdp_init_buff(xdp, slot->size, &rxq->xdp_info);
	xdp_prepare_buff(xdp, slot->va, slot->headroom + rxq->vnet->hdr_len,
			 len, true);
	slot->va = NULL;
	vnet_rx_slot_put(rxq, slot);
	if (unlikely(num > 1))
		vnet_xdp_begin_frags(rxq, xdp);
}

/**
 * vnet_xdp_pieces - a packet as XDP sees it, where it lies
 * @rxq: the queue
 * @slot: its first buffer; its memory is @xdp's afterwards
 * @len: bytes in it, behind the header
 * @num: how many buffers
 * @xdp: result
 *
 * Return: false when the packet was dropped, and counted.
 */
static bool vnet_xdp_pieces(struct vnet_rxq *rxq, struct vnet_rx_slot *slot,
			    u32 len, unsigned int num, struct xdp_buff *xdp)
{
	if (likely(slot->headroom >= XDP_PACKET_HEADROOM))
		vnet_xdp_wrap(rxq, slot, len, num, xdp);
	else if (!vnet_xdp_move(rxq, slot, len, num, xdp))
		return false;
	while (--num) {
		if (likely(vnet_xdp_frag(rxq, xdp)))
			continue;
		vnet_rx_drop(rxq, num - 1);
		xdp_return_buff(xdp);
		return false;
	}
	return true;
}

/* The program lets a packet pass: make an skb of what it left. */
static struct sk_buff *vnet_xdp_pass(struct vnet_rxq *rxq, struct xdp_buff *xdp)
{
	struct skb_shared_info *info = xdp_get_shared_info_from_buff(xdp);
	u32 meta = xdp->data - xdp->data_meta, size = 0;
	struct sk_buff *skb;
	u8 frags = 0;

	if (unlikely(xdp_buff_has_frags(xdp))) {
		frags = info->nr_frags;
		size = info->xdp_frags_size;
	}
	skb = napi_build_skb(xdp->data_hard_start, xdp->frame_sz);
	if (unlikely(!skb)) {
		vnet_rx_count(rxq, &rxq->stats.no_memory, 1);
		vnet_rx_drop(rxq, 0);
		xdp_return_buff(xdp);
		return NULL;
	}
	skb_reserve(skb, xdp->data - xdp->data_hard_start);
	skb_put(skb, xdp->data_end - xdp->data);
	if (meta)
		skb_metadata_set(skb, meta);
	if (frags)
		xdp_update_skb_shared_info(skb, frags, size, rxq->xdp_truesize,
					   false);
	skb_mark_for_recycle(skb);
	return skb;
}

static void vnet_xdp_tx(struct vnet_rx_round *round, struct xdp_buff *xdp)
{
	struct vnet_rxq *rxq = round->rxq;
	struct xdp_frame *frame = xdp_convert_buff_to_frame(xdp);

	vnet_rx_count(rxq, &rxq->stats.xdp_tx, 1);
	if (!round->txq)
		round->txq = vnet_tx_xdp_queue(rxq->vnet);
	if (likely(frame && vnet_tx_frames(round->txq, &frame, 1, false) == 1)) {
		round->xdp |= VNET_XDP_TX;
		return;
	}
	trace_xdp_exception(rxq->vnet->dev, round->prog, XDP_TX);
	vnet_rx_count(rxq, &rxq->stats.xdp_drops, 1);
	/* The frame of a socket's buffer is a copy; the buffer has gone back. */
	if (frame)
		xdp_return_frame_rx_napi(frame);
	else
		xdp_return_buff(xdp);
}

static void vnet_xdp_redirect(struct vnet_rx_round *round, struct xdp_buff *xdp)
{
	struct vnet_rxq *rxq = round->rxq;

	vnet_rx_count(rxq, &rxq->stats.xdp_redirects, 1);
	if (likely(!xdp_do_redirect(rxq->vnet->dev, xdp, round->prog))) {
		round->xdp |= VNET_XDP_REDIRECT;
		return;
	}
	vnet_rx_count(rxq, &rxq->stats.xdp_drops, 1);
	xdp_return_buff(xdp);
}

/**
 * vnet_xdp_act - do what the program decides
 * @round: the round of receive, with a program
 * @xdp: the packet, from a page or from a buffer of a socket
 *
 * Context: the queue's NAPI, RCU read lock.
 *
 * Return: a packet for the stack, with XDP_PASS, or NULL.
 */
struct sk_buff *vnet_xdp_act(struct vnet_rx_round *round,
			     struct xdp_buff *xdp)
{
	struct vnet_rxq *rxq = round->rxq;
	u32 len = xdp_get_buff_len(xdp);
	u32 act = bpf_prog_run_xdp(round->prog, xdp);

	vnet_rx_count(rxq, &rxq->stats.xdp_packets, 1);
	/* What passes is counted as it is given to the stack. */
	if (act != XDP_PASS) {
		vnet_rx_count(rxq, &rxq->stats.packets, 1);
		vnet_rx_count(rxq, &rxq->stats.bytes, len);
	}
	switch (act) {
	case XDP_PASS:
		if (unlikely(vnet_xsk_owns(xdp)))
			return vnet_xsk_pass(rxq, xdp);
		return vnet_xdp_pass(rxq, xdp);
	case XDP_TX:
		vnet_xdp_tx(round, xdp);
		return NULL;
	case XDP_REDIRECT:
		vnet_xdp_redirect(round, xdp);
		return NULL;
	default:
		bpf_warn_invalid_xdp_action(rxq->vnet->dev, round->prog, act);
		fallthrough;
	case XDP_ABORTED:
		trace_xdp_exception(rxq->vnet->dev, round->prog, act);
		fallthrough;
	case XDP_DROP:
		vnet_rx_count(rxq, &rxq->stats.xdp_drops, 1);
		xdp_return_buff(xdp);
		return NULL;
	}
}

/**
 * vnet_xdp_run - have the program look at a packet
 * @round: the round of receive, with a program
 * @slot: first buffer of the packet; is put back
 * @len: bytes in it, behind the header, checked
 * @hdr: header of the packet; what may not be true any more goes
 *
 * Context: the queue's NAPI, RCU read lock.
 *
 * Return: a packet for the stack, or NULL when that has none.
 */
struct sk_buff *vnet_xdp_run(struct vnet_rx_round *round,
			     struct vnet_rx_slot *slot, u32 len,
			     struct vnet_rx_hdr *hdr)
{
	struct vnet_rxq *rxq = round->rxq;
	unsigned int num = hdr->num_buffers;
	struct xdp_buff xdp;
	bool ok;

	if (unlikely(vnet_xdp_unfinished(hdr))) {
		vnet_rx_slot_put(rxq, slot);
		vnet_rx_count(rxq, &rxq->stats.xdp_drops, 1);
		vnet_rx_drop(rxq, num - 1);
		return NULL;
	}
	if (likely(vnet_xdp_as_it_lies(round, slot, num)))
		ok = vnet_xdp_pieces(rxq, slot, len, num, &xdp);
	else
		ok = vnet_xdp_copy(rxq, slot, len, num, &xdp);
	/* The program may change what the device validated. */
	hdr->flags = 0;
	return likely(ok) ? vnet_xdp_act(round, &xdp) : NULL;
}

/**
 * vnet_xdp_finish - the end of a round in which packets went elsewhere
 * @round: the round
 */
void vnet_xdp_finish(struct vnet_rx_round *round)
{
	if (round->xdp & VNET_XDP_REDIRECT)
		xdp_do_flush();
	if (round->xdp & VNET_XDP_TX)
		vnet_tx_frames(round->txq, NULL, 0, true);
}

/**
 * vnet_xdp_xmit - send frames that were redirected here
 * @dev: the interface
 * @n: how many
 * @frames: the frames
 * @flags: XDP_XMIT_FLUSH: the last ones for now
 *
 * Context: bottom half.
 *
 * Return: how many were taken, the first ones; or an error.
 */
int vnet_xdp_xmit(struct net_device *dev, int n, struct xdp_frame **frames,
		  u32 flags)
{
	struct vnet *vnet = netdev_priv(dev);

	if (unlikely(flags & ~XDP_XMIT_FLAGS_MASK))
		return -EINVAL;
	if (unlikely(!netif_running(dev)))
		return -ENETDOWN;
	return vnet_tx_frames(vnet_tx_xdp_queue(vnet), frames, n,
			      flags & XDP_XMIT_FLUSH);
}

/**
 * vnet_xdp_mtu_ok - would a program get packets of that length?
 * @vnet: the interface
 * @prog: the program, or NULL
 * @mtu: bytes
 *
 * Context: process, under RTNL.
 *
 * Return: false when it needs them in one piece, and they are not.
 */
bool vnet_xdp_mtu_ok(const struct vnet *vnet, const struct bpf_prog *prog,
		     unsigned int mtu)
{
	return !prog || prog->aux->xdp_has_frags ||
	       mtu + VNET_ETH_OVERHEAD <= vnet_rx_max_len(vnet->hdr_len);
}

/* Why a program cannot run here, or NULL. */
static const char *vnet_xdp_obstacle(struct vnet *vnet, struct bpf_prog *prog)
{
	if (vnet->rx_mode == VNET_RX_BIG)
		return "receive buffers of several pages";
	if (!vnet_xdp_mtu_ok(vnet, prog, vnet->dev->mtu))
		return "MTU too large for a program without frags";
	return NULL;
}

/* Whole packets and headroom come first, the program after them. */
static int vnet_xdp_prepare(struct vnet *vnet, struct bpf_prog *prog,
			    struct netlink_ext_ack *extack)
{
	const char *why = vnet_xdp_obstacle(vnet, prog);
	int err;

	if (why) {
		NL_SET_ERR_MSG_MOD(extack, "XDP does not fit this interface");
		netdev_info(vnet->dev, "no XDP: %s\n", why);
		return -EOPNOTSUPP;
	}
	if (rtnl_dereference(vnet->xdp_prog))
		return 0;
	err = vnet_offloads_xdp(vnet, true);
	if (err) {
		NL_SET_ERR_MSG_MOD(extack, "offloads cannot be turned off");
		return err;
	}
	WRITE_ONCE(vnet->xdp_headroom, true);
	return 0;
}

/* A program can always be taken away, whatever the device says. */
static int vnet_xdp_set(struct vnet *vnet, struct bpf_prog *prog,
			struct netlink_ext_ack *extack)
{
	struct bpf_prog *old = rtnl_dereference(vnet->xdp_prog);
	int err;

	if (prog) {
		err = vnet_xdp_prepare(vnet, prog, extack);
		if (err)
			return err;
	}
	rcu_assign_pointer(vnet->xdp_prog, prog);
	if (!old)
		return 0;
	bpf_prog_put(old);
	if (prog)
		return 0;
	WRITE_ONCE(vnet->xdp_headroom, false);
	err = vnet_offloads_xdp(vnet, vnet->pools);
	if (err && vnet->ready)
		netdev_warn(vnet->dev, "offloads stay off: error %d\n", -err);
	return 0;
}

/**
 * vnet_bpf - XDP programs and buffers of AF_XDP sockets come and go
 * @dev: the interface
 * @bpf: what is asked
 *
 * Context: process, under RTNL; may wait for the device, a limited time.
 *
 * Return: 0, -EOPNOTSUPP where packets do not fit, -EINVAL for what else is
 * asked, or an error of the control queue.
 */
int vnet_bpf(struct net_device *dev, struct netdev_bpf *bpf)
{
	switch (bpf->command) {
	case XDP_SETUP_PROG:
		return vnet_xdp_set(netdev_priv(dev), bpf->prog, bpf->extack);
	case XDP_SETUP_XSK_POOL:
		return vnet_xsk_setup(netdev_priv(dev), bpf->xsk.pool,
				      bpf->xsk.queue_id);
	default:
		return -EINVAL;
	}
}
