/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: A disk on a mock: what the suites of virtio_blk stand on
 *
 * virtio_blk, loaded beside the suite, on a mock whose queue the test plays.
 * The disk has no capacity when it is probed, so that nobody reads it, and is
 * made larger then.  The test is user and device in one thread: it submits a
 * bio, plays its request, and looks what became of the bio.
 *
 * Included once by each suite.
 */
#ifndef _KUNIT_BLK_FIX_H
#define _KUNIT_BLK_FIX_H

#include <linux/bio.h>
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/fs.h>
#include <linux/workqueue.h>
#include <asm/unaligned.h>

#include "play.h"

#define ID_BLOCK	2

/* Features of block devices, VIRTIO 1.4, 5.2.3. */
#define FB_SIZE_MAX	FB(1)
#define FB_SEG_MAX	FB(2)
#define FB_BLK_SIZE	FB(6)
#define FB_FLUSH	FB(9)
#define FB_TOPOLOGY	FB(10)
#define FB_MQ		FB(12)
#define FB_DISCARD	FB(13)
#define FB_ZEROES	FB(14)
#define FB_ERASE	FB(16)

/* Fields of the configuration, 5.2.4. */
#define CFG_CAPACITY	0
#define CFG_SIZE_MAX	8
#define CFG_SEG_MAX	12
#define CFG_BLK_SIZE	20
#define CFG_EXPONENT	24
#define CFG_OPT_IO	28
#define CFG_NUM_QUEUES	34
#define CFG_DISCARD	36
#define CFG_ZEROES	48

/* Request types and status, 5.2.6. */
#define T_IN		0
#define T_OUT		1
#define T_FLUSH		4
#define T_GET_ID	8
#define T_DISCARD	11
#define S_OK		0
#define S_IOERR		1
#define S_UNSUPP	2

/* Sectors of the disk, and bytes of most requests. */
#define SECTORS		1024
#define BYTES		4096

/* How often the driver gives a request again. */
#define TRIES		2

/**
 * struct blk_io - a bio on its way
 * @bio: the bio
 * @mem: its page
 * @done: it ended
 * @status: how, as an errno
 */
struct blk_io {
	struct bio *bio;
	u8 *mem;
	struct completion done;
	int status;
};

/**
 * struct blk - a disk
 * @test: the test
 * @m: the device
 * @p: its player
 * @bdev: the disk, open
 */
struct blk {
	struct kunit *test;
	struct mock *m;
	struct play *p;
	struct block_device *bdev;
};

static int blk_resource_init(struct kunit_resource *res, void *data)
{
	res->data = data;
	return 0;
}

static void blk_resource_free(struct kunit_resource *res)
{
	struct blk *f = res->data;

	if (f->bdev)
		blkdev_put(f->bdev, FMODE_READ | FMODE_WRITE);
	kfree(f);
}

/* A device that is not on the bus yet. */
static struct blk *blk_new(struct kunit *test, u64 offered)
{
	struct blk *f = kzalloc(sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f);
	f->test = test;
	f->m = mock_new(test, ID_BLOCK, FB_VERSION_1 | FB_INDIRECT | offered);
	f->m->queue_size[0] = 16;
	f->p = play_new(f->m);
	put_unaligned_le32(64, f->m->config + CFG_DISCARD);
	put_unaligned_le32(2, f->m->config + CFG_DISCARD + 4);
	put_unaligned_le32(1, f->m->config + CFG_DISCARD + 8);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test,
				     kunit_alloc_resource(test,
							  blk_resource_init,
							  blk_resource_free,
							  GFP_KERNEL, f));
	return f;
}

static int blk_is_disk(struct device *dev, void *data)
{
	return !strncmp(dev_name(dev), "vd", 2);
}

static void blk_set_capacity(struct blk *f, u64 sectors)
{
	u8 *capacity = f->m->config + CFG_CAPACITY;

	/* 5.2.4.1: a legacy device has the guest's order of bytes. */
	if (mock_modern(f->m))
		put_unaligned_le64(sectors, capacity);
	else
		put_unaligned(sectors, (u64 *)capacity);
	f->m->generation++;
	mock_config_interrupt(f->m);
}

/* Of a disk that nobody has opened. */
static inline bool blk_is_read_only(struct blk *f)
{
	struct device *dev = device_find_child(&f->m->vdev.dev, NULL,
					       blk_is_disk);
	bool ro = dev && get_disk_ro(dev_to_disk(dev));

	put_device(dev);
	return ro;
}

/* On the bus, with its driver, open, and of some size. */
static void blk_start(struct blk *f)
{
	struct kunit *test = f->test;
	struct device *dev;

	KUNIT_ASSERT_EQ(test, mock_register(f->m), 0);
	dev = device_find_child(&f->m->vdev.dev, NULL, blk_is_disk);
	KUNIT_ASSERT_NOT_NULL(test, dev);
	f->bdev = blkdev_get_by_dev(dev->devt, FMODE_READ | FMODE_WRITE, NULL);
	put_device(dev);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f->bdev);
	blk_queue_rq_timeout(bdev_get_queue(f->bdev), 5 * HZ);
	blk_set_capacity(f, SECTORS);
	KUNIT_ASSERT_TRUE(test, play_until(bdev_nr_sectors(f->bdev) ==
					   SECTORS));
}

static struct blk *blk_setup(struct kunit *test, u64 offered)
{
	struct blk *f = blk_new(test, offered);

	blk_start(f);
	return f;
}

static void blk_end_io(struct bio *bio)
{
	struct blk_io *io = bio->bi_private;

	io->status = blk_status_to_errno(bio->bi_status);
	complete(&io->done);
}

/* Bytes that depend on what a bio is for. */
static u8 blk_byte(sector_t sector, unsigned int i)
{
	return sector * 31 + i * 7 + (i >> 8);
}

static bool op_has_data(blk_opf_t op)
{
	switch (op & REQ_OP_MASK) {
	case REQ_OP_DISCARD:
	case REQ_OP_SECURE_ERASE:
	case REQ_OP_WRITE_ZEROES:
		return false;
	default:
		return true;
	}
}

/* Submit a bio; what it writes is as blk_byte() says. */
static struct blk_io *io_start(struct blk *f, blk_opf_t op, sector_t sector,
			       unsigned int bytes)
{
	struct blk_io *io = kzalloc(sizeof(*io), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(f->test, io);
	io->mem = (u8 *)get_zeroed_page(GFP_KERNEL);
	io->bio = bio_alloc(f->bdev, 1, op, GFP_KERNEL);
	init_completion(&io->done);
	io->bio->bi_iter.bi_sector = sector;
	io->bio->bi_private = io;
	io->bio->bi_end_io = blk_end_io;
	for (i = 0; op_is_write(op) && i < PAGE_SIZE; i++)
		io->mem[i] = blk_byte(sector, i);
	if (!op_has_data(op))
		io->bio->bi_iter.bi_size = bytes;
	else if (bytes)
		bio_add_page(io->bio, virt_to_page(io->mem), bytes, 0);
	submit_bio(io->bio);
	return io;
}

/* The end of a bio. */
static int io_end(struct blk *f, struct blk_io *io)
{
	int status;

	if (!wait_for_completion_timeout(&io->done,
					 msecs_to_jiffies(3 * PLAY_MS))) {
		KUNIT_FAIL(f->test, "a bio did not end");
		/* It may still: its memory is lost. */
		return -EAGAIN;
	}
	status = io->status;
	bio_put(io->bio);
	free_page((unsigned long)io->mem);
	kfree(io);
	return status;
}

/* Take a request that has to be there, and be this one. */
static void blk_take(struct blk *f, struct play_buf *b, u32 type, u64 sector)
{
	u8 hdr[16] = "";

	KUNIT_ASSERT_TRUE_MSG(f->test, play_take(f->p, 0, b),
			      "no request of type %u", type);
	KUNIT_EXPECT_EQ(f->test, play_read(f->p, b, 0, hdr, 16), 16);
	/* 5.2.6.3: a legacy device has the guest's order of bytes. */
	if (!mock_modern(f->m)) {
		KUNIT_EXPECT_EQ(f->test, get_unaligned((u32 *)hdr), type);
		KUNIT_EXPECT_EQ(f->test, get_unaligned((u64 *)(hdr + 8)),
				sector);
		return;
	}
	KUNIT_EXPECT_EQ(f->test, get_unaligned_le32(hdr), type);
	KUNIT_EXPECT_EQ(f->test, get_unaligned_le32(hdr + 4), 0);
	KUNIT_EXPECT_EQ(f->test, get_unaligned_le64(hdr + 8), sector);
}

/* Give it back with this status and length. */
static void blk_answer(struct blk *f, struct play_buf *b, u8 status, u32 len)
{
	play_write(f->p, b, b->in_len - 1, &status, 1);
	play_done(f->p, b, len);
}

/* Take a write; does it say what io_start() made it say? */
static inline void blk_take_write(struct blk *f, struct play_buf *b, u64 sector)
{
	u8 *data = kunit_kzalloc(f->test, BYTES, GFP_KERNEL);
	unsigned int i, wrong = 0;

	blk_take(f, b, T_OUT, sector);
	KUNIT_EXPECT_EQ(f->test, b->out_len, 16 + BYTES);
	KUNIT_EXPECT_EQ(f->test, play_read(f->p, b, 16, data, BYTES), BYTES);
	for (i = 0; i < BYTES; i++)
		wrong += data[i] != blk_byte(sector, i);
	KUNIT_EXPECT_EQ(f->test, wrong, 0);
}

/* A write that goes well. */
static inline void blk_expect_works(struct blk *f)
{
	struct blk_io *io = io_start(f, REQ_OP_WRITE, 64, BYTES);
	struct play_buf b;

	blk_take_write(f, &b, 64);
	blk_answer(f, &b, S_OK, 1);
	KUNIT_EXPECT_EQ(f->test, io_end(f, io), 0);
}

/**
 * struct reader - somebody who reads an attribute, or writes one
 * @work: does it
 * @done: it is done
 * @path: of the attribute
 * @writes: writes it
 * @text: what came, or is written
 * @ret: bytes, or an error
 */
struct reader {
	struct work_struct work;
	struct completion done;
	char path[96];
	bool writes;
	char text[32];
	ssize_t ret;
};

static void reader_work(struct work_struct *work)
{
	struct reader *r = container_of(work, struct reader, work);
	struct file *file = filp_open(r->path, r->writes ? O_WRONLY : O_RDONLY,
				      0);
	loff_t pos = 0;

	r->ret = PTR_ERR_OR_ZERO(file);
	if (!r->ret && r->writes) {
		r->ret = kernel_write(file, r->text, strlen(r->text), &pos);
		filp_close(file, NULL);
	} else if (!r->ret) {
		r->ret = kernel_read(file, r->text, sizeof(r->text) - 1, &pos);
		filp_close(file, NULL);
	}
	complete(&r->done);
}

static struct reader *__reader_start(struct blk *f, const char *name,
				     const char *text)
{
	struct reader *r = kunit_kzalloc(f->test, sizeof(*r), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(f->test, r);
	snprintf(r->path, sizeof(r->path), "/sys/block/%s/%s",
		 f->bdev->bd_disk->disk_name, name);
	r->writes = text;
	if (text)
		strscpy(r->text, text, sizeof(r->text));
	init_completion(&r->done);
	INIT_WORK(&r->work, reader_work);
	schedule_work(&r->work);
	return r;
}

static inline struct reader *reader_start(struct blk *f, const char *name)
{
	return __reader_start(f, name, NULL);
}

static inline struct reader *writer_start(struct blk *f, const char *name,
					  const char *text)
{
	return __reader_start(f, name, text);
}

static ssize_t reader_end(struct blk *f, struct reader *r)
{
	KUNIT_EXPECT_TRUE(f->test,
			  wait_for_completion_timeout(&r->done,
						      msecs_to_jiffies(5 * PLAY_MS)));
	flush_work(&r->work);
	return r->ret;
}

#endif /* _KUNIT_BLK_FIX_H */
