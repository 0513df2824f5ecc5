# SPDX-License-Identifier: GPL-2.0
"""Programs of tests/cases/*.c for a guest that has no library and no compiler."""

import os
import subprocess
import threading

from .kernel import SetupError, TREE


def static(name):
    """The path of tests/cases/NAME.c, built; several threads may ask at a time."""
    folder = os.path.join(TREE, "out", name)
    os.makedirs(folder, exist_ok=True)
    program = os.path.join(folder, name)
    part = f"{program}.{os.getpid()}.{threading.get_ident()}"
    run = subprocess.run(["gcc", "-static", "-O2", "-Wall", "-o", part,
                          os.path.join(TREE, "tests", "cases", f"{name}.c")],
                         stderr=subprocess.PIPE, text=True, check=False)
    if run.returncode:
        raise SetupError(f"cannot build tests/cases/{name}.c:\n" + run.stderr)
    os.rename(part, program)
    return program
