/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: virtio_console.ko, private definitions
 *
 * A device (&struct vcon) has lines (&struct vcon_line), one for each pair of
 * queues that a port ever used: the buffers that the device may hold.  A port
 * (&struct vcon_port) is what user space sees of a line.  The device may take
 * a port away and add it again at any time, but never gives buffers back by
 * that (VIRTIO 1.4, 5.3.6.2), so lines stay as long as the device does.
 *
 * Locks, outermost first:
 *
 * - &vcon.lock (mutex): which ports there are, whether the device is up
 * - &vcon_port.lock (mutex): opened and closed, gone or not, the name
 * - &vcon_port.read_lock, &vcon_port.write_lock (mutexes): one reader and one
 *   writer at a time
 * - &vcon_port.hvc_lock, the hvc core's lock (spinlocks)
 * - &vcon_in.lock, &vcon_out.lock, &vcon_ctrl.lock (spinlocks, interrupts off):
 *   each for one queue, or the two control queues; none inside another, but
 *   for &vcon_out.lock inside &vcon_in.lock where a line changes its port
 *
 * Interrupt handlers and the hvc core find a port by RCU: vcon_port_unplug()
 * waits for them.
 */
#ifndef _VCON_H
#define _VCON_H

#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/hrtimer.h>
#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/termios.h>
#include <linux/types.h>
#include <linux/uio.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <uapi/linux/virtio_console.h>
#include <virtqueue_ext.h>

/* What a device may have at the most: 1,024 queues. */
#define VCON_MAX_PORTS	511

/* Input of a line: buffers, and bytes of each. */
#define VCON_IN_BUFS	32
#define VCON_IN_SIZE	4096
/* So many empty ones are worth a notification. */
#define VCON_IN_REFILL	(VCON_IN_BUFS / 2)

/*
 * Output of a line: bytes in all, or what can be had of that; in a piece; and
 * pieces (a power of two).
 */
#define VCON_OUT_MOST	262144
#define VCON_OUT_LEAST	65536
#define VCON_OUT_PIECE	32768
#define VCON_PIECES	128

/* So many bytes that wait for more of their kind do not wait any longer. */
#define VCON_OUT_BATCH	32768

/* Control messages: received ones, their size, those on their way out. */
#define VCON_CTRL_IN	32
#define VCON_CTRL_SIZE	512
#define VCON_CTRL_OUT	32

/* The device takes a control message within that time, or has failed. */
#define VCON_CTRL_LIMIT	(10 * HZ)

/* After a reset the device has announced its ports again by then. */
#define VCON_RESYNC	(10 * HZ)

struct vcon_hvc;
struct vcon_port;

/**
 * struct vcon_in_buf - a buffer for input
 * @link: in &vcon_in.full or &vcon_in.empty, or in neither
 * @data: %VCON_IN_SIZE bytes, memory of their own
 * @pos: first byte not read yet
 * @end: behind the last one
 * @out: with the device
 */
struct vcon_in_buf {
	struct list_head link;
	u8 *data;
	u32 pos;
	u32 end;
	bool out;
};

/**
 * struct vcon_in - input of a line
 * @lock: protects all of it; interrupts off
 * @vq: the receive queue, NULL while the line is down
 * @full: buffers with bytes, oldest first
 * @empty: buffers to be given to the device
 * @nr_empty: entries of @empty
 * @received: bytes of the present port
 * @discarded: bytes that nobody had the port open for
 * @buf: all buffers
 */
struct vcon_in {
	spinlock_t lock;	/* see above */
	struct virtqueue *vq;
	struct list_head full;
	struct list_head empty;
	unsigned int nr_empty;
	u64 received;
	u64 discarded;
	struct vcon_in_buf buf[VCON_IN_BUFS];
};

/**
 * enum vcon_piece_state - what becomes of a piece of output
 * @VCON_COPYING: its bytes are being copied
 * @VCON_HELD: to be given to the device
 * @VCON_OUT: with the device
 * @VCON_DONE: its place is free as soon as all before it are
 */
enum vcon_piece_state {
	VCON_COPYING,
	VCON_HELD,
	VCON_OUT,
	VCON_DONE,
};

struct vcon_area;

/**
 * struct vcon_piece - bytes that go out as one buffer
 * @area: where they are
 * @pos: and at which offset
 * @span: bytes reserved there
 * @len: bytes to be sent
 * @state: see above
 */
struct vcon_piece {
	struct vcon_area *area;
	u32 pos;
	u32 span;
	u32 len;
	enum vcon_piece_state state;
};

/**
 * struct vcon_area - memory for output, used round and round
 * @link: in &vcon_out.orphans
 * @orphan: of a port that was removed
 * @bytes: memory
 * @size: how much
 * @put: where in @bytes the next piece begins
 * @used: how many of @bytes are taken
 * @busy: pieces that are not %VCON_DONE
 * @head: number of the next piece
 * @added: of the first one not given to the device
 * @tail: of the oldest one
 * @piece: piece number n is [n % VCON_PIECES]
 */
struct vcon_area {
	struct list_head link;
	bool orphan;
	u8 *bytes;
	u32 size;
	u32 put;
	u32 used;
	unsigned int busy;
	unsigned int head;
	unsigned int added;
	unsigned int tail;
	struct vcon_piece piece[VCON_PIECES];
};

/**
 * struct vcon_out - output of a line
 * @lock: protects all but the bytes of a piece that is being copied;
 *	interrupts off
 * @vq: the transmit queue, NULL while the line is down
 * @recovers: the bus brings a broken queue back
 * @dead: nothing will ever be sent again
 * @area: the present port's
 * @orphans: areas of earlier ports that the device still has something of
 * @unseen: pieces given to the device, and no notification decided on
 * @took: used pieces were taken; who waits for room may not get the interrupt
 * @held: bytes in pieces that wait for more of their kind
 * @aged: they were there when @timer expired last
 * @timed: @timer runs
 * @timer: sends them
 * @wrote_at: when something was written last, jiffies
 * @full_since: when hvc first found no room, in ns; 0: it did not
 * @sent: bytes of the present port
 */
struct vcon_out {
	spinlock_t lock;	/* see above */
	struct virtqueue *vq;
	bool recovers;
	bool dead;
	struct vcon_area *area;
	struct list_head orphans;
	bool unseen;
	bool took;
	u32 held;
	bool aged;
	bool timed;
	struct hrtimer timer;
	unsigned long wrote_at;
	u64 full_since;
	u64 sent;
};

/**
 * struct vcon_line - a pair of queues with its buffers
 * @ref: the device's and one of each port
 * @id: number of the port
 * @port: the port; changes under both locks below
 * @in: from the device
 * @out: to the device
 */
struct vcon_line {
	struct kref ref;
	u32 id;
	struct vcon_port __rcu *port;
	struct vcon_in in;
	struct vcon_out out;
};

/**
 * struct vcon_ctrl_slot - a control message on its way to the device
 * @link: in &vcon_ctrl.free
 * @msg: what the device reads
 */
struct vcon_ctrl_slot {
	struct list_head link;
	struct virtio_console_control msg;
};

/**
 * struct vcon_ctrl - the control queues
 * @lock: protects all but @msg; interrupts off
 * @in_vq: messages from the device
 * @out_vq: messages to the device
 * @up: both are there
 * @dead: there is nobody to talk to any more
 * @vcon: the device
 * @wait: senders without a slot
 * @work: takes messages in
 * @free: slots to be had
 * @slot: all slots
 * @msg: the message that @work looks at, out of the device's reach
 * @in: what the device writes to
 */
struct vcon_ctrl {
	spinlock_t lock;	/* see above */
	struct virtqueue *in_vq;
	struct virtqueue *out_vq;
	bool up;
	bool dead;
	struct vcon *vcon;
	wait_queue_head_t wait;
	struct work_struct work;
	struct list_head free;
	struct vcon_ctrl_slot slot[VCON_CTRL_OUT];
	u8 msg[VCON_CTRL_SIZE];
	u8 in[VCON_CTRL_IN][VCON_CTRL_SIZE] __aligned(VIRTQUEUE_DMA_ALIGN);
};

/**
 * struct vcon - a device
 * @vdev: the virtio device
 * @multiport: MULTIPORT was negotiated
 * @has_size: F_SIZE was negotiated
 * @rproc: not a console but a serial port of a remote processor
 * @emergency: characters can be written to the configuration
 * @recovers: the bus brings a device back that failed
 * @nr_ports: numbers of ports are below that
 * @nr_vqs: queues
 * @vqs: the queues, in the order of 5.3.2
 * @lock: protects @up and @lines, and which port each line has
 * @up: the queues may be used
 * @has_vqs: the queues are there
 * @dead: given up
 * @lines: per number of a port, or NULL; set once
 * @ctrl: the control queues
 * @config_work: reads the size of port 0
 * @resync_work: looks at what the device did not announce again
 */
struct vcon {
	struct virtio_device *vdev;
	bool multiport;
	bool has_size;
	bool rproc;
	bool emergency;
	bool recovers;
	u32 nr_ports;
	unsigned int nr_vqs;
	struct virtqueue **vqs;
	struct mutex lock;	/* see above */
	bool up;
	bool has_vqs;
	bool dead;
	struct vcon_line **lines;
	struct vcon_ctrl *ctrl;
	struct work_struct config_work;
	struct delayed_work resync_work;
};

/**
 * struct vcon_port - a port
 * @dev: device of class virtio-ports; its release frees the port
 * @cdev: /dev/vportNpM
 * @vcon: the device; not after @gone
 * @line: its queues
 * @id: its number
 * @lock: protects @open, @gone and @name, and what the host is told of them
 * @read_lock: one reader at a time
 * @write_lock: one writer at a time
 * @wait: readers, writers and pollers
 * @fasync: who gets SIGIO
 * @name: from the device, or NULL
 * @gone: removed, or the device is given up: everything fails
 * @open: by somebody here
 * @host_open: by somebody there
 * @host_left: closed there since it was opened here
 * @announced: by the device since its last reset
 * @host_told: the device said since then whether it is @host_open
 * @console: hvc has it
 * @hvc_lock: protects @hvc and @ws
 * @hvc: the console, NULL without
 * @vtermno: number of the console
 * @ws: size of its window, 0 for unknown
 * @debugfs: its file
 */
struct vcon_port {
	struct device dev;
	struct cdev cdev;
	struct vcon *vcon;
	struct vcon_line *line;
	u32 id;
	struct mutex lock;		/* see above */
	struct mutex read_lock;		/* see above */
	struct mutex write_lock;	/* see above */
	wait_queue_head_t wait;
	struct fasync_struct *fasync;
	char *name;
	bool gone;
	bool open;
	bool host_open;
	bool host_left;
	bool announced;
	bool host_told;
	bool console;
	spinlock_t hvc_lock;		/* see above */
	struct vcon_hvc *hvc;
	u32 vtermno;
	struct winsize ws;
	struct dentry *debugfs;
};

extern struct workqueue_struct *vcon_wq;

/* chardev.c */
extern const struct file_operations vcon_port_fops;

/* console.c */
int vcon_console_start(struct vcon_port *port);
void vcon_console_stop(struct vcon_port *port);
void vcon_console_resize(struct vcon_port *port, u16 cols, u16 rows);
void vcon_console_kick(struct vcon_port *port);
void vcon_console_exit(void);

/* ctrl.c */
struct vcon_ctrl *vcon_ctrl_alloc(struct vcon *vcon);
void vcon_ctrl_again(struct vcon_ctrl *ctrl);
void vcon_ctrl_up(struct vcon_ctrl *ctrl, struct virtqueue *in_vq,
		  struct virtqueue *out_vq);
void vcon_ctrl_down(struct vcon_ctrl *ctrl, bool dead);
void vcon_ctrl_reclaim(struct vcon_ctrl *ctrl);
int vcon_ctrl_next(struct vcon_ctrl *ctrl);
int vcon_ctrl_ready(struct vcon *vcon);
int vcon_ctrl_send(struct vcon *vcon, u32 id, u16 event, u16 value);
void vcon_ctrl_in_done(struct virtqueue *vq);
void vcon_ctrl_out_done(struct virtqueue *vq);

/* debugfs.c */
void vcon_debugfs_init(void);
void vcon_debugfs_exit(void);
void vcon_debugfs_add(struct vcon_port *port);

/* emergency.c */
int vcon_emergency_write(struct vcon *vcon, const char *buf, int count);

/* in.c */
int vcon_in_init(struct vcon_in *in);
void vcon_in_free(struct vcon_in *in);
void vcon_in_up(struct vcon_in *in, struct virtqueue *vq);
void vcon_in_down(struct vcon_in *in);
void vcon_in_reclaim(struct vcon_in *in, struct virtqueue *vq);
bool vcon_in_ready(struct vcon_in *in);
ssize_t vcon_in_read(struct vcon_port *port, struct iov_iter *to);
int vcon_in_get(struct vcon_port *port, char *buf, int count);
void vcon_in_discard(struct vcon_in *in);
bool vcon_in_collect(struct vcon_in *in, bool keep);

/* line.c */
unsigned int vcon_line_queue(u32 id);
struct vcon_line *vcon_line_get(struct vcon *vcon, u32 id);
void vcon_line_put(struct vcon_line *line);
int vcon_line_set_port(struct vcon_line *line, struct vcon_port *port);
void vcon_line_no_port(struct vcon_line *line);
void vcon_line_up(struct vcon *vcon, struct vcon_line *line);
void vcon_line_in_done(struct virtqueue *vq);
void vcon_line_out_done(struct virtqueue *vq);

/* message.c */
void vcon_message_work(struct work_struct *work);
void vcon_resync_work(struct work_struct *work);

/* out.c */
int vcon_out_init(struct vcon_out *out, bool recovers);
int vcon_out_renew(struct vcon_out *out);
void vcon_out_free(struct vcon_out *out);
void vcon_out_up(struct vcon_out *out, struct virtqueue *vq);
void vcon_out_down(struct vcon_out *out, bool dead);
void vcon_out_reclaim(struct vcon_out *out, struct virtqueue *vq);
bool vcon_out_ready(struct vcon_port *port);
bool vcon_out_is_full(struct vcon_out *out);
bool vcon_out_idle(struct vcon_out *out);
ssize_t vcon_out_write(struct vcon_port *port, struct iov_iter *from);
int vcon_out_put(struct vcon_port *port, const char *buf, int count, bool try);
void vcon_out_flush(struct vcon_out *out);
void vcon_out_remind(struct vcon_out *out);
void vcon_out_done(struct vcon_out *out);

/* port.c */
int vcon_ports_init(void);
void vcon_ports_exit(void);
struct vcon_port *vcon_port_add(struct vcon *vcon, u32 id);
void vcon_port_unplug(struct vcon_port *port);
void vcon_port_give_up(struct vcon_port *port);
struct vcon_port *vcon_port_find(struct vcon *vcon, u32 id);
int vcon_port_tell_open(struct vcon_port *port);
void vcon_port_set_host(struct vcon_port *port, bool open);
int vcon_port_set_name(struct vcon_port *port, const u8 *name, size_t len);
void vcon_port_wake(struct vcon_port *port, int band);

/* power.c */
extern const struct virtio_recovery_ops vcon_recovery_ops;
int vcon_start(struct vcon *vcon);
void vcon_drain(struct vcon *vcon);
void vcon_halt(struct vcon *vcon);
void vcon_reclaim(struct vcon *vcon);
int vcon_freeze(struct virtio_device *vdev);
int vcon_restore(struct virtio_device *vdev);

#endif /* _VCON_H */
