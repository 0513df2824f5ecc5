# SPDX-License-Identifier: GPL-2.0
"""QEMU: is KVM good for anything here, the command line, the process."""

import ctypes
import functools
import os
import re
import signal
import subprocess
import tempfile
import time

from . import mmio, scsi, serial
from .boards import BOARDS
from .initramfs import which
from .kernel import SetupError, cache_dir

PROGRAM = "qemu-system-x86_64"
# Root ports: the disk, the rng, a second rng (plugged in by a case), the
# network card, the file system, the SCSI host, another network card, the serial ports.
PORTS = 8
MAC = "52:54:00:12:34:56"       # of the first network card, unless it is told another
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
# Feature bits (VIRTIO 1.4: 6) that a setting of the matrix turns on or off;
# /vgd/case compares them with what was negotiated.
RING_KEYS = ("event_idx", "indirect_desc", "packed", "in_order", "iommu_platform")
# Which interfaces the devices of a transport offer: disable-legacy, disable-modern.
# With pci-forced the guest is told to choose the legacy one.
INTERFACES = {"pci-modern": ("on", "off"), "pci-legacy": ("off", "on"),
              "pci-transitional": ("off", "off"), "pci-forced": ("off", "off")}
# Features that devices have through the modern interface only.
MODERN_KEYS = ("packed", "in_order", "iommu_platform", "iommu")
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


def prefix(path):
    """Where a QEMU is unpacked; None for one that is installed."""
    return path[:-len(f"/usr/bin/{PROGRAM}")] if os.path.isabs(path) else None


@functools.lru_cache(maxsize=None)
def version(path):
    """The version of a QEMU as three numbers, zeroes when it does not start."""
    run = subprocess.run([path, "--version"], capture_output=True, text=True, check=False,
                         env=environment(path))
    match = re.search(r"version (\d+)\.(\d+)\.(\d+)", run.stdout)
    return tuple(int(n) for n in match.groups()) if match else (0, 0, 0)


def environment(path, config=None, folder=None):
    """What a QEMU needs that is unpacked and not installed, or not quite right."""
    root, out = prefix(path), dict(os.environ)
    if root:
        out["LD_LIBRARY_PATH"] = f"{root}/usr/lib/x86_64-linux-gnu:{root}/lib/x86_64-linux-gnu"
    if config and config.set["in_order"] == "on" and version(path) < (10, 0, 3):
        out["LD_PRELOAD"] = in_order_pad(folder)
    return out


def in_order_pad(folder):
    """Build the library that in_order_pad.c describes; returns its path."""
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "in_order_pad.c")
    library = os.path.join(folder, "in_order_pad.so")
    run = subprocess.run(["gcc", "-shared", "-fPIC", "-O2", "-fno-builtin", "-o", library, source],
                         stderr=subprocess.PIPE, text=True, check=False)
    if run.returncode:
        raise SetupError("cannot build tests/harness/in_order_pad.c:\n" + run.stderr)
    return library


def program(wanted):
    """The QEMU of a configuration: 'any' is the installed one, '10' at least 10."""
    if wanted == "any":
        return PROGRAM
    mine = os.path.join(cache_dir(), f"qemu-{wanted}/usr/bin/{PROGRAM}")
    for path in (PROGRAM, mine):
        if which(path) and version(path)[0] >= int(wanted):
            return path
    raise SetupError(f"no QEMU {wanted} here: run scripts/setup e2e")


def accelerator(wanted="auto", board=""):
    """'kvm' or 'tcg'; other machines than this one's are always emulated."""
    if board:
        if not which(BOARDS[board].program):
            raise SetupError(f"no {BOARDS[board].program} here: run scripts/setup kernel {board}")
        return "tcg"
    if not which(PROGRAM):
        raise SetupError(f"no {PROGRAM} here: run scripts/setup e2e")
    if wanted != "auto":
        return wanted
    return "kvm" if kvm_works() else "tcg"


class Config:
    """What the device side of a guest looks like: one line of the matrix."""

    DEFAULTS = {"board": "", "transport": "pci-modern", "cpus": "2", "queues": "2", "vectors": "auto",
                "event_idx": "on", "indirect_desc": "on", "packed": "off", "in_order": "off",
                "queue_reset": "on", "iommu_platform": "off", "iommu": "off", "swiotlb": "auto",
                "mem": "512", "disk": str(DISK_BYTES), "queue_size": "auto", "blk_size": "auto",
                "hotplug": "acpi", "no_soft_reset": "auto", "discovery": "acpi",
                "devices": "blk0,rng0", "ports": serial.PORTS, "balloon": "", "net": "", "wire": "user",
                "qemu": "any",
                "extra": ""}
    # What setting 'balloon' may switch on, joined by '+'.
    BALLOON = ("deflate-on-oom", "free-page-hint", "free-page-reporting")

    def __init__(self, name, **settings):
        unknown = set(settings) - set(self.DEFAULTS)
        if unknown:
            raise SetupError(f"config {name}: unknown setting {', '.join(sorted(unknown))}")
        self.name = name
        self.set = dict(self.DEFAULTS, **settings)
        if self.set["board"]:
            BOARDS[self.set["board"]].check(name, self.set)
        elif self.mmio:
            self.set = mmio.check(name, self.set)
        elif self.set["transport"] not in INTERFACES:
            raise SetupError(f"config {name}: no transport '{self.set['transport']}'")
        if self.legacy and any(self.set[k] == "on" for k in MODERN_KEYS):
            raise SetupError(f"config {name}: not through the legacy interface")
        if self.set["in_order"] == "on" and self.set["qemu"] == "any":
            raise SetupError(f"config {name}: in_order=on wants qemu=10")
        if self.set["iommu_platform"] == "off" and (
                self.set["iommu"] == "on" or self.set["swiotlb"] != "auto"):
            raise SetupError(f"config {name}: without iommu_platform=on the devices are "
                             "outside of the DMA API")
        if self.set["no_soft_reset"] != "auto" and self.set["qemu"] == "any":
            raise SetupError(f"config {name}: no_soft_reset wants qemu=10")
        if self.set["hotplug"] not in ("acpi", "pcie"):
            raise SetupError(f"config {name}: no hotplug '{self.set['hotplug']}'")
        if self.set["wire"] not in ("user", "hub", "tap"):
            raise SetupError(f"config {name}: no wire '{self.set['wire']}'")
        self.devices = self.set["devices"].split(",")
        unknown = set(self.balloon) - set(self.BALLOON)
        if unknown:
            raise SetupError(f"config {name}: no such balloon: {', '.join(sorted(unknown))}")

    @property
    def mmio(self):
        """Are the devices without a bus?"""
        return self.set["transport"] in mmio.TRANSPORTS

    @property
    def balloon(self):
        """Features of the balloon that are not there by themselves."""
        return [word for word in self.set["balloon"].split("+") if word]

    @property
    def net(self):
        """Properties of the network card: NAME:VALUE, joined by '+'.

        With tap:NAME, which has to be there, it is not QEMU's own network behind it.
        """
        return dict(word.split(":") for word in self.set["net"].split("+") if word)

    @property
    def taps(self):
        """How many descriptors of a tap the network card wants (see nettap.py)."""
        if self.set["wire"] != "tap" or "net0" not in self.devices:
            return 0
        return int(self.set["queues"])

    def netdevs(self, taps=()):
        """What is behind the network card; with a hub, behind the other one as well."""
        if self.set["wire"] == "hub":
            return ["user,id=outside", "hubport,id=hub0,hubid=0,netdev=outside",
                    "hubport,id=user0,hubid=0", "hubport,id=user1,hubid=0"]
        if taps:
            word = "fds" if len(taps) > 1 else "fd"
            return [f"tap,id=user0,{word}={':'.join(map(str, taps))}"]
        tap = self.net.get("tap")
        if not tap:
            return ["user,id=user0"]
        queues = f",queues={self.set['queues']}" if self.net.get("mq") == "on" else ""
        return [f"tap,id=user0,ifname={tap},script=no,downscript=no{queues}"]

    @property
    def legacy(self):
        """Are the devices used through the legacy interface of PCI?"""
        return self.set["transport"] in ("pci-legacy", "pci-forced")

    @property
    def append(self):
        """Words for the guest kernel's command line."""
        out = ["intel_iommu=on", "iommu.strict=1"] if self.set["iommu"] == "on" else []
        if self.set["transport"] == "pci-forced":
            out.append("virtio_pci.force_legacy=1")
        if self.set["swiotlb"] != "auto":
            out.append("swiotlb=" + self.set["swiotlb"])
        return " ".join(out)

    def with_memory(self, least):
        """The same with so many MiB at least."""
        if int(self.set["mem"]) >= least:
            return self
        return Config(self.name, **dict(self.set, mem=str(least)))

    def describe(self):
        """One line for the terminal."""
        s = self.set
        if s["board"]:
            other = [f"{k}={s[k]}" for k in RING_KEYS if s[k] != self.DEFAULTS[k]]
            return ", ".join([BOARDS[s["board"]].machine[1], s["transport"]] + other)
        out = [s["transport"], f"{s['cpus']} cpu", f"{s['queues']} queue"]
        if self.mmio:
            out.append("by " + s["discovery"])
        else:
            out.append({"auto": "msi-x", "0": "intx"}.get(s["vectors"], f"msi-x vectors={s['vectors']}"))
        out += [f"{k}={s[k]}" for k in RING_KEYS + ("queue_reset",) if s[k] != self.DEFAULTS[k]]
        out += ["behind an IOMMU"] if s["iommu"] == "on" else []
        out += [f"swiotlb={s['swiotlb']}"] if s["swiotlb"] != "auto" else []
        out += [f"blocks of {s['blk_size']}"] if s["blk_size"] != "auto" else []
        out += ["PCIe hot-plug"] if s["hotplug"] == "pcie" else []
        out += [f"no_soft_reset={s['no_soft_reset']}"] if s["no_soft_reset"] != "auto" else []
        out += [f"balloon with {' '.join(self.balloon)}"] if self.balloon else []
        out += [f"network card with {self.set['net']}"] if self.net else []
        out += ["a tap behind it"] if self.taps else []
        out += ["a hub behind it"] if s["wire"] == "hub" else []
        out += [f"QEMU {s['qemu']}"] if s["qemu"] != "any" else []
        return ", ".join(out)

    def _common(self, transport):
        out, kind = {}, transport or self.set["transport"]
        if kind in INTERFACES:
            out["disable-legacy"], out["disable-modern"] = INTERFACES[kind]
        # QEMU 7.2 has no in_order; what is off by default need not be said.
        out.update({k: self.set[k] for k in RING_KEYS + ("queue_reset",)
                    if self.set[k] != self.DEFAULTS[k]})
        if self.set["no_soft_reset"] != "auto":
            out["x-pcie-pm-no-soft-reset"] = self.set["no_soft_reset"]
        if self.set["vectors"] != "auto":
            out["vectors"] = int(self.set["vectors"])
        return out

    def device(self, what):
        """The properties of a device, for the command line and for device_add.

        A name may have a transport of its own: rng1:pci-legacy.
        """
        what, _, transport = what.partition(":")
        props = self._common(transport)
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
        elif what == "net0":
            props = dict(driver="virtio-net-pci", id=what, bus="rp3", netdev="user0", romfile="",
                         **props)
            if self.taps > 1:
                props["mq"] = "on"
            props.update({k: v for k, v in self.net.items() if k != "tap"})
        elif what == "nic0":
            # The faster card that net0 with failover:on is the standby of.
            props = dict(driver="e1000e", id=what, bus="rp6", netdev="user1", romfile="",
                         mac=MAC, failover_pair_id="net0")
        elif what in scsi.UNITS:
            return scsi.unit(what)
        elif what == "scsi0":
            props = dict(driver="virtio-scsi-pci", id=what, bus="rp5",
                         num_queues=int(self.set["queues"]), **props)
            if self.set["queue_size"] != "auto":
                props["virtqueue_size"] = int(self.set["queue_size"])
        elif what == "fs0":
            props = dict(driver="virtio-9p-pci", id=what, bus="rp4", fsdev="share0",
                         mount_tag="share", **props)
        elif what == "ser0":
            props = dict(driver="virtio-serial-pci", id="ser0", bus="rp7",
                         max_ports=serial.MAX_PORTS, **props)
        elif serial.is_port(what):
            return serial.port(what, self.set["ports"])
        elif what == "balloon0":
            props = dict(driver="virtio-balloon-pci", id=what, bus="pcie.0", **props)
            props.update({word: "on" for word in self.balloon})
            if "free-page-hint" in self.balloon:
                props["iothread"] = "hints0"
        else:
            raise SetupError(f"no device called {what}")
        if self.set["board"]:
            return BOARDS[self.set["board"]].device(props, self.set["transport"])
        return mmio.device(what, props) if self.mmio else props

    def backends(self, folder, taps=()):
        """Options for what stands behind the devices."""
        disk = os.path.join(folder, "disk0.raw")
        args = ["-object", "rng-random,id=urandom,filename=/dev/urandom",
                "-object", "throttle-group,id=limit0",
                "-blockdev", f"driver=file,node-name=file0,filename={disk},discard=unmap",
                "-blockdev", "driver=raw,node-name=raw0,file=file0,discard=unmap",
                "-blockdev", "driver=throttle,node-name=disk0,throttle-group=limit0,file=raw0,"
                             "discard=unmap"]
        if "free-page-hint" in self.balloon:
            args += ["-object", "iothread,id=hints0"]
        if "scsi0" in self.devices:
            args += scsi.backends(folder)
        if "net0" in self.devices:
            args += [word for netdev in self.netdevs(taps) for word in ("-netdev", netdev)]
        if "fs0" in self.devices:
            args += ["-fsdev", f"local,id=share0,path={folder}/share,security_model=none"]
        if "ser0" in self.devices:
            args += serial.backends(self.set["ports"], folder)
        return args

    @property
    def attached(self):
        """The devices with what sits on them, in the order of QEMU's command line."""
        return [d for what in self.devices for d in
                [what] + (serial.names(self.set["ports"]) if what == "ser0" else [])]


def as_option(props):
    """{'driver': d, 'k': v} as QEMU's command line wants it."""
    return props["driver"] + "".join(
        f",{k}={v}" for k, v in props.items() if k != "driver")


def pc(config, accel):
    """The machine with a PCI bus."""
    machine = f"q35,accel={accel}"
    # An IOMMU that remaps interrupts has to see them: not KVM's own controller.
    if config.set["iommu"] == "on" and accel == "kvm":
        machine += ",kernel-irqchip=split"
    return ["-machine", machine]


def bridges(config):
    """What stands between the devices and the processor."""
    args = []
    # Left to themselves, Linux and this firmware agree on ACPI's hot-plug.
    if config.set["hotplug"] == "pcie":
        args += ["-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off"]
    # Before the devices: it does not see those that were there already.
    if config.set["iommu"] == "on":
        args += ["-device", "intel-iommu,intremap=on"]
    for port in range(PORTS):
        args += ["-device", f"pcie-root-port,id=rp{port},chassis={port + 1},slot={port + 1}"]
    return args


def command(config, accel, image, initrd, folder, append, chardevs=TEST_CHARDEVS, taps=()):
    """The whole command line.  Sockets, the disk and the shared folder are below folder.

    taps: descriptors of the tap that is behind the network card.
    """
    if config.set["board"]:
        return board_command(config, image, initrd, folder, append)
    path = program(config.set["qemu"])
    machine = mmio.machine(config, accel) if config.mmio else pc(config, accel)
    if config.mmio:
        append += " " + mmio.append(config, accel)
        chardevs = mmio.serial(chardevs)
    args = [path, *machine, "-cpu", "max", "-smp", config.set["cpus"],
            "-m", config.set["mem"], "-nodefaults", "-no-reboot", "-display", "none",
            "-nic", "none", "-kernel", image, "-initrd", initrd,
            "-append", " ".join(f"{CMDLINE} {config.append} {append}".split())]
    if prefix(path):
        for what in ("qemu", "seabios"):
            args += ["-L", f"{prefix(path)}/usr/share/{what}"]
    args += [word.format(folder=folder) for word in chardevs]
    args += [] if config.mmio else bridges(config)
    args += config.backends(folder, taps)
    for what in config.attached:
        args += ["-device", as_option(config.device(what))]
    return args + config.set["extra"].split()


def board_command(config, image, initrd, folder, append):
    """The same for a machine of boards.py: no firmware, no slots, no IOMMU."""
    board = BOARDS[config.set["board"]]
    args = [board.program, *board.options(config), "-nodefaults", "-no-reboot", "-display", "none",
            "-nic", "none", "-kernel", image, "-initrd", initrd,
            "-append", " ".join(f"{board.cmdline} {config.append} {append}".split())]
    args += [word.format(folder=folder) for word in board.chardevs]
    args += config.backends(folder)
    for what in config.attached:
        args += ["-device", as_option(config.device(what))]
    return args + config.set["extra"].split()


def start(args, log, stdin=subprocess.DEVNULL, env=None, keep=()):
    """Start QEMU; it dies with us whatever becomes of us.  keep: its descriptors."""
    return subprocess.Popen(
        args, stdin=stdin, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        preexec_fn=die_with_parent, env=env, pass_fds=keep)
