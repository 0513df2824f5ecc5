# SPDX-License-Identifier: GPL-2.0
"""KTAP, the kernel's test protocol, as far as a case may speak it.

One case is one document: results, diagnostics, one plan at either end.
What does not add up (no plan, a wrong count, numbers out of order) is an
error of the document, and a document with an error never passes.
"""

import re

RESULT = re.compile(r"^(ok|not ok) (\d+)(?:\s+-)?\s*([^#]*?)\s*(?:#\s*(.*))?$")
PLAN = re.compile(r"^1\.\.(\d+)(?:\s*#\s*SKIP\b\s*(.*))?$", re.I)
DIRECTIVE = re.compile(r"^(SKIP|TODO|XFAIL|TIMEOUT|ERROR)\b:?\s*(.*)$", re.I)


class Result:
    """One line 'ok' or 'not ok'."""

    def __init__(self, passed, number, name, directive="", reason=""):
        self.passed, self.number, self.name = passed, number, name
        self.directive, self.reason = directive, reason

    @property
    def skipped(self):
        """A skip is neither passed nor failed."""
        return self.directive == "SKIP"


class Document:
    """Fed line by line, since a guest may die at any of them."""

    def __init__(self):
        self.results, self.diagnostics, self.errors = [], [], []
        self.plan = None
        self.skip_reason = None
        self._closed = False

    def feed(self, line):
        """Take one line; return its Result, or None for any other line."""
        line = line.rstrip("\r\n")
        if not line.strip() or line.startswith("KTAP version") or line.startswith("TAP version"):
            return None
        if line.lstrip().startswith("#"):
            self.diagnostics.append(line.lstrip()[1:].strip())
            return None
        if line.startswith((" ", "\t")):
            return None     # a nested test: its parent's line gives the verdict
        if line.startswith("Bail out!"):
            self.errors.append(line)
            return None
        match = PLAN.match(line)
        if match:
            self._take_plan(match)
            return None
        match = RESULT.match(line)
        if match:
            return self._take_result(match)
        self.errors.append(f"not a KTAP line: {line[:120]!r}")
        return None

    def _take_plan(self, match):
        if self.plan is not None:
            self.errors.append("a second plan")
        self.plan = int(match.group(1))
        self._closed = bool(self.results)
        if match.group(2) is not None:
            self.skip_reason = match.group(2) or "no reason given"
        if self.plan == 0 and self.skip_reason is None:
            self.errors.append("the plan has no tests and no reason for it")

    def _take_result(self, match):
        word = DIRECTIVE.match(match.group(4) or "")
        result = Result(match.group(1) == "ok", int(match.group(2)), match.group(3),
                        word.group(1).upper() if word else "", word.group(2) if word else "")
        if result.number != len(self.results) + 1:
            self.errors.append(f"result {result.number} where {len(self.results) + 1} was due")
        if self._closed:
            self.errors.append(f"result {result.number} after the plan at the end")
        if result.skipped and not result.reason:
            self.errors.append(f"result {result.number} is skipped without a reason")
        self.results.append(result)
        return result

    def finish(self):
        """No more lines will come: check that the document is whole."""
        if self.plan is None:
            self.errors.append("no plan: the case did not end by itself")
        elif self.plan != len(self.results):
            self.errors.append(f"planned {self.plan} results, got {len(self.results)}")

    @property
    def failed(self):
        """The results that failed.  TODO and XFAIL are not known here: they fail."""
        return [r for r in self.results if not r.passed and not r.skipped]

    def verdict(self):
        """'pass', 'fail' or 'skip' of a finished document."""
        if self.errors or self.failed:
            return "fail"
        if self.skip_reason is not None:
            return "skip"
        if self.results and all(r.skipped for r in self.results):
            self.skip_reason = self.results[0].reason
            return "skip"
        return "pass" if self.results else "fail"
