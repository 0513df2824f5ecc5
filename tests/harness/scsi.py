# SPDX-License-Identifier: GPL-2.0
"""The logical units on QEMU's virtio SCSI host."""

import hashlib
import os

DISK_BYTES = 64 << 20
CD_BYTES = 6 << 20

# name -> target, logical unit, whose image.  Those that are plugged in by a
# case stand behind the images, too: QEMU lets a node be used once.  Number 300
# needs more bits than the first byte of an address has (SAM: flat space).
UNITS = {"sd0": (0, 0, "sdisk0"), "sd1": (1, 0, "sdisk1"), "sd2": (1, 3, "sdisk2"),
         "sd3": (3, 300, "sdisk3"), "cd0": (2, 0, "cdrom0")}


def unit(what):
    """The properties of a logical unit, for the command line and device_add."""
    target, lun, node = UNITS[what]
    out = {"driver": "scsi-cd" if what.startswith("cd") else "scsi-hd", "id": what,
           "bus": "scsi0.0", "channel": 0, "scsi-id": target, "lun": lun, "drive": node}
    if what.startswith("sd"):
        out["serial"] = "vgd-" + what
    return out


def cd_bytes():
    """The contents of the CD-ROM: the same each time, and nowhere the same."""
    seed = b"virtio-guest-drivers"
    return b"".join(hashlib.sha512(seed + i.to_bytes(4, "big")).digest()
                    for i in range(CD_BYTES // 64))


def create_images(folder):
    """The files behind all units."""
    for _, _, node in UNITS.values():
        with open(os.path.join(folder, node + ".raw"), "wb") as image:
            if node.startswith("cdrom"):
                image.write(cd_bytes())
            else:
                image.truncate(DISK_BYTES)


def backends(folder):
    """Options for what stands behind all units; the first can be slowed down."""
    args = ["-object", "throttle-group,id=limit1"]
    for _, _, node in UNITS.values():
        raw = f"driver=raw,node-name={node},file.driver=file,file.filename={folder}/{node}.raw"
        if node == "sdisk0":
            args += ["-blockdev", raw.replace(node + ",", "sraw0,", 1) + ",discard=unmap"]
            raw = f"driver=throttle,node-name={node},throttle-group=limit1,file=sraw0"
        args += ["-blockdev", raw + (",read-only=on" if node.startswith("cd") else ",discard=unmap")]
    return args


def host_cd_sum(guest, _words):
    """cd_sum: size and SHA-256 of the CD-ROM's image."""
    with open(os.path.join(guest.folder, "cdrom0.raw"), "rb") as image:
        data = image.read()
    return f"{len(data)} {hashlib.sha256(data).hexdigest()}"
