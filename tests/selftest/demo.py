# SPDX-License-Identifier: GPL-2.0
"""What make demo counts as passed, failed and skipped, without a guest."""

import hashlib
import importlib.machinery
import importlib.util
import io
import os
import subprocess

from harness import ktap
from harness.initramfs import which
from harness.report import Terminal


class Outcome:
    """Of a case that said what its lines are."""

    def __init__(self):
        self.document, self.reasons = ktap.Document(), []


class Guest:
    """One that is switched off."""

    def __init__(self, says=""):
        self.log, self._says = "", says

    def power_off(self):
        """With its last words."""
        self.log += self._says
        return True


def load(tree):
    """The program as a module."""
    path = os.path.join(tree, "tests", "demo")
    loader = importlib.machinery.SourceFileLoader("vgd_demo", path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("vgd_demo", loader))
    loader.exec_module(module)
    return module


def play(module, rows, says=""):
    """The counts, the status and what is printed for {row: rest of its line, or None}."""
    demo = module.Demo(Terminal(io.StringIO()), "modern")
    outcome, number = Outcome(), 0
    for row, line in rows.items():
        if line is None:
            continue
        number += 1
        verdict, _, rest = line.partition("|")
        for text in (f"# fact: row {row} 1.5 figures", f"{verdict} {number} - {row}{rest}"):
            outcome.document.feed(text)
            demo.watch(outcome, text)
    demo.finish(outcome, Guest(says))
    return str(demo.totals), demo.totals.status, demo.terminal.out.getvalue()


def row_checks(tree):
    """Whatever is not right in a row shows in the last line and in the status."""
    module = load(tree)
    good = {row: "ok" for row in module.ROWS if row != "log"}
    n = len(module.ROWS)

    def check(name, changes, totals, status, word, says=""):
        got = play(module, dict(good, **changes), says)
        return f"demo: {name}", got[:2] == (totals, status) and word in got[2], str(got)

    yield check("all is well", {}, f"{n} passed, 0 failed, 0 skipped", 0, "no warning, no error")
    yield check("a row fails", {"ports": "not ok"}, f"{n - 1} passed, 1 failed, 0 skipped", 1,
                "broken: virtio_console")
    yield check("a row is skipped", {"replug": "ok| # SKIP no slots"},
                f"{n - 1} passed, 0 failed, 1 skipped", 0, "skip")
    yield check("a row is not reached", {"stats": None}, f"{n - 1} passed, 1 failed, 0 skipped", 1,
                "not reached")
    yield check("a row that nobody knows", {"colour": "ok"}, f"{n} passed, 1 failed, 0 skipped", 1,
                "colour")
    yield check("the kernel warns", {}, f"{n - 1} passed, 1 failed, 0 skipped", 1, "WARNING:",
                "WARNING: CPU: 0\nreboot: Power down\n")
    long = module.fold("one " * 15 + "; " + "two " * 15 + "; three")
    yield "demo: long figures", len(long) == 2 and long[1].endswith("; three"), str(long)


def sum_checks(tree, folder):
    """The figures of the ports count a wrong sum, and one that is missing."""
    tests, path = os.path.join(tree, "tests"), os.path.join(folder, "demo-sums")
    with open(path, "wb") as f:
        f.write(b"data")
    right = hashlib.sha256(b"data").hexdigest()
    for name, lines, want in (
            ("right", [f"vgd.a {right} 12 12", f"vgd.b {right} 34 34"], "2 2"),
            ("wrong at the host", [f"vgd.a {right} 12 12", "vgd.b 56 34 34"], "1 2"),
            ("wrong in the guest", [f"vgd.a {right} 12 12", f"vgd.b {right} 33 34"], "2 1"),
            ("missing", [f"vgd.a {right} 12 12", f"vgd.b {right} 34"], "1 1")):
        with open(path + ".list", "w", encoding="ascii") as f:
            f.write("\n".join(lines) + "\n")
        run = subprocess.run(
            [which("busybox"), "sh", "-c", f". {tests}/guest/lib.sh; . {tests}/showcase/console.sh; "
             f"same_sums {path} {path}.list"], capture_output=True, text=True, check=False)
        yield f"demo: sums that are {name}", run.stdout == want, run.stdout + run.stderr


def checks(tree, folder):
    """All of them."""
    yield from row_checks(tree)
    yield from sum_checks(tree, folder)
