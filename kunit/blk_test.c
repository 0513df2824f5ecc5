// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_blk: a disk that says and answers what it likes
 *
 * On the fixture of blk_fix.h: configurations that cannot be, answers that lie,
 * and what is done with requests when the device fails.
 */
#include <linux/fs.h>
#include <linux/module.h>

#include "blk_fix.h"

/* A write that ends in an error, and soon. */
static void blk_expect_dead(struct blk *f)
{
	struct blk_io *io = io_start(f, REQ_OP_WRITE, 64, BYTES);

	KUNIT_EXPECT_EQ(f->test, io_end(f, io), -EIO);
}

/**
 * struct config_case - one field that says what it should not
 * @name: of the case
 * @offered: features
 * @offset: of the field
 * @value: little-endian
 * @usable: the disk is to work
 */
struct config_case {
	const char *name;
	u64 offered;
	unsigned int offset;
	u32 value;
	bool usable;
};

static const struct config_case config_cases[] = {
	{ "blk_size 0", FB_BLK_SIZE, CFG_BLK_SIZE, 0, false },
	{ "blk_size 513", FB_BLK_SIZE, CFG_BLK_SIZE, 513, false },
	{ "blk_size 2 GiB", FB_BLK_SIZE, CFG_BLK_SIZE, BIT(31), false },
	{ "size_max 0", FB_SIZE_MAX, CFG_SIZE_MAX, 0, false },
	{ "size_max 1", FB_SIZE_MAX, CFG_SIZE_MAX, 1, false },
	{ "num_queues 0", FB_MQ, CFG_NUM_QUEUES, 0, false },
	{ "num_queues 65535", FB_MQ, CFG_NUM_QUEUES, 65535, true },
	{ "seg_max 0", FB_SEG_MAX, CFG_SEG_MAX, 0, true },
	{ "seg_max 4 Gi", FB_SEG_MAX, CFG_SEG_MAX, U32_MAX, true },
	{ "block exponent 255", FB_TOPOLOGY, CFG_EXPONENT, 255, true },
	{ "opt_io_size 4 Gi", FB_TOPOLOGY, CFG_OPT_IO, U32_MAX, true },
	{ "discard of 0", FB_DISCARD, CFG_DISCARD, 0, true },
	{ "discard of 4 Gi", FB_DISCARD, CFG_DISCARD, U32_MAX, true },
	{ "discard in 4 Gi", FB_DISCARD, CFG_DISCARD + 4, U32_MAX, true },
	{ "discard align 4 Gi", FB_DISCARD, CFG_DISCARD + 8, U32_MAX, true },
	{ "zeroes of 0", FB_ZEROES, CFG_ZEROES, 0, true },
};

static void config_desc(const struct config_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(config, config_cases, config_desc);

/* 5.2.4, 5.2.5: what makes no disk is refused, what is optional left out. */
static void config_lies(struct kunit *test)
{
	const struct config_case *c = test->param_value;
	struct blk *f = blk_new(test, c->offered);

	put_unaligned_le32(c->value, f->m->config + c->offset);
	KUNIT_ASSERT_EQ(test, mock_register(f->m), 0);
	KUNIT_EXPECT_EQ(test, !!f->m->vdev.dev.driver, c->usable);
	KUNIT_EXPECT_EQ(test, !!(f->m->status & ST_FAILED), !c->usable);
}

static void blk_other_generation(struct mock *m, unsigned int offset,
				 unsigned int len)
{
	m->generation++;
}

/* 2.5.1: a driver tries again, but not for ever. */
static void config_changes_on_and_on(struct kunit *test)
{
	struct blk *f = blk_new(test, 0);

	f->m->on_config_read = blk_other_generation;
	KUNIT_ASSERT_EQ(test, mock_register(f->m), 0);
	KUNIT_EXPECT_NULL(test, f->m->vdev.dev.driver);
}

static void capacity_of_all_ones(struct kunit *test)
{
	struct blk *f = blk_setup(test, 0);

	blk_set_capacity(f, U64_MAX);
	KUNIT_EXPECT_TRUE(test, play_until(bdev_nr_sectors(f->bdev) >
					   SECTORS));
	KUNIT_EXPECT_GT(test, bdev_nr_bytes(f->bdev), 0);
	blk_expect_works(f);
}

/* 5.2.6.1: no request beyond the capacity, which shrank. */
static void capacity_shrinks(struct kunit *test)
{
	struct blk *f = blk_setup(test, 0);
	struct blk_io *io;
	struct play_buf b;

	blk_set_capacity(f, 8);
	KUNIT_ASSERT_TRUE(test, play_until(bdev_nr_sectors(f->bdev) == 8));
	io = io_start(f, REQ_OP_WRITE, 64, BYTES);
	KUNIT_EXPECT_EQ(test, io_end(f, io), -EIO);
	KUNIT_EXPECT_FALSE(test, play_try_take(f->p, 0, &b));
}

/* 5.2.6: the bytes that the device wrote. */
static void reads(struct kunit *test)
{
	struct blk *f = blk_setup(test, 0);
	struct blk_io *io = io_start(f, REQ_OP_READ, 8, BYTES);
	struct play_buf b;

	blk_take(f, &b, T_IN, 8);
	KUNIT_EXPECT_EQ(test, b.out_len, 16);
	KUNIT_EXPECT_EQ(test, b.in_len, BYTES + 1);
	play_write(f->p, &b, 0, "from the device", 16);
	blk_answer(f, &b, S_OK, BYTES + 1);
	play_until(completion_done(&io->done));
	KUNIT_EXPECT_STREQ(test, (char *)io->mem, "from the device");
	KUNIT_EXPECT_EQ(test, io_end(f, io), 0);
}

/**
 * struct answer_case - an answer, and what is to become of the request
 * @name: of the case
 * @status: what the device writes as status; 256 for nothing
 * @len: used length
 * @want: the end of the bio
 */
struct answer_case {
	const char *name;
	unsigned int status;
	u32 len;
	int want;
};

static const struct answer_case answer_cases[] = {
	{ "OK", S_OK, BYTES + 1, 0 },
	{ "OK, length 1", S_OK, 1, 0 },
	{ "OK, length 4 Gi", S_OK, U32_MAX, 0 },
	{ "OK, length 0", S_OK, 0, -EIO },
	{ "IOERR", S_IOERR, BYTES + 1, -EIO },
	{ "UNSUPP", S_UNSUPP, BYTES + 1, -EOPNOTSUPP },
	{ "status 77", 77, BYTES + 1, -EIO },
	{ "status 255", 255, BYTES + 1, -EIO },
	{ "no status", 256, BYTES + 1, -EIO },
};

static void answer_desc(const struct answer_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(answer, answer_cases, answer_desc);

static void answers(struct kunit *test)
{
	const struct answer_case *c = test->param_value;
	struct blk *f = blk_setup(test, 0);
	struct blk_io *io = io_start(f, REQ_OP_READ, 8, BYTES);
	struct play_buf b;

	blk_take(f, &b, T_IN, 8);
	if (c->status > 255)
		play_done(f->p, &b, c->len);
	else
		blk_answer(f, &b, c->status, c->len);
	KUNIT_EXPECT_EQ(test, io_end(f, io), c->want);
	blk_expect_works(f);
}

/* 2.7.8: the device names what it does not have.  Nothing is lost. */
static void id_out_of_range(struct kunit *test)
{
	struct blk *f = blk_setup(test, 0);
	struct blk_io *io = io_start(f, REQ_OP_WRITE, 8, BYTES);
	struct play_buf b;

	blk_take_write(f, &b, 8);
	play_lie(f->p, 0, 4711, 1);
	blk_take_write(f, &b, 8);
	blk_answer(f, &b, S_OK, 1);
	KUNIT_EXPECT_EQ(test, io_end(f, io), 0);
	KUNIT_EXPECT_EQ(test, f->p->life, 2);
}

/* The same one twice: it ends once. */
static void used_twice(struct kunit *test)
{
	struct blk *f = blk_setup(test, 0);
	struct blk_io *io = io_start(f, REQ_OP_WRITE, 8, BYTES);
	struct blk_io *other = io_start(f, REQ_OP_WRITE, 16, BYTES);
	struct play_buf b;

	blk_take_write(f, &b, 8);
	blk_answer(f, &b, S_OK, 1);
	KUNIT_EXPECT_EQ(test, io_end(f, io), 0);
	play_lie(f->p, 0, b.c.id, 1);
	KUNIT_EXPECT_TRUE(test, play_until(f->p->life == 2));
	blk_take_write(f, &b, 16);
	blk_answer(f, &b, S_OK, 1);
	KUNIT_EXPECT_EQ(test, io_end(f, other), 0);
}

/* All that is outstanding comes again, each once, with its data. */
static void needs_reset(struct kunit *test)
{
	struct blk *f = blk_setup(test, 0);
	struct blk_io *io[4];
	struct play_buf b;
	u64 seen = 0;
	u8 hdr[16];
	int i;

	for (i = 0; i < 4; i++)
		io[i] = io_start(f, REQ_OP_WRITE, 64 * i, BYTES);
	KUNIT_EXPECT_TRUE(test, play_until(play_poll(f->p, 0) == 4));
	mock_needs_reset(f->m);
	KUNIT_EXPECT_TRUE(test, play_until(f->p->life == 2));
	for (i = 0; i < 4; i++) {
		KUNIT_ASSERT_TRUE(test, play_take(f->p, 0, &b));
		play_read(f->p, &b, 0, hdr, 16);
		seen |= BIT_ULL(get_unaligned_le64(hdr + 8) / 64);
		blk_answer(f, &b, S_OK, 1);
	}
	KUNIT_EXPECT_EQ(test, seen, 15);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, io_end(f, io[i]), 0);
	KUNIT_EXPECT_FALSE(test, play_try_take(f->p, 0, &b));
}

/* What is answered while the device is being reset does not count: 2.4. */
static void answered_too_late(struct kunit *test)
{
	struct blk *f = blk_setup(test, 0);
	struct blk_io *io = io_start(f, REQ_OP_READ, 8, BYTES);
	struct play_buf old, b;

	blk_take(f, &old, T_IN, 8);
	mock_needs_reset(f->m);
	blk_take(f, &b, T_IN, 8);
	blk_answer(f, &old, S_IOERR, 1);
	play_write(f->p, &b, 0, "new", 4);
	blk_answer(f, &b, S_OK, BYTES + 1);
	play_until(completion_done(&io->done));
	KUNIT_EXPECT_STREQ(test, (char *)io->mem, "new");
	KUNIT_EXPECT_EQ(test, io_end(f, io), 0);
}

/* A request that kills its device is not given to it for ever. */
static void request_that_kills(struct kunit *test)
{
	struct blk *f = blk_setup(test, 0);
	struct blk_io *io = io_start(f, REQ_OP_WRITE, 8, BYTES);
	struct play_buf b;
	int i;

	for (i = 0; i <= TRIES; i++) {
		blk_take_write(f, &b, 8);
		mock_needs_reset(f->m);
	}
	KUNIT_EXPECT_EQ(test, io_end(f, io), -ETIMEDOUT);
	blk_expect_works(f);
}

/* No answer within the limit. */
static void no_answer(struct kunit *test)
{
	struct blk *f = blk_setup(test, 0);
	struct blk_io *io;
	struct play_buf b;

	blk_queue_rq_timeout(bdev_get_queue(f->bdev), HZ / 2);
	io = io_start(f, REQ_OP_WRITE, 8, BYTES);
	blk_take_write(f, &b, 8);
	blk_take_write(f, &b, 8);
	KUNIT_EXPECT_EQ(test, f->p->life, 2);
	blk_answer(f, &b, S_OK, 1);
	KUNIT_EXPECT_EQ(test, io_end(f, io), 0);
}

/* A disk of one queue has a scheduler, which takes lists of requests apart. */
static void blk_no_scheduler(struct blk *f)
{
	char name[64];
	struct file *file;
	loff_t pos = 0;

	snprintf(name, sizeof(name), "/sys/block/%s/queue/scheduler",
		 f->bdev->bd_disk->disk_name);
	file = filp_open(name, O_WRONLY, 0);
	KUNIT_ASSERT_FALSE(f->test, IS_ERR(file));
	KUNIT_EXPECT_EQ(f->test, kernel_write(file, "none", 4, &pos), 4);
	filp_close(file, NULL);
}

/* The same for requests that come in one list, on tags not used before. */
static void no_answer_to_a_batch(struct kunit *test)
{
	struct blk *f = blk_setup(test, 0);
	struct blk_io *io[4];
	struct blk_plug plug;
	struct play_buf b;
	int i;

	blk_no_scheduler(f);
	blk_queue_rq_timeout(bdev_get_queue(f->bdev), HZ / 2);
	blk_start_plug(&plug);
	for (i = 0; i < 4; i++)
		io[i] = io_start(f, REQ_OP_WRITE, 64 * i, BYTES);
	blk_finish_plug(&plug);
	KUNIT_EXPECT_TRUE(test, play_until(f->p->life == 2));
	for (i = 0; i < 4; i++) {
		KUNIT_ASSERT_TRUE(test, play_take(f->p, 0, &b));
		blk_answer(f, &b, S_OK, 1);
	}
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, io_end(f, io[i]), 0);
}

/* The answer is there, and the interrupt got lost: no reset for that. */
static void lost_interrupt(struct kunit *test)
{
	struct blk *f = blk_setup(test, 0);
	struct play_buf b;
	struct blk_io *io;
	u8 status = S_OK;

	blk_queue_rq_timeout(bdev_get_queue(f->bdev), HZ / 2);
	io = io_start(f, REQ_OP_WRITE, 8, BYTES);
	blk_take_write(f, &b, 8);
	play_write(f->p, &b, 0, &status, 1);
	play_push(f->p, &b, 1);
	KUNIT_EXPECT_EQ(test, io_end(f, io), 0);
	KUNIT_EXPECT_EQ(test, f->p->life, 1);
}

/* 5.2.6.2: a flush that is sent later covers what ended before. */
static void flush_again(struct kunit *test)
{
	struct blk *f = blk_setup(test, FB_FLUSH);
	struct blk_io *io = io_start(f, REQ_OP_WRITE | REQ_PREFLUSH, 0, 0);
	struct play_buf b;

	blk_take(f, &b, T_FLUSH, 0);
	mock_needs_reset(f->m);
	blk_take(f, &b, T_FLUSH, 0);
	KUNIT_EXPECT_EQ(test, f->p->life, 2);
	blk_answer(f, &b, S_OK, 1);
	KUNIT_EXPECT_EQ(test, io_end(f, io), 0);
}

static void discard_again(struct kunit *test)
{
	struct blk *f = blk_setup(test, FB_DISCARD);
	struct blk_io *io = io_start(f, REQ_OP_DISCARD, 16, BYTES);
	struct play_buf b;
	u8 range[16] = "";
	int i;

	for (i = 0; i < 2; i++) {
		blk_take(f, &b, T_DISCARD, 0);
		KUNIT_EXPECT_EQ(test, b.out_len, 32);
		play_read(f->p, &b, 16, range, 16);
		KUNIT_EXPECT_EQ(test, get_unaligned_le64(range), 16);
		KUNIT_EXPECT_EQ(test, get_unaligned_le32(range + 8), 8);
		if (!i)
			mock_needs_reset(f->m);
	}
	blk_answer(f, &b, S_OK, 1);
	KUNIT_EXPECT_EQ(test, io_end(f, io), 0);
}

/* A question of the driver's own is not worth another try. */
static void id_not_again(struct kunit *test)
{
	struct blk *f = blk_setup(test, 0);
	struct reader *r = reader_start(f, "serial");
	struct play_buf b;

	blk_take(f, &b, T_GET_ID, 0);
	KUNIT_EXPECT_EQ(test, b.in_len, 20 + 1);
	mock_needs_reset(f->m);
	KUNIT_EXPECT_EQ(test, reader_end(f, r), -ETIMEDOUT);
	blk_expect_works(f);
	KUNIT_EXPECT_EQ(test, f->p->life, 2);
	KUNIT_EXPECT_FALSE(test, play_try_take(f->p, 0, &b));
}

/* Registers read as all ones, and nothing answers. */
static void gone(struct kunit *test)
{
	struct blk *f = blk_setup(test, 0);
	struct blk_io *io = io_start(f, REQ_OP_WRITE, 8, BYTES);
	struct play_buf b;

	blk_take_write(f, &b, 8);
	f->m->dead = true;
	mock_config_interrupt(f->m);
	KUNIT_EXPECT_EQ(test, io_end(f, io), -EIO);
	blk_expect_dead(f);
}

/* Unbound with something outstanding, after a surprise removal. */
static void removed_gone(struct kunit *test)
{
	struct blk *f = blk_setup(test, 0);
	struct blk_io *io = io_start(f, REQ_OP_WRITE, 8, BYTES);
	unsigned long start = jiffies;
	struct play_buf b;

	blk_take_write(f, &b, 8);
	f->m->dead = true;
	virtio_break_device(&f->m->vdev);
	device_release_driver(&f->m->vdev.dev);
	KUNIT_EXPECT_EQ(test, io_end(f, io), -EIO);
	KUNIT_EXPECT_TRUE(test, time_before(jiffies, start + 5 * HZ));
}

/* It does not answer, and is unbound: the limit of a request ends that. */
static void removed_silent(struct kunit *test)
{
	struct blk *f = blk_setup(test, 0);
	unsigned long start = jiffies;
	struct play_buf b;
	struct blk_io *io;

	blk_queue_rq_timeout(bdev_get_queue(f->bdev), HZ / 2);
	io = io_start(f, REQ_OP_WRITE, 8, BYTES);
	blk_take_write(f, &b, 8);
	device_release_driver(&f->m->vdev.dev);
	KUNIT_EXPECT_NE(test, io_end(f, io), 0);
	KUNIT_EXPECT_TRUE(test, time_before(jiffies, start + 5 * HZ));
}

static void feature_gone(struct kunit *test)
{
	struct blk *f = blk_setup(test, FB_FLUSH);
	struct blk_io *io = io_start(f, REQ_OP_WRITE, 8, BYTES);
	struct play_buf b;

	blk_take_write(f, &b, 8);
	f->m->offered &= ~FB_FLUSH;
	mock_needs_reset(f->m);
	KUNIT_EXPECT_EQ(test, io_end(f, io), -EIO);
	blk_expect_dead(f);
	KUNIT_EXPECT_TRUE(test, f->m->status & ST_FAILED);
}

/* The queue comes back too short for requests that are made already. */
static void queue_shrinks(struct kunit *test)
{
	struct blk *f = blk_setup(test, 0);
	struct blk_io *io = io_start(f, REQ_OP_WRITE, 8, BYTES);
	struct play_buf b;

	blk_take_write(f, &b, 8);
	f->m->queue_size[0] = 2;
	mock_needs_reset(f->m);
	KUNIT_EXPECT_EQ(test, io_end(f, io), -EIO);
	blk_expect_dead(f);
}

/* 2.1.1: a device that fails on and on is told that it failed. */
static void lies_on_and_on(struct kunit *test)
{
	struct blk *f = blk_setup(test, 0);
	struct blk_io *io[2];
	struct play_buf b;
	int i;

	/* The first is given up after two more tries, and so is the other. */
	for (i = 0; i < 2; i++)
		io[i] = io_start(f, REQ_OP_WRITE, 8 * i, BYTES);
	for (i = 0; i < 3; i++) {
		KUNIT_ASSERT_TRUE(test, play_take(f->p, 0, &b));
		play_lie(f->p, 0, 4711, 1);
		play_until(f->p->life == i + 2);
	}
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test, io_end(f, io[i]), -ETIMEDOUT);
	io[0] = io_start(f, REQ_OP_WRITE, 8, BYTES);
	for (i = 0; i < 2; i++) {
		KUNIT_ASSERT_TRUE(test, play_take(f->p, 0, &b));
		play_lie(f->p, 0, 4711, 1);
		play_until(f->p->life == i + 5);
	}
	KUNIT_EXPECT_EQ(test, io_end(f, io[0]), -EIO);
	KUNIT_EXPECT_TRUE(test, f->m->status & ST_FAILED);
	blk_expect_dead(f);
}

/* Interrupts for nothing, of queue and configuration. */
static void nothing_used(struct kunit *test)
{
	struct blk *f = blk_setup(test, 0);
	struct blk_io *io = io_start(f, REQ_OP_WRITE, 8, BYTES);
	struct play_buf b;
	int i;

	blk_take_write(f, &b, 8);
	for (i = 0; i < 50; i++) {
		mock_interrupt(f->m, 0);
		mock_config_interrupt(f->m);
	}
	KUNIT_EXPECT_FALSE(test, completion_done(&io->done));
	blk_answer(f, &b, S_OK, 1);
	KUNIT_EXPECT_EQ(test, io_end(f, io), 0);
	KUNIT_EXPECT_EQ(test, f->p->life, 1);
}

#ifdef CONFIG_PM_SLEEP
/* What comes while the device sleeps waits for it. */
static void asleep(struct kunit *test)
{
	struct blk *f = blk_setup(test, 0);
	struct play_buf b;
	struct blk_io *io;

	KUNIT_ASSERT_EQ(test, virtio_device_freeze(&f->m->vdev), 0);
	io = io_start(f, REQ_OP_WRITE, 8, BYTES);
	KUNIT_EXPECT_EQ(test, virtio_device_restore(&f->m->vdev), 0);
	blk_take_write(f, &b, 8);
	blk_answer(f, &b, S_OK, 1);
	KUNIT_EXPECT_EQ(test, io_end(f, io), 0);
}

/* And fails when it does not come back. */
static void not_woken(struct kunit *test)
{
	struct blk *f = blk_setup(test, 0);
	struct blk_io *io;

	KUNIT_ASSERT_EQ(test, virtio_device_freeze(&f->m->vdev), 0);
	io = io_start(f, REQ_OP_WRITE, 8, BYTES);
	f->m->refuse_vqs = -EIO;
	KUNIT_EXPECT_EQ(test, virtio_device_restore(&f->m->vdev), -EIO);
	KUNIT_EXPECT_EQ(test, io_end(f, io), -EIO);
	blk_expect_dead(f);
}

static void removed_asleep(struct kunit *test)
{
	struct blk *f = blk_setup(test, 0);
	struct blk_io *io;

	KUNIT_ASSERT_EQ(test, virtio_device_freeze(&f->m->vdev), 0);
	io = io_start(f, REQ_OP_WRITE, 8, BYTES);
	device_release_driver(&f->m->vdev.dev);
	KUNIT_EXPECT_EQ(test, io_end(f, io), -EIO);
}
#endif

static struct kunit_case blk_cases[] = {
	KUNIT_CASE_PARAM(config_lies, config_gen_params),
	KUNIT_CASE(config_changes_on_and_on),
	KUNIT_CASE(capacity_of_all_ones),
	KUNIT_CASE(capacity_shrinks),
	KUNIT_CASE(reads),
	KUNIT_CASE_PARAM(answers, answer_gen_params),
	KUNIT_CASE(id_out_of_range),
	KUNIT_CASE(used_twice),
	KUNIT_CASE(needs_reset),
	KUNIT_CASE(answered_too_late),
	KUNIT_CASE(request_that_kills),
	KUNIT_CASE(no_answer),
	KUNIT_CASE(no_answer_to_a_batch),
	KUNIT_CASE(lost_interrupt),
	KUNIT_CASE(flush_again),
	KUNIT_CASE(discard_again),
	KUNIT_CASE(id_not_again),
	KUNIT_CASE(gone),
	KUNIT_CASE(removed_gone),
	KUNIT_CASE(removed_silent),
	KUNIT_CASE(feature_gone),
	KUNIT_CASE(queue_shrinks),
	KUNIT_CASE(lies_on_and_on),
	KUNIT_CASE(nothing_used),
#ifdef CONFIG_PM_SLEEP
	KUNIT_CASE(asleep),
	KUNIT_CASE(not_woken),
	KUNIT_CASE(removed_asleep),
#endif
	{}
};

static struct kunit_suite blk_suite = {
	.name = "virtio_blk",
	.test_cases = blk_cases,
};

kunit_test_suites(&blk_suite);

MODULE_DESCRIPTION("Unit tests of virtio_blk on a mock device");
MODULE_LICENSE("GPL");
