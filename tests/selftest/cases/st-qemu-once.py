# SPDX-License-Identifier: GPL-2.0
"""The host's half of st-qemu-once."""

import os
import signal


def host_crash(guest, _words):
    """crash: end QEMU as a fault of its own would, but for the second time."""
    mark = os.path.join(os.path.dirname(guest.console_path), "crashed-once")
    if not os.path.exists(mark):
        open(mark, "w", encoding="ascii").close()
        os.kill(guest.pid, signal.SIGSEGV)
