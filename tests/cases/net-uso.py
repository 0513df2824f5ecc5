# SPDX-License-Identifier: GPL-2.0
"""What sends and receives in long packets, here and at the host's end of the tap."""

import functools
import socket
import struct
import threading
import time

from harness import nettap, programs
from harness.netverbs import *      # noqa: F401,F403 pylint: disable=wildcard-import,unused-wildcard-import

UDP_SEGMENT, AT_ONCE = 103, 40
SO_RCVBUFFORCE, SO_SNDBUFFORCE = 33, 32
PORT = 7000


def guest_files(_kernel):
    """The program, which has no library in the guest."""
    return {"root/uso": programs.static("uso")}


@functools.lru_cache(maxsize=None)
def pattern(first, size):
    """What follows a number whose last byte is first."""
    return bytes((first + i * 7) & 0xFF for i in range(4, size))


def datagram(number, size):
    """As uso.c makes them."""
    return struct.pack(">I", number) + pattern(number & 0xFF, size)


class Receiver:
    """Compares what comes, in a thread."""

    def __init__(self, wire, size):
        with wire.inside():
            self._sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 32 << 20)
        self._sock.settimeout(0.2)
        self._sock.bind((nettap.HOST, PORT))
        self._size, self.good, self.bad, self._stop = size, 0, 0, False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._stop:
            try:
                data = self._sock.recv(65536)
            except socket.timeout:
                continue
            if data == datagram(int.from_bytes(data[:4], "big"), self._size):
                self.good += 1
            else:
                self.bad += 1

    def close(self):
        """No more."""
        self._stop = True
        self._thread.join()
        self._sock.close()


def host_take(guest, words):
    """take SIZE: compare datagrams from now on; returns the port."""
    guest.wire.helpers["receiver"] = Receiver(guest.wire, int(words[0]))
    return str(PORT)


def host_taken(guest, words):
    """taken COUNT: wait for so many, as long as some come; how many were right and wrong."""
    receiver, seen = guest.wire.helpers.pop("receiver"), -1
    while seen < receiver.good + receiver.bad < int(words[0]):
        seen = receiver.good + receiver.bad
        time.sleep(2)
    receiver.close()
    return f"{receiver.good} {receiver.bad}"


def host_give(guest, words):
    """give SIZE COUNT: send so many to the guest."""
    size, count = map(int, words)
    # Cut in pieces they are more than a tap keeps for a guest that is slow.
    guest.wire.ip("link", "set", nettap.TAP, "txqueuelen", str(2 * count))
    with guest.wire.inside():
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with sock:
        sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, size)
        sock.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 16 << 20)
        for first in range(0, count, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, count))
            sock.sendto(b"".join(datagram(n, size) for n in numbers), (nettap.GUEST, PORT))
            time.sleep(0.005)
    return str(count)
