# SPDX-License-Identifier: GPL-2.0
"""Kernel modules for a guest: what depends on what, and what modprobe reads.

A guest gets the modules under test in updates/ and from the kernel's own
only what they or a case need.  The kernel's own virtio modules are kept out
unless the caller asks for them by name.
"""

import glob
import os
import struct
import subprocess
import tempfile

from .kernel import SetupError

# The kernel's own modules that stand for ours when MODULES=intree.
INTREE = ("virtio_ring", "virtio", "virtio_pci", "virtio_blk", "virtio_rng", "virtio_console",
          "virtio_scsi", "virtio_net")
# Loaded first, in this order; everything else follows by dependency.
FIRST = ("virtio_ring", "virtio", "virtio_pci", "virtio_pci_modern",
         "virtio_pci_legacy", "virtio_mmio")


def name_of(path):
    """The module's name as the kernel shows it: a dash becomes an underscore."""
    return os.path.basename(path)[:-len(".ko")].replace("-", "_")


def modinfo(data):
    """The strings 'key=value' in the .modinfo section of an ELF file."""
    wide, order = data[4] == 2, "<>"[data[5] - 1]
    table, = struct.unpack_from(order + "IQ"[wide], data, (0x20, 0x28)[wide])
    size, count, names = struct.unpack_from(order + "HHH", data, (0x2E, 0x3A)[wide])
    section = order + ("IIIIII", "IIQQQQ")[wide]
    sections = [struct.unpack_from(section, data, table + i * size) for i in range(count)]
    for name, _, _, _, offset, length in sections:
        at = sections[names][4] + name
        if data[at:at + 9] == b".modinfo\0":
            raw = data[offset:offset + length].split(b"\0")
            return [r.decode(errors="replace") for r in raw if b"=" in r]
    return []


# What goes with a module of ours that is left out: our virtio_pci has its
# register access in modules of its own, which link against it.
PARTS = {"virtio_pci": ("virtio_pci_modern", "virtio_pci_legacy")}


class Module:
    """One .ko file and what its .modinfo section says."""

    def __init__(self, path):
        self.path, self.name = path, name_of(path)
        with open(path, "rb") as f:
            data = f.read()
        if data[:4] != b"\x7fELF":
            raise SetupError(f"{path} is not a kernel module")
        info = [t.partition("=") for t in modinfo(data)]
        text = [(key, value) for key, _, value in info]
        self.depends = [d.replace("-", "_") for k, v in text if k == "depends"
                        for d in v.split(",") if d]
        self.aliases = [v for k, v in text if k == "alias"]
        self.vermagic = next((v for k, v in text if k == "vermagic"), "")
        self.data = data


def without_debug(module):
    """A module without what only a debugger reads: most of one that was built here.

    One with a signature stays as it is, and one of another processor, which the host's
    strip may not know.
    """
    if module.data.endswith(b"~Module signature appended~\n"):
        return module.data
    with tempfile.TemporaryDirectory() as place:
        small = os.path.join(place, "small.ko")
        run = subprocess.run(["strip", "--strip-debug", "-o", small, module.path],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        if run.returncode:
            return module.data
        with open(small, "rb") as f:
            return f.read()


class Index:
    """All modules that may go into a guest, ours in front of the kernel's."""

    def __init__(self, kernel, moddir, which="ours", extra=None):
        self.kernel, self.moddir, self.which, self.extra = kernel, moddir, which, extra
        self._paths = {name_of(p): p for p in glob.iglob(
            os.path.join(kernel.module_root, "**/*.ko"), recursive=True)}
        self._own = set(self._paths)
        mine = {name_of(p): p for p in glob.glob(os.path.join(extra, "*.ko"))} if extra else {}
        self._paths.update(mine)
        self._loaded = {}
        self.ours = {}
        self.under_test = []
        swapped = self._choose(which)
        for name in [n for n in self._paths if n.startswith("virtio")
                     and n not in swapped and n not in mine]:
            del self._paths[name]
        self._check_release()

    def _choose(self, which):
        """Set what is under test; return the kernel's own modules allowed in."""
        base, *words = which.split(",")
        if base not in ("ours", "intree", "none"):
            raise SetupError(f"--modules {which}: say ours, intree, none or "
                             "ours,NAME=intree,...")
        swapped = [self._swap(which, word) for word in words]
        if base == "ours":
            self.ours = {name_of(p): p for p in glob.glob(os.path.join(self.moddir, "*.ko"))}
            if not self.ours:
                raise SetupError(f"no modules in {self.moddir}: run make first")
        elif base == "intree":
            swapped += [n for n in INTREE if n in self._paths and n not in swapped]
        for name in swapped:
            for mine in (name, *PARTS.get(name, ())):
                self.ours.pop(mine, None)
        self.under_test = self._sorted(set(self.ours) | set(swapped))
        # What they need themselves, where it is not ours.
        for name in swapped:
            swapped += [d for d in self.get(name).depends
                        if d not in swapped and d not in self.ours]
        return set(swapped)

    def _swap(self, which, word):
        name, _, where = word.partition("=")
        if where != "intree" or name not in self._paths:
            raise SetupError(f"--modules {which}: cannot understand '{word}'")
        return name

    def lacks(self, names):
        """Those that the kernel was built without."""
        return [n for n in names if n not in self._own]

    def having(self, names):
        """An index like this one, with the kernel's own modules of these names."""
        words = [f"{n}=intree" for n in names if f"{n}=intree" not in self.which.split(",")]
        if not words:
            return self
        return Index(self.kernel, self.moddir, ",".join([self.which] + words), self.extra)

    def _sorted(self, names):
        """Load order: transports first, then by dependency, then by name."""
        rest = sorted(names, key=lambda n: (FIRST.index(n) if n in FIRST else 99, n))
        out = []
        for name in rest:
            out += [n for n in self.closure([name]) if n in names and n not in out]
        return out

    def _check_release(self):
        for name, path in self.ours.items():
            have = self.get(name).vermagic.split(" ")[0]
            if have != self.kernel.release:
                raise SetupError(f"{path} is built for {have}, the guest runs "
                                 f"{self.kernel.release}: run make clean, then make with the same KDIR")

    def get(self, name):
        """The Module called name, ours where there are two."""
        name = name.replace("-", "_")
        if name not in self._loaded:
            path = self.ours.get(name) or self._paths.get(name)
            if not path:
                raise SetupError(f"no module '{name}' in {self.moddir} or {self.kernel.release}")
            self._loaded[name] = Module(path)
        return self._loaded[name]

    def has(self, name):
        """Whether there is such a module (what is built in is none)."""
        return name.replace("-", "_") in self.ours or name.replace("-", "_") in self._paths

    def closure(self, names):
        """names and all that they need, each after what it needs."""
        out, path = [], []

        def visit(name):
            if name in out:
                return
            if name in path:
                raise SetupError("modules depend on each other: " + " ".join(path))
            path.append(name)
            for need in self.get(name).depends:
                visit(need)
            path.pop()
            out.append(name)

        for name in names:
            visit(name.replace("-", "_"))
        return out

    def install_path(self, name):
        """Where the guest has it, relative to /lib/modules/RELEASE."""
        path = self.get(name).path
        folder = "updates" if name in self.ours else "kernel"
        return f"{folder}/{os.path.basename(path)}"

    def files(self, names):
        """{path in the guest: bytes} of names, their needs and modprobe's tables."""
        root = f"lib/modules/{self.kernel.release}"
        every = self.closure(names)
        out = {f"{root}/{self.install_path(n)}": without_debug(self.get(n)) for n in every}
        dep, alias = [], []
        for name in every:
            needs = [n for n in reversed(self.closure([name])) if n != name]
            dep.append(f"{self.install_path(name)}: "
                       + " ".join(self.install_path(n) for n in needs))
            alias += [f"alias {a} {name}" for a in self.get(name).aliases]
        out[f"{root}/modules.dep"] = ("\n".join(dep) + "\n").encode()
        out[f"{root}/modules.alias"] = ("\n".join(alias) + "\n").encode()
        out[f"{root}/modules.symbols"] = b""
        return out
