// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Virtqueues of a network device
 *
 * How they are found, what they are called, and which CPU uses which.  Called
 * by probe, remove, recovery and sleep, and when CPUs come and go.
 *
 * VIRTIO 1.4, 5.1.2: receive and transmit queues take turns, as many pairs as
 * the device has with MQ or RSS, else one; the control queue is the last.
 * All are set up, since that gives the control queue its number, whatever
 * number of pairs is used.
 */
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <net/page_pool.h>
#include "rx.h"
#include "vnet_ctl.h"

/*
 * The byte queue limits, once a packet has gone, leave eight of the largest
 * alone: a device that takes in turns what there is, and shares its processor
 * with the guest, has to be woken again for each part of what one socket sends.
 */
#define VNET_BQL_MIN	SZ_512K

static enum cpuhp_state vnet_state_online;

/**
 * vnet_queues_alloc - memory for the queues of an interface
 * @vnet: the interface; @max_pairs is set
 *
 * Context: process.
 *
 * Return: 0 or -ENOMEM; vnet_queues_free() cleans up in any case.
 */
int vnet_queues_alloc(struct vnet *vnet)
{
	unsigned int i;

	vnet->rxqs = kvcalloc(vnet->max_pairs, sizeof(*vnet->rxqs), GFP_KERNEL);
	vnet->txqs = kvcalloc(vnet->max_pairs, sizeof(*vnet->txqs), GFP_KERNEL);
	if (!vnet->rxqs || !vnet->txqs)
		return -ENOMEM;
	for (i = 0; i < vnet->max_pairs; i++) {
		struct vnet_rxq *rxq = &vnet->rxqs[i];
		struct vnet_txq *txq = &vnet->txqs[i];

		rxq->vnet = vnet;
		rxq->index = i;
		u64_stats_init(&rxq->stats.syncp);
		snprintf(rxq->name, sizeof(rxq->name), "input.%u", i);
		txq->vnet = vnet;
		txq->index = i;
		txq->queue = netdev_get_tx_queue(vnet->dev, i);
		netdev_queue_set_dql_min_limit(txq->queue, VNET_BQL_MIN);
		txq->napi_on = vnet_param_napi_tx;
		timer_setup(&txq->timer, vnet_tx_timer, TIMER_PINNED);
		u64_stats_init(&txq->stats.syncp);
		snprintf(txq->name, sizeof(txq->name), "output.%u", i);
	}
	return 0;
}

static void vnet_queues_exit(struct vnet *vnet)
{
	unsigned int i;

	for (i = 0; i < vnet->max_pairs; i++) {
		struct vnet_rxq *rxq = &vnet->rxqs[i];

		if (xdp_rxq_info_is_reg(&rxq->xdp_info))
			xdp_rxq_info_unreg(&rxq->xdp_info);
		vnet_rx_buf_exit(rxq);
		vnet_tx_exit(&vnet->txqs[i]);
	}
}

/**
 * vnet_queues_free - the end of vnet_queues_alloc() and vnet_queues_init()
 * @vnet: the interface; its device has no virtqueues
 *
 * Context: process.
 */
void vnet_queues_free(struct vnet *vnet)
{
	if (vnet->rxqs && vnet->txqs)
		vnet_queues_exit(vnet);
	kvfree(vnet->rxqs);
	kvfree(vnet->txqs);
	vnet->rxqs = NULL;
	vnet->txqs = NULL;
}

static int vnet_xdp_register(struct vnet_rxq *rxq)
{
	int err;

	err = xdp_rxq_info_reg(&rxq->xdp_info, rxq->vnet->dev, rxq->index,
			       rxq->napi.napi_id);
	if (err)
		return err;
	return xdp_rxq_info_reg_mem_model(&rxq->xdp_info, MEM_TYPE_PAGE_POOL,
					  rxq->pool);
}

/**
 * vnet_queues_init - memory for what goes through the queues
 * @vnet: the interface, with its virtqueues found for the first time, and NAPI
 *
 * Context: process.
 *
 * Return: 0 or an error.
 */
int vnet_queues_init(struct vnet *vnet)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < vnet->max_pairs && !err; i++) {
		err = vnet_rx_buf_init(&vnet->rxqs[i]);
		if (!err)
			err = vnet_xdp_register(&vnet->rxqs[i]);
		if (!err)
			err = vnet_tx_init(&vnet->txqs[i]);
	}
	return err ?: vnet_queues_ready(vnet);
}

/**
 * vnet_queues_ready - the queues have new rings
 * @vnet: the interface, with its virtqueues found again
 *
 * Of the size that the device has; vnet_ring_restore() makes it the one that was
 * chosen.  Context: process.
 *
 * Return: 0 or an error.
 */
int vnet_queues_ready(struct vnet *vnet)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < vnet->max_pairs && !err; i++) {
		struct vnet_rxq *rxq = &vnet->rxqs[i];
		struct vnet_txq *txq = &vnet->txqs[i];

		if (!rxq->entries || !vnet_ring_can_reset(vnet)) {
			rxq->entries = virtqueue_get_vring_size(rxq->vq);
			txq->entries = virtqueue_get_vring_size(txq->vq);
		}
		err = vnet_rx_ring_ready(rxq);
		if (!err)
			err = vnet_tx_ring_ready(txq);
	}
	return err;
}

/**
 * struct vnet_found - what the transport is asked for
 * @vqs: the virtqueues
 * @callbacks: called when a buffer was used
 * @names: names
 */
struct vnet_found {
	struct virtqueue **vqs;
	vq_callback_t **callbacks;
	const char **names;
};

static void vnet_found_free(struct vnet_found *found)
{
	kvfree(found->vqs);
	kvfree(found->callbacks);
	kvfree(found->names);
}

static int vnet_found_alloc(struct vnet_found *found, unsigned int n)
{
	found->vqs = kvcalloc(n, sizeof(*found->vqs), GFP_KERNEL);
	found->callbacks = kvcalloc(n, sizeof(*found->callbacks), GFP_KERNEL);
	found->names = kvcalloc(n, sizeof(*found->names), GFP_KERNEL);
	if (found->vqs && found->callbacks && found->names)
		return 0;
	vnet_found_free(found);
	return -ENOMEM;
}

static void vnet_found_describe(struct vnet *vnet, struct vnet_found *found)
{
	unsigned int i, n = 2 * vnet->max_pairs;

	for (i = 0; i < vnet->max_pairs; i++) {
		found->callbacks[2 * i] = vnet_rx_vq_done;
		found->names[2 * i] = vnet->rxqs[i].name;
		found->callbacks[2 * i + 1] = vnet_tx_vq_done;
		found->names[2 * i + 1] = vnet->txqs[i].name;
	}
	if (vnet->f.ctrl_vq) {
		found->callbacks[n] = vnet_ctrl_done;
		found->names[n] = "control";
	}
}

static void vnet_found_take(struct vnet *vnet, struct vnet_found *found)
{
	unsigned int i;

	for (i = 0; i < vnet->max_pairs; i++) {
		vnet->rxqs[i].vq = found->vqs[2 * i];
		vnet->txqs[i].vq = found->vqs[2 * i + 1];
		/* NAPI asks for interrupts when it runs. */
		virtqueue_disable_cb(vnet->rxqs[i].vq);
		virtqueue_disable_cb(vnet->txqs[i].vq);
	}
	if (vnet->f.ctrl_vq)
		vnet->ctrl_vq = found->vqs[2 * vnet->max_pairs];
}

/**
 * vnet_queues_find - have the transport set the virtqueues up
 * @vnet: the interface; vnet_queues_alloc() was called
 *
 * Called again after each reset of the device.  Context: process.
 *
 * Return: 0, -ENOMEM, or what the transport says.
 */
int vnet_queues_find(struct vnet *vnet)
{
	unsigned int n = 2 * vnet->max_pairs + vnet->f.ctrl_vq;
	struct vnet_found found;
	int err;

	err = vnet_found_alloc(&found, n);
	if (err)
		return err;
	vnet_found_describe(vnet, &found);
	err = virtio_find_vqs(vnet->vdev, n, found.vqs, found.callbacks,
			      found.names, NULL);
	if (!err)
		vnet_found_take(vnet, &found);
	vnet_found_free(&found);
	return err;
}

/**
 * vnet_queues_delete - give the virtqueues back to the transport
 * @vnet: the interface; its device is reset or was never ready
 *
 * Context: process.
 */
void vnet_queues_delete(struct vnet *vnet)
{
	unsigned int i;

	vnet_affinity_clean(vnet);
	for (i = 0; i < vnet->max_pairs; i++) {
		vnet->rxqs[i].vq = NULL;
		vnet->txqs[i].vq = NULL;
	}
	vnet->ctrl_vq = NULL;
	vnet->vdev->config->del_vqs(vnet->vdev);
}

/*
 * CPUs of a pair: all online ones are dealt to the pairs, in order, so that
 * neighbours share; with more pairs than CPUs some pairs have the same.
 */
static void vnet_pair_cpus(unsigned int pair, unsigned int pairs,
			   struct cpumask *mask)
{
	unsigned int cpus = num_online_cpus(), nth = 0, cpu;

	cpumask_clear(mask);
	for_each_online_cpu(cpu) {
		if (pairs > cpus ? nth == pair % cpus :
				   nth * pairs / cpus == pair)
			cpumask_set_cpu(cpu, mask);
		nth++;
	}
}

/**
 * vnet_affinity_set - spread interrupts, and who sends, over the CPUs
 * @vnet: the interface; @pairs is in force
 *
 * A CPU that comes or goes meanwhile has this done once more.
 * Context: process, under RTNL.
 */
void vnet_affinity_set(struct vnet *vnet)
{
	cpumask_var_t mask;
	unsigned int i;

	ASSERT_RTNL();
	if (!vnet->rxqs[0].vq)
		return;
	/* An optimisation: without memory for it, things are as they were. */
	if (!zalloc_cpumask_var(&mask, GFP_KERNEL))
		return;
	for (i = 0; i < vnet->pairs; i++) {
		/* Not held below: interrupts have locks that come before it. */
		cpus_read_lock();
		vnet_pair_cpus(i, vnet->pairs, mask);
		cpus_read_unlock();
		virtqueue_set_affinity(vnet->rxqs[i].vq, mask);
		virtqueue_set_affinity(vnet->txqs[i].vq, mask);
		netif_set_xps_queue(vnet->dev, mask, i);
	}
	vnet->affinity_set = true;
	free_cpumask_var(mask);
}

/**
 * vnet_spread_work - CPUs came or went
 * @work: &vnet.spread_work
 */
void vnet_spread_work(struct work_struct *work)
{
	struct vnet *vnet = container_of(work, struct vnet, spread_work);

	rtnl_lock();
	if (vnet->ready && vnet->dev->reg_state == NETREG_REGISTERED)
		vnet_affinity_set(vnet);
	rtnl_unlock();
}

/**
 * vnet_affinity_clean - the interrupts are about to go
 * @vnet: the interface
 *
 * Context: process.
 */
void vnet_affinity_clean(struct vnet *vnet)
{
	unsigned int i;

	for (i = 0; vnet->affinity_set && i < vnet->max_pairs; i++) {
		virtqueue_set_affinity(vnet->rxqs[i].vq, NULL);
		virtqueue_set_affinity(vnet->txqs[i].vq, NULL);
	}
	vnet->affinity_set = false;
}

static int vnet_cpu_online(unsigned int cpu, struct hlist_node *node)
{
	struct vnet *vnet = hlist_entry_safe(node, struct vnet, cpu_online);

	queue_work(vnet_wq, &vnet->spread_work);
	return 0;
}

static int vnet_cpu_dead(unsigned int cpu, struct hlist_node *node)
{
	struct vnet *vnet = hlist_entry_safe(node, struct vnet, cpu_dead);

	queue_work(vnet_wq, &vnet->spread_work);
	return 0;
}

/**
 * vnet_hotplug_add - follow CPUs that come and go
 * @vnet: the interface; until vnet_hotplug_remove()
 *
 * Context: process.
 *
 * Return: 0 or an error.
 */
int vnet_hotplug_add(struct vnet *vnet)
{
	int err;

	err = cpuhp_state_add_instance_nocalls(vnet_state_online,
					       &vnet->cpu_online);
	if (err)
		return err;
	err = cpuhp_state_add_instance_nocalls(CPUHP_VIRT_NET_DEAD,
					       &vnet->cpu_dead);
	if (err) {
		cpuhp_state_remove_instance_nocalls(vnet_state_online,
						    &vnet->cpu_online);
		return err;
	}
	vnet->hotplug = true;
	return 0;
}

/**
 * vnet_hotplug_remove - do not follow CPUs any more
 * @vnet: the interface; harmless when it does not
 *
 * Waits for what is under way, which needs RTNL.  Context: process.
 */
void vnet_hotplug_remove(struct vnet *vnet)
{
	if (!vnet->hotplug)
		return;
	vnet->hotplug = false;
	cpuhp_state_remove_instance_nocalls(vnet_state_online,
					    &vnet->cpu_online);
	cpuhp_state_remove_instance_nocalls(CPUHP_VIRT_NET_DEAD,
					    &vnet->cpu_dead);
	cancel_work_sync(&vnet->spread_work);
}

/**
 * vnet_hotplug_init - the module wants to know of CPUs
 *
 * Return: 0 or an error.
 */
int vnet_hotplug_init(void)
{
	int err;

	err = cpuhp_setup_state_multi(CPUHP_AP_ONLINE_DYN, "virtio/net:online",
				      vnet_cpu_online, NULL);
	if (err < 0)
		return err;
	vnet_state_online = err;
	err = cpuhp_setup_state_multi(CPUHP_VIRT_NET_DEAD, "virtio/net:dead",
				      NULL, vnet_cpu_dead);
	if (err)
		cpuhp_remove_multi_state(vnet_state_online);
	return err;
}

/**
 * vnet_hotplug_exit - the end of vnet_hotplug_init()
 */
void vnet_hotplug_exit(void)
{
	cpuhp_remove_multi_state(CPUHP_VIRT_NET_DEAD);
	cpuhp_remove_multi_state(vnet_state_online);
}
