# SPDX-License-Identifier: GPL-2.0
"""What the device knows of its receive filter, and what it can ask for."""


def host_filter(guest, words):
    """filter KEY: a field of the device's receive filter, lists with commas."""
    answer = guest.qmp.run("query-rx-filter", {"name": "net0"})[0][words[0]]
    if isinstance(answer, list):
        return ",".join(str(item) for item in sorted(answer)) or "nothing"
    return str(answer).lower()


def host_announce(guest, _words):
    """announce: the device asks its guest to tell where it is, several times."""
    guest.qmp.run("announce-self", {"initial": 50, "max": 100, "rounds": 10, "step": 10})
    return "asked"
