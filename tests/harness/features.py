# SPDX-License-Identifier: GPL-2.0
"""Names of feature bits, VIRTIO 1.4: 6 (reserved bits), 5.1.3 (network), 5.2.3 (block),
5.3.3 (console), 5.5.3 (balloon), 5.6.3 (SCSI host)."""

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
NET = {
    0: "CSUM", 1: "GUEST_CSUM", 2: "CTRL_GUEST_OFFLOADS", 3: "MTU", 5: "MAC", 6: "GSO",
    7: "GUEST_TSO4", 8: "GUEST_TSO6", 9: "GUEST_ECN", 10: "GUEST_UFO", 11: "HOST_TSO4",
    12: "HOST_TSO6", 13: "HOST_ECN", 14: "HOST_UFO", 15: "MRG_RXBUF", 16: "STATUS",
    17: "CTRL_VQ", 18: "CTRL_RX", 19: "CTRL_VLAN", 20: "CTRL_RX_EXTRA", 21: "GUEST_ANNOUNCE",
    22: "MQ", 23: "CTRL_MAC_ADDR", 50: "DEVICE_STATS", 51: "HASH_TUNNEL", 52: "VQ_NOTF_COAL",
    53: "NOTF_COAL", 54: "GUEST_USO4", 55: "GUEST_USO6", 56: "HOST_USO", 57: "HASH_REPORT",
    59: "GUEST_HDRLEN", 60: "RSS", 61: "RSC_EXT", 62: "STANDBY", 63: "SPEED_DUPLEX",
}
CONSOLE = {0: "SIZE", 1: "MULTIPORT", 2: "EMERG_WRITE"}
BALLOON = {
    0: "MUST_TELL_HOST", 1: "STATS_VQ", 2: "DEFLATE_ON_OOM", 3: "FREE_PAGE_HINT",
    4: "PAGE_POISON", 5: "PAGE_REPORTING",
}
SCSI = {0: "INOUT", 1: "HOTPLUG", 2: "CHANGE", 3: "T10_PI"}
BY_DEVICE = {1: NET, 2: BLOCK, 3: CONSOLE, 5: BALLOON, 8: SCSI}
DEVICES = {1: "network", 2: "block", 3: "console", 4: "entropy", 5: "balloon", 8: "SCSI host"}


def names(bits, device):
    """Names of the bits set in a string of 0 and 1, bit 0 first (sysfs 'features')."""
    table = dict(RESERVED)
    table.update(BY_DEVICE.get(device, {}))
    return [table.get(i, f"bit{i}") for i, c in enumerate(bits.strip()) if c == "1"]
