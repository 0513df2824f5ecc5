# SPDX-License-Identifier: GPL-2.0
"""QEMU: is KVM good for anything here, the command line, the process."""

import ctypes
import functools
import os
import signal
import subprocess
import tempfile
import time

from .initramfs import which
from .kernel import SetupError

PROGRAM = "qemu-system-x86_64"
PORTS = 4               # root ports; the first two hold the disk and the rng
SERIAL = "vgd-disk-0"
DISK_BYTES = 256 << 20
CMDLINE = ("console=ttyS0,115200 rdinit=/init panic=-1 oops=panic "
           "panic_on_warn=1 sysrq_always_enabled unknown_nmi_panic printk.time=1 "
           "8250.nr_uarts=2 mitigations=off random.trust_cpu=on "
           "log_buf_len=16M")
TEST_CHARDEVS = (
    "-chardev", "socket,id=con,path={folder}/con,server=on,wait=off,mux=on",
    "-serial", "chardev:con",
    "-chardev", "socket,id=ctl,path={folder}/ctl,server=on,wait=off",
    "-serial", "chardev:ctl",
    "-chardev", "socket,id=qmp,path={folder}/qmp,server=on,wait=off",
    "-mon", "chardev=qmp,mode=control", "-S")
SHELL_CHARDEVS = ("-chardev", "stdio,id=con,mux=on,signal=off", "-serial", "chardev:con")


def die_with_parent():
    """Called in the child: SIGKILL when the thread that started it ends."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


@functools.lru_cache(maxsize=None)
def kvm_works():
    """Let KVM run the firmware until it says its name.

    That /dev/kvm exists, or even makes a virtual machine, proves nothing:
    some clouds have one in which no guest runs.
    """
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return False
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "log")
        qemu = subprocess.Popen(
            [PROGRAM, "-machine", "q35,accel=kvm", "-cpu", "max", "-m", "64", "-nodefaults",
             "-display", "none", "-chardev", f"file,id=d,path={log}",
             "-device", "isa-debugcon,iobase=0x402,chardev=d"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=dict(os.environ, PATH=os.environ.get("PATH", "") + ":/usr/sbin:/sbin"))
        try:
            end = time.monotonic() + 3
            while time.monotonic() < end and qemu.poll() is None:
                if os.path.exists(log) and b"SeaBIOS" in read(log):
                    return True
                time.sleep(0.02)
            return False
        finally:
            qemu.kill()
            qemu.wait()


def read(path):
    """The bytes of a file."""
    with open(path, "rb") as f:
        return f.read()


def accelerator(wanted="auto"):
    """'kvm' or 'tcg'."""
    if not which(PROGRAM):
        raise SetupError(f"no {PROGRAM} here: run scripts/setup e2e")
    if wanted != "auto":
        return wanted
    return "kvm" if kvm_works() else "tcg"


class Config:
    """What the device side of a guest looks like: one line of the matrix."""

    DEFAULTS = {"transport": "pci-modern", "cpus": "2", "queues": "2", "vectors": "auto",
                "event_idx": "on", "indirect_desc": "on", "mem": "512", "disk": str(DISK_BYTES),
                "queue_size": "auto", "blk_size": "auto", "extra": ""}

    def __init__(self, name, **settings):
        unknown = set(settings) - set(self.DEFAULTS)
        if unknown:
            raise SetupError(f"config {name}: unknown setting {', '.join(sorted(unknown))}")
        self.name = name
        self.set = dict(self.DEFAULTS, **settings)
        if self.set["transport"] != "pci-modern":
            raise SetupError(f"config {name}: no transport '{self.set['transport']}'")

    def with_memory(self, least):
        """The same with so many MiB at least."""
        if int(self.set["mem"]) >= least:
            return self
        return Config(self.name, **dict(self.set, mem=str(least)))

    def describe(self):
        """One line for the terminal."""
        s = self.set
        out = [s["transport"], f"{s['cpus']} cpu", f"{s['queues']} queue"]
        out.append({"auto": "msi-x", "0": "intx"}.get(s["vectors"], f"msi-x vectors={s['vectors']}"))
        out += [f"{k}=off" for k in ("event_idx", "indirect_desc") if s[k] == "off"]
        out += [f"blocks of {s['blk_size']}"] if s["blk_size"] != "auto" else []
        return ", ".join(out)

    def _common(self):
        out = {"disable-legacy": "on", "disable-modern": "off",
               "event_idx": self.set["event_idx"], "indirect_desc": self.set["indirect_desc"]}
        if self.set["vectors"] != "auto":
            out["vectors"] = int(self.set["vectors"])
        return out

    def device(self, what):
        """The properties of a device, for the command line and for device_add."""
        props = self._common()
        if what == "blk0":
            props = dict(driver="virtio-blk-pci", id="blk0", bus="rp0", drive="disk0",
                         serial=SERIAL, **props)
            props["num-queues"] = int(self.set["queues"])
            if self.set["queue_size"] != "auto":
                props["queue-size"] = int(self.set["queue_size"])
            if self.set["blk_size"] != "auto":
                props["logical_block_size"] = int(self.set["blk_size"])
                props["physical_block_size"] = int(self.set["blk_size"])
        elif what in ("rng0", "rng1"):
            port = {"rng0": "rp1", "rng1": "rp2"}[what]
            props = dict(driver="virtio-rng-pci", id=what, bus=port, rng="urandom", **props)
        else:
            raise SetupError(f"no device called {what}")
        return props


def as_option(props):
    """{'driver': d, 'k': v} as QEMU's command line wants it."""
    return props["driver"] + "".join(
        f",{k}={v}" for k, v in props.items() if k != "driver")


def command(config, accel, image, initrd, folder, append, chardevs=TEST_CHARDEVS):
    """The whole command line.  Sockets and the disk are below folder."""
    disk = os.path.join(folder, "disk0.raw")
    args = [PROGRAM, "-machine", f"q35,accel={accel}", "-cpu", "max",
            "-smp", config.set["cpus"], "-m", config.set["mem"], "-nodefaults", "-no-reboot",
            "-display", "none", "-nic", "none", "-kernel", image, "-initrd", initrd,
            "-append", f"{CMDLINE} {append}".strip()]
    args += [word.format(folder=folder) for word in chardevs]
    for port in range(PORTS):
        args += ["-device", f"pcie-root-port,id=rp{port},chassis={port + 1},slot={port + 1}"]
    args += ["-object", "rng-random,id=urandom,filename=/dev/urandom",
             "-object", "throttle-group,id=limit0",
             "-blockdev", f"driver=file,node-name=file0,filename={disk},discard=unmap",
             "-blockdev", "driver=raw,node-name=raw0,file=file0,discard=unmap",
             "-blockdev", "driver=throttle,node-name=disk0,throttle-group=limit0,file=raw0,"
                          "discard=unmap"]
    args += ["-device", as_option(config.device("blk0")),
             "-device", as_option(config.device("rng0"))]
    return args + config.set["extra"].split()


def start(args, log, stdin=subprocess.DEVNULL):
    """Start QEMU; it dies with us whatever becomes of us."""
    return subprocess.Popen(
        args, stdin=stdin, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        preexec_fn=die_with_parent)
