# SPDX-License-Identifier: GPL-2.0
"""The SVG chart: bars of instructions per buffer, one panel per layout."""

from html import escape

from verdict import LAYOUTS, LIMITS, OPTION, SHAPES

COLOURS = {"ours": "#1f6f8b", "intree": "#b9c3cc"}
NAMES = {"ours": "this tree", "intree": "the kernel's"}
SHAPE_NAMES = {"out1": "1 out", "in1": "1 in", "blk3": "3: out, in, in", "blk18": "18 segments"}
LEFT, TOP, WIDTH, PANEL, BAR = 200, 66, 470, 348, 7


def text(x, y, what, size=11, anchor="start", weight="normal"):
    """One text element."""
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" '
            f'font-weight="{weight}">{escape(what)}</text>')


def bar(x, y, width, ring):
    """One bar."""
    return (f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{BAR}" '
            f'fill="{COLOURS[ring]}"/>')


def group(pair, y, scale):
    """A row: two bars, its name, its figures."""
    ours, tree = pair.mean("ours"), pair.mean("intree")
    out = [text(LEFT - 8, y + BAR + 3, f"batch {pair.batch}, callbacks {pair.mode}", 10, "end")]
    for i, (ring, value) in enumerate((("ours", ours), ("intree", tree))):
        out.append(bar(LEFT, y + i * BAR, value * scale, ring))
    out.append(text(LEFT + max(ours, tree) * scale + 6, y + BAR + 3,
                    f"{ours:.0f} / {tree:.0f} = {ours / tree:.2f}", 10))
    return out


def panel(rows, x, layout, scale):
    """One layout: a group per shape, of the callbacks' worst mode for each batch."""
    out, y = [text(LEFT, TOP - 10, f"{layout} ring", 13, weight="bold")], TOP
    for segments, shapes in SHAPES.items():
        for shape in shapes:
            limit = LIMITS[layout, segments]
            out.append(text(LEFT - 8, y + 11, f"{SHAPE_NAMES[shape]} (at most {limit:.2f})", 11,
                            "end", "bold"))
            y += 18
            for batch in ("1", "32", "256"):
                found = [p for p in rows if (p.layout, p.shape, p.batch) == (layout, shape, batch)]
                if found:
                    out += group(max(found, key=lambda p: p.ratio()), y, scale)
                    y += 2 * BAR + 5
            y += 8
    return [f'<g transform="translate({x},0)">', *out, "</g>"]


def svg(both, title):
    """The document, or None when no row ran on both rings."""
    rows = [p for p in both if p.option == OPTION and p.ratio() is not None]
    if not rows:
        return None
    scale = (WIDTH - 130) / max(max(p.mean("ours"), p.mean("intree")) for p in rows)
    width, height = 2 * (LEFT + WIDTH), TOP + PANEL
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
           'font-family="sans-serif" fill="#222">',
           "<!-- SPDX-License-Identifier: GPL-2.0 -->",
           f'<rect width="{width}" height="{height}" fill="#fff"/>',
           text(14, 24, "Guest instructions per buffer, add to get", 15, weight="bold"),
           text(width - 14, 24, title, 10, "end")]
    for i, ring in enumerate(COLOURS):
        out += [f'<rect x="{400 + i * 110}" y="15" width="10" height="10" '
                f'fill="{COLOURS[ring]}"/>', text(415 + i * 110, 24, NAMES[ring])]
    for i, layout in enumerate(LAYOUTS):
        out += panel(rows, i * (LEFT + WIDTH), layout, scale)
    return "\n".join(out + ["</svg>", ""])
