# SPDX-License-Identifier: GPL-2.0
"""The rows of the device benchmark: what a guest does with a device, and what came of it."""

import collections
import re
import time

from counts import BenchError

GOT = re.compile(r"got (\d+) ns (\d+) interrupts (\d+)(?: notified (\d+))?"
                 r"(?: sent (\d+) received (\d+))?")
MIB = 1 << 20
# What a metric for each packet of a network device ends in.
EACH = "/packet"

# How much work: counted, counted for --quick, timed.
Amount = collections.namedtuple("Amount", "counted quick timed")


class Measured:
    """One row on one side in one pass."""

    def __init__(self, name, side, units, seconds, interrupts, notified=None, sent=0, received=0):
        self.name, self.side, self.units = name, side, units
        self.values = {"seconds": seconds / units, "interrupts": interrupts / units}
        self._packets = {"notified": sent, "interrupts": sent + received, "events": sent + received}
        if sent:
            self.values.update(sent=sent / units, received=received / units)
        if notified is not None:
            self._notified(notified)
        self.functions = self.called = None

    def count(self, record, symbols):
        """Add what the plugin wrote."""
        record.attribute(symbols)
        self.functions, self.called = record.functions, record.called
        once = sum(n for table in (record.once, record.called_once)
                   for (_, owner), n in table.items() if is_ours(owner))
        own = sum(n for (_, owner), n in self.functions.items() if is_ours(owner))
        called = sum(n for (_, owner), n in self.called.items() if is_ours(owner))
        self.values.update(
            module=own / self.units, allocator=called / self.units,
            insns=(own + called) / self.units, once=once / self.units, everything=record.insns / self.units,
            config=accesses(record, "device") / self.units)
        self._notified(accesses(record, "notify", 1))

    def _notified(self, count):
        """Both ways of disturbing the other side, also together, and for each packet."""
        self.values["notified"] = count / self.units
        self.values["events"] = self.values["notified"] + self.values["interrupts"]
        for metric, packets in self._packets.items():
            if packets:
                self.values[metric + EACH] = self.values[metric] * self.units / packets

    def base(self, metric):
        """What an event of this metric is divided by."""
        each = metric.endswith(EACH)
        return self._packets[metric.removesuffix(EACH)] if each else self.units

    def per_function(self):
        """[(function, module, instructions, allocator's)] per unit, most first."""
        keys = [k for k in self.functions if is_ours(k[1])]
        out = [(*k, self.functions[k] / self.units, self.called[k] / self.units) for k in keys]
        return sorted(out, key=lambda r: -r[2] - r[3])


def is_ours(owner):
    """Is it a module of virtio, the kernel's own or this tree's?"""
    return owner.startswith("virtio")


def accesses(record, region, which=None):
    """Accesses to the regions of that kind; which: 0 reads, 1 writes, None both."""
    found = [v for k, v in record.io.items() if k.startswith(f"virtio-pci-{region}")]
    return sum(sum(v) if which is None else v[which] for v in found)


class Row:
    """A row: name, driver, what a unit is, how much work."""

    which = 1       # device of that driver
    cpus = 1        # processors of the guest; with more of them nothing is counted
    shared = False  # guest and device share a processor of the host

    def __init__(self, name, driver, unit, amount):
        self.name, self.driver, self.unit, self.amount = name, driver, unit, amount

    def work(self, guest, device, amount):
        """Have it done; returns (units, seconds, interrupts[, notifications])."""
        raise NotImplementedError

    def measure(self, guest, side, amount):
        """The row on this side, as Measured."""
        guest.use(side, self.driver)
        device = guest.one(f"device_of {self.driver} {self.which}")
        return Measured(self.name, side, *self.work(guest, device, amount))


def result(line):
    """What dev_work printed."""
    match = GOT.fullmatch(line)
    if not match:
        raise BenchError(f"guest: {line}")
    units, ns, *counts = (int(n) for n in match.groups() if n is not None)
    return units, ns / 1e9, *counts


class Disk(Row):
    """4 KiB requests at random places, so many at a time, so many by a call."""

    def __init__(self, kind, driver, disk, way, depth, variant=""):
        slow = variant == "/slow"
        super().__init__(f"{kind}/{way}/{depth}{variant}", driver, "request",
                         Amount(1000, 500, 1000) if slow else Amount(3000, 1000, 6000))
        self._disk, self._way, self._depth = disk + "ab"[slow], way, depth
        self._batch = depth // 2 if variant == "/batch" else 1
        # Each of virtio_blk's disks is a device, virtio_scsi's share one.
        self.which = 2 if slow and kind == "blk" else 1

    def work(self, guest, device, amount):
        path = guest.one(f"appears '{self._disk}'")
        return result(guest.one(f"/bench/dev_work blk {path} {self._way} {self._depth} "
                                f"{self._batch} {amount} {device}"))


class Console(Row):
    """Writes of 4 KiB to a port; units are MiB."""

    def __init__(self):
        super().__init__("console/write", "virtio_console", "MiB", Amount(4, 2, 32))

    def work(self, guest, device, amount):
        path, before = guest.one("appears '/dev/vport*p1'"), guest.drain.got
        writes = amount * 256
        _, seconds, interrupts = result(guest.one(f"/bench/dev_work console {path} {writes} "
                                                  f"{device}"))
        guest.drain.wait(before + (writes + 64) * 4096)
        return amount, seconds, interrupts


class Rng(Row):
    """Reads of 16 KiB from /dev/hwrng; units are KiB."""

    def __init__(self):
        super().__init__("rng/read", "virtio_rng", "KiB", Amount(256, 128, 1024))

    def work(self, guest, device, amount):
        guest.one("appears /dev/hwrng")
        return result(guest.one(f"/bench/dev_work rng /dev/hwrng {amount} {device}"))


class Balloon(Row):
    """The host takes memory, or gives it back; units are MiB."""

    def __init__(self, way):
        super().__init__(f"balloon/{way}", "virtio_balloon", "MiB", Amount(256, 128, 1024))
        self._way = way

    @staticmethod
    def _set(guest, target, timeout=120):
        """Until the guest says that it is so."""
        begin = time.monotonic()
        guest.qmp.run("balloon", {"value": target})
        while guest.qmp.run("query-balloon")["actual"] != target:
            if time.monotonic() - begin > timeout:
                raise BenchError(f"the balloon is not at {target >> 20} MiB after {timeout} s")
            time.sleep(0.003)
        return time.monotonic() - begin

    def work(self, guest, device, amount):
        with guest.all_cpus():
            return self._work(guest, device, amount)

    def _work(self, guest, device, amount):
        full = guest.qmp.run("query-memory-size-summary")["base-memory"]
        less = full - amount * MIB
        if self._way == "deflate":
            self._set(guest, less)
        command = f"/bench/dev_work wait {device}"
        guest.begin(command, "ready")
        seconds = self._set(guest, less if self._way == "inflate" else full)
        guest.send("")
        _, _, interrupts = result(guest.answer(command)[-1])
        if self._way == "inflate":
            self._set(guest, full)
        return amount, seconds, interrupts


ROWS = [Disk(kind, driver, disk, way, depth, variant)
        for kind, driver, disk in (("blk", "virtio_blk", "/dev/vd"),
                                   ("scsi", "virtio_scsi", "/dev/sd"))
        for way in ("read", "write")
        for depth, variant in ((1, ""), (32, ""), (32, "/batch"), (32, "/slow"))] + \
       [Console(), Balloon("inflate"), Balloon("deflate"), Rng()]


def calibrate(counts):
    """The records of dev_calls.c show whether the allocator is counted right."""
    def outside(c):
        return sum(num * times for vaddr, num, times, *_ in c.stretches if vaddr < 0xffffffffc0000000)
    off, on, other = ((outside(c), sum(s[4] for s in c.stretches)) for c in counts)
    if not off[1] or off[0] != off[1] or other[1] or not other[0] or \
            abs(on[1] / off[1] - 1) > 0.02:
        raise BenchError("the plugin does not see what a module has the allocator do: "
                         f"interrupts off {off}, on {on}, no allocator {other}; the numbers of "
                         "the first were to be equal, the last 0")
