# SPDX-License-Identifier: GPL-2.0
"""Where the guest's kernel, its own modules and the modules under test are."""

import glob
import lzma
import os
import re
import struct
import subprocess
import zlib

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


# A kernel with checkers that QEMU emulates is slow, not stuck.
SLOW_APPEND = ["watchdog_thresh=60", "rcupdate.rcu_cpu_stall_timeout=120"]


class SetupError(Exception):
    """Something that the user has to put right; the text says what."""


def cache_dir():
    """The cache that scripts/setup fills."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.environ.get("VGD_CACHE") or os.path.join(base, "virtio-guest-drivers")


def newest_headers():
    """The newest Debian 6.1 headers of this machine, or None."""
    found = []
    for path in glob.glob("/usr/src/linux-headers-6.1.0-*-amd64"):
        match = re.search(r"6\.1\.0-(\d+)-amd64$", path)
        if match and os.path.exists(os.path.join(path, "Makefile")):
            found.append((int(match.group(1)), path))
    return max(found)[1] if found else None


def release_of(kdir):
    """The release (uname -r) that a kernel build tree makes."""
    for name in ("include/generated/utsrelease.h", "include/config/kernel.release"):
        try:
            with open(os.path.join(kdir, name), encoding="ascii") as f:
                text = f.read()
        except OSError:
            continue
        match = re.search(r'UTS_RELEASE "([^"]+)"', text)
        return match.group(1) if match else text.strip()
    raise SetupError(f"{kdir} is not a configured kernel build tree")


def prepared(name):
    """The build tree of a kernel of tests/kernels."""
    run = subprocess.run([os.path.join(TREE, "scripts", "kernel"), "--dir", name],
                         stdout=subprocess.PIPE, text=True, check=False)
    if run.returncode:
        raise SetupError(f"no kernel '{name}' in {cache_dir()}: run scripts/setup kernel {name}")
    return run.stdout.strip()


def recipe(name):
    """What the header of a kernel of tests/kernels says; empty for any other."""
    try:
        with open(os.path.join(TREE, "tests", "kernels", name + ".config"),
                  encoding="utf-8") as f:
            return dict(re.findall(r"^# (\w+): (.*)$", f.read(), re.M))
    except OSError:
        return {}


def script(name, *arguments):
    """Run one of scripts/; return the last line that it printed."""
    run = subprocess.run([os.path.join(TREE, "scripts", name), *arguments],
                         stdout=subprocess.PIPE, text=True, check=False)
    if run.returncode:
        raise SetupError(f"scripts/{name} {' '.join(arguments)} failed")
    return run.stdout.strip().rpartition("\n")[2]


def unpacked(image, path):
    """The ELF kernel inside a bzImage, kept at path; the bzImage when that fails.

    QEMU starts it through its PVH entry, which spares the guest the
    decompression: 3 seconds of each boot without KVM.  It also does without
    address randomisation, so stacks of different boots compare.  A guest
    started so does not come back from suspend to RAM: a case that needs this
    says 'kernel: bzimage'.
    """
    if os.path.exists(path):
        return path
    with open(image, "rb") as f:
        data = f.read()
    start = (data[0x1F1] + 1) * 512
    offset, length = struct.unpack_from("<II", data, 0x248)
    payload = data[start + offset:start + offset + length]
    try:
        if payload[:2] == b"\x1f\x8b":
            elf = zlib.decompressobj(31).decompress(payload)
        else:
            elf = lzma.LZMADecompressor().decompress(payload)
    except (lzma.LZMAError, zlib.error):
        return image
    if elf[:4] != b"\x7fELF" or b"\0Xen\0" not in elf:     # the note with the entry point
        return image
    part = f"{path}.{os.getpid()}"
    try:
        with open(part, "wb") as f:
            f.write(elf)
        os.rename(part, path)
    except OSError:
        return image
    return path


class Kernel:
    """A guest kernel: its image, its release and the index of its modules.

    name: "stock" (what KDIR or the newest headers belong to), or one of
    tests/kernels.  slow: how many times longer things take on it than on the
    stock kernel; memory: MiB that a guest has to have at least; board: the
    machine of boards.py that it is for, empty for a PC.
    """

    def __init__(self, kdir=None, name="stock"):
        self.name, self.uml, self.slow, self.memory, self.append = name, False, 1, 0, []
        self.board = name if recipe(name).get("cross") else ""
        if name != "stock":
            kdir = prepared(name)
        kdir = kdir or os.environ.get("KDIR") or newest_headers()
        if not kdir:
            raise SetupError("no Debian 6.1 kernel headers here: run scripts/setup e2e")
        self.kdir = os.path.realpath(kdir)
        self.release = release_of(self.kdir)
        self.module_root = self.kdir
        if self._built_here():
            return
        root = os.path.join(cache_dir(), "kernel-" + self.release)
        if not os.path.exists(os.path.join(root, "complete")):
            raise SetupError(f"no guest kernel for {self.release} in {cache_dir()}: "
                             "run scripts/setup e2e")
        self.bzimage = os.path.join(root, "boot/vmlinuz-" + self.release)
        self.module_root = os.path.join(root, "lib/modules", self.release)
        self.image = unpacked(self.bzimage, os.path.join(root, "vmlinux"))

    def _find_board_kernel(self, header):
        """Below the build tree, or in the packages that the headers came with."""
        if "package" not in header:
            self.image, self.module_root = os.path.join(self.kdir, header["image"]), self.kdir
        else:
            root = os.path.dirname(os.path.dirname(os.path.dirname(self.kdir)))
            self.image = os.path.join(root, "boot/vmlinuz-" + self.release)
            self.module_root = os.path.join(root, "lib/modules", self.release)
        self.bzimage = self.image

    def _built_here(self):
        """Take the image from the build tree when there is one."""
        if self.board:
            self._find_board_kernel(recipe(self.name))
            return True
        program = os.path.join(self.kdir, "linux")
        if os.access(program, os.X_OK):
            self.image = self.bzimage = program
            self.uml = True
            return True
        self.image = self.bzimage = os.path.join(self.kdir, "arch/x86/boot/bzImage")
        if not os.path.exists(self.bzimage):
            return False
        if self.name != "stock":
            # Not unpacked: the PVH entry runs C that KASAN has instrumented
            # before there is any shadow memory, and the processor resets.
            self.slow, self.memory, self.append = 5, 1024, SLOW_APPEND
        return True
