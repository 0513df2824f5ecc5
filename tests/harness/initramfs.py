# SPDX-License-Identifier: GPL-2.0
"""The guest's root file system: a cpio archive in the kernel's newc format."""

import os
import re
import shutil
import stat
import subprocess

from .boards import BOARDS
from .kernel import SetupError

GUEST = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "guest")
PATH = os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin"
DIRS = ("bin", "dev", "proc", "sys", "tmp", "run", "mnt", "etc", "root", "vgd", "vgd/cases")
# What busybox must not provide, because a test wants the real one.
NOT_BUSYBOX = ("mkfs.ext2", "mke2fs")


def which(tool):
    """The full path of a program of this machine, or None."""
    return shutil.which(tool, path=PATH)


def libraries(path):
    """The shared libraries that a program loads, the loader included."""
    run = subprocess.run(["ldd", path], capture_output=True, text=True, check=False)
    if "not found" in run.stdout:
        raise SetupError(f"{path} misses a library:\n{run.stdout}")
    return re.findall(r"(?:=> |^\s+)(/\S+) \(0x", run.stdout, re.M)


class Archive:
    """Collects files, then writes them as one archive."""

    def __init__(self):
        self._entries = {}
        for path in DIRS:
            self.add_dir(path)

    def add_dir(self, path):
        """A directory, and those above it."""
        path = path.strip("/")
        above = os.path.dirname(path)
        if above:
            self.add_dir(above)
        self._entries.setdefault(path, (stat.S_IFDIR | 0o755, b""))

    def add(self, path, data, mode=0o644):
        """A file with these bytes."""
        path = path.lstrip("/")
        self.add_dir(os.path.dirname(path) or "root")
        self._entries[path] = (stat.S_IFREG | mode, data)

    def link(self, path, target):
        """A symbolic link."""
        path = path.lstrip("/")
        self.add_dir(os.path.dirname(path) or "root")
        self._entries.setdefault(path, (stat.S_IFLNK | 0o777, target.encode()))

    def copy(self, source, path=None, mode=0o644):
        """A file of this machine, under the same path unless told."""
        with open(source, "rb") as f:
            self.add(path or source, f.read(), mode)

    def add_tool(self, tool):
        """A program of this machine with its libraries."""
        path = which(tool)
        if not path:
            raise SetupError(f"no program '{tool}' here: run scripts/setup e2e")
        self.copy(path, "bin/" + tool, 0o755)
        for lib in libraries(path):
            self.copy(lib, mode=0o755)

    def add_base(self):
        """busybox, init and the shell functions of the cases."""
        busybox = which("busybox")
        if not busybox:
            raise SetupError("no busybox here: run scripts/setup e2e")
        if libraries(busybox):
            raise SetupError("busybox here is not the static one: install busybox-static")
        self.copy(busybox, "bin/busybox", 0o755)
        names = subprocess.run([busybox, "--list"], capture_output=True, text=True,
                               check=True).stdout.split()
        for name in names:
            if name not in NOT_BUSYBOX:
                self.link("bin/" + name, "busybox")
        self.link("sbin", "bin")
        for name in os.listdir(GUEST):
            self.copy(os.path.join(GUEST, name), "vgd/" + name, 0o755)
        self.link("init", "vgd/init")
        self.add("etc/passwd", b"root:x:0:0:root:/root:/bin/sh\n")
        self.add("etc/group", b"root:x:0:\n")

    def add_agent(self, board):
        """What a board has in the place of busybox, init and the shell functions."""
        self.copy(board.agent(), "init", 0o755)

    def write(self, path):
        """Write the archive to path."""
        with open(path, "wb") as out:
            for number, name in enumerate(sorted(self._entries), 1):
                mode, data = self._entries[name]
                self._record(out, name, mode, data, number)
            self._record(out, "TRAILER!!!", 0, b"", 0)

    @staticmethod
    def _record(out, name, mode, data, number):
        raw = name.encode() + b"\0"
        fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(raw), 0)
        head = b"070701" + b"".join(b"%08x" % f for f in fields) + raw
        out.write(head + b"\0" * (-len(head) % 4))
        out.write(data + b"\0" * (-len(data) % 4))


def guest_archive(index, cases, args="", tools=(), modules=()):
    """What a guest needs for these cases; args is what /vgd/init reads."""
    archive, board = Archive(), BOARDS.get(index.kernel.board)
    if board:
        archive.add_agent(board)
        args = board.port
    else:
        archive.add_base()
    for tool in sorted({t for c in cases for t in c.tools} | set(tools)):
        archive.add_tool(tool)
    for case in cases:
        archive.copy(case.path, "vgd/cases/" + os.path.basename(case.path), 0o755)
        for path, source in case.files(index.kernel).items():
            archive.copy(source, path, stat.S_IMODE(os.stat(source).st_mode))
    wanted = sorted({m for c in cases for m in c.modules} | set(modules))
    extra = [m for m in wanted if index.has(m)]     # the others are built in
    for path, data in index.files(index.under_test + extra).items():
        archive.add(path, data)
    archive.add("vgd/modules", "".join(n + "\n" for n in index.under_test).encode())
    archive.add("vgd/slow", f"{index.kernel.slow:.0f}\n".encode())
    archive.add("vgd/whose", (index.which + "\n").encode())
    archive.add("vgd/args", (args + "\n").encode())
    return archive
