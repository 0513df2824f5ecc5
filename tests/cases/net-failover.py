# SPDX-License-Identifier: GPL-2.0
"""The host's end of the transfers, and of a migration that comes to nothing."""

import time

from harness.netserver import *     # noqa: F401,F403 pylint: disable=wildcard-import,unused-wildcard-import
from harness.qmp import QmpError


def host_negotiated(guest, _words):
    """negotiated: wait until the device has seen that the driver took STANDBY."""
    return guest.qmp.wait_event("FAILOVER_NEGOTIATED", 10 * guest.pace)["device-id"]


def host_migrate(guest, _words):
    """migrate: begin to, to nowhere and slowly; wait until the primary is out."""
    guest.qmp.run("migrate-set-parameters", {"max-bandwidth": 1 << 20})
    guest.qmp.run("migrate", {"uri": "exec:cat >/dev/null"})
    end = time.monotonic() + 30 * guest.pace
    while guest.qmp.run("query-migrate")["status"] != "active":
        if time.monotonic() > end:
            raise QmpError("the primary is not out, or the migration failed")
        time.sleep(0.1)
    return guest.qmp.wait_event("UNPLUG_PRIMARY", 5)["device-id"]


def host_stay(guest, _words):
    """stay: give the migration up, after which QEMU puts the primary back."""
    guest.qmp.run("migrate_cancel")
    return "here"
