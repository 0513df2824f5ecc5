# SPDX-License-Identifier: GPL-2.0
"""Cases and the matrix: what runs where.

A case is a file CASES/NAME.sh, or NAME.case where the guest has no shell but
tests/board/agent; its header says what it needs:

    # about: one line for --list
    # tools: programs of the host to copy into the guest
    # modules: the kernel's own modules that it needs
    # timeout: seconds, for a guest without KVM
    # intree: the kernel's own virtio modules that it runs instead of ours, or besides
    # boot: own        (it wants a guest for itself)
    # append: words for the guest kernel's command line
    # kernel: bzimage  (with 'boot: own': start the packed image, see kernel.py)
    # memory: shared   (with 'boot: own': the host reads and writes it, see memory.py)
    # loads: no        (do not load the modules under test before it)
    # io-errors: expected  (the disk fails or goes: the kernel's log may say so)

CASES/NAME.py, when there is one, adds what shell in a guest cannot do:
functions host_VERB(guest, words) that the guest may call with 'host VERB', and
guest_files(kernel), a dictionary of files to add, {path in the guest: path here}.
The matrix file has lines 'config NAME key=value...' and
'run short|full|debug CASE... on CONFIG... [with KEY=value...]'.
"""

import fnmatch
import importlib.util
import os

from .kernel import SetupError
from .qemu import Config

# Which jobs make the short and the full list; where a job is in two, the first
# counts.  One pair is for Debian's kernel, one for slow ones, with checkers.
LISTS = {False: (("short",), ("full", "short")), True: (("debug",), ("debug", "short"))}
KEYS = ("about", "tools", "modules", "intree", "timeout", "boot", "append", "loads", "kernel",
        "memory", "io-errors")


class Case:
    """One file of cases/."""

    def __init__(self, path):
        self.path = path
        self.name, self._suffix = os.path.splitext(os.path.basename(path))
        head = self._header()
        self.about = head.get("about", "")
        self.tools = head.get("tools", "").split()
        self.modules = head.get("modules", "").split()
        self.intree = head.get("intree", "").split()
        self.timeout = int(head.get("timeout", "60"))
        self.own_boot = head.get("boot", "") == "own"
        self.append = head.get("append", "")
        self.bzimage = head.get("kernel", "") == "bzimage"
        self.shares_memory = head.get("memory", "") == "shared"
        # "no": the agent leaves the modules under test alone
        self.loads = head.get("loads", "yes") != "no"
        self.io_errors = head.get("io-errors", "") == "expected"
        if (self.bzimage or self.append or self.shares_memory) and not self.own_boot:
            raise SetupError(f"{path}: 'kernel:', 'memory:' and 'append:' want 'boot: own' as well")
        if not self.about:
            raise SetupError(f"{path}: the header has no 'about:' line")

    def _header(self):
        out = {}
        with open(self.path, encoding="utf-8") as f:
            for line in f:
                if not line.startswith("#"):
                    break
                key, colon, value = line[1:].strip().partition(":")
                if key.islower() and " " not in key and colon:
                    if key not in KEYS:
                        raise SetupError(f"{self.path}: unknown header '{key}:'")
                    out[key] = value.strip()
        return out

    def _half(self):
        """The module that is the case's Python half, or None."""
        path = self.path[:-len(self._suffix)] + ".py"
        if not os.path.exists(path):
            return None
        spec = importlib.util.spec_from_file_location("case_" + self.name.replace("-", "_"), path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def verbs(self):
        """{verb: function(guest, words)} of its own."""
        return {n[len("host_"):]: f for n, f in vars(self._half() or self).items()
                if n.startswith("host_")}

    def files(self, kernel):
        """{path in the guest: path here} of files that it wants besides."""
        half = self._half()
        return half.guest_files(kernel) if hasattr(half, "guest_files") else {}


class Job:
    """One case on one configuration."""

    def __init__(self, case, config, which, settings):
        self.case, self.config, self.which, self.settings = case, config, which, settings
        self.crashed = ""           # the fault of QEMU's when it ran first

    @property
    def name(self):
        """As --case takes it."""
        return f"{self.case.name},{self.config.name}"


def load_cases(folder):
    """{name: Case} of a folder."""
    names = sorted(n for n in os.listdir(folder) if n.endswith((".sh", ".case")))
    return {os.path.splitext(n)[0]: Case(os.path.join(folder, n)) for n in names}


class Matrix:
    """The matrix file with the cases that it names."""

    def __init__(self, path, folder):
        self.path, self.cases = path, load_cases(folder)
        self.configs, self.jobs = {}, []
        with open(path, encoding="utf-8") as f:
            for number, line in enumerate(f, 1):
                words = line.split("#")[0].split()
                if words:
                    try:
                        self._line(words)
                    except (SetupError, ValueError) as e:
                        raise SetupError(f"{path}:{number}: {e}") from e
        unused = set(self.cases) - {j.case.name for j in self.jobs}
        if unused:
            raise SetupError(f"{path}: no 'run' line names {', '.join(sorted(unused))}")

    def _line(self, words):
        if words[0] == "config":
            settings = dict(w.split("=", 1) for w in words[2:])
            self.configs[words[1]] = Config(words[1], **settings)
        elif words[0] == "run" and words[1] in ("short", "full", "debug") and "on" in words:
            at = words.index("on")
            end = words.index("with") if "with" in words else len(words)
            settings = dict(w.split("=", 1) for w in words[end + 1:])
            for name in words[2:at]:
                for config in words[at + 1:end]:
                    self._add(name, config, words[1], settings)
        else:
            raise SetupError(f"cannot understand '{' '.join(words)}'")

    def _add(self, name, config, which, settings):
        if name not in self.cases:
            raise SetupError(f"no case '{name}'")
        if config not in self.configs:
            raise SetupError(f"no config '{config}'")
        for job in self.jobs:
            if job.case.name == name and job.config.name == config and job.which == which:
                raise SetupError(f"{name} on {config} is there already")
        self.jobs.append(Job(self.cases[name], self.configs[config], which, settings))

    def select(self, patterns=(), full=False, without=(), slow=False):
        """The jobs of the short or the full list, or those that patterns name.

        A pattern is CASE or CASE,CONFIG, each with shell wildcards; one that
        names nothing of the list may name anything of the matrix.  slow: the
        lists for kernels with checkers.
        """
        lists = LISTS[slow][full]
        if patterns and not any(self._match(p, j) for p in patterns
                                for j in self.jobs if j.which in lists):
            lists = LISTS[slow][True] + ("full",)
        chosen = {}
        for job in self.jobs:
            if job.which in lists:
                best = chosen.get(job.name)
                if not best or lists.index(job.which) < lists.index(best.which):
                    chosen[job.name] = job
        out = [j for j in chosen.values() if not any(self._match(p, j) for p in without)]
        if not patterns:
            return out
        for pattern in patterns:
            if not any(self._match(pattern, j) for j in out):
                raise SetupError(f"no case matches '{pattern}' (--list shows them)")
        return [j for j in out if any(self._match(p, j) for p in patterns)]

    @staticmethod
    def _match(pattern, job):
        case, _, config = pattern.partition(",")
        return (fnmatch.fnmatchcase(job.case.name, case)
                and fnmatch.fnmatchcase(job.config.name, config or "*"))
