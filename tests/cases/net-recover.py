# SPDX-License-Identifier: GPL-2.0
"""Makes QEMU ask for a reset: spoils the descriptors of receive buffers."""

from harness.netserver import host_serve, host_sum        # noqa: F401 pylint: disable=unused-import

ENTRY, NEXT_AND_WRITE = 16, b"\x03\x00"


def host_spoil(guest, _words):
    """spoil: let each buffer of the first receive queue go on where nothing is."""
    path = next(d["path"] for d in guest.qmp.run("x-query-virtio") if d["name"] == "virtio-net")
    queue = guest.qmp.run("x-query-virtio-queue-status", {"path": path, "queue": 0})
    for n in range(queue["vring-num"]):
        # VIRTIO 1.4, 2.7.5: flags and next, behind address and length.
        guest.memory.write(queue["vring-desc"] + n * ENTRY + 12, NEXT_AND_WRITE + b"\xff\x7f")
    return str(queue["vring-num"])
