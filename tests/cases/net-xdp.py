# SPDX-License-Identifier: GPL-2.0
"""What puts XDP programs in place, and the host's end of the transfers."""

import os
import subprocess

from harness.kernel import SetupError, TREE
from harness.netserver import *     # noqa: F401,F403 pylint: disable=wildcard-import,unused-wildcard-import


def guest_files(_kernel):
    """The program, which has no library in the guest."""
    folder = os.path.join(TREE, "out", "xdp")
    os.makedirs(folder, exist_ok=True)
    program = os.path.join(folder, "xdp")
    part = f"{program}.{os.getpid()}"
    run = subprocess.run(["gcc", "-static", "-O2", "-Wall", "-o", part,
                          os.path.join(TREE, "tests", "cases", "xdp.c")],
                         stderr=subprocess.PIPE, text=True, check=False)
    if run.returncode:
        raise SetupError("cannot build tests/cases/xdp.c:\n" + run.stderr)
    os.rename(part, program)
    return {"root/xdp": program}
