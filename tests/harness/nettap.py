# SPDX-License-Identifier: GPL-2.0
"""A network of the guest's own: a namespace of this machine with a tap in it.

Nobody gives the namespace a name.  It is there as long as this process has it
open, or a program runs in it, and goes with them, whatever they die of; so does
the tap, which nothing holds but the descriptors that QEMU gets.
"""

import contextlib
import ctypes
import fcntl
import functools
import os
import signal
import socket
import struct
import subprocess

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TAP, IFF_MULTI_QUEUE, IFF_NO_PI, IFF_VNET_HDR = 0x0002, 0x0100, 0x1000, 0x4000
SELF = "/proc/thread-self/ns/net"
TAP = "tap0"
# Who is who, also for tests/guest/wire.sh.
HOST, GUEST, PREFIX = "10.77.0.1", "10.77.0.2", 24
HOST6, GUEST6, PREFIX6 = "fd77::1", "fd77::2", 64
_LIBC = ctypes.CDLL(None, use_errno=True)


def _call(name, *args):
    if getattr(_LIBC, name)(*args):
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


@contextlib.contextmanager
def _elsewhere():
    """Come back to the namespace that this thread has now."""
    home = os.open(SELF, os.O_RDONLY)
    try:
        yield
    finally:
        _call("setns", home, CLONE_NEWNET)
        os.close(home)


def _open_tap(flags):
    tap = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    try:
        fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH22x", TAP.encode(), flags))
    except BaseException:
        os.close(tap)
        raise
    return tap


@functools.lru_cache(maxsize=None)
def lacking():
    """Why there can be no such network here; empty when there can."""
    try:
        Wire(1).close()
    except OSError as e:
        return f"no tap in a network namespace here ({e}): that takes root and /dev/net/tun"
    return ""


class Wire:
    """The namespace, the tap, and what the host does there."""

    def __init__(self, queues):
        self.space, self.taps, self._children = None, [], []
        self.helpers = {}           # what verbs keep until the guest ends
        flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | (IFF_MULTI_QUEUE if queues > 1 else 0)
        try:
            with _elsewhere():
                _call("unshare", CLONE_NEWNET)
                self.space = os.open(SELF, os.O_RDONLY)
                for _ in range(queues):
                    self.taps.append(_open_tap(flags))
            self._configure()
        except BaseException:
            self.close()
            raise

    def _configure(self):
        with self.inside():
            for key in ("ipv6/conf/all/accept_dad", "ipv6/conf/default/accept_dad",
                        "ipv6/conf/default/router_solicitations"):
                with contextlib.suppress(OSError), open(f"/proc/sys/net/{key}", "w",
                                                        encoding="ascii") as f:
                    f.write("0")
        self.ip("link", "set", "lo", "up")
        self.ip("link", "set", TAP, "up")
        self.ip("address", "add", f"{HOST}/{PREFIX}", "dev", TAP)
        self.ip("address", "add", f"{HOST6}/{PREFIX6}", "dev", TAP, "nodad")

    @contextlib.contextmanager
    def inside(self):
        """This thread is in the namespace; sockets that it makes stay there."""
        with _elsewhere():
            _call("setns", self.space, CLONE_NEWNET)
            yield

    def _enter(self):
        """In a child, before it becomes another program: here, and gone with us."""
        _call("setns", self.space, CLONE_NEWNET)
        _LIBC.prctl(1, signal.SIGKILL)

    def run(self, *words):
        """Run a program in the namespace to its end, return what it prints."""
        env = dict(os.environ, PATH=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        run = subprocess.run(words, capture_output=True, text=True, check=False, env=env,
                             preexec_fn=self._enter)
        if run.returncode:
            raise OSError(f"{' '.join(words)}: {(run.stderr or run.stdout).strip()}")
        return run.stdout

    def ip(self, *words):
        """The program of this name."""
        return self.run("ip", *words)

    def start(self, *words):
        """Start a program in the namespace; it ends with the guest."""
        child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL, preexec_fn=self._enter)
        self._children.append(child)
        return child

    def packets(self, kind=0x0003):
        """A socket for whole frames at the tap (ETH_P_ALL)."""
        with self.inside():
            sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        sock.bind((TAP, kind))
        return sock

    def given(self):
        """QEMU has the taps now."""
        for tap in self.taps:
            os.close(tap)
        self.taps = []

    def close(self):
        """End what runs there, let go of the namespace; twice does no harm."""
        for child in self._children:
            child.kill()
            child.wait()
        for helper in self.helpers.values():
            helper.close()
        self._children, self.helpers = [], {}
        self.given()
        if self.space is not None:
            os.close(self.space)
            self.space = None
