# SPDX-License-Identifier: GPL-2.0
"""One running guest: its console, its control port, its cases one by one."""

import os
import selectors
import shutil
import signal
import subprocess
import tempfile
import time

from . import dmesg, hostops, ktap, qemu, scsi, uml
from .initramfs import guest_archive
from .memory import Memory
from .nettap import Wire
from .qmp import Qmp, QmpError, connect

CRASHES = (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE)
USUAL_BOOT = 12.0       # seconds that a guest takes at most on an idle machine
BOOT_LIMIT = {"kvm": 60, "tcg": 150, "uml": 30}


class GuestGone(Exception):
    """QEMU ended, or the guest did."""


class Timeout(Exception):
    """Nothing came in time."""


class Outcome:
    """What became of one job."""

    def __init__(self, job):
        self.job, self.verdict, self.reasons = job, "fail", []
        self.seconds, self.document = 0.0, ktap.Document()
        self.reusable = False       # whether the guest may run another case
        self.crash = ""             # the signal that ended QEMU itself
        self.stale = False          # its emulator ran code that was gone

    @property
    def undecided(self):
        """Did a fault of QEMU's keep the case from an end, with nothing that failed?"""
        if self.stale:
            return not self.document.failed
        return bool(self.crash) and len(self.reasons) == 1

    @property
    def fault(self):
        """Which one, in words."""
        return (f"QEMU itself ended with {self.crash}" if self.crash
                else "QEMU's emulator ran code that was gone")

    @property
    def facts(self):
        """What the case reported with 'fact KEY VALUE'."""
        rows = [d[len("fact: "):].partition(" ") for d in self.document.diagnostics
                if d.startswith("fact: ")]
        return [(key, value) for key, _, value in rows]


class Guest:
    """Start it, wait for init, run cases, stop it."""

    def __init__(self, config, kernel, index, accel, out, label, scale=1.0):
        self.config = config.with_memory(kernel.memory)
        self.kernel, self.index, self.accel = kernel, index, accel
        self.scale, self.pace, self.label = scale, scale * kernel.slow, label
        os.makedirs(out, exist_ok=True)
        self.console_path = os.path.join(out, label + ".console.log")
        self.control_path = os.path.join(out, label + ".ktap.log")
        self.folder = tempfile.mkdtemp(prefix="vgd-")
        self.log = ""                       # the console so far
        self.qmp = self.helper = self._process = self._console = self._control = None
        self.wire = None                    # the network of its own, if it has one
        self.memory = None                  # its memory, where a case wants to write to it
        self._lines, self._partial, self._utf = [], "", b""
        self._selector = selectors.DefaultSelector()
        self.boot_seconds = 0.0
        self._stopped = False
        self._words = []                    # what the case that runs was started with
        self.comes_back = None              # how many results before the guest starts again

    # -- life ---------------------------------------------------------------

    def start(self, cases):
        """Build the archive and the disk, start QEMU, wait for the agent."""
        begin = time.monotonic()
        initrd = os.path.join(self.folder, "initrd")
        guest_archive(self.index, cases).write(initrd)
        append = " ".join(["ignore_loglevel"] + self.kernel.append
                          + sorted({c.append for c in cases if c.append}))
        self._console_file = open(self.console_path, "wb")
        self._control_file = open(self.control_path, "w", encoding="utf-8")
        try:
            if self.accel == "uml":
                self._start_uml(initrd, append)
            else:
                self._start_qemu(cases, initrd, append)
            for sock in (self._console, self._control):
                sock.setblocking(False)
                self._selector.register(sock, selectors.EVENT_READ)
            if self.qmp:
                self.qmp.run("cont")
        except (OSError, QmpError) as e:
            raise GuestGone(f"the guest did not start: {self._stderr()}") from e
        limit = BOOT_LIMIT[self.accel] * self.scale
        try:
            if not self._expect("vgd: ready", time.monotonic() + limit):
                raise Timeout(f"init was not reached within {limit:g} s; {self._last_words()}")
        except GuestGone as e:
            raise GuestGone(f"{e} before init; {self._last_words()}") from None
        self.boot_seconds = time.monotonic() - begin
        # A host that has much else to do: then cases take longer as well.
        self.pace *= min(max(1.0, self.boot_seconds / (USUAL_BOOT * self.pace)), 4.0)

    def _start_qemu(self, cases, initrd, append):
        with open(os.path.join(self.folder, "disk0.raw"), "wb") as disk:
            disk.truncate(int(self.config.set["disk"]))
        if "scsi0" in self.config.devices:
            scsi.create_images(self.folder)
        os.mkdir(os.path.join(self.folder, "share"))
        image = self.kernel.bzimage if any(c.bzimage for c in cases) else self.kernel.image
        self.wire = Wire(self.config.taps) if self.config.taps else None
        taps = self.wire.taps if self.wire else ()
        args = qemu.command(self.config, self.accel, image, initrd, self.folder, append, taps=taps)
        keep = list(taps)
        if any(c.shares_memory for c in cases):
            self.memory = Memory(int(self.config.set["mem"]))
            args += self.memory.options()
            keep.append(self.memory.fd)
        self.note(" ".join(args))
        self._process = qemu.start(args, self._console_file, keep=keep,
                                   env=qemu.environment(args[0], self.config, self.folder))
        if self.wire:
            self.wire.given()
        self._console = connect(os.path.join(self.folder, "con"))
        self._control = connect(os.path.join(self.folder, "ctl"))
        self.qmp = Qmp(os.path.join(self.folder, "qmp"))

    def _start_uml(self, initrd, append):
        self._process, args, self._console, self._control = uml.start(
            self.kernel.image, initrd, self.folder, append, self._console_file)
        self.note(" ".join(args))

    @property
    def pid(self):
        """Of the process that the guest is on the host."""
        return self._process.pid

    def _stderr(self):
        self._console_file.flush()
        text = qemu.read(self.console_path).decode(errors="replace").strip()
        return text[-400:] or "no message"

    def _last_words(self):
        """The line of the console that says most about a failed boot."""
        lines = [line.strip() for line in self.log.splitlines() if line.strip()]
        telling = [line for line in lines if "panic - not syncing" in line] or lines[-1:]
        return "the console ends with: " + telling[0] if telling else "the console is empty"

    def stop(self):
        """End QEMU at once and remove what it used; twice does no harm."""
        if self._stopped:
            return
        self._stopped = True
        if self._process:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self._process.wait()
            self._drain()
            self._console_file.close()
            self._control_file.close()
            self._process = None
        if self.qmp:
            self.qmp.close()
        if self.wire:
            self.wire.close()
        if self.memory:
            self.memory.close()
        for sock in [k.fileobj for k in list(self._selector.get_map().values())]:
            self._selector.unregister(sock)
            sock.close()
        self._selector.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def power_off(self):
        """Let the guest end by itself, as a check that it still can."""
        try:
            self._send("off")
            self._expect("vgd: never", time.monotonic() + 30 * self.pace)
        except GuestGone:
            return True
        return False

    # -- lines in and out -----------------------------------------------------

    def note(self, text):
        """Put a line of the host's own into the control log."""
        self._control_file.write(f"host: {text}\n")

    def _send(self, line):
        self.note("> " + line)
        try:
            self._control.setblocking(True)
            self._control.sendall(line.encode() + b"\n")
            self._control.setblocking(False)
        except OSError as e:
            raise GuestGone(str(e)) from e

    def _pump(self, wait):
        """Read what is there; return False when QEMU has closed its end."""
        alive = True
        for key, _ in self._selector.select(wait):
            try:
                data = key.fileobj.recv(65536)
            except BlockingIOError:
                continue
            except OSError:
                data = b""
            if not data:
                alive = False
                self._selector.unregister(key.fileobj)
                key.fileobj.close()
            elif key.fileobj is self._console:
                self._console_file.write(data)
                self._console_file.flush()
                self.log += data.decode("ascii", errors="replace").replace("\r", "")
            else:
                self._take_control(data)
        return alive and bool(self._selector.get_map())

    def _take_control(self, data):
        self._partial += data.decode("utf-8", errors="replace").replace("\r", "")
        *lines, self._partial = self._partial.split("\n")
        for line in lines:
            self._control_file.write(line + "\n")
            self._control_file.flush()
            self._lines.append(line)

    def _drain(self):
        while self._selector.get_map() and self._pump(0.05):
            if not self._selector.select(0):
                break

    def _line(self, deadline):
        """The next line of the control port."""
        while not self._lines:
            left = deadline - time.monotonic()
            if left <= 0:
                raise Timeout()
            if not self._pump(min(left, 1.0)):
                self._drain()
                if not self._lines:
                    raise GuestGone("the guest ended")
        return self._lines.pop(0)

    def _expect(self, prefix, deadline):
        try:
            while True:
                if self._line(deadline).startswith(prefix):
                    return True
        except Timeout:
            return False

    # -- one case -------------------------------------------------------------

    def run(self, job, watch=lambda outcome, line: None, leaks=True):
        """Run one case and judge it; leaks: search for them, if the kernel can."""
        outcome = Outcome(job)
        begin = time.monotonic()
        console_at = len(self.log)
        verbs = dict(hostops.VERBS, **job.case.verbs())
        try:
            words = [f"CFG_{k}={v}" for k, v in self.config.set.items() if k != "extra"]
            words += [f"{k}={v}" for k, v in sorted(job.settings.items())]
            words = ["yes" if job.case.loads else "no", "yes" if leaks else "no",
                     f"SLOW={self.kernel.slow:.0f}"] + words
            self._words = ["run", job.case.name] + words
            self._send(" ".join(self._words))
            deadline = begin + job.case.timeout * self.pace
            status = self._follow(outcome, verbs, deadline, watch)
            if status != 0:
                outcome.reasons.append(f"the case's shell ended with status {status}")
            outcome.reusable = True
        except Timeout:
            outcome.reasons.append(f"timeout: no end within {job.case.timeout * self.pace:g} s")
            self.dump_tasks(outcome)
        except GuestGone:
            outcome.crash = self._crash()
            outcome.reasons.append(f"the guest died: QEMU itself ended with {outcome.crash}"
                                   if outcome.crash else "the guest died")
        outcome.seconds = time.monotonic() - begin
        self._judge(outcome, console_at)
        return outcome

    def _crash(self, limit=5.0):
        """Name of the signal that a fault of QEMU's own ended it with, or nothing."""
        try:
            code = self._process.wait(limit)
        except subprocess.TimeoutExpired:
            return ""
        return signal.Signals(-code).name if -code in CRASHES else ""

    def _follow(self, outcome, verbs, deadline, watch):
        """Read lines until the case ends; return its exit status."""
        while True:
            line = self._line(deadline)
            if line.startswith("vgd: end "):
                return int(line.split()[3])
            if line.startswith("vgd: ready"):
                self._go_on()
            elif line.startswith("HOST: "):
                self._answer(line[len("HOST: "):].split(), verbs)
            elif not line.startswith("vgd: "):
                outcome.document.feed(line)
                watch(outcome, line)

    def _go_on(self):
        """The guest has started again: as the case announced, or by itself?"""
        if self.comes_back is None:
            raise GuestGone("the guest started again")
        self._send(" ".join(self._words + ["BOOT=2", f"TESTS={self.comes_back}"]))
        self.comes_back = None

    def _answer(self, words, verbs):
        try:
            self._send("host: ok " + str(verbs[words[0]](self, words[1:])))
        except KeyError:
            self._send(f"host: error no such verb: {words[0]}")
        except (QmpError, OSError, ValueError, IndexError) as e:
            self._send("host: error " + " ".join(str(e).split()))

    def _judge(self, outcome, console_at):
        name = outcome.job.case.name
        end_mark = f"{dmesg.MARK} end {name}"
        if outcome.reusable:
            stop = time.monotonic() + 5
            while end_mark not in self.log[console_at:] and time.monotonic() < stop:
                if not self._pump(0.1):
                    break
            text = dmesg.between(self.log[console_at:], f"{dmesg.MARK} begin {name}", end_mark)
            if text is None:
                outcome.reasons.append("the console has no mark of the case's end: not judged")
                outcome.reusable = False
        else:
            self._drain()
            outcome.stale = self.accel == "tcg" and dmesg.stale_code(self.log[console_at:])
        bad = dmesg.bad_lines(text if outcome.reusable else self._before_dump(console_at),
                              outcome.job.case.io_errors)
        if bad:
            outcome.reusable = False
            outcome.reasons.append("the kernel said: " + bad[0])
            outcome.reasons += ["                 " + line for line in bad[1:4]]
        self._verdict(outcome)

    def _before_dump(self, console_at):
        """What the kernel said by itself; the dump that we asked for is no fault."""
        text = self.log[console_at:]
        at = text.find("sysrq: ")
        return text if at < 0 or "sysrq: Trigger a crash" in text[at:at + 40] else text[:at]

    def _verdict(self, outcome):
        doc = outcome.document
        doc.finish()
        for result in doc.failed:
            outcome.reasons.insert(0, f"not ok {result.number} - {result.name}")
        if outcome.reusable or not outcome.reasons:
            outcome.reasons += doc.errors
        if not outcome.reasons and not doc.results and doc.skip_reason is None:
            outcome.reasons.append("the case gave no verdict")
        outcome.verdict = "fail" if outcome.reasons else doc.verdict()
        if outcome.verdict == "fail" and doc.failed:
            outcome.reusable = outcome.reusable and False

    # -- when it hangs ----------------------------------------------------------

    def dump_tasks(self, outcome):
        """Make the kernel list its tasks: a break and 't' on the console.

        When that stays without an answer (interrupts are off), a
        non-maskable interrupt makes it panic with the stacks of all CPUs.
        """
        if not self.qmp:
            return
        for key in ("t", "l", "w"):
            before = len(self.log)
            try:
                self._console.setblocking(True)
                self._console.sendall(b"\x01b" + key.encode())   # C-a b: the multiplexer's break
                self._console.setblocking(False)
            except OSError:
                return
            self._quiet(before)
            if len(self.log) == before:
                break
        if "sysrq: Show State" in self.log:
            outcome.reasons.append("a dump of the guest's tasks is in the console log")
            return
        outcome.reasons.append("the guest does not answer to SysRq: sent it an NMI")
        try:
            self.qmp.run("inject-nmi")
        except QmpError:
            return
        self._quiet(len(self.log))

    def _quiet(self, before, first=4.0, gap=1.0, limit=30.0):
        """Read the console until it has been quiet for a while."""
        stop = time.monotonic() + limit * self.pace
        last, seen = time.monotonic(), before
        while time.monotonic() < stop:
            if not self._pump(0.2):
                return
            if len(self.log) > seen:
                seen, last = len(self.log), time.monotonic()
            elif time.monotonic() - last > (gap if seen > before else first):
                return
