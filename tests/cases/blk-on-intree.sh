# SPDX-License-Identifier: GPL-2.0
# about: our virtio_blk on the kernel's own ring, bus and transport: files, fio, unbind, resize
# intree: virtio_ring virtio virtio_pci
# tools: fio mkfs.ext4
# modules: ext4 crc32c_generic
# timeout: 120

same "it is our module" "$(modinfo -n virtio_blk | cut -d/ -f5)" updates
for module in virtio_ring virtio virtio_pci; do
	same "the kernel's own $module" "$(modinfo -n $module | cut -d/ -f5)" kernel
done
. /vgd/mix.sh
