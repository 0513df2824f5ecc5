# SPDX-License-Identifier: GPL-2.0
"""Names of feature bits, VIRTIO 1.4: 6 (reserved bits), 5.2.3 (block)."""

RESERVED = {
    24: "NOTIFY_ON_EMPTY", 27: "ANY_LAYOUT", 28: "INDIRECT_DESC", 29: "EVENT_IDX",
    32: "VERSION_1", 33: "ACCESS_PLATFORM", 34: "RING_PACKED", 35: "IN_ORDER",
    36: "ORDER_PLATFORM", 37: "SR_IOV", 38: "NOTIFICATION_DATA", 39: "NOTIF_CONFIG_DATA",
    40: "RING_RESET", 41: "ADMIN_VQ",
}
BLOCK = {
    0: "BARRIER", 1: "SIZE_MAX", 2: "SEG_MAX", 4: "GEOMETRY", 5: "RO", 6: "BLK_SIZE",
    7: "SCSI", 9: "FLUSH", 10: "TOPOLOGY", 11: "CONFIG_WCE", 12: "MQ", 13: "DISCARD",
    14: "WRITE_ZEROES", 15: "LIFETIME", 16: "SECURE_ERASE", 17: "ZONED",
}
BY_DEVICE = {2: BLOCK}
DEVICES = {1: "network", 2: "block", 3: "console", 4: "entropy", 5: "balloon", 8: "SCSI host"}


def names(bits, device):
    """Names of the bits set in a string of 0 and 1, bit 0 first (sysfs 'features')."""
    table = dict(RESERVED)
    table.update(BY_DEVICE.get(device, {}))
    return [table.get(i, f"bit{i}") for i, c in enumerate(bits.strip()) if c == "1"]
