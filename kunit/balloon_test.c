// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_balloon: what a device may rely on
 *
 * The balloon driver, loaded beside this module, on a mock that keeps books of
 * the pages that it gets (balloon_rig.h).  Sections are those of VIRTIO 1.4.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <asm/unaligned.h>

#include "balloon_rig.h"

/* Entry of a statistics buffer, 5.5.6.3. */
#define STAT_SIZE	10
#define STAT_TAGS	16

#define TAG_MEMFREE	4
#define TAG_MEMTOT	5

/* Reserved command ids, 5.5.6.5. */
#define HINT_STOP	0
#define HINT_DONE	1

/* How long nothing should happen, milliseconds. */
#define QUIET_MS	150

static unsigned int config_writes(struct balloon_rig *r, unsigned int offset)
{
	unsigned int i, n = 0;

	for (i = 0; i < r->m->log_num; i++)
		n += r->m->log[i].op == MOCK_CONFIG_WRITE &&
		     r->m->log[i].value == (offset << 16 | 4);
	return n;
}

static unsigned int notifications(struct balloon_rig *r, unsigned int queue)
{
	unsigned int i, n = 0;

	for (i = 0; i < r->m->log_num; i++)
		n += r->m->log[i].op == MOCK_NOTIFY &&
		     r->m->log[i].value == queue;
	return n;
}

static struct balloon_rig *balloon_up(struct kunit *test, u64 more)
{
	struct balloon_rig *r = balloon_new(test, FB_VERSION_1 | more);

	balloon_start(r);
	return r;
}

/* The same, with a balloon of so many pages. */
static struct balloon_rig *balloon_with(struct kunit *test, u64 more,
					u32 pages)
{
	struct balloon_rig *r = balloon_up(test, more);

	balloon_want(r, pages);
	KUNIT_ASSERT_TRUE(test, balloon_settle(r, pages));
	return r;
}

/* 5.5.6: it grows and shrinks as the device wants it. */
static void follows_num_pages(struct kunit *test)
{
	static const u32 sizes[] = { 1, 5000, 4999, 9000, 300, 0 };
	struct balloon_rig *r = balloon_up(test, FB_TELL_HOST);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		balloon_want(r, sizes[i]);
		KUNIT_EXPECT_TRUE(test, balloon_settle(r, sizes[i]));
	}
	KUNIT_EXPECT_EQ(test, r->odd, 0);
}

/* 5.5.4: its fields are little-endian on a legacy device as well. */
static void follows_num_pages_legacy(struct kunit *test)
{
	struct balloon_rig *r = balloon_new(test, 0);

	balloon_start(r);
	balloon_want(r, 700);
	KUNIT_EXPECT_TRUE(test, balloon_settle(r, 700));
	balloon_want(r, 0);
	KUNIT_EXPECT_TRUE(test, balloon_settle(r, 0));
	KUNIT_EXPECT_EQ(test, r->odd, 0);
}

/* 6: what is offered and what this kernel can do is taken. */
static void accepts_features(struct kunit *test)
{
	u64 all = FB_VERSION_1 | FB_TELL_HOST | FB_STATS | FB_OOM | FB_HINT;
	bool poisons = want_init_on_free() || page_poisoning_enabled_static();
	struct balloon_rig *r = balloon_new(test, all | FB_POISON |
						  FB_PLATFORM | FB_INDIRECT);

	balloon_start(r);
	KUNIT_EXPECT_EQ(test, r->m->accepted,
			all | FB_INDIRECT | (poisons ? FB_POISON : 0));
}

/* 5.5.3: PAGE_POISON is for a kernel that fills free pages. */
static void poison_value_before_live(struct kunit *test)
{
	struct balloon_rig *r = balloon_new(test, FB_VERSION_1 | FB_POISON);
	bool zeros = want_init_on_free();
	int write, live;

	put_unaligned_le32(0x12345678, r->m->config + CFG_POISON_VAL);
	balloon_start(r);
	if (!zeros && !page_poisoning_enabled_static()) {
		KUNIT_EXPECT_FALSE(test, r->m->accepted & FB_POISON);
		KUNIT_EXPECT_EQ(test, config_writes(r, CFG_POISON_VAL), 0);
		return;
	}
	write = mock_find_access(r->m, MOCK_CONFIG_WRITE, 0);
	live = mock_find_status(r->m, ST_ACKNOWLEDGE | ST_DRIVER |
				      ST_FEATURES_OK | ST_DRIVER_OK);
	KUNIT_EXPECT_GE(test, write, 0);
	KUNIT_EXPECT_GT(test, live, write);
	KUNIT_EXPECT_EQ(test, config_writes(r, CFG_POISON_VAL), 1);
	KUNIT_EXPECT_EQ(test, balloon_field(r, CFG_POISON_VAL),
			zeros ? 0 : 0xaaaaaaaa);
}

/* Many pages go in few buffers, several at a time, and cost one write. */
static void batches_ahead(struct kunit *test)
{
	struct balloon_rig *r = balloon_up(test, 0);

	KUNIT_EXPECT_TRUE(test, balloon_settle(r, 0));
	mock_clear_log(r->m);
	balloon_want(r, 16384);
	KUNIT_EXPECT_TRUE(test, play_until(play_poll(r->p, Q_INFLATE) >= 4));
	KUNIT_EXPECT_TRUE(test, balloon_settle(r, 16384));
	KUNIT_EXPECT_LE(test, notifications(r, Q_INFLATE), 4 + 1);
	/* Written at the end, and once a second if it takes so long. */
	KUNIT_EXPECT_LE(test, config_writes(r, CFG_ACTUAL), 3);
	KUNIT_EXPECT_EQ(test, r->m->log_lost, 0);
}

/* 5.5.6: actual follows the answer, not the request. */
static void actual_after_ack(struct kunit *test)
{
	struct balloon_rig *r = balloon_with(test, 0, 100);
	struct play_buf b;

	balloon_want(r, 200);
	KUNIT_ASSERT_TRUE(test, play_take(r->p, Q_INFLATE, &b));
	msleep(QUIET_MS);
	KUNIT_EXPECT_EQ(test, balloon_field(r, CFG_ACTUAL), 100);
	balloon_book(r, &b);
	balloon_ack(r, &b, 0);
	KUNIT_EXPECT_TRUE(test, balloon_settle(r, 200));
	balloon_want(r, 50);
	KUNIT_ASSERT_TRUE(test, play_take(r->p, Q_DEFLATE, &b));
	msleep(QUIET_MS);
	KUNIT_EXPECT_EQ(test, balloon_field(r, CFG_ACTUAL), 200);
	balloon_book(r, &b);
	balloon_ack(r, &b, 0);
	KUNIT_EXPECT_TRUE(test, balloon_settle(r, 50));
}

/* 5.5.6: nobody uses a page before the device has acknowledged the deflate. */
static void no_use_before_ack(struct kunit *test)
{
	struct balloon_rig *r = balloon_with(test, FB_TELL_HOST, 2000);
	unsigned long before = totalram_pages();
	unsigned int i, n, loose = 0;
	struct play_buf b;

	balloon_want(r, 0);
	KUNIT_ASSERT_TRUE(test, play_take(r->p, Q_DEFLATE, &b));
	msleep(QUIET_MS);
	n = balloon_book(r, &b);
	KUNIT_EXPECT_EQ(test, n, 2000);
	for (i = 0; i < n; i++)
		loose += page_count(pfn_to_page(r->pfns[i])) != 1;
	KUNIT_EXPECT_EQ(test, loose, 0);
	KUNIT_EXPECT_EQ(test, totalram_pages(), before);
	balloon_ack(r, &b, 0);
	KUNIT_EXPECT_TRUE(test, balloon_settle(r, 0));
	KUNIT_EXPECT_EQ(test, totalram_pages(), before + 2000);
}

/* 5.5.6: no deflate of a page whose inflate is not acknowledged. */
static void no_deflate_before_ack(struct kunit *test)
{
	struct balloon_rig *r = balloon_up(test, 0);
	struct play_buf b;

	balloon_want(r, 1000);
	KUNIT_ASSERT_TRUE(test, play_take(r->p, Q_INFLATE, &b));
	balloon_want(r, 0);
	msleep(QUIET_MS);
	KUNIT_EXPECT_EQ(test, play_poll(r->p, Q_DEFLATE), 0);
	balloon_book(r, &b);
	balloon_ack(r, &b, 0);
	KUNIT_EXPECT_TRUE(test, balloon_settle(r, 0));
	KUNIT_EXPECT_EQ(test, r->odd, 0);
}

/* MemTotal is what the guest has. */
static void memory_is_counted(struct kunit *test)
{
	unsigned long before = totalram_pages();
	struct balloon_rig *r = balloon_with(test, 0, 3000);

	KUNIT_EXPECT_EQ(test, totalram_pages(), before - 3000);
	balloon_want(r, 1000);
	KUNIT_ASSERT_TRUE(test, balloon_settle(r, 1000));
	KUNIT_EXPECT_EQ(test, totalram_pages(), before - 1000);
	balloon_want(r, 0);
	KUNIT_ASSERT_TRUE(test, balloon_settle(r, 0));
	KUNIT_EXPECT_EQ(test, totalram_pages(), before);
}

/* The driver goes: the device is told of each page, and all are free again. */
static void removal_gives_back(struct kunit *test)
{
	unsigned long before = totalram_pages();
	struct balloon_rig *r = balloon_with(test, FB_TELL_HOST, 5000);

	balloon_serve_start(r);
	mock_unregister(r->m);
	balloon_serve_stop(r);
	KUNIT_EXPECT_EQ(test, r->held, 0);
	KUNIT_EXPECT_EQ(test, r->odd, 0);
	KUNIT_EXPECT_EQ(test, totalram_pages(), before);
}

/* Somebody who goes through all pages, as compaction does, looks at a few. */
static unsigned int borrow_pages(struct balloon_rig *r, struct page **pages,
				 unsigned int max)
{
	unsigned long pfn, seen = 0;
	unsigned int n = 0;
	void *entry;

	xa_for_each(&r->pages, pfn, entry)
		if (n < max && seen++ % 500 == 250) {
			pages[n] = pfn_to_page(pfn);
			get_page(pages[n++]);
		}
	return n;
}

/* Only these stay, and only until they are let go of; no other does. */
static void somebody_has_pages(struct kunit *test)
{
	struct page *pages[8];
	struct balloon_rig *r;
	unsigned long before;
	unsigned int n, i;

	before = global_zone_page_state(NR_FREE_PAGES);
	r = balloon_with(test, FB_TELL_HOST, 5000);
	n = borrow_pages(r, pages, ARRAY_SIZE(pages));
	KUNIT_EXPECT_EQ(test, n, ARRAY_SIZE(pages));
	balloon_want(r, 0);
	KUNIT_EXPECT_TRUE(test, balloon_settle(r, 0));
	KUNIT_EXPECT_GT(test, global_zone_page_state(NR_FREE_PAGES) + 2000,
			before);
	for (i = 0; i < n; i++) {
		KUNIT_EXPECT_EQ(test, page_count(pages[i]), 1);
		put_page(pages[i]);
	}
}

static unsigned long stats_tags(struct kunit *test, struct balloon_rig *r,
				const struct play_buf *b, u64 *values)
{
	unsigned long tags = 0;
	u8 stat[STAT_SIZE];
	size_t at;
	u16 tag;

	for (at = 0; at < b->out_len; at += STAT_SIZE) {
		KUNIT_ASSERT_EQ(test, play_read(r->p, b, at, stat, STAT_SIZE),
				STAT_SIZE);
		tag = get_unaligned_le16(stat);
		KUNIT_ASSERT_LT(test, tag, STAT_TAGS);
		KUNIT_EXPECT_FALSE(test, tags & BIT(tag));
		tags |= BIT(tag);
		values[tag] = get_unaligned_le64(stat + 2);
	}
	return tags;
}

/* 5.5.6.3: one buffer, filled from the start, the same entries each time. */
static void stats_buffers(struct kunit *test)
{
	struct balloon_rig *r = balloon_up(test, FB_STATS);
	unsigned long all = IS_ENABLED(CONFIG_VM_EVENT_COUNTERS) ? 0xff : 0x70;
	unsigned long tags[2] = {};
	u64 values[STAT_TAGS] = {};
	struct play_buf b;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		KUNIT_ASSERT_TRUE(test, play_take(r->p, Q_MORE, &b));
		KUNIT_EXPECT_EQ(test, b.in_len, 0);
		KUNIT_EXPECT_EQ(test, b.out_len % STAT_SIZE, 0);
		KUNIT_EXPECT_EQ(test, b.out_len % 6, 0);
		tags[i] = stats_tags(test, r, &b, values);
		KUNIT_EXPECT_EQ(test, tags[i] & 0xff, all);
		KUNIT_EXPECT_EQ(test, values[TAG_MEMTOT],
				(u64)totalram_pages() << PAGE_SHIFT);
		KUNIT_EXPECT_GT(test, values[TAG_MEMFREE], 0);
		KUNIT_EXPECT_LT(test, values[TAG_MEMFREE], values[TAG_MEMTOT]);
		msleep(QUIET_MS);
		KUNIT_EXPECT_EQ(test, play_poll(r->p, Q_MORE), 0);
		play_done(r->p, &b, 0);
	}
	KUNIT_EXPECT_EQ(test, tags[0], tags[1]);
}

static void hint_ask(struct balloon_rig *r, u32 id)
{
	put_unaligned_le32(id, r->m->config + CFG_HINT_ID);
	mock_config_interrupt(r->m);
}

/* The next buffer is a command of 4 bytes; which? */
static u32 hint_command(struct kunit *test, struct balloon_rig *r)
{
	struct play_buf b;
	__le32 id = 0;

	KUNIT_ASSERT_TRUE(test, play_take(r->p, Q_MORE, &b));
	KUNIT_ASSERT_EQ(test, b.out_len, 4);
	KUNIT_EXPECT_EQ(test, b.in_len, 0);
	play_read(r->p, &b, 0, &id, sizeof(id));
	play_done(r->p, &b, 0);
	return le32_to_cpu(id);
}

/* All blocks up to the command at the end; says how many. */
static unsigned int hint_blocks(struct kunit *test, struct balloon_rig *r)
{
	unsigned int n = 0;
	struct play_buf b;
	__le32 id = cpu_to_le32(U32_MAX);

	for (;;) {
		KUNIT_ASSERT_TRUE(test, play_take(r->p, Q_MORE, &b));
		if (!b.in_len)
			break;
		KUNIT_EXPECT_EQ(test, b.out_len, 0);
		KUNIT_EXPECT_GE(test, b.in_len, PAGE_SIZE);
		n++;
		play_done(r->p, &b, 0);
	}
	KUNIT_EXPECT_EQ(test, b.out_len, 4);
	play_read(r->p, &b, 0, &id, sizeof(id));
	play_done(r->p, &b, 0);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(id), HINT_STOP);
	return n;
}

static long pages_free(void)
{
	return global_zone_page_state(NR_FREE_PAGES);
}

/* 5.5.6.5: id, blocks, STOP; the pages are kept until DONE. */
static void hint_round(struct kunit *test)
{
	struct balloon_rig *r = balloon_up(test, FB_HINT);
	long before = pages_free();
	unsigned int n, i;

	hint_ask(r, 7);
	KUNIT_EXPECT_EQ(test, hint_command(test, r), 7);
	n = hint_blocks(test, r);
	KUNIT_EXPECT_GT(test, n, 4);
	KUNIT_EXPECT_LT(test, pages_free(), before - n * 512);
	hint_ask(r, HINT_STOP);
	msleep(QUIET_MS);
	KUNIT_EXPECT_LT(test, pages_free(), before - n * 512);
	hint_ask(r, HINT_DONE);
	/* A kernel with checkers takes its time to free so much. */
	for (i = 0; i < 5 && pages_free() < before - n * 256; i++)
		play_until(pages_free() > before - n * 256);
	KUNIT_EXPECT_GT(test, pages_free(), before - n * 256);
	KUNIT_EXPECT_EQ(test, play_poll(r->p, Q_MORE), 0);
}

/* 5.5.6.5: one start per id, and no blocks after STOP. */
static void hint_starts_once(struct kunit *test)
{
	struct balloon_rig *r = balloon_up(test, FB_HINT);
	struct play_buf b;
	unsigned int n;

	hint_ask(r, 9);
	KUNIT_EXPECT_EQ(test, hint_command(test, r), 9);
	KUNIT_ASSERT_TRUE(test, play_take(r->p, Q_MORE, &b));
	hint_ask(r, 9);
	hint_ask(r, HINT_STOP);
	msleep(QUIET_MS);
	play_done(r->p, &b, 0);
	/* What was in the ring already, and no more. */
	n = hint_blocks(test, r);
	KUNIT_EXPECT_LE(test, n, BALLOON_RING);
	hint_ask(r, 10);
	KUNIT_EXPECT_EQ(test, hint_command(test, r), 10);
	/* Those of before are still kept, and told of first. */
	KUNIT_EXPECT_GE(test, hint_blocks(test, r), n);
	hint_ask(r, HINT_DONE);
}

/* 5.5.6.7: free memory in large pieces, not used before it is acknowledged. */
static void reports_free_pages(struct kunit *test)
{
	struct balloon_rig *r = balloon_up(test, FB_REPORT);
	struct page *page;
	struct play_buf b;
	unsigned int i;
	bool got = false;

	if (!(r->m->accepted & FB_REPORT)) {
		kunit_skip(test, "this kernel fills free pages, or reports none");
		return;
	}
	/* A free block makes the kernel think of reporting, two seconds later. */
	page = alloc_pages(GFP_KERNEL, MAX_ORDER - 1);
	KUNIT_ASSERT_NOT_NULL(test, page);
	__free_pages(page, MAX_ORDER - 1);
	for (i = 0; i < 5 && !got; i++)
		got = play_take(r->p, Q_MORE, &b);
	KUNIT_ASSERT_TRUE(test, got);
	KUNIT_EXPECT_EQ(test, b.out_len, 0);
	KUNIT_EXPECT_GE(test, b.in_len / b.c.num, 64 << PAGE_SHIFT);
	for (i = 0; i < min_t(unsigned int, b.c.num, WALK_MAX_ELEMS); i++)
		KUNIT_EXPECT_EQ(test, page_count(pfn_to_page(PHYS_PFN(b.c.elem[i].addr))),
				0);
	msleep(QUIET_MS);
	KUNIT_EXPECT_EQ(test, play_poll(r->p, Q_MORE), 0);
	play_done(r->p, &b, 0);
	/* So that the driver need not wait when it goes. */
	while (play_take(r->p, Q_MORE, &b))
		play_done(r->p, &b, 0);
}

#ifdef CONFIG_PM_SLEEP
/* Sleep: all pages come back before the reset, and go again after it. */
static void sleeps_without_pages(struct kunit *test)
{
	unsigned long before = totalram_pages();
	struct balloon_rig *r = balloon_with(test, FB_TELL_HOST, 4000);

	balloon_serve_start(r);
	KUNIT_EXPECT_EQ(test, virtio_device_freeze(&r->m->vdev), 0);
	balloon_serve_stop(r);
	KUNIT_EXPECT_EQ(test, r->held, 0);
	KUNIT_EXPECT_EQ(test, totalram_pages(), before);
	KUNIT_EXPECT_EQ(test, r->m->status & ST_DRIVER_OK, 0);
	KUNIT_ASSERT_EQ(test, virtio_device_restore(&r->m->vdev), 0);
	KUNIT_EXPECT_TRUE(test, balloon_settle(r, 4000));
	KUNIT_EXPECT_EQ(test, totalram_pages(), before - 4000);
	KUNIT_EXPECT_EQ(test, r->odd, 0);
}
#endif

static struct kunit_case balloon_cases[] = {
	KUNIT_CASE(follows_num_pages),
	KUNIT_CASE(follows_num_pages_legacy),
	KUNIT_CASE(accepts_features),
	KUNIT_CASE(poison_value_before_live),
	KUNIT_CASE(batches_ahead),
	KUNIT_CASE(actual_after_ack),
	KUNIT_CASE(no_use_before_ack),
	KUNIT_CASE(no_deflate_before_ack),
	KUNIT_CASE(memory_is_counted),
	KUNIT_CASE(removal_gives_back),
	KUNIT_CASE(somebody_has_pages),
	KUNIT_CASE(stats_buffers),
	KUNIT_CASE(hint_round),
	KUNIT_CASE(hint_starts_once),
	KUNIT_CASE(reports_free_pages),
#ifdef CONFIG_PM_SLEEP
	KUNIT_CASE(sleeps_without_pages),
#endif
	{}
};

static struct kunit_suite balloon_suite = {
	.name = "virtio_balloon",
	.test_cases = balloon_cases,
};

kunit_test_suites(&balloon_suite);

MODULE_DESCRIPTION("Unit tests of virtio_balloon on a mock device");
MODULE_LICENSE("GPL");
