# SPDX-License-Identifier: GPL-2.0
"""What the guest and the plugin wrote, put together: a list of Row."""

import bisect
import collections
import gzip
import re

OWN = "vring_bench"
LINE = re.compile(OWN + r": row (\d+) (\S+): got (\d+) notified (\d+) interrupts (\d+): (.*)")
SKIP = re.compile(OWN + r": skip (\S+): (.*)")


class BenchError(Exception):
    """The run went wrong; the text says how."""


class Symbols:
    """Which function an address belongs to."""

    def __init__(self, lines=()):
        self._list = []
        for line in lines:
            self.add(line)
        self._list.sort()

    def add(self, line):
        """One line of /proc/kallsyms."""
        word = line.split()
        if len(word) >= 3:
            owner = word[3].strip("[]") if len(word) > 3 else "kernel"
            self._list.append((int(word[0], 16), word[2], owner))

    def find(self, address):
        """(function, module); a module's name is 'kernel' for what is built in."""
        at = bisect.bisect_right(self._list, (address, "\U0010ffff", "")) - 1
        return self._list[at][1:] if at >= 0 else ("?", "?")


class Row:
    """One row on one ring in one pass."""

    def __init__(self, ring, number, match, count):
        self.ring, self.number = ring, number
        self.name = match[2]
        self.buffers, self.notified, self.interrupts = (int(match[i]) for i in (3, 4, 5))
        self.error = None if match[6] == "ok" else match[6]
        self.stores, self.functions = count.stores, count.functions
        self.insns, self.once = (
            sum(n for (_, owner), n in table.items() if owner != OWN) / (self.buffers or 1)
            for table in (count.functions, count.once))

    def per(self, what):
        """notified, interrupts or stores of one buffer."""
        return getattr(self, what) / (self.buffers or 1)

    def per_function(self):
        """[(function, module, instructions per buffer)], most first."""
        return [(f, owner, n / self.buffers) for (f, owner), n in
                self.functions.most_common() if owner != OWN]


class Count:
    """One 'row' record of the plugin."""

    def __init__(self, insns, stores):
        self.insns, self.stores, self.stretches = insns, stores, []
        self.io = {}
        self.functions = self.once = self.called = self.called_once = None

    def attribute(self, symbols):
        """Sum up by function; 'once' has a repeated instruction once.

        'called' is what the allocator did for the function.
        """
        self.functions, self.once, self.called, self.called_once = (
            collections.Counter() for _ in range(4))
        for address, num, times, again, called, called_again in self.stretches:
            function = symbols.find(address)
            self.called[function] += called
            self.called_once[function] += called - called_again
            self.functions[function] += num * times
            self.once[function] += num * (times - again)


def read_counts(path):
    """All records of the plugin's file."""
    out = []
    with open(path, encoding="ascii") as f:
        for line in f:
            word = line.split()
            if word[0] == "row":
                out.append(Count(int(word[1]), int(word[2])))
            elif word[0] == "io":
                out[-1].io[word[3]] = (int(word[1]), int(word[2]))
            else:
                out[-1].stretches.append((int(word[1], 16), *map(int, word[2:7])))
    return out


def calibrate(counts):
    """The first two records show whether the counter is right."""
    got = [(c.insns - sum(again for *_, again, _, _ in c.stretches), c.stores) for c in counts]
    if got != [(0, 0), (1000, 4)]:
        raise BenchError("the counter is wrong: "
                         + ", ".join(f"{n} instructions, {stores} stores" for n, stores in got)
                         + "; 0, 0 and 1000, 4 were due")
    if counts[1].insns not in (1015, 1016):
        raise BenchError(f"this QEMU counts {counts[1].insns - 999} executions of an instruction "
                         "that is repeated 16 times")


def sections(path):
    """The guest's words, cut at each 'begin RING PASS'."""
    out = []
    with open(path, encoding="ascii", errors="replace") as f:
        for line in f:
            line = line.strip("\r\n")
            if line.startswith("begin "):
                out.append((line.split()[1], []))
            elif out:
                out[-1][1].append(line)
    return out


def read_run(words, counts, kernel):
    """([Row], {(ring, row name): why it was skipped})"""
    with gzip.open(kernel, "rt", encoding="ascii") as f:
        base = f.read().splitlines()
    counts = read_counts(counts)
    rows, skips = [], {}
    for number, (ring, lines) in enumerate(sections(words)):
        symbols = Symbols(base + [l[7:] for l in lines if l.startswith("symbol ")])
        if any(l.startswith("failed ") for l in lines) or f"{OWN}: end 0" not in lines:
            raise BenchError(f"{OWN}.ko did not run on the ring '{ring}'; see {words}")
        calibrate(counts[:2])
        counts = counts[2:]
        for match in filter(None, map(LINE.match, lines)):
            counts[0].attribute(symbols)
            rows.append(Row(ring, number, match, counts.pop(0)))
        skips.update({(ring, m[1]): m[2] for m in filter(None, map(SKIP.match, lines))})
    if counts:
        raise BenchError("more counts than rows")
    return rows, skips
