# SPDX-License-Identifier: GPL-2.0
"""The guest's memory from outside, while it stands still.

QEMU has no command that writes to the guest's memory; its gdb server has one.
"""

import os
import socket


class Gdb:
    """As much of gdb's protocol as it takes.  The guest stands still meanwhile."""

    def __init__(self, guest):
        self._qmp = guest.qmp
        self._path = os.path.join(guest.folder, "gdb")
        self._hmp(f"gdbserver unix:{self._path},server=on,wait=off")
        self._sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._sock.settimeout(20)
        self._sock.connect(self._path)
        self._buffer = b""
        self._ask("Qqemu.PhyMemMode:1")

    def _hmp(self, line):
        self._qmp.run("human-monitor-command", {"command-line": line})

    def _ask(self, packet):
        """Send a packet, return the answer to it."""
        check = sum(packet.encode()) % 256
        self._sock.sendall(f"${packet}#{check:02x}".encode())
        while True:
            answer = self._packet()
            # That the guest has stopped is no answer.
            if not answer.startswith(("T", "S")):
                break
        if answer.startswith("E"):
            raise OSError(f"gdb: {packet}: {answer}")
        return answer

    def _packet(self):
        """The next packet that comes."""
        while b"#" not in self._buffer or len(self._buffer) < self._buffer.index(b"#") + 3:
            more = self._sock.recv(65536)
            if not more:
                raise OSError("the gdb server closed its connection")
            self._buffer += more
        start, end = self._buffer.index(b"$") + 1, self._buffer.index(b"#")
        packet, self._buffer = self._buffer[start:end].decode(), self._buffer[end + 3:]
        self._sock.sendall(b"+")
        return packet

    def read(self, addr, size):
        """Bytes of guest-physical memory."""
        return bytes.fromhex(self._ask(f"m{addr:x},{size:x}"))

    def write(self, addr, data):
        """The other way."""
        self._ask(f"M{addr:x},{len(data):x}:{data.hex()}")

    def close(self):
        """Let the guest run again."""
        self._ask("D")
        self._sock.close()
        self._hmp("gdbserver none")
