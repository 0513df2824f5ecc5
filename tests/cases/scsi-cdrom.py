# SPDX-License-Identifier: GPL-2.0
"""The host's half of scsi-cdrom."""

import hashlib
import os

from harness import qemu


def host_cd_sum(guest, _words):
    """cd_sum: size and sha256 of the CD-ROM's image."""
    data = qemu.read(os.path.join(guest.folder, "cdrom0.raw"))
    return f"{len(data)} {hashlib.sha256(data).hexdigest()}"
