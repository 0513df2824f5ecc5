# SPDX-License-Identifier: GPL-2.0
"""The ports of the device ser0, and the host's ends of them.

The setting 'ports' is a list: 'con' for a console, anything else is the name of
a port.  Port N of the list is QEMU's device portN, and number N + 1 of ser0,
because QEMU keeps number 0 for a console of old guests; its host end is the
socket portN in the guest's folder.
"""

import contextlib
import hashlib
import os
import re
import socket
import threading
import time

from . import programs

PORTS = "con,con,vgd.a,vgd.b,vgd.c,vgd.d"
MAX_PORTS = 16


def is_port(what):
    """Is this the name of one of the ports?"""
    return bool(re.fullmatch(r"port\d+", what))


def names(ports):
    """QEMU's names of the ports."""
    return [f"port{n}" for n in range(len(ports.split(",")))]


def port(what, ports):
    """The properties of a port, for the command line and for device_add."""
    number = int(what[len("port"):])
    name = ports.split(",")[number]
    props = {"driver": "virtconsole" if name == "con" else "virtserialport", "id": what,
             "bus": "ser0.0", "nr": number + 1, "chardev": f"end{number}"}
    return props if name == "con" else dict(props, name=name)


def backends(ports, folder):
    """The host's ends: one waits for a program that connects."""
    return [word for n, _ in enumerate(ports.split(",")) for word in
            ("-chardev", f"socket,id=end{n},path={folder}/port{n},server=on,wait=off")]


def connect(guest, what):
    """The host's end of a port as a connected socket."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.settimeout(60 * guest.pace)
    sock.connect(os.path.join(guest.folder, what))
    return sock


def pattern(seed, size):
    """size bytes that are another port's only by accident."""
    blocks = (hashlib.sha256(f"{seed} {n}".encode()).digest() for n in range(size // 32 + 1))
    return b"".join(blocks)[:size]


class End:
    """The host's end of one port, with a transfer of each direction under way."""

    def __init__(self, guest, what):
        self.sock, self.what, self.taken = connect(guest, what), what, b""
        self._sender = self._taker = None
        self._limit = 60 * guest.pace

    def send(self, size):
        """Send so many bytes of the port's pattern."""
        data = pattern(self.what, size)

        def run():
            with contextlib.suppress(OSError):      # closed meanwhile: the sum will tell
                self.sock.sendall(data)
        self._sender = threading.Thread(target=run, daemon=True)
        self._sender.start()

    def take(self, size):
        """Receive so many bytes."""
        def run():
            parts, left = [], size
            while left:
                data = self.sock.recv(min(left, 65536))
                if not data:
                    break
                parts.append(data)
                left -= len(data)
            self.taken = b"".join(parts)
        self.taken = b""
        self._taker = threading.Thread(target=run, daemon=True)
        self._taker.start()

    def wait(self):
        """Wait for what is under way; returns the sum of what came in."""
        for thread in (self._sender, self._taker):
            if thread:
                thread.join(self._limit)
                if thread.is_alive():
                    raise ValueError(f"{self.what}: not done, {len(self.taken)} bytes came")
        return hashlib.sha256(self.taken).hexdigest()

    def expect(self, word):
        """Wait until the other side has said a word that no line ends."""
        text, end = b"", time.monotonic() + self._limit
        while time.monotonic() < end:
            text += self.sock.recv(4096)
            if word.encode() in text:
                return
        raise ValueError(f"{self.what}: no '{word}' in {text[-200:]!r}")

    def ask(self, line, until):
        """Type a line; return the one of the answer that begins with until."""
        self.sock.sendall(line.encode() + b"\n")
        text, end = b"", time.monotonic() + self._limit
        while time.monotonic() < end:
            text += self.sock.recv(4096)
            for answer in text.decode(errors="replace").splitlines(keepends=True):
                if answer.startswith(until) and answer.endswith("\n"):
                    return answer.strip()
        raise ValueError(f"{self.what}: no answer in {text[-200:]!r}")


def _ends(guest):
    if not hasattr(guest, "ends"):
        guest.ends = {}
    return guest.ends


def host_open(guest, words):
    """open PORT...: connect to the host's end."""
    for what in words:
        _ends(guest)[what] = End(guest, what)
    return "open"


def host_close(guest, words):
    """close PORT...: and let go of it."""
    for what in words:
        sock = _ends(guest).pop(what).sock
        # A thread that still uses it would keep it open.
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
        sock.close()
    return "closed"


def host_send(guest, words):
    """send PORT BYTES: begin to send."""
    _ends(guest)[words[0]].send(int(words[1]))
    return "sending"


def host_take(guest, words):
    """take PORT BYTES: begin to receive."""
    _ends(guest)[words[0]].take(int(words[1]))
    return "taking"


def host_took(guest, words):
    """took PORT: wait; the SHA-256 of what was received."""
    return _ends(guest)[words[0]].wait()


def host_sum(_guest, words):
    """sum PORT BYTES: the SHA-256 of what is sent to it."""
    return hashlib.sha256(pattern(words[0], int(words[1]))).hexdigest()


def host_ask(guest, words):
    """ask PORT UNTIL LINE...: type a line, wait for the line that begins so."""
    return _ends(guest)[words[0]].ask(" ".join(words[2:]), words[1])


def host_log_in(guest, words):
    """log_in PORT USER PASSWORD: answer the questions of login."""
    end = _ends(guest)[words[0]]
    for question, line in zip(("login: ", "assword: "), words[1:]):
        end.expect(question)
        end.sock.sendall(line.encode() + b"\n")
    end.expect("# ")
    return "logged in"


def guest_files(_kernel):
    """The program that does to a port what a shell cannot."""
    return {"root/port": programs.static("port")}
