# SPDX-License-Identifier: GPL-2.0
"""Ethernet frames: built, looked at, their checksums verified; RSS computed.

Pure functions on bytes.  The header in front of a frame is that of VIRTIO 1.4,
5.1.6, as AF_PACKET gives it with PACKET_VNET_HDR.
"""

import socket
import struct

ETH_IP, ETH_ARP, ETH_IP6, ETH_VLAN, ETH_TEST = 0x0800, 0x0806, 0x86DD, 0x8100, 0x88B5
ICMP, TCP, UDP, ICMP6 = 1, 6, 17, 58
VNET_HDR = struct.Struct("<BBHHHH")
NEEDS_CSUM = 1
# where a protocol has its checksum
CSUM_AT = {TCP: 16, UDP: 6, ICMP6: 2}
# The key that Microsoft published with its values to verify an implementation.
MICROSOFT = bytes.fromhex("6d5a56da255b0ec24167253d43a38fb0d0ca2bcbae7b30b477cb2da38030f20c"
                          "6a42b73bbeac01fa")


def ones_sum(data):
    """The one's complement sum of the 16-bit words, 0 to 0xfffe: 0xffff is 0."""
    return int.from_bytes(data + b"\0" * (len(data) % 2), "big") % 0xFFFF


def checksum(data):
    """What makes the sum of data, with this in it, 0."""
    return 0xFFFF - ones_sum(data)


def mac_bytes(text):
    """52:54:... as bytes."""
    return bytes.fromhex(text.replace(":", ""))


def ethernet(to, source, kind, payload, vlan=None):
    """A frame, of 60 bytes at least."""
    tag = struct.pack(">HH", ETH_VLAN, vlan) if vlan is not None else b""
    return (mac_bytes(to) + mac_bytes(source) + tag + struct.pack(">H", kind) + payload).ljust(60, b"\0")


def ip4(source, target, proto, payload):
    """A packet of IPv4."""
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0, 64, proto, 0,
                       socket.inet_aton(source), socket.inet_aton(target))
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def echo(size, number):
    """A request of ICMP with so many bytes, which depend on the size."""
    body = bytes((size + n * 7) & 0xFF for n in range(size))
    message = struct.pack(">BBHHH", 8, 0, 0, size, number) + body
    return message[:2] + struct.pack(">H", checksum(message)) + message[4:]


def answers(request, packet):
    """Does an IPv4 packet answer an echo?  ValueError when its data changed."""
    message = packet[(packet[0] & 15) * 4:int.from_bytes(packet[2:4], "big")]
    if message[:1] != b"\0" or message[4:8] != request[4:8]:
        return False
    if message[8:] != request[8:]:
        raise ValueError(f"{len(request) - 8} bytes came back changed")
    return True


def ip_udp(source, target, sport, dport, payload=b""):
    """UDP over IPv4 with all checksums."""
    udp = struct.pack(">HHHH", sport, dport, 8 + len(payload), 0) + payload
    pseudo = socket.inet_aton(source) + socket.inet_aton(target) + struct.pack(">HH", UDP, len(udp))
    udp = udp[:6] + struct.pack(">H", checksum(pseudo + udp) or 0xFFFF) + udp[8:]
    return ip4(source, target, UDP, udp)


class Parsed:
    """Where the parts of a frame are; kind 0 when it is no IP."""

    def __init__(self, frame):
        at, kind = 14, int.from_bytes(frame[12:14], "big")
        while kind == ETH_VLAN:
            kind = int.from_bytes(frame[at + 2:at + 4], "big")
            at += 4
        self.frame, self.kind, self.net, self.l4, self.proto = frame, kind, at, 0, 0
        self.fragment, self.bad = False, ""
        if kind == ETH_IP:
            self._ip4()
        elif kind == ETH_IP6:
            self._ip6()

    def _ip4(self):
        head = self.frame[self.net:self.net + (self.frame[self.net] & 15) * 4]
        size = int.from_bytes(head[2:4], "big")
        self.l4, self.proto = self.net + len(head), head[9]
        self.fragment = bool(int.from_bytes(head[6:8], "big") & 0x3FFF)
        self.addresses, self.end = head[12:20], self.net + size
        if ones_sum(head):
            self.bad = "checksum of the IP header"
        elif self.end > len(self.frame):
            self.bad = f"IP says {size} bytes, there are {len(self.frame) - self.net}"

    def _ip6(self):
        head = self.frame[self.net:self.net + 40]
        self.l4, self.proto = self.net + 40, head[6]
        self.addresses = head[8:40]
        self.end = self.l4 + int.from_bytes(head[4:6], "big")
        if self.end > len(self.frame):
            self.bad = "IPv6 says more bytes than there are"

    def pseudo(self):
        """What TCP and UDP put before themselves into the sum."""
        return self.addresses + struct.pack(">II", self.end - self.l4, self.proto)


def verify(frame, header=None):
    """('full'|'partial'|'other', '') of a frame, or ('bad', what is wrong with it).

    header: of VNET_HDR.  A packet whose checksum is left to somebody has the sum
    of the pseudo header in its place (VIRTIO 1.4, 5.1.6.2).
    """
    packet = Parsed(frame)
    if packet.bad:
        return "bad", packet.bad
    if packet.proto not in CSUM_AT or packet.fragment:
        return "other", ""
    flags, gso, _, gso_size, start, offset = VNET_HDR.unpack(header or bytes(10))
    at = CSUM_AT[packet.proto]
    field = int.from_bytes(frame[packet.l4 + at:packet.l4 + at + 2], "big")
    if flags & NEEDS_CSUM:
        want = ones_sum(packet.pseudo())
        if (start, offset) != (packet.l4, at):
            return "bad", f"csum_start {start}, csum_offset {offset}, not {packet.l4}, {at}"
        if field % 0xFFFF != want:
            return "bad", f"the pseudo header's sum is {field:#x}, not {want:#x}"
        return "partial", ""
    if gso:
        return "bad", f"gso_type {gso}, gso_size {gso_size} without a checksum to compute"
    if packet.proto == UDP and not field and packet.kind == ETH_IP:
        return "other", ""
    if ones_sum(packet.pseudo() + frame[packet.l4:packet.end]):
        return "bad", "checksum of protocol %d" % packet.proto
    return "full", ""


def gso(header):
    """gso_type without ECN, gso_size."""
    _, kind, _, size, _, _ = VNET_HDR.unpack(header)
    return kind & 0x7F, size


def toeplitz(key, data):
    """The hash of VIRTIO 1.4, 5.1.6.4.3: data's bits choose windows of the key."""
    bits, window, out = int.from_bytes(key, "big"), len(key) * 8 - 32, 0
    for number, byte in enumerate(data):
        for bit in range(8):
            if byte & 0x80 >> bit:
                out ^= bits >> (window - number * 8 - bit) & 0xFFFFFFFF
    return out


def flow(source, target, sport=None, dport=None):
    """What is hashed of an IPv4 packet."""
    ports = struct.pack(">HH", sport, dport) if sport is not None else b""
    return socket.inet_aton(source) + socket.inet_aton(target) + ports
