# SPDX-License-Identifier: GPL-2.0
# about: the kernel's own virtio_net on our ring, bus and transport: DHCP, ping, checked transfers
# intree: virtio_net
# tools: ethtool
# timeout: 120

same "it is the kernel's own module" "$(modinfo -n virtio_net | cut -d/ -f5)" kernel
. /vgd/net.sh
