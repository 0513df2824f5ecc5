/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: A virtio device whose device side is played by a test
 *
 * The mock is a transport: a &struct virtio_config_ops over a platform device
 * as parent.  A test fills in what the device offers, calls mock_register()
 * and from then on sees what a device would see: every access in the order in
 * which it came (@log) and the addresses of the queues.  What a device may do
 * (interrupts, configuration changes, refusing features) the test does through
 * the mock_*() calls.
 *
 * The mock is strict: an access that VIRTIO 1.4 forbids to a driver fails the
 * test at once, with the section in words of its own.  A test that provokes
 * such an access sets @tolerate and looks at @violations.
 */
#ifndef _KUNIT_MOCK_H
#define _KUNIT_MOCK_H

#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/completion.h>
#include <linux/irqreturn.h>
#include <linux/spinlock.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>

/* Device status bits, VIRTIO 1.4, 2.1: a reading of its own. */
#define ST_ACKNOWLEDGE	1
#define ST_DRIVER	2
#define ST_DRIVER_OK	4
#define ST_FEATURES_OK	8
#define ST_NEEDS_RESET	64
#define ST_FAILED	128

/* Feature bits, VIRTIO 1.4, 6. */
#define FB(bit)		BIT_ULL(bit)
#define FB_INDIRECT	FB(28)
#define FB_EVENT_IDX	FB(29)
#define FB_UNUSED30	FB(30)
#define FB_VERSION_1	FB(32)
#define FB_PLATFORM	FB(33)
#define FB_PACKED	FB(34)
#define FB_IN_ORDER	FB(35)
#define FB_ORDER	FB(36)
#define FB_NOTIFY_DATA	FB(38)
#define FB_RING_RESET	FB(40)

/* Device addresses of a device behind ACCESS_PLATFORM are that far off. */
#define MOCK_IOVA	BIT_ULL(40)
#define MOCK_MAP_BUCKETS	256

#define MOCK_MAX_VQS	16
#define MOCK_CONFIG_LEN	256
#define MOCK_LOG_LEN	512
#define MOCK_VENDOR	0x4d4f

/* In a status trace: a reset, told apart from any status value. */
#define TRACE_RESET	0x100

/**
 * enum mock_op - what the driver's side did to the device
 * @MOCK_RESET: asked for a reset
 * @MOCK_STATUS_READ: read the status; value: what it got
 * @MOCK_STATUS_WRITE: wrote the status; value: what it wrote
 * @MOCK_FEATURES_READ: read the offered features
 * @MOCK_FEATURES_WRITE: wrote the accepted features; value: these
 * @MOCK_CONFIG_READ: read the configuration; value: offset << 16 | length
 * @MOCK_CONFIG_WRITE: wrote the configuration; value: offset << 16 | length
 * @MOCK_GENERATION: read the generation; value: what it got
 * @MOCK_FIND_VQS: set up queues; value: how many
 * @MOCK_DEL_VQS: took the queues down
 * @MOCK_NOTIFY: notified a queue; value: its index
 * @MOCK_VQ_RESET: reset one queue; value: its index
 * @MOCK_VQ_ENABLE: enabled it again; value: its index
 */
enum mock_op {
	MOCK_RESET,
	MOCK_STATUS_READ,
	MOCK_STATUS_WRITE,
	MOCK_FEATURES_READ,
	MOCK_FEATURES_WRITE,
	MOCK_CONFIG_READ,
	MOCK_CONFIG_WRITE,
	MOCK_GENERATION,
	MOCK_FIND_VQS,
	MOCK_DEL_VQS,
	MOCK_NOTIFY,
	MOCK_VQ_RESET,
	MOCK_VQ_ENABLE,
};

/**
 * struct mock_access - one access
 * @op: what
 * @value: see &enum mock_op
 */
struct mock_access {
	enum mock_op op;
	u64 value;
};

/**
 * struct mock_map - a buffer mapped for the device
 * @node: in the bucket of its address
 * @addr: address for the device
 * @len: bytes
 * @dir: direction
 */
struct mock_map {
	struct hlist_node node;
	dma_addr_t addr;
	size_t len;
	enum dma_data_direction dir;
};

/**
 * struct mock - the device
 * @vdev: the device as the bus sees it
 * @test: the test that plays it
 * @ops: how the bus and the ring reach the device; a test that wants a
 *	transport with less takes it out here
 * @parent: what stands for the PCI function, DMA-capable
 * @released: completed when the last reference to @vdev is gone
 * @registered: mock_register() succeeded and mock_unregister() was not called
 * @offered: feature bits that the device offers
 * @own: those that it keeps although the ring does not: RING_RESET,
 *	NOTIFICATION_DATA
 * @accepted: feature bits that the driver wrote last
 * @status: device status
 * @config: device configuration space
 * @generation: of @config
 * @on_config_read: called after each read of @config, may change it
 * @on_status_write: called before each status write takes effect
 * @on_queues: called when the driver's queues are there, and before they go
 * @on_queue_enabled: called when a queue that was reset is enabled again
 * @player: for these two: see play.h
 * @num_vqs: queues that the device has
 * @queue_size: their sizes
 * @vq_align: alignment of the used ring (legacy: Queue Align)
 * @vq: the queues found by the driver
 * @notified: per queue, notifications that came
 * @notify_data: per queue, what came with the last notification; only with
 *	NOTIFICATION_DATA
 * @vq_down: per queue, it was reset and not enabled since
 * @refuse_features: leave FEATURES_OK clear when it is written
 * @refuse_vqs: errno for find_vqs, negative, 0 to succeed
 * @refuse_vq_reset: errno for the reset of a queue, negative, 0 to succeed
 * @refuse_vq_enable: errno for enabling it again, negative, 0 to succeed
 * @ignore_reset: a reset does nothing
 * @dead: notifications fail and registers read as all ones (unplugged)
 * @maps: buffers mapped for the device by the DMA API
 * @num_maps: how many
 * @num_maps_in: how many of them are for the device to write
 * @coherent: bytes of coherent memory allocated
 * @coherent_max: bytes of the largest piece of it that can be had
 * @maps_left: mappings that succeed before one fails, negative for no end
 * @synced: range of the last sync call; @node is not used
 * @syncs_for_cpu: how many there were for the CPU
 * @syncs_for_device: and for the device
 * @tolerate: count violations without failing the test
 * @violations: accesses that the specification forbids
 * @lock: protects @log and @maps, which threads of the driver's side write to
 * @log: accesses, oldest first
 * @log_num: entries in @log
 * @log_lost: accesses that no longer fitted
 *
 * One test thread plays one mock; what it sets, threads of the driver's side
 * see at some time.
 */
struct mock {
	struct virtio_device vdev;
	struct kunit *test;
	struct virtio_config_ops ops;
	struct platform_device *parent;
	struct completion released;
	bool registered;
	u64 offered;
	u64 own;
	u64 accepted;
	u8 status;
	u8 config[MOCK_CONFIG_LEN];
	u32 generation;
	void (*on_config_read)(struct mock *m, unsigned int offset,
			       unsigned int len);
	void (*on_status_write)(struct mock *m, u8 status);
	void (*on_queues)(struct mock *m, bool there);
	void (*on_queue_enabled)(struct mock *m, unsigned int index);
	void *player;
	unsigned int num_vqs;
	unsigned int queue_size[MOCK_MAX_VQS];
	unsigned int vq_align;
	struct virtqueue *vq[MOCK_MAX_VQS];
	unsigned int notified[MOCK_MAX_VQS];
	u32 notify_data[MOCK_MAX_VQS];
	bool vq_down[MOCK_MAX_VQS];
	bool refuse_features;
	int refuse_vqs;
	int refuse_vq_reset;
	int refuse_vq_enable;
	bool ignore_reset;
	bool dead;
	struct hlist_head maps[MOCK_MAP_BUCKETS];
	unsigned int num_maps;
	unsigned int num_maps_in;
	size_t coherent;
	size_t coherent_max;
	int maps_left;
	struct mock_map synced;
	unsigned int syncs_for_cpu;
	unsigned int syncs_for_device;
	bool tolerate;
	unsigned int violations;
	spinlock_t lock;	/* see above */
	struct mock_access log[MOCK_LOG_LEN];
	unsigned int log_num;
	unsigned int log_lost;
};

/**
 * to_mock - the mock behind a virtio device
 * @vdev: a device made by mock_new()
 *
 * Return: the mock.
 */
static inline struct mock *to_mock(struct virtio_device *vdev)
{
	return container_of(vdev, struct mock, vdev);
}

/**
 * mock_modern - did the device offer VERSION_1?
 * @m: the device
 *
 * Return: false for a legacy device (VIRTIO 1.4, 2.2.3).
 */
static inline bool mock_modern(const struct mock *m)
{
	return m->offered & FB_VERSION_1;
}

void mock_dma_attach(struct mock *m);
void mock_dma_detach(struct mock *m);
struct mock *mock_new(struct kunit *test, u32 device_id, u64 offered);
int mock_register(struct mock *m);
void mock_unregister(struct mock *m);
void mock_violation(struct mock *m, const char *what);
void mock_clear_log(struct mock *m);
void mock_expect_trace(struct mock *m, const u16 *want, unsigned int num);
int mock_find_access(const struct mock *m, enum mock_op op, unsigned int from);
int mock_find_status(const struct mock *m, u8 status);
irqreturn_t mock_interrupt(struct mock *m, unsigned int index);
void mock_config_interrupt(struct mock *m);
void mock_needs_reset(struct mock *m);

/* The trace as a list of literals. */
#define MOCK_EXPECT_TRACE(m, ...)					\
do {									\
	static const u16 want_[] = { __VA_ARGS__ };			\
									\
	mock_expect_trace(m, want_, ARRAY_SIZE(want_));			\
} while (0)

#endif /* _KUNIT_MOCK_H */
