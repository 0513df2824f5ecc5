# SPDX-License-Identifier: GPL-2.0
"""What Documentation/benchmarks.rst promises, and whether the rows keep it."""

import collections

LAYOUTS = ("split", "packed")
# Segments: the shapes that have them.
SHAPES = {1: ("out1", "in1"), 3: ("blk3",), 18: ("blk18",)}
# Instructions, ours to the kernel's, that no row may be above.
LIMITS = {("split", 1): 0.60, ("split", 3): 0.33, ("split", 18): 0.45,
          ("packed", 1): 0.65, ("packed", 3): 0.38, ("packed", 18): 0.50}
OPTION = "both"
# How far the passes may be apart: the state of the allocator differs.
SPREAD = 0.05


class Pair:
    """One row on both rings, all passes; 'intree' is empty where the kernel has no such row."""

    def __init__(self, name):
        self.name = name
        self.layout, self.option, self.shape, self.batch, self.mode = name.split("/")
        self.rings = {"ours": [], "intree": []}

    def mean(self, ring, what="insns"):
        """Of the passes; None without any."""
        values = [row.per(what) if what in ("notified", "interrupts", "stores")
                  else getattr(row, what) for row in self.rings[ring]]
        return sum(values) / len(values) if values else None

    def ratio(self, what="insns"):
        """Ours to the kernel's, or None."""
        ours, tree = self.mean("ours", what), self.mean("intree", what)
        return ours / tree if ours is not None and tree else None

    def more(self, what):
        """By how much of it ours has more than the kernel's."""
        ours, tree = self.mean("ours", what), self.mean("intree", what)
        return 0 if ours is None or tree is None else ours - tree

    @property
    def spread(self):
        """How far the passes of one ring are apart, at most."""
        both = [[r.insns for r in rows] for rows in self.rings.values() if rows]
        return max(max(v) / min(v) - 1 if min(v) else 0 for v in both)

    @property
    def errors(self):
        """What the device side found."""
        return sorted({f"{ring}: {row.error}" for ring, rows in self.rings.items()
                       for row in rows if row.error})


def pairs(rows):
    """[Pair], as they ran."""
    out = {}
    for row in rows:
        out.setdefault(row.name, Pair(row.name)).rings[row.ring].append(row)
    return list(out.values())


Verdict = collections.namedtuple("Verdict", "result what detail")


def ratio_verdict(both, layout, segments):
    """The mean of this layout's rows of that length; rows above are named."""
    limit = LIMITS[layout, segments]
    what = f"{layout}, {segments} segment{'s' if segments > 1 else ''}: at most {limit:.2f}"
    found = [p for p in both if p.layout == layout and p.option == OPTION
             and p.shape in SHAPES[segments] and p.ratio() is not None]
    if not found:
        return Verdict("skip", what, "no row ran on both rings")
    worst = max(found, key=Pair.ratio)
    mean = sum(p.ratio() for p in found) / len(found)
    once = max(found, key=lambda p: p.ratio("once"))
    above = sum(p.ratio() > limit for p in found)
    detail = (f"mean {mean:.3f}; {above} of {len(found)} rows above, worst {worst.ratio():.3f} "
              f"{worst.name}; repeats once: worst {once.ratio('once'):.3f}")
    return Verdict("fail" if mean > limit else "pass", what, detail)


def count_verdict(both, layout, what, title):
    """No row of this layout may have more of it than the kernel's."""
    found = [p for p in both if p.layout == layout and p.ratio() is not None]
    title = f"{layout}: the same or fewer {title}"
    if not found:
        return Verdict("skip", title, "no row ran on both rings")
    more = [p for p in found if p.more(what) > 1e-9]
    if not more:
        return Verdict("pass", title, f"on each of {len(found)} rows")
    worst = max(more, key=lambda p: p.more(what))
    return Verdict("fail", title, f"more on {len(more)} of {len(found)} rows, worst {worst.name}: "
                   f"{worst.mean('ours', what):.4f} to {worst.mean('intree', what):.4f}")


def sanity_verdicts(both):
    """Did each row do what it was to do, and the same each time?"""
    title = "each buffer came back once, the device was told, the driver was told"
    bad = [p for p in both if p.errors]
    detail = f"on each of {len(both)} rows" if not bad else \
        f"not on {len(bad)} of {len(both)} rows, first {bad[0].name}: {'; '.join(bad[0].errors)}"
    yield Verdict("fail" if bad or not both else "pass", title, detail)
    title = f"the passes are within {100 * SPREAD:.0f} % of each other"
    if all(len(v) < 2 for p in both for v in p.rings.values()):
        yield Verdict("skip", title, "one pass only")
        return
    worst = max(both, key=lambda p: p.spread)
    yield Verdict("fail" if worst.spread > SPREAD else "pass", title,
                  f"at most {100 * worst.spread:.2f} % apart")


def verdicts(both):
    """[Verdict]"""
    out = list(sanity_verdicts(both))
    for layout in LAYOUTS:
        out += [ratio_verdict(both, layout, segments) for segments in SHAPES]
        out += [count_verdict(both, layout, "notified", "notifications"),
                count_verdict(both, layout, "stores", "event writes")]
    return out
