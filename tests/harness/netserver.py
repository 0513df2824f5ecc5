# SPDX-License-Identifier: GPL-2.0
"""The host's end of the transfers, with data that both sides know."""

import contextlib
import functools
import hashlib
import http.server
import socketserver
import threading

from . import nettap


@functools.lru_cache(8)
def pattern(size):
    """size bytes that repeat only after 2^32 blocks."""
    blocks = (hashlib.sha256(n.to_bytes(4, "big")).digest() for n in range(size // 32 + 1))
    return b"".join(blocks)[:size]


class Handler(http.server.BaseHTTPRequestHandler):
    """GET /BYTES sends so many."""

    def do_GET(self):
        """The bytes of the pattern."""
        body = pattern(int(self.path[1:]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        """The control log has the verdicts."""


class Sink(socketserver.BaseRequestHandler):
    """Takes bytes until the guest has no more, answers with their sum."""

    def handle(self):
        """One connection."""
        total = hashlib.sha256()
        while data := self.request.recv(65536):
            total.update(data)
        self.request.sendall(total.hexdigest().encode())


class Patient:
    """A guest may be gone without a word, and what it had asked for is nobody's."""

    daemon_threads = True

    def handle_error(self, request, client_address):
        """The guest compares what it got."""


class Files(Patient, http.server.ThreadingHTTPServer):
    """Sends."""


class Server(Patient, socketserver.ThreadingTCPServer):
    """Takes."""


def _start(guest, kind, handler):
    """On this machine, or in the namespace that the guest's tap is in."""
    with guest.wire.inside() if guest.wire else contextlib.nullcontext():
        server = kind((nettap.HOST if guest.wire else "127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return str(server.server_address[1])


def host_serve(guest, _words):
    """serve: start the server of this run of the case, return its port."""
    return _start(guest, Files, Handler)


def host_sink(guest, _words):
    """sink: start what takes the guest's data, return its port."""
    return _start(guest, Server, Sink)


def host_sum(_guest, words):
    """sum BYTES: the SHA-256 of so many bytes of the pattern."""
    return hashlib.sha256(pattern(int(words[0]))).hexdigest()
