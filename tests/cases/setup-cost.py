# SPDX-License-Identifier: GPL-2.0
"""Counts what a guest does to a device's registers, from QEMU's trace."""

import os
import re

EVENTS = ("memory_region_ops_read", "memory_region_ops_write")
LINE = re.compile(r"(memory_region_ops_\w+) cpu -?\d+ mr (0x\w+) addr (0x\w+) "
                  r"value (0x\w+) size (\d+) name '([^']*)'")
# Region of QEMU -> offset of the device status in it, VIRTIO 1.4, 4.1.4.3, 4.1.4.10, 4.2.2.
MODERN = re.compile(r"virtio-pci-(common|isr|device|notify)-(.*)")
STATUS = {"common": 0x14, "virtio-pci": 0x12, "virtio-mmio": 0x70}
DRIVER_OK, FAILED = 4, 128
# The registers of a queue: its choice, size, vector, addresses, state.
QUEUE = {"common": range(0x16, 0x40), "virtio-pci": (0x08, 0x0c, 0x0e, 0x16),
         "virtio-mmio": (*range(0x30, 0x48), *range(0x80, 0xa8))}

INTREE = ("virtio_ring", "virtio", "virtio_pci_legacy_dev", "virtio_pci_modern_dev",
          "virtio_pci", "virtio_mmio", "virtio_blk", "virtio-rng")


def guest_files(kernel):
    """The kernel's own virtio modules, to be loaded by hand."""
    found = {}
    for folder, _, names in os.walk(kernel.module_root):
        for name in names:
            if name.endswith(".ko") and name[:-3] in INTREE:
                found["vgd/intree/" + name] = os.path.join(folder, name)
    return found


def _log(guest):
    return os.path.join(guest.folder, "trace")


def _events(guest, on):
    for event in EVENTS:
        guest.qmp.run("trace-event-set-state", {"name": event, "enable": on})


def _logfile(guest, path):
    guest.qmp.run("human-monitor-command", {"command-line": f"logfile {path}"})


def host_trace(guest, _words):
    """trace: from now on each access of the guest is noted."""
    if os.path.exists(_log(guest)):
        os.remove(_log(guest))
    _logfile(guest, _log(guest))
    _events(guest, True)
    return "on"


def accesses(path):
    """(region, kind, offset, value, write) of each access to a virtio device, in order."""
    rows, base = [], {}
    with open(path, encoding="ascii", errors="replace") as f:
        for match in map(LINE.search, f):
            if not match:
                continue
            event, region, address, value, _, name = match.groups()
            modern = MODERN.fullmatch(name)
            if not modern and name not in STATUS:
                continue
            kind, device = modern.groups() if modern else (name, region)
            address = int(address, 16)
            base[region] = min(base.get(region, address), address)
            rows.append((device, region, kind, address, int(value, 16), event.endswith("write")))
    # The lowest register of each of these regions is one that every driver reads.
    return [(d, k, a - base[r], v, w) for d, r, k, a, v, w in rows]


def up_to_driver_ok(rows):
    """{device: [accesses, those to registers of queues]} of each that was set up, until then."""
    count, ready = {}, {}
    for device, kind, offset, value, write in rows:
        if device in ready:
            continue
        sums = count.setdefault(device, [0, 0])
        sums[0] += 1
        sums[1] += offset in QUEUE.get(kind, ())
        if write and offset == STATUS.get(kind) and value & DRIVER_OK and not value & FAILED:
            ready[device] = sums
    return ready


def host_count(guest, words):
    """count DEVICE NUMBER: stop; how many accesses until it had DRIVER_OK, how many for its queues.

    DEVICE is part of the name that QEMU gives its regions; where they have
    none such, NUMBER counts in the order in which the devices were set up.
    """
    _events(guest, False)
    _logfile(guest, os.path.join(guest.folder, "qemu.log"))
    ready = up_to_driver_ok(accesses(_log(guest)))
    found = [n for n in ready if words[0] in n] or list(ready)[int(words[1]):]
    if not found:
        raise ValueError("no device came to DRIVER_OK")
    return "{} {}".format(*ready[found[0]])
