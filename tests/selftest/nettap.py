# SPDX-License-Identifier: GPL-2.0
"""Tests of what the cases with a tap believe: frames, hashes, the namespace."""

import os
import socket
import struct
import subprocess
import time

from harness import frames, nettap
from harness.netverbs import Capture

ONE, TWO = "52:54:00:12:34:56", "52:54:00:12:34:57"
# VIRTIO 1.4, 5.1.6.4.3, leaves the function to its author's specification, whose
# values to verify an implementation these are: address, port, both ends; both hashes.
HASHES = (("66.9.149.187", 2794, "161.142.100.80", 1766, 0x51CCC178, 0x323E8FC2),
          ("199.92.111.2", 14230, "65.69.140.83", 4739, 0xC626B0EA, 0xD718262A),
          ("24.19.198.95", 12898, "12.22.207.184", 38024, 0x5C2B394A, 0xD2D0A5DE))


def _udp(body=b"some bytes"):
    return frames.ethernet(ONE, TWO, frames.ETH_IP, frames.ip_udp("10.77.0.2", "10.77.0.1", 5, 6, body))


def _partial(frame, start=34, offset=6, gso=0):
    """The same, its checksum left to somebody else."""
    packet = frames.Parsed(frame)
    want = struct.pack(">H", frames.ones_sum(packet.pseudo()))
    return (frames.VNET_HDR.pack(1, gso, 42, 0, start, offset),
            frame[:40] + want + frame[42:])


def frame_checks():
    """A frame that is right is taken for that, each that is spoilt is not."""
    frame = _udp()
    header, partial = _partial(frame)
    yield "a whole checksum", frames.verify(frame)[0] == "full", str(frames.verify(frame))
    yield "an odd length", frames.verify(_udp(b"x" * 101))[0] == "full", ""
    for at, what in ((24, "IP header"), (30, "an address"), (36, "a port"), (45, "data")):
        spoilt = frame[:at] + bytes([frame[at] ^ 4]) + frame[at + 1:]
        yield f"spoilt: {what}", frames.verify(spoilt)[0] == "bad", str(frames.verify(spoilt))
    yield "too short", frames.verify(frame[:48])[0] == "bad", ""
    yield ("a checksum left to somebody", frames.verify(partial, header)[0] == "partial",
           str(frames.verify(partial, header)))
    yield "that nobody was told of", frames.verify(partial)[0] == "bad", ""
    yield "told of a whole one", frames.verify(frame, header)[0] == "bad", ""
    for start, offset in ((33, 6), (34, 16)):
        wrong = _partial(frame, start, offset)
        yield f"at {start}, {offset}", frames.verify(wrong[1], wrong[0])[0] == "bad", ""
    tagged = frames.ethernet(ONE, TWO, frames.ETH_IP, frame[14:], 5)
    yield "with a tag", frames.verify(tagged)[0] == "full", str(frames.verify(tagged))
    yield "no IP", frames.verify(frames.ethernet(ONE, TWO, frames.ETH_TEST, b""))[0] == "other", ""
    for source, sport, target, dport, ports, addresses in HASHES:
        yield (f"hash of {source}", frames.toeplitz(frames.MICROSOFT, frames.flow(source, target, sport, dport))
               == ports and frames.toeplitz(frames.MICROSOFT, frames.flow(source, target)) == addresses, "")
    request = frames.echo(100, 1)
    answer = b"\0" + request[1:]
    packet = frames.ip4("10.77.0.2", "10.77.0.1", frames.ICMP, answer)
    yield "an answer", frames.answers(request, packet), ""
    yield "one to another", not frames.answers(frames.echo(100, 2), packet), ""
    try:
        frames.answers(request, packet[:60] + b"?" + packet[61:])
        yield "a changed answer", False, "it was accepted"
    except ValueError as e:
        yield "a changed answer", "changed" in str(e), str(e)


def _send(wire, header, frame):
    """As the guest would, through the tap."""
    os.write(wire.taps[0], header + frame)


def wire_checks():
    """The namespace is there, is nobody else's, and goes."""
    home = os.readlink(nettap.SELF)
    wire = nettap.Wire(2)
    try:
        yield "the tap is there", nettap.HOST in wire.ip("address"), wire.ip("address")
        out = subprocess.run(["ip", "address"], capture_output=True, text=True, check=False).stdout
        yield "and not here", nettap.HOST not in out, out
        yield "two queues", len(wire.taps) == 2, str(wire.taps)
        with wire.inside():
            there = os.readlink(nettap.SELF)
        yield "in and out", there != home and os.readlink(nettap.SELF) == home, f"{home} {there}"
        child = wire.start("sleep", "100")
        capture = Capture(wire)
        frame = _udp()
        header, partial = _partial(frame)
        _send(wire, bytes(10), frame)
        _send(wire, header, partial)
        _send(wire, bytes(10), frame[:45] + b"?" + frame[46:])
        end = time.monotonic() + 5
        while sum(capture.counts.values()) < 3 and time.monotonic() < end:
            time.sleep(0.05)
        capture.close()
        yield ("what came through it", [capture.counts[w] for w in ("full", "partial", "bad")]
               == [1, 1, 1] and "checksum" in capture.reason, f"{capture.counts} {capture.reason}")
    finally:
        wire.close()
        wire.close()
    yield "programs end with it", child.poll() is not None, ""
    try:
        with wire.inside():
            yield "it is gone", False, "one can still go there"
    except (OSError, TypeError):
        yield "it is gone", os.readlink(nettap.SELF) == home, ""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        yield "this process is where it was", True, ""


def checks():
    """All of it, or why there is no namespace."""
    yield from frame_checks()
    if not nettap.lacking():
        yield from wire_checks()
