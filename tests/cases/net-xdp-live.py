# SPDX-License-Identifier: GPL-2.0
"""What puts XDP programs in place, and the host's end of the tap."""

from harness import programs
from harness.netverbs import *      # noqa: F401,F403 pylint: disable=wildcard-import,unused-wildcard-import


def guest_files(_kernel):
    """The program, which has no library in the guest."""
    return {"root/xdp": programs.static("xdp")}
