// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: virtio-rng.ko, entropy devices
 *
 * The bus (virtio.ko) calls probe, scan and remove; the hwrng core calls
 * vrng_read() for /dev/hwrng and for its own thread, one reader at a time.
 *
 * Buffers: %VRNG_NR_BUFS of %VRNG_BUF_SIZE bytes are with the device at any
 * time, so that the core, which asks for 64 bytes at a time, mostly finds the
 * bytes there.  A used buffer goes back when it is empty, but the device is
 * notified only when half of the buffers wait for it: at 1 KiB each that is one
 * notification for 2 KiB.  A reader that has to wait notifies at once.  4 KiB
 * in all is little enough not to drain a host's source for a guest that boots
 * and never asks again: a backend at QEMU's example limit of 1 KiB/s
 * fills them once in four seconds, and then waits for us.
 *
 * Each byte is handed out once, and wiped behind the reader.  A buffer holds
 * as many bytes as the device says, at most its size (VIRTIO 1.4, 5.4.6.1);
 * the driver adds no device-readable buffer (5.4.6.1).
 *
 * A reader that may wait does so for %VRNG_WAIT at most, and gets an error
 * then: returning nothing would make the core ask again at once.  The same
 * holds for a device that uses buffers with nothing in them.
 *
 * A device that fails is reset by the bus and gets its buffers anew
 * (virtio_recovery.h); readers wait for that, up to their limit.  That a device
 * gives no bytes is no failure: its source may be slow.
 *
 * Locks: &vrng.lock (spinlock, process context only) for the virtqueue and the
 * state of the buffers; the interrupt handler just wakes the reader.  Readers
 * are serialised by the hwrng core.
 */
#include <linux/dma-mapping.h>
#include <linux/hw_random.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ids.h>
#include <linux/wait.h>
#include <virtio_live_reset.h>
#include <virtio_recovery.h>

#define VRNG_NR_BUFS	4
#define VRNG_BUF_SIZE	1024

/* How many empty buffers are worth a notification. */
#define VRNG_REFILL	(VRNG_NR_BUFS / 2)

/* What a reader may wait for one byte. */
#define VRNG_WAIT	(10 * HZ)

/* Entropy per 1024 bits that the host's source is taken to have. */
#define VRNG_QUALITY	1000

/**
 * struct vrng_buf - one buffer
 * @link: in &vrng.ready while it has bytes, in &vrng.empty while it waits to
 *	be added; in neither while the device has it
 * @data: %VRNG_BUF_SIZE bytes, memory of its own
 * @pos: first byte not handed out yet
 * @end: behind the last byte that the device wrote
 */
struct vrng_buf {
	struct list_head link;
	u8 *data;
	unsigned int pos;
	unsigned int end;
};

/**
 * struct vrng - one entropy device
 * @hwrng: what the hwrng core knows of it
 * @name: name there
 * @vq: the queue, used under @lock while @up
 * @index: number in @name
 * @registered: with the hwrng core
 * @wait: readers without bytes
 * @lock: protects all below
 * @up: the device takes buffers
 * @gone: for good: removed, or given up
 * @nr_empty: entries of @empty
 * @added: buffers with the device
 * @zero: buffers used with nothing in them since a byte came
 * @ready: buffers with bytes, oldest first
 * @empty: buffers to be added
 * @bufs: all buffers
 */
struct vrng {
	struct hwrng hwrng;
	char name[25];
	struct virtqueue *vq;
	int index;
	bool registered;
	wait_queue_head_t wait;
	spinlock_t lock;	/* see above */
	bool up;
	bool gone;
	unsigned int nr_empty;
	unsigned int added;
	unsigned int zero;
	struct list_head ready;
	struct list_head empty;
	struct vrng_buf bufs[VRNG_NR_BUFS];
};

static DEFINE_IDA(vrng_ida);

static void vrng_make_empty(struct vrng *vrng, struct vrng_buf *buf)
{
	buf->pos = 0;
	buf->end = 0;
	list_add_tail(&buf->link, &vrng->empty);
	vrng->nr_empty++;
}

/**
 * vrng_collect - take used buffers out of the ring
 * @vrng: the device, locked
 *
 * The length is the device's word, read once and bounded by the buffer.  A
 * buffer with nothing in it is counted, and waits to be added again.
 */
static void vrng_collect(struct vrng *vrng)
{
	struct vrng_buf *buf;
	unsigned int len;

	lockdep_assert_held(&vrng->lock);
	while ((buf = virtqueue_get_buf(vrng->vq, &len))) {
		vrng->added--;
		if (!len) {
			vrng->zero++;
			vrng_make_empty(vrng, buf);
			continue;
		}
		vrng->zero = 0;
		buf->pos = 0;
		buf->end = min_t(unsigned int, len, VRNG_BUF_SIZE);
		list_add_tail(&buf->link, &vrng->ready);
	}
	if (likely(!virtqueue_is_broken(vrng->vq)))
		return;
	if (virtio_has_recovery())
		virtio_report_failure(vrng->vq->vdev, VIRTIO_FAILURE_QUEUE);
	else
		vrng->gone = true;
}

/**
 * vrng_refill - add all empty buffers, with one notification
 * @vrng: the device, locked
 *
 * The notification is sent under the lock: nobody but the reader takes it,
 * and suspend may delete the queue as soon as it is free.
 */
static void vrng_refill(struct vrng *vrng)
{
	struct vrng_buf *buf, *next;
	struct scatterlist sg;

	lockdep_assert_held(&vrng->lock);
	if (!vrng->up || list_empty(&vrng->empty))
		return;
	list_for_each_entry_safe(buf, next, &vrng->empty, link) {
		sg_init_one(&sg, buf->data, VRNG_BUF_SIZE);
		if (virtqueue_add_inbuf(vrng->vq, &sg, 1, buf, GFP_ATOMIC))
			break;
		list_del_init(&buf->link);
		vrng->nr_empty--;
		vrng->added++;
	}
	virtqueue_kick(vrng->vq);
}

/* Bytes of the oldest buffers to the reader; what is handed out is wiped. */
static size_t vrng_take(struct vrng *vrng, u8 *to, size_t max)
{
	struct vrng_buf *buf;
	size_t done = 0, n;

	lockdep_assert_held(&vrng->lock);
	while (done < max) {
		buf = list_first_entry_or_null(&vrng->ready, struct vrng_buf,
					       link);
		if (!buf)
			break;
		n = min_t(size_t, max - done, buf->end - buf->pos);
		memcpy(to + done, buf->data + buf->pos, n);
		memzero_explicit(buf->data + buf->pos, n);
		buf->pos += n;
		done += n;
		if (buf->pos == buf->end) {
			list_del(&buf->link);
			vrng_make_empty(vrng, buf);
		}
	}
	return done;
}

/**
 * vrng_try - hand out what is there, and see to more
 * @vrng: the device
 * @to: where to
 * @max: bytes wanted
 * @urgent: the reader will wait when there is nothing
 *
 * Context: process, does not sleep.
 *
 * Return: bytes, 0 for none now, -ENODEV when the device is gone, -EIO when it
 * uses its buffers and writes nothing.
 */
static int vrng_try(struct vrng *vrng, u8 *to, size_t max, bool urgent)
{
	int ret;

	spin_lock(&vrng->lock);
	if (vrng->up)
		vrng_collect(vrng);
	ret = vrng_take(vrng, to, max);
	if (!ret && vrng->gone)
		ret = -ENODEV;
	else if (!ret && vrng->zero >= VRNG_NR_BUFS)
		ret = -EIO;
	if (vrng->nr_empty >= VRNG_REFILL || (!ret && urgent) || ret == -EIO)
		vrng_refill(vrng);
	/* Nothing can be added: waiting would be of no use. */
	if (!ret && urgent && vrng->up && !vrng->added)
		ret = -EIO;
	/* Asked again, the device gets another chance. */
	if (ret == -EIO)
		vrng->zero = 0;
	spin_unlock(&vrng->lock);
	return ret;
}

/* For a waiting reader: something to find out, good or bad. */
static bool vrng_news(struct vrng *vrng)
{
	bool news;

	spin_lock(&vrng->lock);
	if (vrng->up)
		vrng_collect(vrng);
	news = vrng->gone || !list_empty(&vrng->ready) ||
	       vrng->zero >= VRNG_NR_BUFS || (vrng->up && !vrng->added);
	spin_unlock(&vrng->lock);
	return news;
}

/**
 * vrng_read - hwrng's read operation
 * @rng: the device
 * @to: where to
 * @max: bytes wanted
 * @wait: may sleep when there are none
 *
 * Context: process; one reader at a time.  Sleeps for %VRNG_WAIT at most, and
 * not at all without @wait.
 *
 * Return: bytes, 0 without @wait when there are none, -ENODEV when the device
 * is gone, -EIO when it gave nothing in time, -ERESTARTSYS when the reader is
 * being killed.
 */
static int vrng_read(struct hwrng *rng, void *to, size_t max, bool wait)
{
	struct vrng *vrng = (struct vrng *)rng->priv;
	unsigned long end = jiffies + VRNG_WAIT;
	long left = VRNG_WAIT;
	int ret;

	for (;;) {
		ret = vrng_try(vrng, to, max, wait);
		if (ret || !wait)
			return ret;
		if (left <= 0)
			return -EIO;
		left = wait_event_killable_timeout(vrng->wait, vrng_news(vrng),
						   left);
		if (left < 0)
			return left;
		left = min_t(long, left, (long)(end - jiffies));
	}
}

static void vrng_vq_done(struct virtqueue *vq)
{
	struct vrng *vrng = vq->vdev->priv;

	/* The reader takes the buffers out. */
	wake_up(&vrng->wait);
}

static int vrng_alloc_bufs(struct vrng *vrng)
{
	unsigned int i;

	for (i = 0; i < VRNG_NR_BUFS; i++) {
		vrng->bufs[i].data = kzalloc(VRNG_BUF_SIZE, GFP_KERNEL);
		if (!vrng->bufs[i].data)
			return -ENOMEM;
		vrng_make_empty(vrng, &vrng->bufs[i]);
	}
	return 0;
}

static void vrng_free(struct vrng *vrng)
{
	unsigned int i;

	for (i = 0; i < VRNG_NR_BUFS; i++)
		kfree_sensitive(vrng->bufs[i].data);
	if (vrng->index >= 0)
		ida_free(&vrng_ida, vrng->index);
	kfree(vrng);
}

static struct vrng *vrng_alloc(void)
{
	struct vrng *vrng;

	vrng = kzalloc(sizeof(*vrng), GFP_KERNEL);
	if (!vrng)
		return NULL;
	spin_lock_init(&vrng->lock);
	init_waitqueue_head(&vrng->wait);
	INIT_LIST_HEAD(&vrng->ready);
	INIT_LIST_HEAD(&vrng->empty);
	vrng->index = ida_alloc(&vrng_ida, GFP_KERNEL);
	if (vrng->index < 0 || vrng_alloc_bufs(vrng)) {
		vrng_free(vrng);
		return NULL;
	}
	snprintf(vrng->name, sizeof(vrng->name), "virtio_rng.%d", vrng->index);
	vrng->hwrng.name = vrng->name;
	vrng->hwrng.read = vrng_read;
	vrng->hwrng.priv = (unsigned long)vrng;
	vrng->hwrng.quality = VRNG_QUALITY;
	return vrng;
}

/**
 * vrng_start - set the queue up and give the device all buffers
 * @vdev: the device, with its features negotiated
 * @vrng: its state
 *
 * Ends with DRIVER_OK and one notification.  Context: process.
 *
 * Return: 0 or what the transport says.
 */
static int vrng_start(struct virtio_device *vdev, struct vrng *vrng)
{
	struct virtqueue *vq;

	vq = virtio_find_single_vq(vdev, vrng_vq_done, "input");
	if (IS_ERR(vq))
		return PTR_ERR(vq);
	virtio_device_ready(vdev);

	spin_lock(&vrng->lock);
	vrng->vq = vq;
	vrng->up = true;
	vrng_refill(vrng);
	spin_unlock(&vrng->lock);
	return 0;
}

/* Nobody touches the queue any more. */
static void vrng_stop(struct virtio_device *vdev)
{
	struct vrng *vrng = vdev->priv;

	spin_lock(&vrng->lock);
	vrng->up = false;
	spin_unlock(&vrng->lock);
}

/**
 * vrng_reclaim - take all buffers back from a device after its reset
 * @vdev: the device
 *
 * Bytes that were received stay.  The device no longer writes; what it half
 * wrote is not used.  A device that lied may have made the ring lose a buffer:
 * what is in no list was the device's.  Context: process.
 */
static void vrng_reclaim(struct virtio_device *vdev)
{
	struct vrng *vrng = vdev->priv;
	unsigned int i;

	spin_lock(&vrng->lock);
	while (virtqueue_detach_unused_buf(vrng->vq))
		;
	for (i = 0; i < VRNG_NR_BUFS; i++)
		if (list_empty(&vrng->bufs[i].link))
			vrng_make_empty(vrng, &vrng->bufs[i]);
	vrng->added = 0;
	vrng->vq = NULL;
	spin_unlock(&vrng->lock);
	vdev->config->del_vqs(vdev);
}

static int vrng_restart(struct virtio_device *vdev)
{
	return vrng_start(vdev, vdev->priv);
}

/* Readers get -ENODEV, those that wait at once. */
static void vrng_end(struct vrng *vrng)
{
	spin_lock(&vrng->lock);
	vrng->gone = true;
	spin_unlock(&vrng->lock);
	wake_up(&vrng->wait);
}

static void vrng_dead(struct virtio_device *vdev, enum virtio_failure why)
{
	vrng_end(vdev->priv);
}

/* The device goes, or sleeps; it may be dead, and have no queue. */
static void vrng_take_down(struct virtio_device *vdev)
{
	struct vrng *vrng = vdev->priv;

	vrng_stop(vdev);
	/* In any case: the kernel's own bus wants FAILED gone as well. */
	virtio_reset_device(vdev);
	if (vrng->vq)
		vrng_reclaim(vdev);
}

static const struct virtio_recovery_ops vrng_recovery = {
	.stop		= vrng_stop,
	.reclaim	= vrng_reclaim,
	.restart	= vrng_restart,
	.dead		= vrng_dead,
};

static int vrng_probe(struct virtio_device *vdev)
{
	struct vrng *vrng;
	int err;

	vrng = vrng_alloc();
	if (!vrng)
		return -ENOMEM;
	vdev->priv = vrng;
	err = virtio_join_recovery(vdev, &vrng_recovery);
	if (!err)
		err = vrng_start(vdev, vrng);
	if (err)
		vrng_free(vrng);
	return err;
}

/**
 * vrng_scan - register with the hwrng core
 * @vdev: the device, ready
 *
 * Not in probe: the core reads at once.  Context: process.
 */
static void vrng_scan(struct virtio_device *vdev)
{
	struct vrng *vrng = vdev->priv;
	int err;

	err = hwrng_register(&vrng->hwrng);
	if (err)
		dev_err(&vdev->dev, "cannot register with hwrng: %d\n", err);
	vrng->registered = !err;
}

static void vrng_remove(struct virtio_device *vdev)
{
	struct vrng *vrng = vdev->priv;

	vrng_end(vrng);
	/* Waits until nobody reads. */
	if (vrng->registered)
		hwrng_unregister(&vrng->hwrng);
	virtio_leave_recovery(vdev);
	vrng_take_down(vdev);
	vrng_free(vrng);
}

#ifdef CONFIG_PM

/* The device stays registered: a reader waits for resume, up to its limit. */
static int vrng_freeze(struct virtio_device *vdev)
{
	vrng_take_down(vdev);
	return 0;
}

/* If it cannot be set up again, readers are told that it is gone. */
static int vrng_restore(struct virtio_device *vdev)
{
	int err = vrng_restart(vdev);

	if (err)
		vrng_end(vdev->priv);
	return err;
}

#endif /* CONFIG_PM */

static const struct virtio_device_id vrng_ids[] = {
	{ VIRTIO_ID_RNG, VIRTIO_DEV_ANY_ID },
	{ 0 },
};

/* A buffer is one descriptor: any layout will do for that. */
static const unsigned int vrng_features_legacy[] = {
	VIRTIO_F_ANY_LAYOUT,
};

/* Readers wait or fail, under the lock, while the device is frozen. */
static struct virtio_driver vrng_driver = {
	.driver.name			= "virtio_rng",
	.driver.owner			= THIS_MODULE,
	.driver.dev_groups		= virtio_live_reset_groups,
	.id_table			= vrng_ids,
	.feature_table_legacy		= vrng_features_legacy,
	.feature_table_size_legacy	= ARRAY_SIZE(vrng_features_legacy),
	.probe				= vrng_probe,
	.scan				= vrng_scan,
	.remove				= vrng_remove,
#ifdef CONFIG_PM
	.freeze				= vrng_freeze,
	.restore			= vrng_restore,
#endif
};

module_virtio_driver(vrng_driver);

MODULE_DEVICE_TABLE(virtio, vrng_ids);
MODULE_DESCRIPTION("Virtio random number driver");
MODULE_LICENSE("GPL");
