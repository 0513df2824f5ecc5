// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: The device's side of a memory balloon
 *
 * See balloon_rig.h.
 */
#include <linux/export.h>
#include <asm/unaligned.h>

#include "balloon_rig.h"

/* How long a step may take, milliseconds; it is memory that is moved. */
#define SETTLE_MS	20000

static int balloon_init(struct kunit_resource *res, void *context)
{
	res->data = context;
	return 0;
}

static void balloon_exit(struct kunit_resource *res)
{
	struct balloon_rig *r = res->data;

	/* Nobody serves: the walkers are gone.  But before the player goes. */
	balloon_serve_stop(r);
	mock_unregister(r->m);
	xa_destroy(&r->pages);
}

/**
 * balloon_new - make a balloon that is not yet on the bus
 * @test: the test
 * @offered: its features
 *
 * Return: the device, gone with the test.
 */
struct balloon_rig *balloon_new(struct kunit *test, u64 offered)
{
	struct balloon_rig *r = walk_zalloc(test, 1, sizeof(*r));
	unsigned int i;

	r->test = test;
	r->m = mock_new(test, ID_BALLOON, offered);
	r->m->num_vqs = Q_MORE + !!(offered & FB_STATS) +
			!!(offered & FB_HINT) + !!(offered & FB_REPORT);
	for (i = 0; i < r->m->num_vqs; i++)
		r->m->queue_size[i] = BALLOON_RING;
	r->p = play_new(r->m);
	r->pfns = walk_zalloc(test, BALLOON_MAX, sizeof(*r->pfns));
	xa_init(&r->pages);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test,
				     kunit_alloc_resource(test, balloon_init,
							  balloon_exit,
							  GFP_KERNEL, r));
	return r;
}
EXPORT_SYMBOL_GPL(balloon_new);

/**
 * balloon_start - put it on the bus, with its driver
 * @r: the device
 */
void balloon_start(struct balloon_rig *r)
{
	KUNIT_ASSERT_EQ(r->test, mock_register(r->m), 0);
	KUNIT_ASSERT_NOT_NULL_MSG(r->test, r->m->vdev.dev.driver,
				  "no driver took the balloon");
	KUNIT_ASSERT_TRUE(r->test, r->m->status & ST_DRIVER_OK);
}
EXPORT_SYMBOL_GPL(balloon_start);

/**
 * balloon_want - the device wants another size
 * @r: the device
 * @pages: how many pages of 4 KiB, 5.5.4
 */
void balloon_want(struct balloon_rig *r, u32 pages)
{
	put_unaligned_le32(pages, r->m->config + CFG_NUM_PAGES);
	mock_config_interrupt(r->m);
}
EXPORT_SYMBOL_GPL(balloon_want);

/**
 * balloon_field - a field of the configuration
 * @r: the device
 * @offset: where it is
 *
 * Return: its value.
 */
u32 balloon_field(struct balloon_rig *r, unsigned int offset)
{
	return get_unaligned_le32(r->m->config + offset);
}
EXPORT_SYMBOL_GPL(balloon_field);

static void balloon_note(struct balloon_rig *r, bool inflate, u32 pfn)
{
	void *entry = xa_load(&r->pages, pfn);

	if (inflate) {
		r->odd += entry || !pfn_valid(pfn);
		xa_store(&r->pages, pfn, xa_mk_value(0), GFP_KERNEL);
	} else {
		r->odd += !entry || !xa_to_value(entry);
	}
}

/**
 * balloon_book - look at a buffer of page numbers
 * @r: the device
 * @b: a buffer that was taken from one of the first two queues
 *
 * 5.5.6: an array of 32-bit numbers, all of them for the device to read.
 *
 * Return: how many there are; they are in @r->pfns.
 */
unsigned int balloon_book(struct balloon_rig *r, const struct play_buf *b)
{
	unsigned int i, num = b->out_len / sizeof(__le32);
	bool inflate = b->queue == Q_INFLATE;

	if (b->in_len || b->out_len % sizeof(__le32) || !num ||
	    num > BALLOON_MAX) {
		r->odd++;
		return 0;
	}
	if (play_read(r->p, b, 0, r->pfns, b->out_len) != b->out_len)
		return 0;
	for (i = 0; i < num; i++) {
		if (mock_modern(r->m))
			r->pfns[i] = le32_to_cpu((__force __le32)r->pfns[i]);
		if (!r->forgetful)
			balloon_note(r, inflate, r->pfns[i]);
	}
	if (inflate)
		r->told += num;
	return num;
}
EXPORT_SYMBOL_GPL(balloon_book);

/**
 * balloon_ack - acknowledge a buffer of page numbers
 * @r: the device
 * @b: the buffer, which balloon_book() has just looked at
 * @len: used length, true or not
 */
void balloon_ack(struct balloon_rig *r, const struct play_buf *b, u32 len)
{
	unsigned int i, num = b->out_len / sizeof(__le32);
	bool inflate = b->queue == Q_INFLATE;

	for (i = 0; i < num && !r->forgetful; i++) {
		if (inflate)
			xa_store(&r->pages, r->pfns[i], xa_mk_value(1),
				 GFP_KERNEL);
		else
			xa_erase(&r->pages, r->pfns[i]);
	}
	r->held += inflate ? num : -(long)num;
	play_done(r->p, b, len);
}
EXPORT_SYMBOL_GPL(balloon_ack);

/**
 * balloon_serve - take what there is, and acknowledge it
 * @r: the device
 *
 * Return: false when there was nothing.
 */
bool balloon_serve(struct balloon_rig *r)
{
	struct play_buf b;
	unsigned int q;
	bool any = false;

	for (q = Q_INFLATE; q <= Q_DEFLATE; q++) {
		while (play_try_take(r->p, q, &b)) {
			balloon_book(r, &b);
			balloon_ack(r, &b, 0);
			any = true;
		}
	}
	return any;
}
EXPORT_SYMBOL_GPL(balloon_serve);

/**
 * balloon_settle - serve until the driver says that it is done
 * @r: the device
 * @pages: how large the balloon should be then
 *
 * Return: false when it did not come to that.
 */
bool balloon_settle(struct balloon_rig *r, u32 pages)
{
	unsigned long end = jiffies + msecs_to_jiffies(SETTLE_MS);

	do {
		if (!balloon_serve(r))
			usleep_range(500, 1000);
		if (r->held == pages &&
		    balloon_field(r, CFG_ACTUAL) == pages)
			return true;
	} while (time_before(jiffies, end));
	return false;
}
EXPORT_SYMBOL_GPL(balloon_settle);

static int balloon_server(void *data)
{
	struct balloon_rig *r = data;

	while (!kthread_should_stop()) {
		if (!balloon_serve(r))
			usleep_range(500, 1000);
	}
	return 0;
}

/**
 * balloon_serve_start - serve while the test does something else
 * @r: the device
 */
void balloon_serve_start(struct balloon_rig *r)
{
	r->server = kthread_run(balloon_server, r, "balloon-server");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(r->test, r->server);
}
EXPORT_SYMBOL_GPL(balloon_serve_start);

/**
 * balloon_serve_stop - and no more
 * @r: the device
 */
void balloon_serve_stop(struct balloon_rig *r)
{
	if (!IS_ERR_OR_NULL(r->server))
		kthread_stop(r->server);
	r->server = NULL;
}
EXPORT_SYMBOL_GPL(balloon_serve_stop);

/**
 * balloon_forget - what a device does that is reset
 * @r: the device
 */
void balloon_forget(struct balloon_rig *r)
{
	xa_destroy(&r->pages);
	r->held = 0;
}
EXPORT_SYMBOL_GPL(balloon_forget);
