# SPDX-License-Identifier: GPL-2.0
"""How figures are written: in tables and in files."""

import json


def cell(value, width, digits):
    """A number, or a dash for what did not run."""
    return f"{'-':>{width}s}" if value is None else f"{value:{width}.{digits}f}"


def one_per_line(value):
    """JSON with a line for each member of a list, so that changes can be read."""
    lines = []
    for key, item in value.items():
        if isinstance(item, list):
            inner = ",\n".join("  " + json.dumps(i) for i in item)
            lines.append(f' "{key}": [\n{inner}\n ]')
        else:
            lines.append(f' "{key}": {json.dumps(item)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"
