// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: a module that breaks the kernel on purpose
 *
 * Only for the tests of the test runner, in a guest: it shows that a stop
 * with interrupts off, an oops, and what a kernel with checkers reports, are
 * seen and reported as what they are.
 */
#include <linux/compiler.h>
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/slab.h>
#include <linux/string.h>

static char *how = "";
module_param(how, charp, 0444);
MODULE_PARM_DESC(how, "oops, irqsoff, use (after free), leak, order (of locks) or sleep");

static int follow_nothing(void)
{
	int *nothing = NULL;

	OPTIMIZER_HIDE_VAR(nothing);
	return *nothing;
}

static int stand_still(void)
{
	local_irq_disable();
	for (;;)
		cpu_relax();
	return 0;
}

static int use_after_free(void)
{
	char *mem = kzalloc(100, GFP_KERNEL);

	kfree(mem);
	OPTIMIZER_HIDE_VAR(mem);
	return READ_ONCE(mem[50]) & 0;
}

/* More than one: something might by chance look like a pointer to the last. */
static int forget(void)
{
	unsigned int i;
	void *mem;

	for (i = 0; i < 20; i++) {
		mem = kzalloc(300, GFP_KERNEL);
		OPTIMIZER_HIDE_VAR(mem);
	}
	return 0;
}

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);

static void lock_both(struct mutex *one, struct mutex *other)
{
	mutex_lock(one);
	mutex_lock(other);
	mutex_unlock(other);
	mutex_unlock(one);
}

static int lock_in_both_orders(void)
{
	lock_both(&first, &second);
	lock_both(&second, &first);
	return 0;
}

static int sleep_with_preemption_off(void)
{
	preempt_disable();
	mutex_lock(&first);
	mutex_unlock(&first);
	preempt_enable();
	return 0;
}

static const struct {
	const char *how;
	int (*run)(void);
} ways[] = {
	{ "oops", follow_nothing },
	{ "irqsoff", stand_still },
	{ "use", use_after_free },
	{ "leak", forget },
	{ "order", lock_in_both_orders },
	{ "sleep", sleep_with_preemption_off },
};

static int __init vgd_stuck_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ways); i++)
		if (!strcmp(how, ways[i].how))
			return ways[i].run();
	return -EINVAL;
}
module_init(vgd_stuck_init);

static void __exit vgd_stuck_exit(void)
{
}
module_exit(vgd_stuck_exit);

MODULE_DESCRIPTION("breaks the kernel on purpose, for tests of the test runner");
MODULE_LICENSE("GPL");
