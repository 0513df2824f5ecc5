# SPDX-License-Identifier: GPL-2.0
"""Spread jobs over guests, guests over processors, and report."""

import queue
import threading

from . import nettap
from .dmesg import bad_lines
from .guest import Guest, GuestGone, Outcome, Timeout
from .kernel import SetupError
from .qmp import QmpError
from .report import Totals, outcome_lines


class Batch:
    """Jobs that may share one guest: same configuration, same modules, nobody
    wants to be alone."""

    def __init__(self, jobs, number, attempt=1):
        self.jobs, self.number, self.attempt = jobs, number, attempt

    @property
    def config(self):
        """The configuration that they share."""
        return self.jobs[0].config

    @property
    def label(self):
        """Names the guest and its logs."""
        case = self.jobs[0].case
        what = case.name if case.own_boot or case.intree else "shared"
        return f"{self.number:02d}-{self.config.name}-{what}"


def batches(jobs):
    """Jobs in batches, those with the longest time limits first."""
    groups = {}
    for job in jobs:
        own = job.case.name if job.case.own_boot else ""
        key = (job.config.name, own, job.case.append if own else "", *job.case.intree)
        groups.setdefault(key, []).append(job)
    every = sorted(groups.values(), key=lambda g: -sum(j.case.timeout for j in g))
    return [Batch(group, number) for number, group in enumerate(every, 1)]


class Runner:
    """Runs jobs; self.outcomes has what became of each."""

    def __init__(self, kernel, index, accel, out, terminal, workers=2, scale=1.0):
        self.kernel, self.index, self.accel = kernel, index, accel
        self.out, self.terminal, self.workers, self.scale = out, terminal, workers, scale
        self.totals, self.outcomes = Totals(), []
        self._queue, self._stop = queue.Queue(), threading.Event()
        self._lock, self._guests, self._number = threading.Lock(), set(), 0
        self.fatal = None
        self.leaks_last = False     # search for leaks after the last job of a guest only

    def run(self, jobs):
        """Run all; Ctrl-C ends the guests and is passed on."""
        plan = batches(jobs)
        self._number = len(plan)
        for batch in plan:
            self._queue.put(batch)
        threads = [threading.Thread(target=self._work, daemon=True)
                   for _ in range(max(1, min(self.workers, len(plan))))]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                while thread.is_alive():
                    thread.join(0.5)
        except BaseException:
            self._stop.set()
            for guest in list(self._guests):
                guest.stop()
            raise
        if self.fatal:
            raise self.fatal
        return self.totals.status

    def _work(self):
        while not self._stop.is_set():
            try:
                batch = self._queue.get_nowait()
            except queue.Empty:
                return
            try:
                self._batch(batch)
            except SetupError as e:
                self.fatal = e
                self._stop.set()
            except Exception as e:      # a fault of the harness must not look like a pass
                if not self._stop.is_set():
                    self.fatal = e
                    self._stop.set()

    def _batch(self, batch):
        """One boot: run jobs until one spoils the guest, go on in a new one."""
        intree = batch.jobs[0].case.intree
        if self.index.lacks(intree):
            self._skip(batch, f"this kernel has no {', '.join(self.index.lacks(intree))}")
            return
        if batch.config.taps and nettap.lacking():
            self._skip(batch, nettap.lacking())
            return
        guest = Guest(batch.config, self.kernel, self.index.having(intree), self.accel,
                      self.out, batch.label, self.scale)
        self._guests.add(guest)
        try:
            if not self._boot(guest, batch):
                return
            left = list(batch.jobs)
            while left and not self._stop.is_set():
                job = left.pop(0)
                self.terminal.status(batch.label, f"{job.case.name} ({job.config.name})")
                outcome = guest.run(job, lambda o, line, who=batch.label: self._watch(who, o),
                                    not left or not self.leaks_last)
                if not left and outcome.reusable:
                    self._power_off(guest, outcome)
                if outcome.undecided and not job.crashed:
                    job.crashed = outcome.fault
                    self._crashed(guest, outcome)
                    left.insert(0, job)
                else:
                    self._done(outcome, guest)
                if not outcome.reusable and left:
                    self._again(left)
                    return
        finally:
            guest.stop()
            self._guests.discard(guest)
            self.terminal.status(batch.label)

    def _crashed(self, guest, outcome):
        """A fault of QEMU's is none of the guest's, if it does not come again."""
        self.terminal.line(f"RETRY {outcome.job.name}: {outcome.fault}, "
                           f"and nothing had failed: once more (log: {guest.console_path})")

    def _again(self, jobs):
        with self._lock:
            self._number += 1
            self._queue.put(Batch(jobs, self._number))

    def _watch(self, who, outcome):
        job, results = outcome.job, outcome.document.results
        last = f": {results[-1].name}" if results else ""
        self.terminal.status(who, f"{job.case.name} ({job.config.name}) {len(results)}{last[:40]}")

    def _boot(self, guest, batch):
        self.terminal.status(batch.label, f"booting {batch.config.name}")
        try:
            guest.start([j.case for j in batch.jobs])
        except (GuestGone, Timeout, QmpError, OSError) as e:
            if not self._stop.is_set():
                self._no_boot(guest, batch, str(e))
            return False
        intree = batch.jobs[0].case.intree
        self.terminal.line(f"boot  {batch.label}: init after {guest.boot_seconds:.1f} s "
                           f"({self.accel}{'' if self.kernel.uml else '; ' + batch.config.describe()}"
                           + (f"; the kernel's own {' '.join(intree)})" if intree else ")"))
        return True

    def _no_boot(self, guest, batch, why):
        """The one retry that there is: the kernel never came to our init."""
        guest.stop()
        if batch.attempt == 1:
            with self._lock:
                if self.accel == "kvm":
                    self.accel, why = "tcg", why + "; KVM is no good here, going on without it"
                self._number += 1
                number = self._number
            self.terminal.line(f"RETRY {batch.label}: {why}; no test had begun, booting once more "
                               f"(log: {guest.console_path})")
            self._queue.put(Batch(batch.jobs, number, attempt=2))
            return
        for job in batch.jobs:
            outcome = Outcome(job)
            outcome.reasons.append(f"infrastructure: two boots failed: {why}")
            self._done(outcome, guest)

    @staticmethod
    def _power_off(guest, outcome):
        """After the last case the guest has to end by itself, without complaint."""
        at = len(guest.log)
        # A guest that has come back from suspend may have said its last words,
        # and QEMU goes on all the same: that is no fault of the guest.
        gone = guest.power_off() or "reboot: Power down" in guest.log[at:]
        # QEMU stops the guest a little after it asked for it, which is too late
        # for a kernel that has said its last words.
        bad = bad_lines(guest.log[at:].split("reboot: Power down")[0])
        if not gone:
            outcome.reasons.append("the guest did not power off after the last case")
            guest.dump_tasks(outcome)
        outcome.reasons += ["while powering off the kernel said: " + line for line in bad[:3]]
        if outcome.reasons:
            outcome.verdict = "fail"

    def _skip(self, batch, why):
        for job in batch.jobs:
            outcome = Outcome(job)
            outcome.verdict, outcome.document.skip_reason = "skip", why
            self._done(outcome, None)

    def _done(self, outcome, guest):
        with self._lock:
            self.totals.add(outcome.verdict)
            self.outcomes.append(outcome)
        for line in outcome_lines(outcome, guest):
            self.terminal.line(line)
