# SPDX-License-Identifier: GPL-2.0
"""Machines of other architectures than this one's, that QEMU emulates.

A kernel of tests/kernels with the name of a board boots on it.  The guest's
first process is tests/board/agent, compiled for the board without libraries:
Debian has no busybox for every processor.
"""

import glob
import os
import subprocess
import threading

from .kernel import SetupError, TREE, recipe

AGENT = os.path.join(TREE, "tests", "board", "agent")
CFLAGS = ("-std=gnu11 -D_GNU_SOURCE -O2 -static -Wall -Wextra -Wno-unused-parameter "
          "-Werror").split()
CMDLINE = ("rdinit=/init panic=-1 oops=panic panic_on_warn=1 sysrq_always_enabled "
           "printk.time=1 log_buf_len=4M random.trust_cpu=on")

# transport -> values of disable-legacy and disable-modern, or of force-legacy
PCI = {"pci-modern": ("on", "off"), "pci-legacy": ("off", "on")}
MMIO = {"mmio": "off", "mmio-v1": "on"}
_COMPILING = threading.Lock()       # guests start at the same time


class Board:
    """What the harness has to know of one machine."""

    def __init__(self, name, **facts):
        self.name = name
        self.program = facts["program"]         # QEMU
        self.machine = facts["machine"]         # options of QEMU
        self.cross = recipe(name)["cross"]      # of the compiler
        self.cmdline = f"{CMDLINE} {facts['cmdline']}"
        self.port = facts["port"]               # the guest's name of the control port
        self.chardevs = facts["chardevs"]       # console and control port
        self.transports = facts["transports"]   # that it has
        self.memory = facts["memory"]           # MiB

    def check(self, name, settings):
        """Refuse a configuration that the machine has not got."""
        if settings["transport"] not in self.transports:
            raise SetupError(f"config {name}: {self.name} has no transport "
                             f"'{settings['transport']}'")

    def options(self, config):
        """QEMU's options for the machine."""
        out = [*self.machine, "-smp", config.set["cpus"], "-m", str(self.memory)]
        if config.set["transport"] in MMIO:
            out += ["-global", "virtio-mmio.force-legacy=" + MMIO[config.set["transport"]]]
        return out

    @staticmethod
    def device(props, transport):
        """The properties of a PC's device, for this machine: there are no slots."""
        out = {k: v for k, v in props.items() if k not in ("bus", "disable-legacy", "disable-modern")}
        if transport in MMIO:
            return dict(out, driver=out["driver"].replace("-pci", "-device"))
        legacy, modern = PCI[transport]
        return dict(out, **{"disable-legacy": legacy, "disable-modern": modern})

    def agent(self):
        """Compile the guest's first process, unless that is done; its path."""
        with _COMPILING:
            return self._compiled()

    def _compiled(self):
        folder = os.path.join(TREE, "out", "build", self.name)
        target = os.path.join(folder, "agent")
        sources = sorted(glob.glob(os.path.join(AGENT, "*.c")))
        newest = max(os.path.getmtime(p) for p in glob.glob(os.path.join(AGENT, "*.[ch]")))
        if not os.path.exists(target) or os.path.getmtime(target) < newest:
            os.makedirs(folder, exist_ok=True)
            part = f"{target}.{os.getpid()}"
            run = subprocess.run([self.cross + "gcc", *CFLAGS, "-o", part, *sources],
                                 stderr=subprocess.PIPE, text=True, check=False)
            if run.returncode:
                raise SetupError("tests/board/agent does not compile:\n" + run.stderr)
            os.rename(part, target)
        return target


SOCKETS = ("-chardev", "socket,id=con,path={folder}/con,server=on,wait=off,mux=on",
           "-serial", "chardev:con",
           "-chardev", "socket,id=ctl,path={folder}/ctl,server=on,wait=off")
CONTROL = ("-chardev", "socket,id=qmp,path={folder}/qmp,server=on,wait=off",
           "-mon", "chardev=qmp,mode=control", "-S")
BOARDS = {
    "malta": Board(
        "malta", program="qemu-system-mips", machine=("-machine", "malta", "-cpu", "24Kf"),
        cmdline="console=ttyS0,115200", port="/dev/ttyS1", memory=256,
        transports=("pci-modern", "pci-legacy"),
        chardevs=SOCKETS + ("-serial", "chardev:ctl") + CONTROL),
    # It has one serial port: the control port is a PCI card.
    "arm64": Board(
        "arm64", program="qemu-system-aarch64",
        machine=("-machine", "virt,gic-version=2", "-cpu", "cortex-a72"),
        cmdline="console=ttyAMA0", port="/dev/ttyS0", memory=512,
        transports=("pci-modern", "pci-legacy", "mmio", "mmio-v1"),
        chardevs=SOCKETS + ("-device", "pci-serial,chardev=ctl") + CONTROL),
}
