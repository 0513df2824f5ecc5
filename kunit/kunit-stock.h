/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: Run suites on a kernel that was built without KUnit
 *
 * Force-included into every file of kunit/ when the target kernel has
 * CONFIG_KUNIT off and KUnit's core was built as a module by
 * scripts/kunit-core.  Such a kernel does not tell KUnit about modules being
 * loaded, so each test module runs its suites from module_init itself.
 *
 * A kernel with CONFIG_KUNIT on uses kunit_test_suites() as it is, and the
 * same sources.
 */
#ifndef _KUNIT_STOCK_H
#define _KUNIT_STOCK_H

#include <linux/kernel.h>
#include <linux/module.h>
#include <kunit/test.h>

#undef kunit_test_suites
#define kunit_test_suites(suites...)					\
static struct kunit_suite *stock_suites[] = { suites };			\
static int __init stock_suites_init(void)				\
{									\
	return __kunit_test_suites_init(stock_suites,			\
					ARRAY_SIZE(stock_suites));	\
}									\
module_init(stock_suites_init);						\
static void __exit stock_suites_exit(void)				\
{									\
	__kunit_test_suites_exit(stock_suites,				\
				 ARRAY_SIZE(stock_suites));		\
}									\
module_exit(stock_suites_exit)

#endif /* _KUNIT_STOCK_H */
