// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: a module that breaks the kernel on purpose
 *
 * Only for the tests of the test runner, in a guest: it shows that a stop
 * with interrupts off and an oops are seen and reported as what they are.
 */
#include <linux/compiler.h>
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/string.h>

static char *how = "";
module_param(how, charp, 0444);
MODULE_PARM_DESC(how, "oops: follow a null pointer; irqsoff: stand still with interrupts off");

static int __init vgd_stuck_init(void)
{
	int *nothing = NULL;

	OPTIMIZER_HIDE_VAR(nothing);
	if (!strcmp(how, "oops"))
		return *nothing;
	if (strcmp(how, "irqsoff"))
		return -EINVAL;
	local_irq_disable();
	for (;;)
		cpu_relax();
	return 0;
}
module_init(vgd_stuck_init);

static void __exit vgd_stuck_exit(void)
{
}
module_exit(vgd_stuck_exit);

MODULE_DESCRIPTION("breaks the kernel on purpose, for tests of the test runner");
MODULE_LICENSE("GPL");
