# SPDX-License-Identifier: GPL-2.0
"""A client for QEMU's machine protocol."""

import json
import socket
import time


class QmpError(Exception):
    """QEMU refused a command, or the connection is gone."""


class Qmp:
    """One connection; events that arrive meanwhile are kept."""

    def __init__(self, path, timeout=20):
        self._sock = connect(path, timeout)
        self._buffer = b""
        self.events = []
        self._receive(time.monotonic() + timeout)      # the greeting
        self.run("qmp_capabilities")

    def close(self):
        """End the connection."""
        self._sock.close()

    def _receive(self, deadline):
        while b"\n" not in self._buffer:
            left = deadline - time.monotonic()
            if left <= 0:
                raise QmpError("QEMU does not answer on its monitor")
            self._sock.settimeout(left)
            try:
                data = self._sock.recv(65536)
            except socket.timeout:
                continue
            except OSError as e:
                raise QmpError(f"monitor: {e}") from e
            if not data:
                raise QmpError("QEMU closed its monitor")
            self._buffer += data
        line, self._buffer = self._buffer.split(b"\n", 1)
        return json.loads(line)

    def run(self, command, arguments=None, timeout=20):
        """Run a command, return its answer."""
        message = {"execute": command}
        if arguments:
            message["arguments"] = arguments
        try:
            self._sock.sendall(json.dumps(message).encode() + b"\n")
        except OSError as e:
            raise QmpError(f"monitor: {e}") from e
        deadline = time.monotonic() + timeout
        while True:
            answer = self._receive(deadline)
            if "event" in answer:
                self.events.append(answer)
            elif "error" in answer:
                raise QmpError(f"{command}: {answer['error'].get('desc')}")
            elif "return" in answer:
                return answer["return"]

    def wait_event(self, name, timeout=30, match=lambda data: True):
        """Wait for an event, seen before or not; return its data."""
        deadline = time.monotonic() + timeout
        while True:
            for event in self.events:
                if event["event"] == name and match(event.get("data", {})):
                    self.events.remove(event)
                    return event.get("data", {})
            answer = self._receive(deadline)
            if "event" in answer:
                self.events.append(answer)

    def forget(self, name):
        """Drop old events of this name."""
        self.events = [e for e in self.events if e["event"] != name]


def connect(path, timeout=20):
    """Connect to a socket that QEMU is about to make."""
    deadline = time.monotonic() + timeout
    while True:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.connect(path)
            return sock
        except OSError:
            sock.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
