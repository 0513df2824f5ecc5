# SPDX-License-Identifier: GPL-2.0
# about: our virtio_scsi on the kernel's own ring, bus and transport: fio, a unit that comes and goes
# intree: virtio_ring virtio virtio_pci
# tools: fio
# modules: sd_mod
# timeout: 90

same "it is our module" "$(modinfo -n virtio_scsi | cut -d/ -f5)" updates
for module in virtio_ring virtio virtio_pci; do
	same "the kernel's own $module" "$(modinfo -n $module | cut -d/ -f5)" kernel
done
. /vgd/scsi-mix.sh
