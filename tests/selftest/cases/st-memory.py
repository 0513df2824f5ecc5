# SPDX-License-Identifier: GPL-2.0
"""The host's half of st-memory."""


def host_poke(guest, words):
    """poke ADDRESS BYTE: write it to memory; what QEMU has there then.

    Linux leaves the first 64 KiB alone (CONFIG_X86_RESERVE_LOW).
    """
    addr, byte = int(words[0]), int(words[1])
    guest.memory.write(addr, bytes([byte]))
    said = guest.qmp.run("human-monitor-command", {"command-line": f"xp /1ub {addr}"})
    return said.split(":")[1].strip()
