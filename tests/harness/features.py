# SPDX-License-Identifier: GPL-2.0
"""Names of feature bits, VIRTIO 1.4: 6 (reserved bits), 5.2.3 (block), 5.3.3 (console),
5.5.3 (balloon), 5.6.3 (SCSI host)."""

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
CONSOLE = {0: "SIZE", 1: "MULTIPORT", 2: "EMERG_WRITE"}
BALLOON = {
    0: "MUST_TELL_HOST", 1: "STATS_VQ", 2: "DEFLATE_ON_OOM", 3: "FREE_PAGE_HINT",
    4: "PAGE_POISON", 5: "PAGE_REPORTING",
}
SCSI = {0: "INOUT", 1: "HOTPLUG", 2: "CHANGE", 3: "T10_PI"}
BY_DEVICE = {2: BLOCK, 3: CONSOLE, 5: BALLOON, 8: SCSI}
DEVICES = {1: "network", 2: "block", 3: "console", 4: "entropy", 5: "balloon", 8: "SCSI host"}


def names(bits, device):
    """Names of the bits set in a string of 0 and 1, bit 0 first (sysfs 'features')."""
    table = dict(RESERVED)
    table.update(BY_DEVICE.get(device, {}))
    return [table.get(i, f"bit{i}") for i, c in enumerate(bits.strip()) if c == "1"]
