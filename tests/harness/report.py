# SPDX-License-Identifier: GPL-2.0
"""What the terminal shows: one line per case when it ends, reasons below."""

import os
import sys
import threading
import time

WORDS = {"pass": "ok", "fail": "FAIL", "skip": "skip"}


def relative(path):
    """A path as the user would type it."""
    rel = os.path.relpath(path)
    return path if rel.startswith("../..") else rel


class Terminal:
    """Lines from several threads; a live line at the bottom on a real terminal."""

    def __init__(self, out=None):
        self.out = out or sys.stdout
        self.live = self.out.isatty() and os.environ.get("TERM") != "dumb"
        self._lock = threading.Lock()
        self._status = {}
        self._begin = time.monotonic()

    def line(self, text=""):
        """A line that stays."""
        with self._lock:
            self._wipe()
            self.out.write(text + "\n")
            self._draw()
            self.out.flush()

    def status(self, who, text=None):
        """What a guest is at now; None when it is gone."""
        with self._lock:
            if text is None:
                self._status.pop(who, None)
            else:
                self._status[who] = text
            self._wipe()
            self._draw()
            self.out.flush()

    def _wipe(self):
        if self.live:
            self.out.write("\r\033[K")

    def _draw(self):
        if self.live and self._status:
            text = f"[{self.elapsed():3.0f} s] " + " | ".join(self._status.values())
            self.out.write(text[:os.get_terminal_size(self.out.fileno()).columns - 1])

    def elapsed(self):
        """Seconds since the start."""
        return time.monotonic() - self._begin


class Totals:
    """Counts, and the exit status that follows from them."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def add(self, verdict):
        """One more."""
        if verdict == "pass":
            self.passed += 1
        elif verdict == "skip":
            self.skipped += 1
        else:
            self.failed += 1

    def __str__(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"

    @property
    def status(self):
        """0 only when something passed and nothing failed."""
        return 0 if self.failed == 0 and self.passed + self.skipped > 0 else 1


def outcome_lines(outcome, guest):
    """The lines for one case that ended."""
    doc, job = outcome.document, outcome.job
    passed = sum(1 for r in doc.results if r.passed and not r.skipped)
    detail = f"{passed:3d} checks {outcome.seconds:6.1f} s"
    skips = [r for r in doc.results if r.skipped]
    if outcome.verdict == "skip":
        detail = f"{'':10s} {outcome.seconds:6.1f} s  {doc.skip_reason}"
    name = job.settings.get("SUITE", job.case.name)
    lines = [f"{WORDS[outcome.verdict]:5s} {name:18s} {job.config.name:12s} {detail}"]
    if outcome.verdict == "pass":
        lines += [f"{'':6s}skipped: {r.name}: {r.reason}" for r in skips]
    if outcome.verdict == "fail":
        lines += [f"{'':6s}{reason}" for reason in outcome.reasons]
        if guest:
            lines.append(f"{'':6s}logs: {relative(guest.control_path)}")
            lines.append(f"{'':6s}      {relative(guest.console_path)}")
    return lines
