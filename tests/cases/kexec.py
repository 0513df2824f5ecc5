# SPDX-License-Identifier: GPL-2.0
"""What the guest needs to start another kernel: its image, and the program."""

import os
import subprocess

from harness.kernel import SetupError, TREE

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "kexec.c")


def guest_files(kernel):
    """The same kernel again, packed."""
    folder = os.path.join(TREE, "out", "kexec")
    os.makedirs(folder, exist_ok=True)
    program = os.path.join(folder, "kexec")
    part = f"{program}.{os.getpid()}"
    run = subprocess.run(["gcc", "-static", "-O2", "-Wall", "-o", part, SOURCE],
                         stderr=subprocess.PIPE, text=True, check=False)
    if run.returncode:
        raise SetupError("cannot build tests/cases/kexec.c:\n" + run.stderr)
    os.rename(part, program)
    return {"root/kexec": program, "root/kernel": kernel.bzimage}
