/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: Run suites on a kernel that was built without KUnit
 *
 * Force-included into every file of kunit/ when the target kernel has
 * CONFIG_KUNIT off and KUnit's core was built as a module by
 * scripts/kunit-core.  Such a kernel does not tell KUnit about modules being
 * loaded, so kunit-stock.c is linked into each test module and runs its
 * suites from module_init.
 *
 * A kernel with CONFIG_KUNIT on uses kunit_test_suites() as it is, and the
 * same sources.
 */
#ifndef _KUNIT_STOCK_H
#define _KUNIT_STOCK_H

#include <linux/kernel.h>
#include <linux/module.h>
#include <kunit/test.h>

/* The suites of this module, ended by NULL. */
extern struct kunit_suite *kunit_stock_suites[];

#undef kunit_test_suites
#define kunit_test_suites(suites...) \
	struct kunit_suite *kunit_stock_suites[] = { suites, NULL }

#endif /* _KUNIT_STOCK_H */
