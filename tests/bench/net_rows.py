# SPDX-License-Identifier: GPL-2.0
"""The network's rows of the device benchmark, and its machine's part."""

import subprocess

from dev_rows import Amount, Row, result

# What net_peer.c opens the tap's queues as.
FIRST_FD = 100
GUEST_MAC = "52:54:00:77:00:02"
WAYS = ("udp-send", "udp-recv", "tcp-send", "tcp-recv")
# Datagrams in bursts that fit in the ring.
BURSTS = "udp-recv-128"
# One at a time: what a unit is.
ALONE = {"udp": "answer", "tcp-send": "60 KiB", "tcp-recv": "60 KiB"}
FLOWS = 4


class Net(Row):
    """Datagrams of 64 bytes, or 64 KiB of a stream, between the guest and a tap."""

    def __init__(self, way, pairs=None):
        udp = way.startswith("udp")
        amount = Amount(8000, 2000, 60000) if udp else Amount(400, 100, 2000)
        name = f"net/{way}" + (f"/{pairs} of 4" if pairs else "")
        super().__init__(name, "virtio_net", "packet" if udp else "64 KiB", amount)
        self._way, self._pairs = way, pairs or 1
        self._flows = FLOWS if pairs else 1
        if pairs:
            self.cpus = FLOWS
            # More processors than the host has: the longer, the less by chance.
            self.amount = amount._replace(timed=4 * amount.timed)

    def work(self, guest, device, amount):
        if self.cpus == 1:
            return self._run(guest, device, amount)
        with guest.all_cpus():
            return self._run(guest, device, amount)

    def _run(self, guest, device, amount):
        name = guest.one(f"appears '/sys/bus/virtio/devices/{device}/net/*'").rpartition("/")[2]
        guest.run(f"/bench/net_work up {name} {self._pairs} {device}")
        return result(guest.one(f"/bench/net_work {self._way} {amount} {self._flows} {device}"))


class Shared(Net):
    """The same where guest, device and peer take turns on one processor of the host."""

    shared = True

    def __init__(self, way):
        super().__init__(way)
        self.name += "/shared"
        # Each turn is about a burst.
        if way == "udp-recv":
            self._way = BURSTS


class Alone(Net):
    """A datagram, or one packet of a stream, and nothing more before it is answered."""

    def __init__(self, way):
        super().__init__(way)
        self.name, self.unit = f"net/{way}/1", ALONE[way]
        self.amount = Amount(1000, 300, 6000)
        self._way = f"{way}-1"


NET_ROWS = ([Net(way) for way in (*WAYS, BURSTS)] + [Alone(way) for way in ALONE] +
            [Shared(way) for way in WAYS] +
            [Net(way, pairs) for way in WAYS for pairs in (1, 2, 4)])


def obstacle(peer):
    """Why there can be no tap here, or None."""
    run = subprocess.run([peer, "1", "true"], capture_output=True, text=True, check=False)
    return run.stderr.strip() if run.returncode else None


def wrap(peer, command, queues):
    """The command with a network card behind which is a tap."""
    fds = ":".join(str(FIRST_FD + i) for i in range(queues))
    return [peer, str(queues), *command, "-netdev", f"tap,id=net0,fds={fds}", "-device",
            f"virtio-net-pci,netdev=net0,mac={GUEST_MAC},disable-legacy=on,"
            f"mq={'on' if queues > 1 else 'off'},vectors={2 * queues + 2}"]
