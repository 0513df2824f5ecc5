/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: A data breakpoint of a test
 *
 * For a device that acts at a certain store of the driver: x86 traps behind
 * the store, and the handler is called there, in the context of an NMI: it
 * takes no lock, prints nothing and expects nothing.
 */
#ifndef _KUNIT_WATCH_H
#define _KUNIT_WATCH_H

#include <kunit/test.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>

void watch_try(struct kunit *test);
void watch_start(struct kunit *test, void *what,
		 perf_overflow_handler_t handler);
void watch_stop(void);

#endif /* _KUNIT_WATCH_H */
