# SPDX-License-Identifier: GPL-2.0
"""The host's half of st-qemu."""

import os
import signal


def host_crash(guest, _words):
    """crash: end QEMU as a fault of its own would."""
    os.kill(guest.pid, signal.SIGSEGV)
