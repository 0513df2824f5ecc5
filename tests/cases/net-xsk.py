# SPDX-License-Identifier: GPL-2.0
"""Who asks sockets of AF_XDP, at the host's end of the tap."""

import os
import random
import socket
import struct
import time

from harness import nettap, programs
from harness.netverbs import *      # noqa: F401,F403 pylint: disable=wildcard-import,unused-wildcard-import

PORT, AT_ONCE, TRIES = 7777, 32, 40


def guest_files(_kernel):
    """The program, which has no library in the guest."""
    return {"root/xsk": programs.static("xsk")}


def _take(sock, asked, until):
    """Answers that come until then; one that nobody waits for is an error."""
    while asked and (left := until - time.monotonic()) > 0:
        sock.settimeout(left)
        try:
            data = sock.recv(4096)
        except socket.timeout:
            return
        number = struct.unpack(">I", data[:4])[0]
        if asked.get(number) != data:
            raise ValueError(f"{len(data)} bytes nobody waits for: {data[:16].hex()}")
        del asked[number]


def host_echoes(guest, words):
    """echoes COUNT [LOSS]: ask so often, in datagrams of all sizes; how many were
    answered.  What is not answered in a while is an error, unless there is LOSS.  Each
    answer comes once, and is what was asked."""
    count, loss, luck = int(words[0]), len(words) > 1, random.Random(int(words[0]))
    answered = 0
    with guest.wire.inside():
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with sock:
        sock.connect((nettap.GUEST, PORT))
        for first in range(0, count, AT_ONCE):
            asked = {n: struct.pack(">I", n) + os.urandom(luck.choice((0, 20, 100, 500, 1468)))
                     for n in range(first, min(first + AT_ONCE, count))}
            sent = len(asked)
            for data in asked.values():
                sock.send(data)
            _take(sock, asked, time.monotonic() + (0.2 if loss else 5))
            if asked and not loss:
                raise ValueError(f"{len(asked)} of {sent} not answered, {answered} before")
            answered += sent - len(asked)
    return str(answered)
