// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Suite virtio_net_xdp: XDP programs, and a device that lies to them
 *
 * virtio_net with a program that lets all packets pass, on a device that the
 * test plays: a program is shown what came, in one piece or in several, and
 * nothing of what cannot be (VIRTIO 1.4, 5.1.6.4).
 */
#include <linux/filter.h>
#include <linux/module.h>

#include "net_data_fix.h"

/* More than the ring has: buffers from before the program are used up. */
#define OLD_BUFFERS	80

/**
 * struct way - how a program gets its packets
 * @name: of the way
 * @features: of the device
 * @frags: the program takes a packet in several pieces
 * @old: the buffers are from before the program: without headroom
 */
struct way {
	const char *name;
	u64 features;
	bool frags;
	bool old;
};

static const struct way ways[] = {
	{ "small", 0 },
	{ "small, of before", 0, .old = true },
	{ "mergeable", FB_MERGE },
	{ "mergeable, of before", FB_MERGE, .old = true },
	{ "pieces", FB_MERGE, .frags = true },
	{ "pieces, of before", FB_MERGE, .frags = true, .old = true },
};

static void way_name(const struct way *w, char *desc)
{
	strscpy(desc, w->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(way, ways, way_name);

static const struct way merging[] = {
	{ "in one piece", FB_MERGE },
	{ "in one piece, of before", FB_MERGE, .old = true },
	{ "in pieces", FB_MERGE, .frags = true },
	{ "in pieces, of before", FB_MERGE, .frags = true, .old = true },
};

KUNIT_ARRAY_PARAM(merge, merging, way_name);

static int xdp_init(struct kunit_resource *res, void *data)
{
	res->data = data;
	return data ? 0 : -ENOMEM;
}

static void xdp_free(struct kunit_resource *res)
{
	bpf_prog_free(res->data);
}

/*
 * A program with one answer.  It is the test's, and there longer than the
 * device: the interface has a reference that is never the last.
 */
static struct bpf_prog *xdp_program(struct kunit *test, int verdict,
				    bool frags)
{
	const struct bpf_insn code[] = {
		BPF_MOV64_IMM(BPF_REG_0, verdict),
		BPF_EXIT_INSN(),
	};
	struct bpf_prog *prog = bpf_prog_alloc(bpf_prog_size(ARRAY_SIZE(code)),
					       0);
	int err;

	KUNIT_ASSERT_NOT_NULL(test,
			      kunit_alloc_resource(test, xdp_init, xdp_free,
						   GFP_KERNEL, prog));
	prog->len = ARRAY_SIZE(code);
	prog->type = BPF_PROG_TYPE_XDP;
	memcpy(prog->insnsi, code, sizeof(code));
	prog->aux->xdp_has_frags = frags;
	atomic64_set(&prog->aux->refcnt, 2);
	prog = bpf_prog_select_runtime(prog, &err);
	KUNIT_ASSERT_EQ(test, err, 0);
	return prog;
}

static int xdp_set(struct data_fix *d, struct bpf_prog *prog)
{
	struct netdev_bpf bpf = { .command = XDP_SETUP_PROG, .prog = prog };
	int err;

	rtnl_lock();
	err = d->f->dev->netdev_ops->ndo_bpf(d->f->dev, &bpf);
	rtnl_unlock();
	return err;
}

/* The device uses buffers from before, with packets that all come. */
static void use_up(struct data_fix *d)
{
	unsigned int i;

	for (i = 1; i <= OLD_BUFFERS; i++) {
		struct lie good = { .len = 60 };

		data_send(d, &good);
		KUNIT_ASSERT_TRUE(d->f->test, data_came(d, i, 60));
	}
	d->got = 0;
}

static struct data_fix *xdp_setup(struct kunit *test)
{
	const struct way *w = test->param_value;
	struct bpf_prog *prog = xdp_program(test, XDP_PASS, w->frags);
	struct data_fix *d = data_setup(test, w->features);

	data_quiet(d);
	KUNIT_ASSERT_EQ(test, xdp_set(d, prog), 0);
	if (!w->old)
		use_up(d);
	return d;
}

/* Packets that the program was shown. */
static u64 shown(struct data_fix *d)
{
	return data_counter(d, "rx_queue_0_xdp_packets");
}

/* Each length comes as it was sent, and the program saw all of them. */
static void frames(struct kunit *test)
{
	static const unsigned int lens[] = { 14, 60, 128, 129, 1514 };
	struct data_fix *d = xdp_setup(test);
	u64 before = shown(d);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		struct lie l = { .len = lens[i] };

		data_send(d, &l);
		KUNIT_EXPECT_TRUE(test, data_came(d, i + 1, lens[i]));
	}
	data_expect_counters(d, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, shown(d), before + i);
	KUNIT_EXPECT_EQ(test, xdp_set(d, NULL), 0);
	data_expect_next(d, i + 1);
	KUNIT_EXPECT_EQ(test, shown(d), before + i);
}

/* What the program keeps from the stack was received all the same. */
static void dropped(struct kunit *test)
{
	struct bpf_prog *prog = xdp_program(test, XDP_DROP, false);
	struct data_fix *d = data_setup(test, 0);
	struct lie l = { .len = 200 };
	u64 packets, bytes;
	unsigned int i;

	data_quiet(d);
	KUNIT_ASSERT_EQ(test, xdp_set(d, prog), 0);
	packets = data_counter(d, "rx_queue_0_packets");
	bytes = data_counter(d, "rx_queue_0_bytes");
	for (i = 0; i < 5; i++)
		data_send(d, &l);
	KUNIT_EXPECT_TRUE(test,
			  play_until(data_counter(d, "rx_queue_0_xdp_drops") ==
				     5));
	KUNIT_EXPECT_EQ(test, data_counter(d, "rx_queue_0_packets"),
			packets + 5);
	KUNIT_EXPECT_EQ(test, data_counter(d, "rx_queue_0_bytes"),
			bytes + 1000);
	KUNIT_EXPECT_EQ(test, d->got, 0);
}

/* Used lengths that leave no room for header and Ethernet header. */
static void used_too_short(struct kunit *test)
{
	struct data_fix *d = xdp_setup(test);
	u64 before = shown(d);
	unsigned int good = data_expect_short(d);

	KUNIT_EXPECT_EQ(test, shown(d), before + good);
}

/* Beyond the buffer: a program is shown no more than was given. */
static void used_too_long(struct kunit *test)
{
	struct data_fix *d = xdp_setup(test);

	data_expect_beyond(d, 1);
	data_expect_beyond(d, 0x10000000);
	data_expect_beyond(d, U32_MAX);
	data_expect_next(d, d->got + 1);
}

/* num_buffers is a field of its own only with MRG_RXBUF: 5.1.6.4. */
static void num_buffers(struct kunit *test)
{
	const struct way *w = test->param_value;

	data_expect_num_buffers(xdp_setup(test), w->features & FB_MERGE);
}

/*
 * Segments that are not cut, which no program understands; kinds that were not
 * negotiated, or that nobody knows.
 */
static void not_cut(struct kunit *test)
{
	static const struct lie lies[] = {
		{ .len = 1000, .flags = 1, .type = 1, .size = 100, .start = 34,
		  .offset = 16 },
		{ .len = 1000, .type = 0x7f },
	};
	struct data_fix *d = xdp_setup(test);
	u64 before = shown(d);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lies); i++) {
		data_send(d, &lies[i]);
		KUNIT_EXPECT_TRUE(test, play_until(data_dropped(d) == i + 1));
		data_expect_next(d, i + 1);
	}
	KUNIT_EXPECT_EQ(test, shown(d), before + i);
}

/*
 * The device is told to complete checksums while there is a program (5.1.6.5.6),
 * and a packet without comes nevertheless, as if on its way; then with none.
 */
static void checksum(struct kunit *test)
{
	struct bpf_prog *prog = xdp_program(test, XDP_PASS, false);
	struct data_fix *d = data_setup(test, FB_MERGE | FB_GUEST_CSUM |
					FB_OFFLOADS);
	struct lie l = { .len = 1000, .flags = 1, .start = 34, .offset = 16 };

	data_quiet(d);
	net_oblige_start(d->f);
	KUNIT_ASSERT_EQ(test, xdp_set(d, prog), 0);
	net_oblige_stop(d->f);
	KUNIT_EXPECT_EQ(test, d->f->last.class, CLASS_OFFLOADS);
	KUNIT_EXPECT_EQ(test, get_unaligned_le64(d->f->last.data), 0);
	data_send(d, &l);
	KUNIT_EXPECT_TRUE(test, play_until(data_dropped(d) == 1));
	data_expect_next(d, 1);
	KUNIT_EXPECT_EQ(test, shown(d), 1);

	net_oblige_start(d->f);
	KUNIT_ASSERT_EQ(test, xdp_set(d, NULL), 0);
	net_oblige_stop(d->f);
	KUNIT_EXPECT_EQ(test, get_unaligned_le64(d->f->last.data),
			FB_GUEST_CSUM);
	data_send(d, &l);
	KUNIT_EXPECT_TRUE(test, data_came(d, 2, 1000));
}

/* Several buffers that are a packet: brought together, or shown as they are. */
static void merged(struct kunit *test)
{
	const struct way *w = test->param_value;
	unsigned int len = !w->frags ? 3000 : w->old ? 20000 : 50000;
	struct data_fix *d = xdp_setup(test);

	if (w->old)
		KUNIT_EXPECT_GT(test, data_send_merged(d, len, 0), 1);
	else
		data_send_merged(d, len, 0);
	KUNIT_EXPECT_TRUE(test, data_came(d, 1, len));
	data_expect_counters(d, 0, 0, 0);
}

/*
 * More than one piece holds, or more pieces than there may be.  That it is too
 * long for such a program is not the device's fault.
 */
static void merged_too_long(struct kunit *test)
{
	const struct way *w = test->param_value;
	struct data_fix *d = xdp_setup(test);
	u64 before = shown(d);

	data_send_merged(d, w->frags ? 65500 : 20000, 0);
	KUNIT_EXPECT_TRUE(test, play_until(data_dropped(d) == 1));
	data_expect_next(d, 1);
	KUNIT_EXPECT_EQ(test, shown(d), before + 1);
	data_expect_counters(d, 1, 0, 0);
}

/* The second of three buffers is empty; then the second of two does not come. */
static void second_buffer(struct kunit *test)
{
	struct data_fix *d = xdp_setup(test);
	struct lie l = { .len = 500 };
	u64 before = shown(d);
	struct play_buf a, b, c;

	KUNIT_ASSERT_TRUE(test, data_first(d, &l, 3, &a));
	KUNIT_ASSERT_TRUE(test, play_take(d->f->p, Q_RX, &b));
	KUNIT_ASSERT_TRUE(test, play_take(d->f->p, Q_RX, &c));
	data_write(d, &l, 1, &c);
	play_push(d->f->p, &a, HDR + 500);
	play_push(d->f->p, &b, 0);
	/* Would be a packet, were it the first. */
	play_done(d->f->p, &c, HDR + 500);
	KUNIT_EXPECT_TRUE(test, play_until(data_dropped(d) == 1));
	data_expect_next(d, 1);
	data_expect_counters(d, 1, 1, 0);

	KUNIT_ASSERT_TRUE(test, data_first(d, &l, 2, &a));
	play_done(d->f->p, &a, HDR + 500);
	KUNIT_EXPECT_TRUE(test, play_until(data_dropped(d) == 2));
	data_expect_next(d, 2);
	data_expect_counters(d, 2, 1, 1);
	KUNIT_EXPECT_EQ(test, shown(d), before + 2);
}

/* Traffic that makes all buffers larger than a page. */
static unsigned int use_long(struct data_fix *d)
{
	unsigned int i, got = data_use_long(d);

	for (i = 0; i < OLD_BUFFERS; i++) {
		data_send_merged(d, 30000, 0);
		KUNIT_ASSERT_TRUE(d->f->test, data_came(d, ++got, 30000));
	}
	return got;
}

/*
 * Of buffers from before, which are longer than a page, more than any packet
 * has, behind one from after.
 */
static void longer_than_any(struct kunit *test)
{
	struct bpf_prog *prog = xdp_program(test, XDP_PASS, true);
	struct data_fix *d = data_setup(test, FB_MERGE);
	struct lie l = { .len = 60, .num = 6 }, short_one = { .len = 60 };
	unsigned int i, got, n = 0;
	struct play_buf *b = d->b;

	data_quiet(d);
	got = use_long(d);
	KUNIT_ASSERT_EQ(test, xdp_set(d, prog), 0);
	/* These come back as buffers of a page, behind the others. */
	for (i = 0; i < 20; i++) {
		data_send(d, &short_one);
		KUNIT_ASSERT_TRUE(test, data_came(d, ++got, 60));
	}
	while (n < ARRAY_SIZE(d->b) && play_try_take(d->f->p, Q_RX, &b[n]))
		n++;
	KUNIT_ASSERT_GT(test, n, 10);
	KUNIT_ASSERT_GT(test, b[0].in_len, (size_t)2 * PAGE_SIZE);
	KUNIT_ASSERT_LT(test, b[n - 1].in_len, (size_t)PAGE_SIZE);
	data_write(d, &l, 6, &b[n - 1]);
	play_push(d->f->p, &b[n - 1], HDR + 60);
	for (i = 0; i < 4; i++)
		play_push(d->f->p, &b[i], b[i].in_len);
	play_done(d->f->p, &b[i], b[i].in_len);
	KUNIT_EXPECT_TRUE(test, play_until(data_dropped(d) == 1));
	data_expect_counters(d, 1, 1, 0);
	for (i++; i < n - 1; i++) {
		data_write(d, &short_one, 1, &b[i]);
		play_done(d->f->p, &b[i], HDR + 60);
		got++;
	}
	KUNIT_EXPECT_TRUE(test, data_came(d, got, 60));
	data_expect_next(d, got + 1);
}

static struct kunit_case net_xdp_cases[] = {
	KUNIT_CASE_PARAM(frames, way_gen_params),
	KUNIT_CASE(dropped),
	KUNIT_CASE_PARAM(used_too_short, way_gen_params),
	KUNIT_CASE_PARAM(used_too_long, way_gen_params),
	KUNIT_CASE_PARAM(num_buffers, way_gen_params),
	KUNIT_CASE_PARAM(not_cut, way_gen_params),
	KUNIT_CASE(checksum),
	KUNIT_CASE_PARAM(merged, merge_gen_params),
	KUNIT_CASE_PARAM(merged_too_long, merge_gen_params),
	KUNIT_CASE_PARAM(second_buffer, merge_gen_params),
	KUNIT_CASE(longer_than_any),
	{}
};

static struct kunit_suite net_xdp_suite = {
	.name = "virtio_net_xdp",
	.test_cases = net_xdp_cases,
};

kunit_test_suites(&net_xdp_suite);

MODULE_DESCRIPTION("Unit tests of the network driver's XDP");
MODULE_LICENSE("GPL");
