# SPDX-License-Identifier: GPL-2.0
"""The demo's parts and what they ask of the host."""

import os

from harness import netserver, serial
from harness.netserver import host_serve    # noqa: F401 pylint: disable=unused-import
from harness.scsi import host_cd_sum    # noqa: F401 pylint: disable=unused-import
from harness.serial import *            # noqa: F401,F403 pylint: disable=wildcard-import,unused-wildcard-import

HERE = os.path.dirname(os.path.abspath(__file__))
PARTS = ("blk", "net", "rng", "console", "balloon", "scsi")


def host_pattern(guest, words):
    """pattern BYTES: the SHA-256 of what host_serve sends."""
    return netserver.host_sum(guest, words)


def guest_files(kernel):
    """One script for each driver, besides the program for ports."""
    files = {f"vgd/demo/{part}.sh": os.path.join(HERE, part + ".sh") for part in PARTS}
    return dict(serial.guest_files(kernel), **files)
