# SPDX-License-Identifier: GPL-2.0
"""Makes QEMU ask for a reset: spoils a descriptor that the guest will use again."""

INDIRECT, ENTRY = 4, 16


def _queues(qmp):
    """Address and size of the descriptor tables of the disk's queues."""
    path = next(d["path"] for d in qmp.run("x-query-virtio") if d["name"] == "virtio-blk")
    count = qmp.run("x-query-virtio-status", {"path": path})["num-vqs"]
    for queue in range(count):
        status = qmp.run("x-query-virtio-queue-status", {"path": path, "queue": queue})
        if status["vring-desc"]:
            yield status["vring-desc"], status["vring-num"]


def host_spoil(guest, _words):
    """spoil: let the links of all the disk's indirect tables lead nowhere; how many."""
    spoiled = set()
    for table, size in _queues(guest.qmp):
        for n in range(size):
            entry = guest.memory.read(table + n * ENTRY, ENTRY)
            addr = int.from_bytes(entry[:8], "little")
            if entry[12] & INDIRECT and addr not in spoiled:
                # The link of its first entry: VIRTIO 1.4, 2.7.5.
                guest.memory.write(addr + 14, b"\xff\x7f")
                spoiled.add(addr)
    guest.note(f"spoiled {len(spoiled)} tables")
    return str(len(spoiled))
