# SPDX-License-Identifier: GPL-2.0
"""What a case may ask of the host with 'host VERB ARGUMENTS'.

Each verb gets the running guest and its words, returns the answer for the
guest's shell, and raises for an error.
"""

import os
import re
import threading
import time

from .qmp import QmpError


def resize(guest, words):
    """resize BYTES [NODE]: give the disk, or another backend, another size."""
    node = words[1] if len(words) > 1 else "disk0"
    guest.qmp.run("block_resize", {"node-name": node, "size": int(words[0])})
    return words[0]


def unplug(guest, words):
    """unplug DEVICE: ask the guest to let go of it, wait until it is gone."""
    device, limit = words[0], (float(words[1]) if len(words) > 1 else 30) * guest.pace
    guest.qmp.forget("DEVICE_DELETED")
    guest.qmp.run("device_del", {"id": device})
    start = time.monotonic()
    try:
        guest.qmp.wait_event("DEVICE_DELETED", limit, lambda d: d.get("device") == device)
    except QmpError:
        raise QmpError(f"{device} was not gone after {limit:g} s") from None
    return f"{time.monotonic() - start:.2f}"


def plug(guest, words):
    """plug DEVICE: put it in (again)."""
    # Newer QEMUs want what is on or off as such, but for this one, which has a third value.
    props = {k: v == "on" if v in ("on", "off") and k != "disable-legacy" else v
             for k, v in guest.config.device(words[0]).items()}
    guest.qmp.run("device_add", props)
    return "plugged"


def pulled(guest, words):
    """pulled DEVICE: wait until QEMU has let go of what the guest pulled out."""
    guest.qmp.wait_event("DEVICE_DELETED", 10 * guest.pace, lambda d: d.get("device") == words[0])
    return "yes"


def throttle(guest, words):
    """throttle BYTES [GROUP]: so many per second from the disk's backend, or
    another; 0: no limit."""
    limits = {"bps-total": int(words[0])}
    group = words[1] if len(words) > 1 else "limit0"
    guest.qmp.run("qom-set", {"path": f"/objects/{group}", "property": "limits", "value": limits})
    return words[0]


def limit(guest, words):
    """limit DEVICE BYTES: so many per second for a disk, 0: no limit.  Unlike with
    throttle, what waits goes on at once when the limit is gone."""
    what = words[0]
    if guest.config.device(what)["driver"].endswith("-pci"):
        what = f"/machine/peripheral/{what}/virtio-backend"
    limits = dict.fromkeys(("bps_rd", "bps_wr", "iops", "iops_rd", "iops_wr"), 0)
    guest.qmp.run("block_set_io_throttle", dict(limits, id=what, bps=int(words[1])))
    return words[1]


def wakeup(guest, _words):
    """wakeup: wake the guest up one second after it has gone to sleep."""
    guest.qmp.forget("SUSPEND")
    guest.qmp.forget("WAKEUP")

    def later():
        try:
            guest.qmp.wait_event("SUSPEND", 40 * guest.pace)
            time.sleep(1)
            guest.qmp.run("system_wakeup")
        except (QmpError, OSError) as e:
            guest.note(f"wakeup: {e}")

    guest.helper = threading.Thread(target=later, daemon=True)
    guest.helper.start()
    return "armed"


def woken(guest, _words):
    """woken: confirm that the guest did sleep and was woken up."""
    guest.helper.join(45 * guest.pace)
    guest.qmp.wait_event("WAKEUP", 5 * guest.pace)
    return "yes"


def comes_back(guest, words):
    """comes_back RESULTS: the guest is about to start again; the case, which
    has given so many results, goes on there with BOOT=2."""
    guest.comes_back = int(words[0])
    return "waiting"


def disk_use(guest, _words):
    """disk_use: bytes that the disk's image really occupies."""
    return str(os.stat(os.path.join(guest.folder, "disk0.raw")).st_blocks * 512)


def balloon(guest, words):
    """balloon MIB: let the guest have so much memory."""
    guest.qmp.run("balloon", {"value": int(words[0]) << 20})
    return words[0]


def balloon_left(guest, _words):
    """balloon_left: KiB that the guest has, as the host sees it."""
    return str(guest.qmp.run("query-balloon")["actual"] >> 10)


def _balloon_property(guest, verb, name, **value):
    return guest.qmp.run("qom-" + verb, dict(path="/machine/peripheral/balloon0",
                                             property=name, **value))


def balloon_poll(guest, words):
    """balloon_poll SECONDS: ask the guest for statistics so often."""
    _balloon_property(guest, "set", "guest-stats-polling-interval", value=int(words[0]))
    return words[0]


def balloon_stats(guest, words):
    """balloon_stats TAG...: when the statistics came (0: never), and some of them."""
    found = _balloon_property(guest, "get", "guest-stats")
    return " ".join([str(found["last-update"])] + [str(found["stats"].get("stat-" + w, "none"))
                                                   for w in words])


def balloon_resident(guest, _words):
    """balloon_resident: KiB of the host's memory behind that of the guest."""
    size = int(guest.config.set["mem"]) << 10
    with open(f"/proc/{guest.pid}/smaps", encoding="ascii", errors="replace") as f:
        for piece in re.split(r"(?m)^(?=[0-9a-f]+-[0-9a-f]+ )", f.read()):
            found = re.search(r"^Size:\s+(\d+) kB.*?^Rss:\s+(\d+) kB", piece, re.M | re.S)
            if found and int(found.group(1)) == size:
                return found.group(2)
    raise ValueError("the guest's memory is not found in the host")


VERBS = {f.__name__: f for f in (resize, unplug, plug, pulled, throttle, limit, wakeup, woken,
                                comes_back, disk_use, balloon, balloon_left, balloon_poll,
                                balloon_stats, balloon_resident)}
