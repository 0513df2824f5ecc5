# SPDX-License-Identifier: GPL-2.0
"""Virtio devices without a bus: QEMU's machine microvm."""

import functools
import re

from .kernel import SetupError

# transport -> value of force-legacy: register version 2 or 1
TRANSPORTS = {"mmio": "off", "mmio-v1": "on"}
# How the guest learns where the devices are.
DISCOVERIES = ("acpi", "cmdline")
DRIVERS = {"blk0": "virtio-blk-device", "rng0": "virtio-rng-device", "rng1": "virtio-rng-device",
           "net0": "virtio-net-device", "fs0": "virtio-9p-device", "ser0": "virtio-serial-device",
           "balloon0": "virtio-balloon-device", "scsi0": "virtio-scsi-device"}
# What these devices do not have, or only behind a PCI function.
NOT_HERE = ("bus", "disable-legacy", "disable-modern", "vectors", "romfile")
VERSION_1_ONLY = ("packed", "in_order", "iommu_platform")


def check(name, settings):
    """Refuse what cannot be had; there is one interrupt per device, and no MSI."""
    if settings["discovery"] not in DISCOVERIES:
        raise SetupError(f"config {name}: no discovery '{settings['discovery']}'")
    if settings["vectors"] not in ("auto", "0") or settings["iommu"] == "on":
        raise SetupError(f"config {name}: no vectors and no IOMMU over MMIO")
    if settings["transport"] == "mmio-v1" and any(settings[k] == "on" for k in VERSION_1_ONLY):
        raise SetupError(f"config {name}: register version 1 is for legacy devices")
    return dict(settings, vectors="0")


@functools.lru_cache(maxsize=None)
def tsc_khz():
    """The rate of this machine's time-stamp counter, which TCG hands through."""
    with open("/proc/cpuinfo", encoding="ascii") as f:
        rate = re.search(r"^cpu MHz\s*: (\d+)\.(\d{3})", f.read(), re.M)
    return rate.group(1) + rate.group(2) if rate else "2000000"


def machine(config, accel):
    """The machine and what goes with it; its one serial port has no second beside it."""
    named = config.set["discovery"] == "cmdline"
    words = ["microvm", f"accel={accel}", "rtc=on"]
    words += ["acpi=off", "auto-kernel-cmdline=on"] if named else ["acpi=on"]
    legacy = TRANSPORTS[config.set["transport"]]
    return ["-machine", ",".join(words), "-global", f"virtio-mmio.force-legacy={legacy}"]


def append(config, accel):
    """Words for the guest kernel's command line."""
    # Calibrating against the PIT hangs without KVM when there is ACPI.
    out = [f"tsc_early_khz={tsc_khz()}"] if accel == "tcg" else []
    # Without ACPI there is nothing to switch the machine off with.
    if config.set["discovery"] == "cmdline":
        out += ["reboot=t", "vgd.off=reboot"]
    return " ".join(out)


def serial(chardevs):
    """The second '-serial' as a device: the machine has no second by itself."""
    out, seen = [], 0
    for word, value in zip(chardevs, list(chardevs[1:]) + [None]):
        seen += word == "-serial"
        if seen == 2 and word == "-serial":
            out += ["-device"]
        elif seen == 2 and value != "-serial" and word.startswith("chardev:"):
            out += [f"isa-serial,index=1,chardev={word[len('chardev:'):]}"]
            seen = 3
        else:
            out.append(word)
    return out


def device(what, props):
    """The properties that the same device has behind a PCI function, for this bus."""
    out = {k: v for k, v in props.items() if k not in NOT_HERE}
    return dict(out, driver=DRIVERS[what])
