# SPDX-License-Identifier: GPL-2.0
"""What Documentation/benchmarks-devices.rst promises of whole devices, and whether it holds."""

import collections
import fnmatch
import statistics

from dev_rows import EACH

# What a row may be compared by: title, digits.
METRICS = {"insns": ("instructions", 0), "once": ("instructions, repeated ones once", 0),
           "notified": ("notifications", 4), "config": ("configuration accesses", 4), "interrupts": ("interrupts", 4),
           "events": ("notifications and interrupts together", 4), "seconds": ("time", 0),
           "notified/packet": ("notifications for each packet sent", 4),
           "interrupts/packet": ("interrupts for each packet", 4),
           "events/packet": ("notifications and interrupts together, for each packet", 4)}

# Events that are counted one by one.  In the boot that is timed the guest is not
# slowed down by counting its instructions.
EVENTS = ("notified", "interrupts", "events", "config", "notified/packet", "interrupts/packet",
          "events/packet")
TIMED = tuple(m for m in EVENTS if m != "config") + ("seconds",)

# Rows whose targets are promised: a miss is a failure.  Of the others it is
# 'not yet', a skip with the figures.
PROMISED = ("blk/*", "scsi/*", "rng/*", "console/*", "balloon/*", "net/*")

# Targets of such rows that are not, by row and metric.  Of notifications: a device
# that is not made to interrupt is idle sooner, and has to be told of the next packet.
NOT_YET = (("net/udp-send", "notified/packet"), ("net/tcp-send", "notified/packet"),
           ("net/tcp-send", "once"),
           ("net/tcp-send/shared", "once"))

# Ours to the kernel's: at most 'limit'.  'slack': how far the passes are apart
# decides whether being above it means anything, so that there have to be
# several of them.
Target = collections.namedtuple("Target", "rows metric limit slack")


def _disk_targets(kind, way):
    """Alone, a request is a fixed sequence; of 32, the host's scheduler decides."""
    row = f"{kind}/{way}/"
    return [Target(row + "1", "insns", 0.50, False),
            Target(row + "1", "notified", 1.0, False),
            Target(row + "1", "interrupts", 1.0, False),
            Target(row + "1", "seconds", 1.0, True),
            Target(row + "32", "insns", 0.50, True),
            Target(row + "32", "notified", 1.0, True),
            Target(row + "32", "interrupts", 1.0, True),
            Target(row + "32", "seconds", 1.0, True),
            Target(row + "32/batch", "insns", 0.50, False),
            Target(row + "32/batch", "notified", 1.0, True),
            Target(row + "32/batch", "interrupts", 1.0, True),
            Target(row + "32/batch", "seconds", 1.0, True),
            Target(row + "32/slow", "insns", 0.50, False),
            Target(row + "32/slow", "interrupts", 0.8, True),
            Target(row + "32/slow", "seconds", 1.0, True)]


def _net_targets(way, limit):
    """When the device looks for packets is the host's scheduler's to decide, and how many
    acknowledgements a stream has is TCP's."""
    return [t for row in (f"net/{way}/shared", f"net/{way}") for t in
            (Target(row, "insns", limit, True), Target(row, "once", limit, True),
             Target(row, "notified/packet", 1.0, True),
             Target(row, "interrupts/packet", 1.0, True), Target(row, "events/packet", 1.0, True),
             Target(row, "seconds", 1.0, True))] + [
        Target(f"net/{way}/? of 4", "seconds", 1.0, True)]


def _alone_targets(way, limit):
    """One packet at a time is the same to both sides, but for how often the host's
    acknowledgement and its answer are found together."""
    row = f"net/{way}/1"
    most = 1.0 if way == "udp" else 1.05
    return [Target(row, "insns", limit, True), Target(row, "notified", most, True),
            Target(row, "interrupts", most, True), Target(row, "events", most, True),
            Target(row, "seconds", 1.0, True)]


TARGETS = [t for kind in ("blk", "scsi") for way in ("read", "write")
           for t in _disk_targets(kind, way)] + [
    Target("console/*", "notified", 0.5, False),
    Target("console/*", "seconds", 1 / 1.5, True),
    Target("balloon/*", "notified", 0.2, False),
    Target("balloon/*", "config", 0.2, False),
    Target("balloon/*", "interrupts", 0.2, False),
    Target("balloon/inflate", "seconds", 0.6, True),
    Target("balloon/deflate", "seconds", 0.6, True),
    Target("rng/*", "notified", 0.15, False),
    Target("rng/*", "seconds", 1 / 3, False)] + [
    t for way, limit in (("udp-send", 0.60), ("udp-recv", 0.60), ("tcp-send", 0.55),
                         ("tcp-recv", 0.55)) for t in _net_targets(way, limit)] + [
    t for way, limit in (("udp", 0.60), ("tcp-send", 0.55), ("tcp-recv", 0.55))
    for t in _alone_targets(way, limit)]

# Passes that have a spread.
ENOUGH = 3

Verdict = collections.namedtuple("Verdict", "result what detail")


class Pair:
    """One row on both sides, all passes of one boot."""

    def __init__(self, name, unit):
        self.name, self.unit = name, unit
        self.sides = {"ours": [], "intree": []}

    def values(self, side, metric):
        """Of each pass."""
        return [m.values[metric] for m in self.sides[side] if metric in m.values]

    def middle(self, side, metric):
        """The median of the passes, None without any."""
        found = self.values(side, metric)
        return statistics.median(found) if found else None

    def ratios(self, metric):
        """Ours to the kernel's, of each pass that has both."""
        return [ours / tree for ours, tree in zip(self.values("ours", metric),
                                                  self.values("intree", metric)) if tree]

    def ratio(self, metric):
        """Ours to the kernel's, of the medians; None where the kernel has none."""
        ours, tree = (self.middle(s, metric) for s in ("ours", "intree"))
        return ours / tree if ours is not None and tree else None

    def grain(self, metric):
        """What one event more in a pass makes of the ratio; 0 of what is not counted one by one."""
        tree = self.middle("intree", metric)
        if metric not in EVENTS or not tree:
            return 0
        return 1 / (tree * min(m.base(metric) for m in self.sides["intree"]))

    def spread(self, metric):
        """How far passes on one side are from its median, at most."""
        worst = 0
        for side in self.sides:
            middle, found = self.middle(side, metric), self.values(side, metric)
            if middle:
                worst = max(worst, max(abs(v / middle - 1) for v in found))
        return worst


def pairs(rows, measured):
    """[Pair] in the order of rows; only those that ran on both sides."""
    out = {row.name: Pair(row.name, row.unit) for row in rows}
    for m in measured:
        out[m.name].sides[m.side].append(m)
    return [p for p in out.values() if all(p.sides.values())]


def _detail(pair, metric, ratio):
    digits = METRICS[metric][1]
    ours, tree = (pair.middle(s, metric) for s in ("ours", "intree"))
    scale = 1e6 if metric == "seconds" else 1
    unit = " us" if metric == "seconds" else ""
    digits = digits if metric != "seconds" else 1
    return (f"{pair.name} {ratio:.3f}: {ours * scale:.{digits}f} to {tree * scale:.{digits}f}{unit} "
            f"per {'packet' if metric.endswith(EACH) else pair.unit}, "
            f"passes within {100 * pair.spread(metric):.1f} %")


def _promised(target):
    """Is missing it a failure?"""
    return (any(fnmatch.fnmatchcase(target.rows, rows) for rows in PROMISED)
            and (target.rows, target.metric) not in NOT_YET)


def _boot_verdict(target, found, boot):
    title, _ = METRICS[target.metric]
    what = f"{target.rows}: {title}{boot} at most {target.limit:.2f}"
    bad, unclear, few, lines = False, False, False, []
    for pair in found:
        few |= len(pair.ratios(target.metric)) < ENOUGH
        ratio = pair.ratio(target.metric)
        slack = pair.spread(target.metric) + pair.grain(target.metric) if target.slack else 0
        bad |= ratio > target.limit + slack + 1e-9
        unclear |= ratio > target.limit + 1e-9
        lines.append(_detail(pair, target.metric, ratio))
    detail = "; ".join(lines)
    if target.slack and few:
        return Verdict("skip", what, "too few passes to tell: " + detail)
    if not unclear:
        return Verdict("pass", what, detail)
    if not bad:
        return Verdict("skip", what, "above, but within the spread: " + detail)
    if _promised(target):
        return Verdict("fail", what, detail)
    return Verdict("skip", what, "not yet: " + detail)


def judge(targets, counted, timed, missing, chosen):
    """[Verdict]; counted and timed are the Pairs of the two boots, chosen the names of rows.

    missing: {row name: why it did not run}
    """
    for kind in dict.fromkeys(n.partition("/")[0] for n in missing):
        why = sorted({w for n, w in missing.items() if n.startswith(kind + "/")})
        yield Verdict("skip", f"{kind}/*: all targets", ", ".join(why))
    for target in targets:
        names = [n for n in fnmatch.filter(chosen, target.rows) if n not in missing]
        if not names:
            continue
        title = METRICS[target.metric][0]
        boots = [("", counted)] if target.metric != "seconds" else []
        if target.metric in TIMED:
            boots.append(("" if target.metric == "seconds" else " (timed boot)", timed))
        for word, boot in boots:
            found = [p for p in boot if p.name in names and p.ratio(target.metric) is not None]
            if found:
                yield _boot_verdict(target, found, word)
            elif boot is counted:
                yield Verdict("skip", f"{target.rows}: {title}", "nothing to compare")
