# SPDX-License-Identifier: GPL-2.0
"""What the benchmarks run: modules for the guest, the plugin for QEMU, a program."""

import os
import subprocess
import sys

from harness.kernel import SetupError

HERE = os.path.dirname(os.path.abspath(__file__))
PLUGIN = ("insn_count.c", "insn_calls.c", "insn_io.c")


def _run(cmd, show):
    run = subprocess.run(cmd, capture_output=True, text=True, check=False)
    if run.returncode:
        raise SetupError(f"{' '.join(cmd)} failed:\n{run.stdout}{run.stderr}")
    if show:
        sys.stdout.write(run.stdout + run.stderr)


def _compile(out, sources, options, show):
    _run([os.environ.get("CC", "gcc"), "-O2", "-Wall", "-Wextra", *options, "-o", out,
          *(os.path.join(HERE, s) for s in sources)], show)
    return out


def build(kernel, folder, arguments=(), show=False):
    """The modules and the plugin, made with more arguments of kbuild; the plugin's path."""
    btf = [] if os.path.exists(os.path.join(kernel.kdir, "vmlinux")) else \
        ["CONFIG_DEBUG_INFO_BTF_MODULES="]
    _run(["make", "-s", "-C", kernel.kdir, f"M={HERE}", *btf, *arguments, "modules"], show)
    return _compile(os.path.join(folder, "insn_count.so"), PLUGIN, ("-shared", "-fPIC"), show)


def build_programs(folder, show=False):
    """{name: path} of those for the guest, which need no library there, and net_peer."""
    return {name: _compile(os.path.join(folder, name), (name + ".c",), ("-static",), show)
            for name in ("dev_work", "net_work", "net_peer")}
