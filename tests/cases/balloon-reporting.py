# SPDX-License-Identifier: GPL-2.0
"""What of the guest's memory the host really holds."""

import re


def host_balloon_resident(guest, _words):
    """balloon_resident: KiB of the host's memory behind that of the guest."""
    size = int(guest.config.set["mem"]) << 10
    with open(f"/proc/{guest.pid}/smaps", encoding="ascii", errors="replace") as f:
        for piece in re.split(r"(?m)^(?=[0-9a-f]+-[0-9a-f]+ )", f.read()):
            found = re.search(r"^Size:\s+(\d+) kB.*?^Rss:\s+(\d+) kB", piece, re.M | re.S)
            if found and int(found.group(1)) == size:
                return found.group(2)
    raise ValueError("the guest's memory is not found in the host")
