# SPDX-License-Identifier: GPL-2.0
"""Judge what the kernel said while a case ran."""

import re

BAD = re.compile(
    r"WARNING:|\bBUG\b|\bOops\b|UBSAN:|KASAN:|KCSAN:|KFENCE:|Kernel panic|general protection fault"
    r"|Call Trace:|possible (circular|recursive) locking|INFO: (possible|task|rcu|trying|lockdep)"
    r"|rcu:.*(stall|detected)|blocked for more than|soft lockup|hard LOCKUP|Hardware Error"
    r"|unable to handle|kernel NULL pointer|refcount_t:|list_(add|del) corruption"
    r"|DMA-API:.*(device driver|error)|DMAR:.*fault|swiotlb buffer is full"
    r"|sysfs: cannot create duplicate|scheduling while atomic"
    r"|sleeping function called|nobody cared|Unbalanced|workqueue lockup|unreferenced object"
    r"|kobject_add_internal failed|memory leaks|double free|use-after-free|Trying to vfree"
    # a checker that gave up would find nothing any more
    r"|DMA-API:.*(disabl|out of memory)|kmemleak: .*(disabled|nknown object|overlaps)"
    r"|lockdep is turned off|ODEBUG:")
# What a disk that fails says, and those who use it.
IO_BAD = re.compile(r"I/O error|critical \w+ error|EXT4-fs error|Aborting journal|lost async page write")
# The kernel announces its own tools and settings in words that look alike.
HARMLESS = re.compile(
    r"BUG_ON|Command line:|DEBUG_|panic_on_warn|printk: console|x86/fpu|Spectre|RETBleed"
    r"|Speculat|rcu:.*(Hierarchical|RCU|Offload|adjusting)|\bsysrq: ")
# A fault of the kernel's own: Linux 6.1 takes two locks of PCIe hot-plug in both
# orders whenever a device leaves a slot.
LOCKS = re.compile(r"WARNING: possible circular locking dependency detected.*?</TASK>", re.S)
KNOWN = re.compile(r"trying to acquire lock:\s.*reset_lock.*at: pciehp_unconfigure_device")
# A fault of QEMU's emulator (seen with 7.2): a processor that runs code from
# before the kernel patched it meets the breakpoint which stood there meanwhile,
# is sent back to where none is any more, and meets it again, without an end.
STALE = re.compile(r"NMI backtrace(?:(?!NMI backtrace).)*?RIP: \w+:asm_exc_int3\b", re.S)
MARK = "vgd-case:"


def stale_code(text):
    """Did a processor of the emulator's run code that was gone?"""
    return bool(STALE.search(text))


def _unless_known(report):
    """A report of lockdep, or nothing when it is that one."""
    return "" if KNOWN.search(report[0]) else report[0]


def bad_lines(text, io_errors=False):
    """The lines of a piece of kernel log that no test may leave.

    io_errors: the test takes the disk away, or makes it fail.
    """
    return [line.strip() for line in LOCKS.sub(_unless_known, text).splitlines()
            if (BAD.search(line) or (IO_BAD.search(line) and not io_errors))
            and not HARMLESS.search(line)]


def between(log, begin, end):
    """The part of log between two marker lines; None when one is missing."""
    start = log.find(begin)
    if start < 0:
        return None
    stop = log.find(end, start)
    if stop < 0:
        return None
    return log[start:stop]
