# SPDX-License-Identifier: GPL-2.0
"""What a case may ask of the host's end of a tap (see nettap.py); a case's
NAME.py imports them."""

import random
import select
import socket
import struct
import threading
import time

from . import frames, nettap
from .frames import ETH_ARP, ETH_TEST, VNET_HDR
from .netserver import host_serve, host_sink, host_sum      # noqa: F401 pylint: disable=unused-import
from .qemu import MAC

SOL_PACKET, PACKET_STATISTICS, PACKET_AUXDATA, PACKET_VNET_HDR = 263, 6, 8, 15
PACKET_OUTGOING = 4
SO_RCVBUFFORCE = 33
PEER = "52:54:00:aa:aa:aa"      # whom frames that are made here come from


class Capture:
    """Looks at each frame that the guest sends, in a thread."""

    def __init__(self, wire):
        self.counts = dict.fromkeys(("full", "partial", "other", "bad", "gso", "arp"), 0)
        self.longest, self.reason = 0, ""
        self._sock = wire.packets()
        self._sock.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
        self._sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._stop.is_set():
            if not select.select([self._sock], [], [], 0.2)[0]:
                continue
            data, sender = self._sock.recvfrom(128 << 10)
            if sender[2] != PACKET_OUTGOING:
                self._take(data[:VNET_HDR.size], data[VNET_HDR.size:])

    def _take(self, header, frame):
        verdict, why = frames.verify(frame, header)
        self.counts[verdict] += 1
        self.counts["gso"] += frames.gso(header)[0] != 0
        self.counts["arp"] += frame[12:14] == struct.pack(">H", ETH_ARP)
        self.longest = max(self.longest, len(frame))
        self.reason = self.reason or why and f"{why}: {header.hex()} {frame[:80].hex()}"

    def lost(self):
        """Frames that came faster than this looked at them."""
        return struct.unpack("II", self._sock.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))[1]

    def close(self):
        """No more."""
        self._stop.set()
        self._thread.join()
        self._sock.close()


def host_capture(guest, _words):
    """capture: begin to verify what the guest sends."""
    guest.wire.helpers["capture"] = Capture(guest.wire)
    return "begun"


def host_captured(guest, words):
    """captured KEY...: end it; how many were full, partial, other, bad, gso, arp, or
    the length of the longest.  What was wrong is an error."""
    time.sleep(0.3)
    capture = guest.wire.helpers.pop("capture")
    lost = capture.lost()
    capture.close()
    guest.note(f"captured {capture.counts}, longest {capture.longest}, not looked at {lost}")
    if capture.reason:
        raise ValueError(capture.reason)
    return " ".join(str(capture.longest if w == "longest" else capture.counts[w]) for w in words)


def host_iperf(guest, _words):
    """iperf: start a server, return its port."""
    if "iperf" not in guest.wire.helpers:
        child = guest.wire.start("iperf3", "-s", "-p", "5201")
        guest.wire.helpers["iperf"] = Child(child)
        time.sleep(0.5)
    return "5201"


class Child:
    """A program that runs until the guest ends."""

    def __init__(self, child):
        self.child = child

    def close(self):
        """End it."""
        self.child.kill()


def host_mtu(guest, words):
    """mtu BYTES: of the host's end."""
    guest.wire.ip("link", "set", nettap.TAP, "mtu", words[0])
    return words[0]


def host_offload(guest, words):
    """offload NAME on|off: of the host's end."""
    guest.wire.run("ethtool", "-K", nettap.TAP, words[0], words[1])
    return " ".join(words)


def host_vlan(guest, words):
    """vlan ID: the host is 10.78.ID.1 there."""
    name = f"vlan{words[0]}"
    guest.wire.ip("link", "add", "link", nettap.TAP, "name", name, "type", "vlan", "id", words[0])
    guest.wire.ip("link", "set", name, "up")
    guest.wire.ip("address", "add", f"10.78.{words[0]}.1/24", "dev", name)
    return name


def host_neighbour(guest, words):
    """neighbour: the card's address, as the host has learned it."""
    out = guest.wire.ip("neighbour", "show", words[0] if words else nettap.GUEST).split()
    return out[out.index("lladdr") + 1] if "lladdr" in out else "unknown"


def host_link(guest, words):
    """link on|off: the cable."""
    guest.qmp.run("set_link", {"name": "net0", "up": words[0] == "on"})
    return words[0]


def host_announce(guest, _words):
    """announce: the device asks its guest to tell where it is, several times."""
    guest.qmp.run("announce-self", {"initial": 50, "max": 100, "rounds": 10, "step": 10})
    return "asked"


def host_filter(guest, words):
    """filter KEY: a field of the device's receive filter, lists with commas."""
    answer = guest.qmp.run("query-rx-filter", {"name": "net0"})[0][words[0]]
    if isinstance(answer, list):
        return ",".join(str(item) for item in sorted(answer)) or "nothing"
    return str(answer).lower()


def host_pings(guest, words):
    """pings LEAST MOST STEP: an echo of each size, its data compared; how many."""
    least, most, step = map(int, words)
    with guest.wire.inside():
        sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    with sock:
        for size in range(least, most + 1, step):
            _echo(size, lambda request: sock.sendto(request, (nettap.GUEST, 0)),
                  lambda: _packet(sock))
    return str(len(range(least, most + 1, step)))


def host_tagged(guest, words):
    """tagged VLAN LEAST MOST STEP: the same to 10.78.VLAN.2 there, without help of the
    host's kernel, which may have no VLANs."""
    vlan, least, most, step = map(int, words)
    here, there = f"10.78.{vlan}.1", f"10.78.{vlan}.2"
    with guest.wire.packets() as sock:
        sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        for size in range(least, most + 1, step):
            _echo(size, lambda request: sock.send(frames.ethernet(
                MAC, PEER, frames.ETH_IP, frames.ip4(here, there, frames.ICMP, request), vlan)),
                  lambda: _packet_of(sock, vlan))
    return str(len(range(least, most + 1, step)))


def _packet(sock):
    """What comes within a while, or nothing."""
    return sock.recv(128 << 10) if select.select([sock], [], [], 0.2)[0] else b""


def _packet_of(sock, vlan):
    """The same, where VLANs are told apart; the kernel has taken the tag out."""
    if not select.select([sock], [], [], 0.2)[0]:
        return b""
    frame, more, _, sender = sock.recvmsg(128 << 10, 256)
    tags = [struct.unpack_from("IIIHHH", data)[5] for _, kind, data in more if kind == PACKET_AUXDATA]
    mine = sender[2] != PACKET_OUTGOING and tags == [vlan] and frame[12:14] == b"\x08\0"
    return frame[14:] if mine else b""


def _echo(size, send, receive):
    """Ask until there is an answer, which may take until addresses are known."""
    for number in range(20):
        request = frames.echo(size, number)
        send(request)
        end = time.monotonic() + 1
        while time.monotonic() < end:
            packet = receive()
            if packet and frames.answers(request, packet):
                return
    raise ValueError(f"no answer to {size} bytes")


def host_frames(guest, words):
    """frames COUNT TO [VLAN]: so many from nobody, of a protocol that nobody has."""
    to, vlan = words[1], int(words[2]) if len(words) > 2 else None
    frame = frames.ethernet(to, PEER, ETH_TEST, bytes(46), vlan)
    with guest.wire.packets() as sock:
        for _ in range(int(words[0])):
            sock.send(frame)
    return words[0]


def host_returned(guest, words):
    """returned COUNT TO BYTES: so many different frames as host_frames sends; how many
    of them the guest sends back as they were."""
    count, to, size = int(words[0]), words[1], int(words[2])
    sent = {frames.ethernet(to, PEER, ETH_TEST, random.randbytes(size - 14)) for _ in range(count)}
    back = set()
    with guest.wire.packets() as sock:
        for frame in sent:
            sock.send(frame)
            back |= _returned(sock, 0.002)
        end = time.monotonic() + 2
        while not sent <= back and time.monotonic() < end:
            back |= _returned(sock, 0.1)
    guest.note(f"came back: {len(sent & back)}, others of {sorted(map(len, back - sent))[:20]} bytes")
    return str(len(sent & back))


def _returned(sock, seconds):
    """Frames that come from the guest meanwhile."""
    out, end = set(), time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0 and select.select([sock], [], [], left)[0]:
        frame, sender = sock.recvfrom(128 << 10)
        if sender[2] != PACKET_OUTGOING:
            out.add(frame)
    return out


def host_flows(guest, words):
    """flows COUNT KEY ENTRIES QUEUES ports|addresses: UDP of so many flows, 4 packets
    each; how many each queue has to get.  The key is in hex, entry N of the table
    N % QUEUES; ports: they are hashed as well.
    """
    count, key, entries, queues = int(words[0]), bytes.fromhex(words[1]), *map(int, words[2:4])
    ports, want, luck = words[4] == "ports", [0] * queues, random.Random(words[1])
    with guest.wire.packets() as sock:
        for _ in range(count):
            source, port = f"10.77.0.{luck.randrange(20, 250)}", luck.randrange(20000, 60000)
            value = frames.toeplitz(key, frames.flow(source, nettap.GUEST,
                                                     *((port, 9) if ports else ())))
            want[value % entries % queues] += 4
            payload = frames.ip_udp(source, nettap.GUEST, port, 9, b"flow")
            for _ in range(4):
                sock.send(frames.ethernet(MAC, PEER, frames.ETH_IP, payload))
                time.sleep(0.0005)
    return " ".join(map(str, want))


def host_hash(_guest, words):
    """hash KEY SOURCE PORT ports|addresses: of packets that host_flow sends."""
    ports = (int(words[2]), 9) if words[3] == "ports" else ()
    return hex(frames.toeplitz(bytes.fromhex(words[0]), frames.flow(words[1], nettap.GUEST, *ports)))


def host_flow(guest, words):
    """flow COUNT SOURCE PORT: so many packets of UDP, to port 9."""
    payload = frames.ip_udp(words[1], nettap.GUEST, int(words[2]), 9, b"flow")
    with guest.wire.packets() as sock:
        for _ in range(int(words[0])):
            sock.send(frames.ethernet(MAC, PEER, frames.ETH_IP, payload))
    return words[0]


def host_offloaded(guest, words):
    """offloaded NAME: on or off, of the host's end: what the guest's device told it."""
    for line in guest.wire.run("ethtool", "-k", nettap.TAP).splitlines():
        name, _, value = line.strip().partition(": ")
        if name == words[0]:
            return value.split()[0]
    raise ValueError(f"nothing is called {words[0]}")
