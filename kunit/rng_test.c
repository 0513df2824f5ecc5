// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_rng: an entropy device that answers as it likes
 *
 * The source of virtio-rng once more, with its calls of the hwrng core led
 * here, on a mock whose queue the test plays.  The test is the reader.
 */
#include <linux/hw_random.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/virtio.h>

#include "play.h"

static int rng_test_register(struct hwrng *rng);
static void rng_test_unregister(struct hwrng *rng);

#define hwrng_register rng_test_register
#define hwrng_unregister rng_test_unregister
#undef module_virtio_driver
#define module_virtio_driver(driver)
/* This module is nobody's driver. */
#undef MODULE_DEVICE_TABLE
#define MODULE_DEVICE_TABLE(type, name)
#include "../drivers/virtio_rng.c"

#define ID_ENTROPY	4

/* Buffers that the driver keeps with the device, and their bytes. */
#define BUFS		4
#define BYTES		1024

/* What the core was given. */
static struct hwrng *core;

static int rng_test_register(struct hwrng *rng)
{
	core = rng;
	return 0;
}

static void rng_test_unregister(struct hwrng *rng)
{
	core = NULL;
}

static int rng_init(struct kunit *test)
{
	vrng_driver.driver.name = "virtio-kunit-rng";
	/* Tests may run before this module is through loading. */
	vrng_driver.driver.owner = NULL;
	return register_virtio_driver(&vrng_driver);
}

static void rng_exit(struct kunit *test)
{
	unregister_virtio_driver(&vrng_driver);
}

/* A device that is on the bus, with its driver, and a reader. */
static struct play *rng_setup(struct kunit *test)
{
	struct mock *m = mock_new(test, ID_ENTROPY, FB_VERSION_1);
	struct play *p = play_new(m);

	KUNIT_ASSERT_EQ(test, mock_register(m), 0);
	KUNIT_ASSERT_TRUE(test, play_up(p, 0));
	KUNIT_ASSERT_NOT_NULL(test, core);
	return p;
}

/* Read what is there. */
static int rng_read(void *to, size_t max)
{
	return core->read(core, to, max, false);
}

/* Bytes arrive, and are what the device wrote. */
static void rng_expect_works(struct play *p)
{
	u8 got[16] = "";

	KUNIT_ASSERT_TRUE(p->test, play_answer(p, 0, "recovered", 9));
	KUNIT_EXPECT_EQ(p->test, rng_read(got, sizeof(got)), 9);
	KUNIT_EXPECT_STREQ(p->test, (char *)got, "recovered");
}

/* After a lie: the driver notices, and the device gets its buffers anew. */
static void rng_expect_anew(struct play *p, unsigned int life)
{
	u8 got[16];

	KUNIT_EXPECT_LE(p->test, rng_read(got, sizeof(got)), 0);
	KUNIT_EXPECT_TRUE(p->test, play_until(p->life > life));
	rng_expect_works(p);
}

/* 5.4.6.1: buffers are for the device to write only. */
static void gives_buffers(struct kunit *test)
{
	struct play *p = rng_setup(test);
	struct play_buf b;
	int i;

	for (i = 0; i < BUFS; i++) {
		KUNIT_ASSERT_TRUE(test, play_take(p, 0, &b));
		KUNIT_EXPECT_EQ(test, b.out_len, 0);
		KUNIT_EXPECT_EQ(test, b.in_len, BYTES);
	}
	KUNIT_EXPECT_FALSE(test, play_try_take(p, 0, &b));
}

/* 5.4.6.2: as many as it says, each once. */
static void each_byte_once(struct kunit *test)
{
	struct play *p = rng_setup(test);
	u8 got[8] = "";

	KUNIT_ASSERT_TRUE(test, play_answer(p, 0, "abcdef", 6));
	KUNIT_EXPECT_EQ(test, rng_read(got, 4), 4);
	KUNIT_EXPECT_STREQ(test, (char *)got, "abcd");
	KUNIT_EXPECT_EQ(test, rng_read(got, 4), 2);
	KUNIT_EXPECT_STREQ(test, (char *)got, "efcd");
	KUNIT_EXPECT_EQ(test, rng_read(got, 4), 0);
}

/* What was handed out is nowhere else any more. */
static void wipes_behind_the_reader(struct kunit *test)
{
	struct play *p = rng_setup(test);
	struct play_buf b;
	u8 got[8], *mem;

	KUNIT_ASSERT_TRUE(test, play_take(p, 0, &b));
	mem = walk_virt(&p->q[0].w, b.c.elem[0].addr);
	play_write(p, &b, 0, "abcdef", 6);
	play_done(p, &b, 6);
	KUNIT_EXPECT_EQ(test, rng_read(got, 6), 6);
	KUNIT_EXPECT_NULL(test, memchr_inv(mem, 0, 6));
}

static void length_of_4_gib(struct kunit *test)
{
	struct play *p = rng_setup(test);
	struct play_buf b;
	unsigned int sum = 0;
	u8 got[64];
	int n;

	KUNIT_ASSERT_TRUE(test, play_take(p, 0, &b));
	play_done(p, &b, U32_MAX);
	while ((n = rng_read(got, sizeof(got))) > 0 && sum <= BYTES)
		sum += n;
	KUNIT_EXPECT_EQ(test, sum, BYTES);
}

/* A device that gives nothing makes no reader spin, and gets another chance. */
static void lengths_of_zero(struct kunit *test)
{
	struct play *p = rng_setup(test);
	struct play_buf b;
	u8 got[8];
	int i;

	for (i = 0; i < BUFS; i++) {
		KUNIT_ASSERT_TRUE(test, play_take(p, 0, &b));
		play_done(p, &b, 0);
	}
	KUNIT_EXPECT_EQ(test, core->read(core, got, 8, true), -EIO);
	rng_expect_works(p);
}

/* 2.7.8: an id beyond the queue. */
static void id_out_of_range(struct kunit *test)
{
	struct play *p = rng_setup(test);

	play_lie(p, 0, 4711, 8);
	rng_expect_anew(p, 1);
}

static void id_not_given(struct kunit *test)
{
	struct play *p = rng_setup(test);

	play_lie(p, 0, 7, 8);
	rng_expect_anew(p, 1);
}

/* The same buffer twice: its bytes are handed out once. */
static void used_twice(struct kunit *test)
{
	struct play *p = rng_setup(test);
	struct play_buf b;
	u8 got[16] = "";

	KUNIT_ASSERT_TRUE(test, play_take(p, 0, &b));
	play_write(p, &b, 0, "once", 4);
	play_done(p, &b, 4);
	play_lie(p, 0, b.c.id, 4);
	KUNIT_EXPECT_EQ(test, rng_read(got, sizeof(got)), 4);
	KUNIT_EXPECT_STREQ(test, (char *)got, "once");
	rng_expect_anew(p, 1);
}

/* 2.1.1: what was received stays, what was on its way does not. */
static void needs_reset(struct kunit *test)
{
	struct play *p = rng_setup(test);
	struct play_buf b;
	u8 got[16] = "";

	KUNIT_ASSERT_TRUE(test, play_answer(p, 0, "before", 6));
	KUNIT_EXPECT_EQ(test, rng_read(got, 3), 3);
	KUNIT_ASSERT_TRUE(test, play_take(p, 0, &b));
	play_write(p, &b, 0, "half", 4);
	mock_needs_reset(p->m);
	KUNIT_EXPECT_TRUE(test, play_until(p->life == 2));
	play_done(p, &b, 4);
	KUNIT_EXPECT_EQ(test, rng_read(got, sizeof(got)), 3);
	rng_expect_works(p);
}

/* Registers read as all ones: readers are told. */
static void gone(struct kunit *test)
{
	struct play *p = rng_setup(test);
	u8 got[8];

	p->m->dead = true;
	mock_config_interrupt(p->m);
	KUNIT_EXPECT_TRUE(test, play_until(rng_read(got, 8) == -ENODEV));
	KUNIT_EXPECT_EQ(test, core->read(core, got, 8, true), -ENODEV);
}

static void lies_on_and_on(struct kunit *test)
{
	struct play *p = rng_setup(test);
	unsigned int life;
	u8 got[8];

	for (life = 1; life <= 5; life++) {
		KUNIT_ASSERT_TRUE(test, play_until(play_poll(p, 0) == BUFS));
		play_lie(p, 0, 4711, 8);
		play_until(rng_read(got, 8) == -ENODEV || p->life > life);
	}
	KUNIT_EXPECT_TRUE(test, play_until(rng_read(got, 8) == -ENODEV));
	KUNIT_EXPECT_TRUE(test, p->m->status & ST_FAILED);
}

/* The device has no queue any more when it is set up again. */
static void queue_does_not_come_back(struct kunit *test)
{
	struct play *p = rng_setup(test);
	u8 got[8];

	p->m->refuse_vqs = -ENOENT;
	mock_needs_reset(p->m);
	KUNIT_EXPECT_TRUE(test, play_until(rng_read(got, 8) == -ENODEV));
	KUNIT_EXPECT_TRUE(test, p->m->status & ST_FAILED);
}

/* Interrupts for nothing. */
static void nothing_used(struct kunit *test)
{
	struct play *p = rng_setup(test);
	u8 got[8];
	int i;

	for (i = 0; i < 100; i++) {
		mock_interrupt(p->m, 0);
		KUNIT_ASSERT_EQ(test, rng_read(got, 8), 0);
	}
	rng_expect_works(p);
}

static int rng_waiting_reader(void *data)
{
	struct hwrng *rng = core;
	u8 got[8];

	return rng->read(rng, got, sizeof(got), true);
}

/* It waits for a device that does not answer, and disappears. */
static void gone_with_a_reader(struct kunit *test)
{
	struct play *p = rng_setup(test);
	struct task_struct *reader;
	unsigned long start;

	reader = kthread_create(rng_waiting_reader, NULL, "rng-reader");
	KUNIT_ASSERT_FALSE(test, IS_ERR(reader));
	get_task_struct(reader);
	wake_up_process(reader);
	msleep(50);
	p->m->dead = true;
	mock_config_interrupt(p->m);
	start = jiffies;
	KUNIT_EXPECT_EQ(test, kthread_stop(reader), -ENODEV);
	KUNIT_EXPECT_TRUE(test, time_before(jiffies, start + 5 * HZ));
	put_task_struct(reader);
}

static struct kunit_case rng_cases[] = {
	KUNIT_CASE(gives_buffers),
	KUNIT_CASE(each_byte_once),
	KUNIT_CASE(wipes_behind_the_reader),
	KUNIT_CASE(length_of_4_gib),
	KUNIT_CASE(lengths_of_zero),
	KUNIT_CASE(id_out_of_range),
	KUNIT_CASE(id_not_given),
	KUNIT_CASE(used_twice),
	KUNIT_CASE(needs_reset),
	KUNIT_CASE(gone),
	KUNIT_CASE(lies_on_and_on),
	KUNIT_CASE(queue_does_not_come_back),
	KUNIT_CASE(nothing_used),
	KUNIT_CASE(gone_with_a_reader),
	{}
};

static struct kunit_suite rng_suite = {
	.name = "virtio_rng",
	.init = rng_init,
	.exit = rng_exit,
	.test_cases = rng_cases,
};

kunit_test_suites(&rng_suite);
