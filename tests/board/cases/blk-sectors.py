# SPDX-License-Identifier: GPL-2.0
"""The host's side of the disk: fills its image, looks at each sector of it."""

import os
import struct

SECTOR, MASK = 512, (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def _mixed(x):
    x = (x + GOLDEN) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def _patterns(seed):
    """The sectors one after the other, as tests/board/agent/disk_io.c has them."""
    base = int.from_bytes(struct.pack("<64Q", *(_mixed((seed * 64 + i) & MASK)
                                                for i in range(64))), "little")
    every = sum(1 << (64 * i) for i in range(64))
    number = 0
    while True:
        number += 1
        yield (base ^ (((number * GOLDEN) & MASK) * every)).to_bytes(SECTOR, "little")


def _image(guest):
    return os.path.join(guest.folder, "disk0.raw")


def host_fill(guest, words):
    """fill SEED: write every sector."""
    with open(_image(guest), "r+b") as disk:
        for _, data in zip(range(os.path.getsize(disk.name) // SECTOR), _patterns(int(words[0]))):
            disk.write(data)
    return "filled"


def host_verify(guest, words):
    """verify SEED: look at every sector."""
    count = 0
    with open(_image(guest), "rb") as disk:
        for data in _patterns(int(words[0])):
            found = disk.read(SECTOR)
            if not found:
                return f"{count} sectors"
            if found != data:
                raise ValueError(f"sector {count} has {found[:8].hex()}, not {data[:8].hex()}")
            count += 1
    raise ValueError("no disk")
