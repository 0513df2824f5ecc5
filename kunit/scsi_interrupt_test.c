// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_scsi_interrupt: a SCSI host whose interrupts are put off
 *
 * The device here interrupts when the driver asked for it by the event index
 * (VIRTIO 1.4, 2.7.10 and 2.8.10), and only then.  Whatever it does with the
 * other commands, the one that it answered ends.
 */
#include <linux/module.h>

#include "scsi_fix.h"

#define FEATURES	(FB_VERSION_1 | FB_INDIRECT | FB_EVENT_IDX)

/* What the unit takes at a time: scsi_fix.c. */
#define OUT		8

/**
 * struct layout - one of the two of the ring
 * @name: for people
 * @feature: its bit
 */
struct layout {
	const char *name;
	u64 feature;
};

static const struct layout layouts[] = {
	{ "split", 0 },
	{ "packed", FB_PACKED },
};

static void layout_desc(const struct layout *l, char *desc)
{
	strscpy(desc, l->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(layout, layouts, layout_desc);

/**
 * struct rig - a host, and commands that its device has
 * @f: the host
 * @io: the commands
 * @b: their buffers
 */
struct rig {
	struct scsi_fix *f;
	struct scsi_io *io[OUT];
	struct play_buf b[OUT];
};

/* Send commands, and have the device take them; none times out by itself. */
static struct rig *rig_send(struct kunit *test, unsigned int num)
{
	const struct layout *l = test->param_value;
	struct rig *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, r);
	r->f = scsi_setup(test, FEATURES | l->feature);
	KUNIT_ASSERT_TRUE(test, r->f->m->accepted & FB_EVENT_IDX);
	for (i = 0; i < num; i++) {
		r->io[i] = io_start(r->f, READ_10, false, BYTES, 10 * PLAY_MS);
		scsi_take(r->f, &r->b[i], READ_10);
	}
	return r;
}

/* Done, all transferred: was there an interrupt? */
static bool rig_finish(struct rig *r, unsigned int i)
{
	u8 good[RESP_LEN] = "";

	play_write(r->f->p, &r->b[i], 0, good, RESP_LEN);
	return play_finish(r->f->p, &r->b[i], r->b[i].in_len);
}

static void rig_expect_end(struct rig *r, unsigned int i)
{
	KUNIT_ASSERT_TRUE(r->f->test, play_until(io_ended(r->io[i])));
	KUNIT_EXPECT_EQ(r->f->test, r->io[i]->result, 0);
	io_free(r->io[i]);
}

/* Fewer than four out: nothing to wait for. */
static void few_interrupt_each(struct kunit *test)
{
	struct rig *r = rig_send(test, 3);
	int i;

	for (i = 2; i >= 0; i--) {
		KUNIT_EXPECT_TRUE(test, rig_finish(r, i));
		rig_expect_end(r, i);
	}
}

/* Several are answered at once: not each interrupts, and all end. */
static void some_do_not_interrupt(struct kunit *test)
{
	struct rig *r = rig_send(test, OUT);
	unsigned int interrupts = 0;
	int i;

	for (i = OUT - 1; i >= 0; i--)
		interrupts += rig_finish(r, i);
	KUNIT_EXPECT_LT(test, interrupts, OUT);
	for (i = 0; i < OUT; i++)
		rig_expect_end(r, i);
}

/*
 * With seven left the next interrupt is for the second one of them.  That does
 * not come, and the first is not to wait for it.
 */
static void one_ends_beside_silence(struct kunit *test)
{
	struct rig *r = rig_send(test, OUT);
	int i;

	KUNIT_EXPECT_TRUE(test, rig_finish(r, 0));
	rig_expect_end(r, 0);
	for (i = 1; i < OUT; i++) {
		rig_finish(r, i);
		rig_expect_end(r, i);
	}
}

static struct kunit_case interrupt_cases[] = {
	KUNIT_CASE_PARAM(few_interrupt_each, layout_gen_params),
	KUNIT_CASE_PARAM(some_do_not_interrupt, layout_gen_params),
	KUNIT_CASE_PARAM(one_ends_beside_silence, layout_gen_params),
	{}
};

static struct kunit_suite interrupt_suite = {
	.name = "virtio_scsi_interrupt",
	.test_cases = interrupt_cases,
};

kunit_test_suites(&interrupt_suite);

MODULE_DESCRIPTION("Unit tests of the SCSI host driver's interrupts");
MODULE_LICENSE("GPL");
