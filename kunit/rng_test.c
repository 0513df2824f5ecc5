// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_rng: an entropy device that answers as it likes
 *
 * virtio-rng, loaded beside this module, on a mock whose queue the test plays.
 */
#include <linux/module.h>

#include "play.h"

#define ID_ENTROPY	4

/* Buffers that the driver keeps with the device. */
#define BUFS		4

/* A device that is on the bus, with its driver. */
static struct play *rng_setup(struct kunit *test)
{
	struct mock *m = mock_new(test, ID_ENTROPY, FB_VERSION_1);
	struct play *p = play_new(m);

	KUNIT_ASSERT_EQ(test, mock_register(m), 0);
	KUNIT_ASSERT_TRUE(test, play_up(p, 0));
	return p;
}

/* 5.4.6: buffers are for the device to write only. */
static void gives_buffers(struct kunit *test)
{
	struct play *p = rng_setup(test);
	struct play_buf b;
	int i;

	for (i = 0; i < BUFS; i++) {
		KUNIT_ASSERT_TRUE(test, play_take(p, 0, &b));
		KUNIT_EXPECT_EQ(test, b.out_len, 0);
		KUNIT_EXPECT_EQ(test, play_write(p, &b, 0, "some bytes", 10),
				10);
		play_done(p, &b, 10);
	}
}

static struct kunit_case rng_cases[] = {
	KUNIT_CASE(gives_buffers),
	{}
};

static struct kunit_suite rng_suite = {
	.name = "virtio_rng",
	.test_cases = rng_cases,
};

kunit_test_suites(&rng_suite);

MODULE_DESCRIPTION("Unit tests of virtio-rng on a mock device");
MODULE_LICENSE("GPL");
