# SPDX-License-Identifier: GPL-2.0
# about: our virtio_net on the kernel's own ring, bus and transport: the same
# intree: virtio_ring virtio virtio_pci
# tools: ethtool
# timeout: 180

for module in virtio_ring virtio virtio_pci; do
	same "the kernel's own $module" "$(modinfo -n $module | cut -d/ -f5)" kernel
done
. /vgd/net.sh
