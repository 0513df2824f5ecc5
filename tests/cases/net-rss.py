# SPDX-License-Identifier: GPL-2.0
"""What reads the hash of packets, and the host's end of the tap."""

from harness import programs
from harness.netverbs import *      # noqa: F401,F403 pylint: disable=wildcard-import,unused-wildcard-import


def guest_files(_kernel):
    """The program, which has no library in the guest."""
    return {"root/rxhash": programs.static("rxhash")}
