// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The mock device
 *
 * See mock.h for what it is for; all suites but that of the capability
 * parser play it.  It links against the exported functions of virtio.ko and
 * virtio_ring.ko only, like any transport.
 */
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/virtio_ring.h>

#include "mock.h"
#include "virtqueue_ext.h"

/* How long the last reference to a device may take to go, milliseconds. */
#define MOCK_RELEASE_MS 5000

static void mock_record(struct mock *m, enum mock_op op, u64 value)
{
	unsigned long flags;

	spin_lock_irqsave(&m->lock, flags);
	if (m->log_num == MOCK_LOG_LEN) {
		m->log_lost++;
	} else {
		m->log[m->log_num].op = op;
		m->log[m->log_num].value = value;
		m->log_num++;
	}
	spin_unlock_irqrestore(&m->lock, flags);
}

/**
 * mock_violation - the driver's side did what the specification forbids
 * @m: the device
 * @what: the rule, with its section
 */
void mock_violation(struct mock *m, const char *what)
{
	m->violations++;
	if (!m->tolerate)
		KUNIT_FAIL(m->test, "forbidden by VIRTIO 1.4: %s", what);
}
EXPORT_SYMBOL_GPL(mock_violation);

static bool mock_range_ok(struct mock *m, unsigned int offset,
			  unsigned int len)
{
	if (offset <= MOCK_CONFIG_LEN && len <= MOCK_CONFIG_LEN - offset)
		return true;
	mock_violation(m, "2.5: access beyond the configuration space");
	return false;
}

static void mock_get(struct virtio_device *vdev, unsigned int offset,
		     void *buf, unsigned int len)
{
	struct mock *m = to_mock(vdev);

	mock_record(m, MOCK_CONFIG_READ, (u64)offset << 16 | len);
	if (m->dead || !mock_range_ok(m, offset, len)) {
		memset(buf, 0xff, len);
		return;
	}
	memcpy(buf, m->config + offset, len);
	if (m->on_config_read)
		m->on_config_read(m, offset, len);
}

static void mock_set(struct virtio_device *vdev, unsigned int offset,
		     const void *buf, unsigned int len)
{
	struct mock *m = to_mock(vdev);

	mock_record(m, MOCK_CONFIG_WRITE, (u64)offset << 16 | len);
	if (mock_modern(m) && !(m->status & ST_FEATURES_OK))
		mock_violation(m, "3.1.1: configuration written before FEATURES_OK");
	if (mock_range_ok(m, offset, len))
		memcpy(m->config + offset, buf, len);
}

static u32 mock_generation(struct virtio_device *vdev)
{
	struct mock *m = to_mock(vdev);

	mock_record(m, MOCK_GENERATION, m->generation);
	return m->generation;
}

static u8 mock_get_status(struct virtio_device *vdev)
{
	struct mock *m = to_mock(vdev);
	u8 status = m->dead ? 0xff : m->status;

	mock_record(m, MOCK_STATUS_READ, status);
	return status;
}

/* The rules for a status write that hold for any driver, 2.1.1 and 3.1.1. */
static void mock_check_status(struct mock *m, u8 status)
{
	u8 gone = m->status & ~status & ~ST_NEEDS_RESET;
	u8 added = status & ~m->status;

	/* A device that is gone reads as all ones, and hears nothing. */
	if (m->dead)
		return;
	if (added & ~(ST_ACKNOWLEDGE | ST_DRIVER | ST_DRIVER_OK |
		      ST_FEATURES_OK | ST_FAILED))
		mock_violation(m, "2.1, 2.12: a status bit that is not the driver's, or SUSPEND");
	if (!status)
		mock_violation(m, "2.4: status 0 is written by a reset only");
	else if (gone)
		mock_violation(m, "2.1.1: a driver does not clear status bits");
	if ((m->status & ST_FAILED) && (added & ~ST_FAILED))
		mock_violation(m, "2.1.1: no way on after FAILED but a reset");
	/* Giving up is allowed at any step, and names the steps done. */
	if (added & ST_FAILED)
		return;
	if ((added & ST_DRIVER) && !(m->status & ST_ACKNOWLEDGE))
		mock_violation(m, "3.1.1: DRIVER before ACKNOWLEDGE");
	if (!mock_modern(m) && (added & ST_FEATURES_OK))
		mock_violation(m, "3.1.2: FEATURES_OK on a legacy device");
	if ((added & ST_FEATURES_OK) && !(m->status & ST_DRIVER))
		mock_violation(m, "3.1.1: FEATURES_OK before DRIVER");
	if (mock_modern(m) && (added & ST_DRIVER_OK) &&
	    !(m->status & ST_FEATURES_OK))
		mock_violation(m, "3.1.1: DRIVER_OK without FEATURES_OK");
}

static void mock_set_status(struct virtio_device *vdev, u8 status)
{
	struct mock *m = to_mock(vdev);

	mock_record(m, MOCK_STATUS_WRITE, status);
	if (m->on_status_write)
		m->on_status_write(m, status);
	mock_check_status(m, status);
	if (m->refuse_features)
		status &= ~ST_FEATURES_OK;
	m->status = status | (m->status & ST_NEEDS_RESET);
}

static void mock_reset(struct virtio_device *vdev)
{
	struct mock *m = to_mock(vdev);

	mock_record(m, MOCK_RESET, 0);
	if (m->ignore_reset)
		return;
	m->status = 0;
	m->accepted = 0;
}

static bool mock_notify(struct virtqueue *vq)
{
	struct mock *m = to_mock(vq->vdev);

	mock_record(m, MOCK_NOTIFY, vq->index);
	if (m->dead)
		return false;
	if (mock_modern(m) && !(m->status & ST_DRIVER_OK))
		mock_violation(m, "3.1.1: notification before DRIVER_OK");
	if (m->vq_down[vq->index])
		mock_violation(m, "2.6.1: notification of a queue under reset");
	m->notified[vq->index]++;
	if (m->accepted & FB_NOTIFY_DATA)
		m->notify_data[vq->index] = virtqueue_ext_notification_data(vq);
	return true;
}

static void mock_del_vqs(struct virtio_device *vdev)
{
	struct mock *m = to_mock(vdev);
	struct virtqueue *vq, *next;

	mock_record(m, MOCK_DEL_VQS, 0);
	if (m->status & ST_DRIVER_OK)
		mock_violation(m, "3.3.1: queues removed from a live device");
	if (m->on_queues)
		m->on_queues(m, false);
	list_for_each_entry_safe(vq, next, &vdev->vqs, list)
		vring_del_virtqueue(vq);
	memset(m->vq, 0, sizeof(m->vq));
	memset(m->vq_down, 0, sizeof(m->vq_down));
}

static int mock_vq_reset(struct virtqueue *vq)
{
	struct mock *m = to_mock(vq->vdev);

	mock_record(m, MOCK_VQ_RESET, vq->index);
	if (!(m->accepted & FB_RING_RESET)) {
		mock_violation(m, "2.6.1: queue reset without RING_RESET");
		return -ENOENT;
	}
	if (m->vq_down[vq->index])
		mock_violation(m, "2.6.1: reset of a queue under reset");
	if (m->refuse_vq_reset)
		return m->refuse_vq_reset;
	m->vq_down[vq->index] = true;
	return 0;
}

static int mock_vq_enable(struct virtqueue *vq)
{
	struct mock *m = to_mock(vq->vdev);

	mock_record(m, MOCK_VQ_ENABLE, vq->index);
	if (!m->vq_down[vq->index])
		mock_violation(m, "2.6.1: enabled a queue that was not reset");
	if (m->refuse_vq_enable)
		return m->refuse_vq_enable;
	m->vq_down[vq->index] = false;
	if (m->on_queue_enabled)
		m->on_queue_enabled(m, vq->index);
	return 0;
}

static struct virtqueue *mock_find_vq(struct mock *m, unsigned int index,
				      vq_callback_t *callback,
				      const char *name, bool ctx)
{
	if (index >= m->num_vqs || !m->queue_size[index])
		return ERR_PTR(-ENOENT);
	return vring_create_virtqueue(index, m->queue_size[index], m->vq_align,
				      &m->vdev, true, false, ctx, mock_notify,
				      callback, name) ?: ERR_PTR(-ENOMEM);
}

static int mock_find_vqs(struct virtio_device *vdev, unsigned int nvqs,
			 struct virtqueue *vqs[], vq_callback_t *callbacks[],
			 const char * const names[], const bool *ctx,
			 struct irq_affinity *desc)
{
	struct mock *m = to_mock(vdev);
	unsigned int i, index = 0;

	mock_record(m, MOCK_FIND_VQS, nvqs);
	if (m->refuse_vqs)
		return m->refuse_vqs;
	for (i = 0; i < nvqs; i++) {
		vqs[i] = NULL;
		if (!names[i])
			continue;
		vqs[i] = mock_find_vq(m, index, callbacks[i], names[i],
				      ctx && ctx[i]);
		if (IS_ERR(vqs[i])) {
			mock_del_vqs(vdev);
			return PTR_ERR(vqs[i]);
		}
		vqs[i]->num_max = m->queue_size[index];
		m->vq[index++] = vqs[i];
	}
	if (m->on_queues)
		m->on_queues(m, true);
	return 0;
}

static u64 mock_get_features(struct virtio_device *vdev)
{
	struct mock *m = to_mock(vdev);

	mock_record(m, MOCK_FEATURES_READ, m->offered);
	return m->offered;
}

static int mock_finalize_features(struct virtio_device *vdev)
{
	struct mock *m = to_mock(vdev);
	u64 own = vdev->features & m->own;

	vring_transport_features(vdev);
	vdev->features |= own;
	mock_record(m, MOCK_FEATURES_WRITE, vdev->features);
	if (vdev->features & ~m->offered)
		mock_violation(m, "2.2.1: feature accepted that was not offered");
	if (m->status & ST_FEATURES_OK)
		mock_violation(m, "3.1.1: features written after FEATURES_OK");
	if (mock_modern(m) && !(vdev->features & FB_VERSION_1)) {
		mock_violation(m, "6.1: VERSION_1 offered and not accepted");
		return -EINVAL;
	}
	m->accepted = vdev->features;
	return 0;
}

static const char *mock_bus_name(struct virtio_device *vdev)
{
	return "mock";
}

static const struct virtio_config_ops mock_ops = {
	.get = mock_get,
	.set = mock_set,
	.generation = mock_generation,
	.get_status = mock_get_status,
	.set_status = mock_set_status,
	.reset = mock_reset,
	.find_vqs = mock_find_vqs,
	.del_vqs = mock_del_vqs,
	.get_features = mock_get_features,
	.finalize_features = mock_finalize_features,
	.bus_name = mock_bus_name,
	.disable_vq_and_reset = mock_vq_reset,
	.enable_vq_after_reset = mock_vq_enable,
};

static void mock_release(struct device *dev)
{
	struct mock *m = to_mock(dev_to_virtio(dev));

	complete(&m->released);
}

static int mock_resource_init(struct kunit_resource *res, void *data)
{
	res->data = data;
	return 0;
}

/* Runs when the test case is over, also when it was cut short. */
static void mock_resource_free(struct kunit_resource *res)
{
	struct mock *m = res->data;

	mock_unregister(m);
	mock_dma_detach(m);
	platform_device_unregister(m->parent);
	kfree(m);
}

/**
 * mock_new - make a device that is not yet on the bus
 * @test: the test that plays it; the device is gone when the test ends
 * @device_id: virtio device id, one of the test's own
 * @offered: feature bits; without FB_VERSION_1 this is a legacy device
 *
 * One queue of 8 entries, a used ring aligned as the device's kind asks for.
 * The test changes the fields of &struct mock as it likes before
 * mock_register().  Context: process.  Fails the test when out of memory.
 *
 * Return: the device.
 */
struct mock *mock_new(struct kunit *test, u32 device_id, u64 offered)
{
	struct mock *m = kzalloc(sizeof(*m), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, m);
	m->parent = platform_device_register_simple("virtio-mock",
						    PLATFORM_DEVID_AUTO, NULL,
						    0);
	if (IS_ERR(m->parent)) {
		kfree(m);
		KUNIT_FAIL(test, "no parent device");
		return NULL;
	}
	init_completion(&m->released);
	spin_lock_init(&m->lock);
	m->test = test;
	m->offered = offered;
	m->num_vqs = 1;
	m->queue_size[0] = 8;
	m->vq_align = mock_modern(m) ? SMP_CACHE_BYTES : 4096;
	m->vdev.id.device = device_id;
	m->vdev.id.vendor = MOCK_VENDOR;
	m->ops = mock_ops;
	m->vdev.config = &m->ops;
	m->vdev.dev.parent = &m->parent->dev;
	m->vdev.dev.release = mock_release;
	mock_dma_attach(m);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test,
				     kunit_alloc_resource(test,
							  mock_resource_init,
							  mock_resource_free,
							  GFP_KERNEL, m));
	return m;
}
EXPORT_SYMBOL_GPL(mock_new);

/**
 * mock_register - plug the device in
 * @m: the device
 *
 * Probes a driver that matches before it returns.  Context: process.
 *
 * Return: what register_virtio_device() returned.
 */
int mock_register(struct mock *m)
{
	int err = register_virtio_device(&m->vdev);

	if (err)
		put_device(&m->vdev.dev);
	m->registered = !err;
	return err;
}
EXPORT_SYMBOL_GPL(mock_register);

/**
 * mock_unregister - pull the device out
 * @m: the device; nothing happens when it is not plugged in
 *
 * Waits for the last reference to go and fails the test when it does not.
 * Context: process.
 */
void mock_unregister(struct mock *m)
{
	if (!m->registered)
		return;
	m->registered = false;
	unregister_virtio_device(&m->vdev);
	if (!wait_for_completion_timeout(&m->released,
					 msecs_to_jiffies(MOCK_RELEASE_MS)))
		KUNIT_FAIL(m->test, "a reference to the device was leaked");
}
EXPORT_SYMBOL_GPL(mock_unregister);

/**
 * mock_clear_log - forget the accesses so far
 * @m: the device
 */
void mock_clear_log(struct mock *m)
{
	unsigned long flags;

	spin_lock_irqsave(&m->lock, flags);
	m->log_num = 0;
	m->log_lost = 0;
	spin_unlock_irqrestore(&m->lock, flags);
}
EXPORT_SYMBOL_GPL(mock_clear_log);

/* Copy the resets and status writes of the log to @trace; return how many. */
static unsigned int mock_trace(const struct mock *m, u16 *trace,
			       unsigned int max)
{
	unsigned int i, num = 0;

	for (i = 0; i < m->log_num && num < max; i++) {
		if (m->log[i].op == MOCK_RESET)
			trace[num++] = TRACE_RESET;
		else if (m->log[i].op == MOCK_STATUS_WRITE)
			trace[num++] = m->log[i].value;
	}
	return num;
}

/**
 * mock_expect_trace - compare the resets and status writes so far
 * @m: the device
 * @want: TRACE_RESET or a status value each, in order
 * @num: how many
 *
 * Fails the test when they differ and says where.
 */
void mock_expect_trace(struct mock *m, const u16 *want, unsigned int num)
{
	u16 got[32];
	unsigned int i, have = mock_trace(m, got, ARRAY_SIZE(got));

	KUNIT_EXPECT_EQ_MSG(m->test, have, num, "number of status writes");
	for (i = 0; i < min(have, num); i++)
		KUNIT_EXPECT_EQ_MSG(m->test, got[i], want[i],
				    "status write %u of %u", i + 1, num);
}
EXPORT_SYMBOL_GPL(mock_expect_trace);

/**
 * mock_find_access - where in the log is this access?
 * @m: the device
 * @op: kind of access
 * @from: index in the log to begin at
 *
 * Return: its index, or -1.
 */
int mock_find_access(const struct mock *m, enum mock_op op, unsigned int from)
{
	unsigned int i;

	for (i = from; i < m->log_num; i++)
		if (m->log[i].op == op)
			return i;
	return -1;
}
EXPORT_SYMBOL_GPL(mock_find_access);

/**
 * mock_find_status - where in the log was this status written first?
 * @m: the device
 * @status: the value
 *
 * Return: its index, or -1.
 */
int mock_find_status(const struct mock *m, u8 status)
{
	unsigned int i;

	for (i = 0; i < m->log_num; i++)
		if (m->log[i].op == MOCK_STATUS_WRITE &&
		    m->log[i].value == status)
			return i;
	return -1;
}
EXPORT_SYMBOL_GPL(mock_find_status);

/**
 * mock_interrupt - the device sends a used buffer notification
 * @m: the device
 * @index: of the queue
 *
 * Context: as an interrupt handler would have it: interrupts off.
 *
 * Return: what the queue's handler returned, IRQ_NONE without a queue.
 */
irqreturn_t mock_interrupt(struct mock *m, unsigned int index)
{
	irqreturn_t ret = IRQ_NONE;
	unsigned long flags;

	local_irq_save(flags);
	if (m->vq[index])
		ret = vring_interrupt(0, m->vq[index]);
	local_irq_restore(flags);
	return ret;
}
EXPORT_SYMBOL_GPL(mock_interrupt);

/**
 * mock_config_interrupt - the device sends a configuration change notification
 * @m: the device
 *
 * Context: interrupts off, as in a handler.
 */
void mock_config_interrupt(struct mock *m)
{
	unsigned long flags;

	local_irq_save(flags);
	virtio_config_changed(&m->vdev);
	local_irq_restore(flags);
}
EXPORT_SYMBOL_GPL(mock_config_interrupt);

/**
 * mock_needs_reset - the device gives up until it is reset
 * @m: the device
 *
 * Sets DEVICE_NEEDS_RESET and, on a live device, sends the configuration
 * change notification that goes with it (VIRTIO 1.4, 2.1.2).
 */
void mock_needs_reset(struct mock *m)
{
	m->status |= ST_NEEDS_RESET;
	if (m->status & ST_DRIVER_OK)
		mock_config_interrupt(m);
}
EXPORT_SYMBOL_GPL(mock_needs_reset);

MODULE_DESCRIPTION("Virtio device played by unit tests");
MODULE_LICENSE("GPL");
