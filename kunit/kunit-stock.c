// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: Load and unload of a test module on a kernel without KUnit
 *
 * See kunit-stock.h.
 */
#include <linux/module.h>

static int kunit_stock_num(void)
{
	int num = 0;

	while (kunit_stock_suites[num])
		num++;
	return num;
}

static int __init kunit_stock_init(void)
{
	return __kunit_test_suites_init(kunit_stock_suites, kunit_stock_num());
}
module_init(kunit_stock_init);

static void __exit kunit_stock_exit(void)
{
	__kunit_test_suites_exit(kunit_stock_suites, kunit_stock_num());
}
module_exit(kunit_stock_exit);
