// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_balloon_hostile: a balloon that means harm
 *
 * The balloon driver, loaded beside this module, on a device that lies in its
 * configuration, answers wrongly, too often or never.  Whatever it does, no
 * page is given to two owners, all come back, and every wait ends.
 *
 * A device that failed is reset; what follows depends on the bus.  Where it
 * recovers devices, the driver tells the device of all its pages anew; where
 * it does not, the device is given up and the guest has its memory.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/random.h>
#include <asm/unaligned.h>

#include "balloon_rig.h"

#define HINT_DONE	1

/* A silent device is given up after answer_ms, which the tests set to this. */
#define LIMIT_MS	1500

static struct balloon_rig *balloon_up(struct kunit *test, u64 more)
{
	struct balloon_rig *r = balloon_new(test, FB_VERSION_1 | more);

	balloon_start(r);
	return r;
}

/* With the device gone, the guest has what it had. */
static void expect_all_back(struct balloon_rig *r, unsigned long before)
{
	balloon_serve_start(r);
	mock_unregister(r->m);
	balloon_serve_stop(r);
	KUNIT_EXPECT_EQ(r->test, totalram_pages(), before);
}

/* The device is reset within the limit and a little more. */
static bool was_reset(struct balloon_rig *r, unsigned int life)
{
	unsigned long end = jiffies + msecs_to_jiffies(2 * LIMIT_MS + PLAY_MS);

	while (time_before(jiffies, end)) {
		if (r->m->status & ST_FAILED || READ_ONCE(r->p->life) != life)
			return true;
		usleep_range(500, 1000);
	}
	return false;
}

/*
 * After a failure with @pages wanted: told anew of all of them, or given up.
 */
static void expect_handled(struct balloon_rig *r, unsigned int life,
			   u32 pages, unsigned long before)
{
	struct kunit *test = r->test;

	KUNIT_ASSERT_TRUE(test, was_reset(r, life));
	if (r->m->status & ST_FAILED) {
		KUNIT_EXPECT_TRUE(test, play_until(totalram_pages() == before));
	} else {
		balloon_forget(r);
		KUNIT_EXPECT_TRUE(test, balloon_settle(r, pages));
		KUNIT_EXPECT_EQ(test, r->odd, 0);
	}
	expect_all_back(r, before);
}

/* More pages than any guest has. */
static void target_huge(struct kunit *test)
{
	unsigned long before = totalram_pages();
	struct balloon_rig *r = balloon_up(test, 0);
	unsigned long end = jiffies + 60 * HZ;
	unsigned int quiet = 0;

	r->forgetful = true;
	balloon_want(r, U32_MAX);
	/* The driver stops by itself, and leaves the guest some memory. */
	while (quiet < 500 && time_before(jiffies, end)) {
		quiet = balloon_serve(r) ? 0 : quiet + 1;
		usleep_range(500, 1000);
	}
	KUNIT_EXPECT_EQ(test, quiet, 500);
	KUNIT_EXPECT_EQ(test, balloon_field(r, CFG_ACTUAL), r->held);
	KUNIT_EXPECT_GT(test, si_mem_available(), 512);
	balloon_want(r, 0);
	KUNIT_EXPECT_TRUE(test, balloon_settle(r, 0));
	expect_all_back(r, before);
}

static void another_target(struct mock *m, unsigned int offset,
			   unsigned int len)
{
	put_unaligned_le32(get_random_u32() % 6000, m->config + CFG_NUM_PAGES);
}

/* num_pages is another one each time that it is read. */
static void target_never_twice_the_same(struct kunit *test)
{
	unsigned long before = totalram_pages();
	struct balloon_rig *r = balloon_up(test, 0);
	unsigned long end = jiffies + HZ;

	r->m->on_config_read = another_target;
	while (time_before(jiffies, end)) {
		mock_config_interrupt(r->m);
		balloon_serve(r);
		usleep_range(500, 1000);
	}
	KUNIT_EXPECT_LT(test, r->held, 6000);
	r->m->on_config_read = NULL;
	balloon_want(r, 123);
	KUNIT_EXPECT_TRUE(test, balloon_settle(r, 123));
	KUNIT_EXPECT_EQ(test, r->odd, 0);
	expect_all_back(r, before);
}

/* A change is announced thousands of times, and none has happened. */
static void change_storm(struct kunit *test)
{
	unsigned long before = totalram_pages();
	struct balloon_rig *r = balloon_up(test, FB_HINT);
	unsigned int i;

	balloon_want(r, 50);
	for (i = 0; i < 5000; i++)
		mock_config_interrupt(r->m);
	KUNIT_EXPECT_TRUE(test, balloon_settle(r, 50));
	expect_all_back(r, before);
}

/* Command ids at random, most of them in the middle of a round. */
static void hint_ids_random(struct kunit *test)
{
	unsigned long before = totalram_pages(), end = jiffies + 2 * HZ;
	struct balloon_rig *r = balloon_up(test, FB_HINT);
	struct play_buf b;

	while (time_before(jiffies, end)) {
		put_unaligned_le32(get_random_u32() % 6,
				   r->m->config + CFG_HINT_ID);
		mock_config_interrupt(r->m);
		while (play_try_take(r->p, Q_MORE, &b))
			play_done(r->p, &b, get_random_u32() % 8);
		usleep_range(500, 1000);
	}
	put_unaligned_le32(HINT_DONE, r->m->config + CFG_HINT_ID);
	mock_config_interrupt(r->m);
	end = jiffies + HZ;
	while (time_before(jiffies, end)) {
		while (play_try_take(r->p, Q_MORE, &b))
			play_done(r->p, &b, 0);
		usleep_range(500, 1000);
	}
	expect_all_back(r, before);
}

/* Used lengths that cannot be: there is nothing to write in these buffers. */
static void used_lengths(struct kunit *test)
{
	static const u32 lens[] = { 1, 4, 16384, U32_MAX };
	unsigned long before = totalram_pages();
	struct balloon_rig *r = balloon_up(test, 0);
	struct play_buf b;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		balloon_want(r, 100 * (i + 1));
		KUNIT_ASSERT_TRUE(test, play_take(r->p, Q_INFLATE, &b));
		KUNIT_EXPECT_EQ(test, balloon_book(r, &b), 100);
		balloon_ack(r, &b, lens[i]);
		KUNIT_EXPECT_TRUE(test, balloon_settle(r, 100 * (i + 1)));
	}
	KUNIT_EXPECT_EQ(test, r->odd, 0);
	expect_all_back(r, before);
}

/* 2.7: buffers may be used in any order. */
static void out_of_order(struct kunit *test)
{
	unsigned long before = totalram_pages();
	struct play_buf *b = walk_zalloc(test, 4, sizeof(*b));
	struct balloon_rig *r = balloon_up(test, 0);
	int i, n = 0;

	r->forgetful = true;
	balloon_want(r, 16384);
	while (n < 4 && play_take(r->p, Q_INFLATE, &b[n]))
		n++;
	KUNIT_ASSERT_GT(test, n, 1);
	for (i = n - 1; i >= 0; i--) {
		balloon_book(r, &b[i]);
		balloon_ack(r, &b[i], 0);
	}
	KUNIT_EXPECT_TRUE(test, balloon_settle(r, 16384));
	expect_all_back(r, before);
}

/* An inflate is never acknowledged. */
static void silent_inflate(struct kunit *test)
{
	unsigned long before = totalram_pages();
	struct balloon_rig *r = balloon_up(test, 0);
	unsigned int life = r->p->life;
	struct play_buf b;

	balloon_want(r, 1000);
	KUNIT_ASSERT_TRUE(test, play_take(r->p, Q_INFLATE, &b));
	expect_handled(r, life, 1000, before);
}

/* A deflate is never acknowledged. */
static void silent_deflate(struct kunit *test)
{
	unsigned long before = totalram_pages();
	struct balloon_rig *r = balloon_up(test, FB_TELL_HOST);
	unsigned int life = r->p->life;
	struct play_buf b;

	balloon_want(r, 5000);
	KUNIT_ASSERT_TRUE(test, balloon_settle(r, 5000));
	balloon_want(r, 1000);
	KUNIT_ASSERT_TRUE(test, play_take(r->p, Q_DEFLATE, &b));
	expect_handled(r, life, 1000, before);
}

/* The driver is removed, and the device does not answer any more. */
static void silent_removal(struct kunit *test)
{
	unsigned long before = totalram_pages();
	struct balloon_rig *r = balloon_up(test, FB_TELL_HOST);
	unsigned long since;

	balloon_want(r, 5000);
	KUNIT_ASSERT_TRUE(test, balloon_settle(r, 5000));
	since = jiffies;
	mock_unregister(r->m);
	KUNIT_EXPECT_LT(test, jiffies_to_msecs(jiffies - since),
			2 * LIMIT_MS + PLAY_MS);
	KUNIT_EXPECT_EQ(test, totalram_pages(), before);
}

/* The device is gone: notifications fail, registers read as ones. */
static void gone_with_pages(struct kunit *test)
{
	unsigned long before = totalram_pages();
	struct balloon_rig *r = balloon_up(test, 0);

	balloon_want(r, 3000);
	KUNIT_ASSERT_TRUE(test, balloon_settle(r, 3000));
	r->m->dead = true;
	virtio_break_device(&r->m->vdev);
	mock_unregister(r->m);
	KUNIT_EXPECT_EQ(test, totalram_pages(), before);
}

/* A buffer is used that never was: the queue is broken. */
static void breaks_inflate_queue(struct kunit *test)
{
	unsigned long before = totalram_pages();
	struct balloon_rig *r = balloon_up(test, 0);
	unsigned int life = r->p->life;
	struct play_buf b;

	balloon_want(r, 1000);
	KUNIT_ASSERT_TRUE(test, play_take(r->p, Q_INFLATE, &b));
	play_lie(r->p, Q_INFLATE, 0xfff0, 0);
	expect_handled(r, life, 1000, before);
}

/* Interrupts of all queues, and nothing is used. */
static void empty_interrupts(struct kunit *test)
{
	unsigned long before = totalram_pages();
	struct balloon_rig *r = balloon_up(test, FB_STATS | FB_HINT);
	unsigned int i, q;

	balloon_want(r, 300);
	for (i = 0; i < 1000; i++)
		for (q = 0; q < r->m->num_vqs; q++)
			mock_interrupt(r->m, q);
	KUNIT_EXPECT_TRUE(test, balloon_settle(r, 300));
	KUNIT_EXPECT_EQ(test, play_poll(r->p, Q_MORE), 1);
	expect_all_back(r, before);
}

/* Statistics are asked for without a pause: the answers have one. */
static void stats_without_end(struct kunit *test)
{
	unsigned long before = totalram_pages(), end = jiffies + 2 * HZ;
	struct balloon_rig *r = balloon_up(test, FB_STATS);
	unsigned int answers = 0;
	struct play_buf b;

	while (time_before(jiffies, end)) {
		if (play_try_take(r->p, Q_MORE, &b)) {
			answers++;
			play_done(r->p, &b, get_random_u32());
		}
		mock_interrupt(r->m, Q_MORE);
		usleep_range(100, 200);
	}
	KUNIT_EXPECT_GT(test, answers, 4);
	KUNIT_EXPECT_LT(test, answers, 50);
	expect_all_back(r, before);
}

/* Free pages are reported; the device does not acknowledge that. */
static void take_report(struct balloon_rig *r)
{
	struct kunit *test = r->test;
	struct play_buf b;
	struct page *page;
	bool got = false;
	unsigned int i;

	if (!(r->m->accepted & FB_REPORT))
		kunit_skip(test, "this kernel fills free pages, or reports none");
	page = alloc_pages(GFP_KERNEL, MAX_ORDER - 1);
	KUNIT_ASSERT_NOT_NULL(test, page);
	__free_pages(page, MAX_ORDER - 1);
	for (i = 0; i < 5 && !got; i++)
		got = play_take(r->p, Q_MORE, &b);
	KUNIT_ASSERT_TRUE(test, got);
}

/* Nor ever: it is reset. */
static void silent_report(struct kunit *test)
{
	unsigned long before = totalram_pages();
	struct balloon_rig *r = balloon_up(test, FB_REPORT);
	unsigned int life = r->p->life;

	take_report(r);
	KUNIT_EXPECT_TRUE(test, was_reset(r, life));
	mock_unregister(r->m);
	KUNIT_EXPECT_EQ(test, totalram_pages(), before);
}

#ifdef CONFIG_PM_SLEEP
/* And when the system sleeps, that does not wait for it. */
static void silent_report_asleep(struct kunit *test)
{
	unsigned long before = totalram_pages();
	struct balloon_rig *r = balloon_up(test, FB_REPORT);
	unsigned long since;

	take_report(r);
	since = jiffies;
	KUNIT_EXPECT_EQ(test, virtio_device_freeze(&r->m->vdev), 0);
	KUNIT_EXPECT_LT(test, jiffies_to_msecs(jiffies - since),
			2 * LIMIT_MS + PLAY_MS);
	KUNIT_EXPECT_EQ(test, virtio_device_restore(&r->m->vdev), 0);
	mock_unregister(r->m);
	KUNIT_EXPECT_EQ(test, totalram_pages(), before);
}
#endif

/* A ring of two entries has room for one batch at a time. */
static void tiny_ring(struct kunit *test)
{
	struct balloon_rig *r = balloon_new(test, FB_VERSION_1 | FB_STATS);
	unsigned long before = totalram_pages();
	unsigned int i;

	for (i = 0; i < r->m->num_vqs; i++)
		r->m->queue_size[i] = 2;
	balloon_start(r);
	balloon_want(r, 10000);
	KUNIT_EXPECT_TRUE(test, balloon_settle(r, 10000));
	KUNIT_EXPECT_EQ(test, r->odd, 0);
	expect_all_back(r, before);
}

static struct kunit_case hostile_cases[] = {
	KUNIT_CASE(target_huge),
	KUNIT_CASE(target_never_twice_the_same),
	KUNIT_CASE(change_storm),
	KUNIT_CASE(hint_ids_random),
	KUNIT_CASE(used_lengths),
	KUNIT_CASE(out_of_order),
	KUNIT_CASE(silent_inflate),
	KUNIT_CASE(silent_deflate),
	KUNIT_CASE(silent_removal),
	KUNIT_CASE(gone_with_pages),
	KUNIT_CASE(breaks_inflate_queue),
	KUNIT_CASE(empty_interrupts),
	KUNIT_CASE(stats_without_end),
	KUNIT_CASE(silent_report),
#ifdef CONFIG_PM_SLEEP
	KUNIT_CASE(silent_report_asleep),
#endif
	KUNIT_CASE(tiny_ring),
	{}
};

static struct kunit_suite hostile_suite = {
	.name = "virtio_balloon_hostile",
	.test_cases = hostile_cases,
};

kunit_test_suites(&hostile_suite);

MODULE_DESCRIPTION("Unit tests of virtio_balloon on a hostile mock device");
MODULE_LICENSE("GPL");
