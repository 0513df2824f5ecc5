// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_blk_requests: what a disk is asked, and in which words
 *
 * Layout of each kind of request, and what the driver may take for granted
 * after it (VIRTIO 1.4, 5.2.5 and 5.2.6), on the fixture of blk_fix.h.
 */
#include <linux/module.h>

#include "blk_fix.h"

#define FB_RO		FB(5)
#define FB_WCE		FB(11)
#define FB_ANY_LAYOUT	FB(27)

/* 5.2.4: the cache mode. */
#define CFG_WRITEBACK	32

/* 5.2.6 */
#define T_WRITE_ZEROES	13
#define T_SECURE_ERASE	14
#define RANGE		16
#define RANGE_UNMAP	1

/**
 * struct extent - one range of a request
 * @sector: first
 * @num: sectors
 * @flags: bit 0: unmap
 */
struct extent {
	u64 sector;
	u32 num;
	u32 flags;
};

/* Take a request with ranges; how many it has. */
static unsigned int take_ranges(struct blk *f, struct play_buf *b, u32 type,
				struct extent *ranges, unsigned int max)
{
	unsigned int i, num;
	u8 mem[RANGE];

	blk_take(f, b, type, 0);
	KUNIT_EXPECT_EQ(f->test, b->in_len, 1);
	KUNIT_EXPECT_EQ(f->test, (b->out_len - 16) % RANGE, 0);
	num = (b->out_len - 16) / RANGE;
	KUNIT_ASSERT_LE(f->test, num, max);
	for (i = 0; i < num; i++) {
		play_read(f->p, b, 16 + i * RANGE, mem, RANGE);
		ranges[i].sector = get_unaligned_le64(mem);
		ranges[i].num = get_unaligned_le32(mem + 8);
		ranges[i].flags = get_unaligned_le32(mem + 12);
	}
	return num;
}

/* 5.2.6: no data, no sector.  A disk that can flush has a cache (5.2.5). */
static void flush_says_nothing_else(struct kunit *test)
{
	struct blk *f = blk_setup(test, FB_FLUSH);
	struct blk_io *io = io_start(f, REQ_OP_WRITE | REQ_PREFLUSH, 0, 0);
	struct play_buf b;

	blk_take(f, &b, T_FLUSH, 0);
	KUNIT_EXPECT_EQ(test, b.out_len, 16);
	KUNIT_EXPECT_EQ(test, b.in_len, 1);
	blk_answer(f, &b, S_OK, 1);
	KUNIT_EXPECT_EQ(test, io_end(f, io), 0);
}

/* 5.2.5: one that cannot has none, and is not asked. */
static void no_flush(struct kunit *test)
{
	struct blk *f = blk_setup(test, 0);
	struct blk_io *io = io_start(f, REQ_OP_WRITE | REQ_PREFLUSH, 0, 0);
	struct play_buf b;

	KUNIT_EXPECT_EQ(test, io_end(f, io), 0);
	KUNIT_EXPECT_FALSE(test, play_try_take(f->p, 0, &b));
}

/* 5.2.5.1: the device decides on its cache when it sees FEATURES_OK. */
static void cache_mode_is_read_late(struct kunit *test)
{
	struct blk *f = blk_new(test, FB_FLUSH | FB_WCE);
	int ok, at;

	f->m->config[CFG_WRITEBACK] = 1;
	blk_start(f);
	ok = mock_find_status(f->m, ST_ACKNOWLEDGE | ST_DRIVER |
				    ST_FEATURES_OK);
	KUNIT_ASSERT_GE(test, ok, 0);
	for (at = 0; at < f->m->log_num; at++)
		if (f->m->log[at].op == MOCK_CONFIG_READ &&
		    f->m->log[at].value == (CFG_WRITEBACK << 16 | 1))
			break;
	KUNIT_ASSERT_LT(test, at, f->m->log_num);
	KUNIT_EXPECT_GT(test, at, ok);
}

/* 5.2.6: what was written before is not stable yet, so it is flushed. */
static void writethrough_flushes_first(struct kunit *test)
{
	struct blk *f = blk_new(test, FB_FLUSH | FB_WCE);
	struct request_queue *q;
	struct play_buf b;
	struct reader *r;

	f->m->config[CFG_WRITEBACK] = 1;
	blk_start(f);
	q = bdev_get_queue(f->bdev);
	KUNIT_EXPECT_TRUE(test, test_bit(QUEUE_FLAG_WC, &q->queue_flags));
	r = writer_start(f, "cache_type", "write through");
	blk_take(f, &b, T_FLUSH, 0);
	KUNIT_EXPECT_EQ(test, f->m->config[CFG_WRITEBACK], 0);
	KUNIT_EXPECT_TRUE(test, test_bit(QUEUE_FLAG_WC, &q->queue_flags));
	blk_answer(f, &b, S_OK, 1);
	KUNIT_EXPECT_GT(test, reader_end(f, r), 0);
	KUNIT_EXPECT_FALSE(test, test_bit(QUEUE_FLAG_WC, &q->queue_flags));
}

/* If that fails, the block layer goes on flushing. */
static void writethrough_without_flush(struct kunit *test)
{
	struct blk *f = blk_new(test, FB_FLUSH | FB_WCE);
	struct request_queue *q;
	struct play_buf b;
	struct reader *r;

	f->m->config[CFG_WRITEBACK] = 1;
	blk_start(f);
	q = bdev_get_queue(f->bdev);
	r = writer_start(f, "cache_type", "write through");
	blk_take(f, &b, T_FLUSH, 0);
	blk_answer(f, &b, S_IOERR, 1);
	KUNIT_EXPECT_LT(test, reader_end(f, r), 0);
	KUNIT_EXPECT_TRUE(test, test_bit(QUEUE_FLAG_WC, &q->queue_flags));
}

/* 5.2.6: accepted, and no write is tried. */
static void read_only(struct kunit *test)
{
	struct blk *f = blk_new(test, FB_RO);

	KUNIT_ASSERT_EQ(test, mock_register(f->m), 0);
	KUNIT_EXPECT_TRUE(test, f->m->accepted & FB_RO);
	KUNIT_EXPECT_TRUE(test, blk_is_read_only(f));
}

/* 5.2.6: one range, the unmap bit clear. */
static void discard_one(struct kunit *test)
{
	struct blk *f = blk_setup(test, FB_DISCARD);
	struct blk_io *io = io_start(f, REQ_OP_DISCARD, 8, BYTES);
	struct extent r;
	struct play_buf b;

	KUNIT_ASSERT_EQ(test, take_ranges(f, &b, T_DISCARD, &r, 1), 1);
	KUNIT_EXPECT_EQ(test, r.sector, 8);
	KUNIT_EXPECT_EQ(test, r.num, 8);
	KUNIT_EXPECT_EQ(test, r.flags, 0);
	blk_answer(f, &b, S_OK, 1);
	KUNIT_EXPECT_EQ(test, io_end(f, io), 0);
}

/* 5.2.6: never more ranges than max_discard_seg, which is 2. */
static void discard_many(struct kunit *test)
{
	struct blk *f = blk_setup(test, FB_DISCARD);
	unsigned int i, n, seen = 0;
	struct blk_plug plug;
	struct extent r[2];
	struct play_buf b;
	struct blk_io *io[5];

	blk_start_plug(&plug);
	for (i = 0; i < 5; i++)
		io[i] = io_start(f, REQ_OP_DISCARD, 32 * i, BYTES);
	blk_finish_plug(&plug);
	while (hweight32(seen) < 5) {
		n = take_ranges(f, &b, T_DISCARD, r, 2);
		for (i = 0; i < n; i++) {
			KUNIT_EXPECT_EQ(test, r[i].num, 8);
			KUNIT_EXPECT_EQ(test, r[i].flags, 0);
			seen |= BIT(r[i].sector / 32);
		}
		blk_answer(f, &b, S_OK, 1);
	}
	for (i = 0; i < 5; i++)
		KUNIT_EXPECT_EQ(test, io_end(f, io[i]), 0);
}

/* 5.2.6: after IOERR none of the ranges counts as done. */
static void discard_fails_whole(struct kunit *test)
{
	struct blk *f = blk_setup(test, FB_DISCARD);
	unsigned int i, n = 0;
	struct blk_plug plug;
	struct extent r[2];
	struct play_buf b;
	struct blk_io *io[2];

	blk_start_plug(&plug);
	for (i = 0; i < 2; i++)
		io[i] = io_start(f, REQ_OP_DISCARD, 32 * i, BYTES);
	blk_finish_plug(&plug);
	while (n < 2) {
		n += take_ranges(f, &b, T_DISCARD, r, 2);
		blk_answer(f, &b, S_IOERR, 1);
	}
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test, io_end(f, io[i]), -EIO);
}

/* 5.2.6: one range; unmapping is allowed unless the user says no. */
static void write_zeroes(struct kunit *test)
{
	static const blk_opf_t ops[] = {
		REQ_OP_WRITE_ZEROES, REQ_OP_WRITE_ZEROES | REQ_NOUNMAP
	};
	struct blk *f = blk_new(test, FB_ZEROES);
	struct blk_io *io;
	struct extent r;
	struct play_buf b;
	unsigned int i;

	put_unaligned_le32(64, f->m->config + CFG_ZEROES);
	put_unaligned_le32(1, f->m->config + CFG_ZEROES + 4);
	blk_start(f);
	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		io = io_start(f, ops[i], 16, BYTES);
		KUNIT_ASSERT_EQ(test, take_ranges(f, &b, T_WRITE_ZEROES, &r, 1),
				1);
		KUNIT_EXPECT_EQ(test, r.sector, 16);
		KUNIT_EXPECT_EQ(test, r.num, 8);
		KUNIT_EXPECT_EQ(test, r.flags, i ? 0 : RANGE_UNMAP);
		blk_answer(f, &b, S_OK, 1);
		KUNIT_EXPECT_EQ(test, io_end(f, io), 0);
	}
}

/* 5.2.6: one range, no flags. */
static void secure_erase(struct kunit *test)
{
	struct blk *f = blk_new(test, FB_ERASE);
	struct blk_io *io;
	struct extent r;
	struct play_buf b;

	put_unaligned_le32(64, f->m->config + 60);
	put_unaligned_le32(1, f->m->config + 64);
	put_unaligned_le32(1, f->m->config + 68);
	blk_start(f);
	io = io_start(f, REQ_OP_SECURE_ERASE, 24, BYTES);
	KUNIT_ASSERT_EQ(test, take_ranges(f, &b, T_SECURE_ERASE, &r, 1), 1);
	KUNIT_EXPECT_EQ(test, r.sector, 24);
	KUNIT_EXPECT_EQ(test, r.num, 8);
	KUNIT_EXPECT_EQ(test, r.flags, 0);
	blk_answer(f, &b, S_OK, 1);
	KUNIT_EXPECT_EQ(test, io_end(f, io), 0);
}

/* 5.2.6.3: on a legacy device used lengths mean nothing. */
static void legacy_length(struct kunit *test)
{
	static const u32 lengths[] = { 0, 1, BYTES, BYTES + 1, U32_MAX };
	struct blk *f = blk_new(test, 0);
	struct blk_io *io;
	struct play_buf b;
	unsigned int i;

	f->m->offered = FB_ANY_LAYOUT | FB_INDIRECT;
	blk_start(f);
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		io = io_start(f, REQ_OP_READ, 8, BYTES);
		blk_take(f, &b, T_IN, 8);
		blk_answer(f, &b, S_OK, lengths[i]);
		KUNIT_EXPECT_EQ(test, io_end(f, io), 0);
	}
}

static struct kunit_case requests_cases[] = {
	KUNIT_CASE(flush_says_nothing_else),
	KUNIT_CASE(no_flush),
	KUNIT_CASE(cache_mode_is_read_late),
	KUNIT_CASE(writethrough_flushes_first),
	KUNIT_CASE(writethrough_without_flush),
	KUNIT_CASE(read_only),
	KUNIT_CASE(discard_one),
	KUNIT_CASE(discard_many),
	KUNIT_CASE(discard_fails_whole),
	KUNIT_CASE(write_zeroes),
	KUNIT_CASE(secure_erase),
	KUNIT_CASE(legacy_length),
	{}
};

static struct kunit_suite requests_suite = {
	.name = "virtio_blk_requests",
	.test_cases = requests_cases,
};

kunit_test_suites(&requests_suite);

MODULE_DESCRIPTION("Unit tests of virtio_blk: layout of requests");
MODULE_LICENSE("GPL");
