// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: A data breakpoint of a test
 *
 * See watch.h.  One at a time: suites run one after the other.
 */
#include <linux/err.h>
#include <linux/module.h>

#include "watch.h"

static struct perf_event * __percpu *watch_bp;
static unsigned int watch_traps;
static u16 watch_canary;

/**
 * watch_start - call a handler behind each store to 16 bits of memory
 * @test: the test, skipped when there is no breakpoint to be had
 * @what: the memory, aligned to 2
 * @handler: see the top of watch.h
 *
 * Context: process; nothing is watched yet.
 */
void watch_start(struct kunit *test, void *what,
		 perf_overflow_handler_t handler)
{
	struct perf_event_attr attr;
	long err = -ENODEV;

	hw_breakpoint_init(&attr);
	attr.bp_addr = (unsigned long)what;
	attr.bp_len = HW_BREAKPOINT_LEN_2;
	attr.bp_type = HW_BREAKPOINT_W;
	watch_bp = register_wide_hw_breakpoint(&attr, handler, NULL);
	if (!IS_ERR_OR_NULL((void __force *)watch_bp))
		return;
	if (watch_bp)
		err = PTR_ERR((void __force *)watch_bp);
	watch_bp = NULL;
	kunit_skip(test, "no data breakpoint to be had: error %ld", err);
}
EXPORT_SYMBOL_GPL(watch_start);

/**
 * watch_stop - watch no more
 *
 * Context: process; nothing happens when nothing is watched.
 */
void watch_stop(void)
{
	if (watch_bp)
		unregister_wide_hw_breakpoint(watch_bp);
	watch_bp = NULL;
}
EXPORT_SYMBOL_GPL(watch_stop);

static void watch_count(struct perf_event *bp, struct perf_sample_data *sample,
			struct pt_regs *regs)
{
	watch_traps++;
}

/**
 * watch_try - can a store be watched here?
 * @test: the test, skipped when not
 *
 * Tried where no ring is involved.  Context: process.
 */
void watch_try(struct kunit *test)
{
	if (!IS_ENABLED(CONFIG_X86))
		kunit_skip(test, "the trap must come behind the store");
	watch_traps = 0;
	watch_start(test, &watch_canary, watch_count);
	WRITE_ONCE(watch_canary, 1);
	watch_stop();
	if (READ_ONCE(watch_traps) != 1)
		kunit_skip(test, "%u traps for one store", watch_traps);
}
EXPORT_SYMBOL_GPL(watch_try);
