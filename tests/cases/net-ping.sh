# SPDX-License-Identifier: GPL-2.0
# about: our virtio_net: DHCP, ping, checked transfers both ways, other settings, unbind and bind
# tools: ethtool
# timeout: 180

. /vgd/net.sh
