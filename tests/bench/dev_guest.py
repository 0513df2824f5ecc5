# SPDX-License-Identifier: GPL-2.0
"""The device benchmark's guest: its files, its devices, and how the host talks to it."""

import base64
import contextlib
import gzip
import os
import socket
import tempfile
import threading
import time

from counts import BenchError, Symbols
from harness import qemu
from harness.initramfs import Archive
from harness.modules import Index
from harness.qmp import Qmp, connect
from net_rows import wrap

HERE = os.path.dirname(os.path.abspath(__file__))
SIDES = ("intree", "ours")
# A boot that takes times has more processors; a row takes them into use by all_cpus().
CPUS = 2

DRIVERS = ("virtio_blk", "virtio_scsi", "virtio_console", "virtio_balloon", "virtio_rng",
           "virtio_net")
TRANSPORT = {"intree": ("virtio_pci",),
             "ours": ("virtio_pci", "virtio_pci_modern", "virtio_pci_legacy")}
# What the kernel needs beside a driver of a bus: disks.
BESIDE = ("sd_mod",)
CMDLINE = ("console=ttyS0 rdinit=/init panic=-1 oops=panic 8250.nr_uarts=3 nokaslr norandmaps "
           "mitigations=off random.trust_cpu=on maxcpus=1 quiet")
MEMORY = 2304
# Requests a second that the second disk of a driver is limited to.
LIMIT = 1000

# Functions of the kernel that the plugin knows, by the whole name or its beginning.
ALLOC = ("__kmalloc", "__kmalloc_node", "__kmalloc_node_track_caller", "__kmalloc_track_caller",
         "kmalloc_trace", "kmalloc_node_trace", "kmalloc_large", "kmalloc_large_node",
         "kmem_cache_alloc", "kmem_cache_alloc_lru", "kmem_cache_alloc_node",
         "kmem_cache_alloc_bulk", "kmem_cache_alloc_trace", "kmem_cache_alloc_node_trace",
         "kmem_cache_free", "kmem_cache_free_bulk", "kfree", "kfree_sensitive", "kvfree",
         "kvfree_sensitive", "kvmalloc_node", "krealloc", "kmemdup", "kmemdup_nul", "kstrdup",
         "memdup_user", "mempool_alloc", "mempool_free", "mempool_kmalloc", "mempool_kfree",
         "sg_alloc_table_chained", "sg_free_table_chained", "sg_alloc_table", "sg_free_table",
         "sgl_alloc", "sgl_free", "__alloc_pages", "alloc_pages", "__alloc_pages_bulk",
         "__folio_alloc", "__get_free_pages", "get_zeroed_page", "__free_pages", "free_pages",
         "alloc_pages_exact", "free_pages_exact", "__folio_put", "put_pages_list",
         "release_pages", "page_frag_alloc_align", "page_frag_free", "vmalloc", "vzalloc",
         "__vmalloc", "vfree", "dma_alloc_attrs", "dma_free_attrs", "dma_pool_alloc",
         "dma_pool_free", "balloon_page_alloc",
         # Packets; not what gives those of the stack back to it.
         "__alloc_skb", "__napi_alloc_skb", "__netdev_alloc_skb", "build_skb", "napi_build_skb",
         "__build_skb", "build_skb_around", "skb_page_frag_refill", "__napi_alloc_frag_align",
         "__netdev_alloc_frag_align", "page_pool_alloc_pages", "page_pool_alloc_frag",
         "page_pool_put_defragged_page", "page_pool_put_page_bulk", "__put_page")
ENTRY = ("asm_common_interrupt", "asm_spurious_interrupt", "asm_sysvec_", "asm_exc_")
SWITCH = ("__switch_to_asm",)
IO = tuple(f"{way}{bits}" for way in ("ioread", "iowrite") for bits in
           ("8", "16", "32", "64_lo_hi", "64_hi_lo", "16be", "32be"))


def kind(name):
    """What the plugin is to do when this function runs, or None."""
    if name in ALLOC:
        return "alloc"
    if name in SWITCH:
        return "switch"
    if name in IO:
        return "io"
    return "entry" if name.startswith(ENTRY) else None


def functions(lines):
    """The plugin's file, from lines of /proc/kallsyms."""
    found = sorted((int(w[0], 16), w[2]) for w in map(str.split, lines) if len(w) == 3)
    out = []
    for (address, name), (behind, _) in zip(found, found[1:] + [(1 << 64, "")]):
        if kind(name):
            out.append(f"{address:x} {kind(name)} {behind - address}\n")
    return "".join(out)


def alone():
    """What keeps a program to one processor; a thread that is woken waits for its turn."""
    return ["taskset", "-c", str(max(os.sched_getaffinity(0))), "chrt", "--batch", "0"]


class Modules:
    """Which modules each side has, and what they need of the kernel's."""

    def __init__(self, kernel, moddir):
        words = ",".join(["intree"] + [f"{d}=intree" for d in DRIVERS])
        self.index = {"intree": Index(kernel, moddir, words), "ours": Index(kernel, moddir, "ours")}

    def built(self, side, driver):
        """Is there such a driver on this side?"""
        index = self.index[side]
        return driver in (index.ours if side == "ours" else index.under_test)

    def order(self, side, driver):
        """What to load for it, in order: those of the kernel, those under test."""
        names = self.index[side].closure([*TRANSPORT[side], *BESIDE, driver])
        return ([n for n in names if not n.startswith("virtio")],
                [n for n in names if n.startswith("virtio")])

    def add_to(self, archive):
        """All files."""
        for side in SIDES:
            for driver in DRIVERS:
                if not self.built(side, driver):
                    continue
                base, own = self.order(side, driver)
                for folder, names in (("base", base), (side, own)):
                    for name in names:
                        archive.add(f"bench/{folder}/{name}.ko", self.index[side].get(name).data)


class Drain(threading.Thread):
    """Reads what comes out of the guest's port and counts it."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self._socket, self.got = connect(path), 0

    def run(self):
        while True:
            try:
                data = self._socket.recv(1 << 20)
            except OSError:
                return
            if not data:
                return
            self.got += len(data)

    def wait(self, due, timeout=20):
        """Until so much was read."""
        end = time.monotonic() + timeout
        while self.got < due and time.monotonic() < end:
            time.sleep(0.005)
        if self.got != due:
            raise BenchError(f"{self.got} bytes came out of the port, {due} were due")


class Guest:
    """One boot.  'files' has dev_work, net_work, perhaps net_peer, perhaps the plugin."""

    def __init__(self, kernel, modules, folder, files, cpus=1, shared=False):
        self.folder, self.kernel, self.modules = folder, kernel, modules
        self.plugin, self._peer, self._queues = files.get("plugin"), files.get("peer"), cpus
        self._cpus = 1 if self.plugin else max(cpus, CPUS)
        self.loaded, self.timeout = None, 120
        self._cmdline = f"{CMDLINE} {files['cmdline']}".strip()
        # A socket's name is short.
        self._sockets = tempfile.TemporaryDirectory()
        initrd = self._archive(files)
        with open(self._path("qemu"), "wb") as log:
            self._qemu = qemu.start((alone() if shared else []) + self._command(initrd), log)
        try:
            self._talk()
        except (BenchError, OSError) as e:
            with open(self._path("qemu"), errors="replace") as log:
                raise BenchError(f"the guest does not start: {e}: {log.read()}") from e

    def _talk(self):
        """Connect to all that the guest's machine has for us; wait for the guest."""
        self._buffer, self._ctl = b"", connect(self._socket("ctl"))
        self.qmp = Qmp(self._socket("qmp"))
        self.drain = Drain(self._socket("port"))
        self.drain.start()
        self._line_of("up")

    def _path(self, name):
        return os.path.join(self.folder, name)

    def _socket(self, name):
        return os.path.join(self._sockets.name, name)

    def _archive(self, files):
        archive = Archive()
        archive.add_base()
        archive.copy(os.path.join(HERE, "dev-init"), "init", 0o755)
        for program in ("dev_work", "net_work"):
            archive.copy(files[program], "bench/" + program, 0o755)
        archive.copy(os.path.join(HERE, "dev_calls.ko"), "bench/base/dev_calls.ko")
        self.modules.add_to(archive)
        archive.write(self._path("initrd"))
        return self._path("initrd")

    def _command(self, initrd):
        def chardev(name, how):
            return ["-chardev", f"socket,id={name},path={self._socket(name)},server=on,wait={how}"]
        threads = "single" if self._cpus == 1 else "multi"
        out = [qemu.PROGRAM, "-machine", "q35", "-accel", f"tcg,thread={threads}", "-cpu", "max",
               "-smp", str(self._cpus), "-m", str(MEMORY), "-nodefaults", "-no-reboot",
               "-display", "none",
               "-kernel", self.kernel.image, "-initrd", initrd, "-append", self._cmdline,
               "-serial", "file:" + self._path("console"),
               *chardev("ctl", "off"), "-serial", "chardev:ctl",
               *chardev("qmp", "off"), "-mon", "chardev=qmp,mode=control", *chardev("port", "off")]
        for device in ("virtio-blk-pci,drive=disk0,num-queues=1",
                       "virtio-blk-pci,drive=disk1,num-queues=1",
                       "virtio-scsi-pci,id=hba,num_queues=1", "scsi-hd,bus=hba.0,lun=0,drive=disk2",
                       "scsi-hd,bus=hba.0,lun=1,drive=disk3",
                       "virtio-serial-pci,max_ports=2", "virtserialport,chardev=port,name=bench",
                       "virtio-balloon-pci", "virtio-rng-pci,rng=source"):
            name, *rest = device.split(",")
            if name.endswith("-pci"):
                rest.append("disable-legacy=on")
            out += ["-device", ",".join([name, *rest])]
        for i in range(4):
            name = f"null{i}" if i % 2 else f"disk{i}"
            out += ["-blockdev", f"driver=null-co,node-name={name},size={1 << 30},read-zeroes=off"]
            if i % 2:
                out += ["-object", f"throttle-group,id=limit{i},x-iops-total={LIMIT}", "-blockdev",
                        f"driver=throttle,node-name=disk{i},throttle-group=limit{i},file={name}"]
        out += ["-object", "rng-random,id=source,filename=/dev/urandom"]
        if self.plugin:
            out += ["-plugin", f"{self.plugin},out={self._path('counts')},"
                               f"symbols={self._path('functions')}"]
        return wrap(self._peer, out, self._queues) if self._peer else out

    def _line(self):
        end = time.monotonic() + self.timeout
        while b"\n" not in self._buffer:
            self._ctl.settimeout(max(end - time.monotonic(), 0.01))
            try:
                data = self._ctl.recv(1 << 16)
            except socket.timeout:
                raise BenchError(f"the guest is silent for {self.timeout} s; see "
                                 + self._path("console")) from None
            if not data:
                raise BenchError("the guest is gone; see " + self._path("console"))
            self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.decode(errors="replace").strip("\r")

    def _line_of(self, word):
        while self._line() != word:
            pass

    def send(self, text):
        """A line for the guest."""
        self._ctl.sendall(text.encode() + b"\n")

    def begin(self, command, word):
        """Start a command that says a word and then waits for a line."""
        self.send(command)
        line = self._line()
        if line != word:
            raise BenchError(f"guest: {command}: {line}")

    def answer(self, command):
        """The lines up to 'done'; an error for another status than 0."""
        lines = []
        while not (line := self._line()).startswith("done "):
            lines.append(line)
        if line != "done 0":
            raise BenchError(f"guest: {command}: {' '.join(lines)} {line}; see "
                             + self._path("console"))
        return lines

    def run(self, command):
        """A line of shell."""
        self.send(command)
        return self.answer(command)

    def one(self, command):
        """Its only line."""
        lines = self.run(command)
        return lines[-1] if lines else ""

    def kernel_symbols(self):
        """Lines of kallsyms without those of modules."""
        text = self.one("grep ' [tTwW] ' /proc/kallsyms | grep -v '\\[' | gzip -1 | base64 -w 0; "
                        "echo")
        return gzip.decompress(base64.b64decode(text)).decode().splitlines()

    def start_counting(self):
        """Give the plugin the functions it has to know; returns the symbols."""
        lines = self.kernel_symbols()
        with open(self._path("functions"), "w", encoding="ascii") as f:
            f.write(functions(lines))
        self.run("/bench/dev_work symbols")
        self.run("sleep 0.2; insmod /bench/base/dev_calls.ko && rmmod dev_calls")
        return lines

    def use(self, side, driver):
        """Load a side's driver, and only that one."""
        if self.loaded == (side, driver):
            return
        if self.loaded:
            _, own = self.modules.order(*self.loaded)
            self.run("unload " + " ".join(reversed(own)))
            self.loaded = None
        base, own = self.modules.order(side, driver)
        self.run("load base " + " ".join(base))
        self.run(f"load {side} " + " ".join(own))
        self.loaded = side, driver

    def _online(self, yes):
        if not self.plugin:
            self.run("; ".join(f"echo {yes} >/sys/devices/system/cpu/cpu{cpu}/online"
                               for cpu in range(1, self._cpus)))

    @contextlib.contextmanager
    def all_cpus(self):
        """For a row that is about more than one processor."""
        self._online(1)
        yield
        self._online(0)

    def symbols(self, base):
        """Which function an address belongs to, as modules are loaded now."""
        text = self.one("symbols_of")
        return Symbols(base + gzip.decompress(base64.b64decode(text)).decode().splitlines())

    def close(self):
        """End it."""
        self._qemu.kill()
        self._qemu.wait()
        self._sockets.cleanup()
