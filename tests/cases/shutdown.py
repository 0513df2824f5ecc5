# SPDX-License-Identifier: GPL-2.0
"""Watches a guest restart: what had the devices been told when the machine's reset came?"""

import threading

from harness.qmp import QmpError


def _states(qmp):
    """name=STATUS of each virtio device; 0 for one that is reset."""
    out = []
    for device in qmp.run("x-query-virtio"):
        status = qmp.run("x-query-virtio-status", {"path": device["path"]})
        known = status["status"]["statuses"]
        # QEMU explains each bit: "VIRTIO_CONFIG_S_DRIVER_OK: Driver setup and ready".
        names = [text.split(":")[0].rpartition("_S_")[2] for text in known]
        out.append(f"{device['name']}={'|'.join(names) or 0}")
    return " ".join(sorted(out))


def host_stop_at_reset(guest, _words):
    """stop_at_reset: let the machine stand still when the guest resets it, look at
    the devices, and go on with the reset."""
    guest.states = "no reset came"
    guest.qmp.forget("SHUTDOWN")
    guest.qmp.run("set-action", {"reboot": "shutdown", "shutdown": "pause"})

    def watch():
        try:
            guest.qmp.wait_event("SHUTDOWN", 60 * guest.pace)
            guest.states = _states(guest.qmp)
            guest.note(f"at the reset: {guest.states}")
            guest.qmp.run("set-action", {"reboot": "reset", "shutdown": "poweroff"})
            guest.qmp.run("system_reset")
            guest.qmp.run("cont")
        except (QmpError, OSError, KeyError) as e:
            guest.note(f"stop_at_reset: {e}")

    guest.helper = threading.Thread(target=watch, daemon=True)
    guest.helper.start()
    return "armed"


def host_at_reset(guest, _words):
    """at_reset: the devices as they were then."""
    guest.helper.join(60 * guest.pace)
    return guest.states
