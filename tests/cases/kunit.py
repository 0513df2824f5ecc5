# SPDX-License-Identifier: GPL-2.0
"""What the unit tests need in the guest: their modules and KUnit's core."""

import glob
import os
import subprocess

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def guest_files():
    """The modules of kunit/, and kunit.ko where the kernel has none; empty when not built."""
    built = glob.glob(os.path.join(TREE, "kunit", "*.ko"))
    if not built:
        return {}
    core = subprocess.run([os.path.join(TREE, "scripts", "kunit-core"), "--dir"],
                          stdout=subprocess.PIPE, text=True, check=False).stdout.strip()
    if core:
        built.append(os.path.join(core, "kunit.ko"))
    return {"vgd/kunit/" + os.path.basename(path): path for path in built}


def host_suite(guest, words):
    """Only shows in the log where the guest is."""
    guest.note("suite " + words[0])
    return "noted"
