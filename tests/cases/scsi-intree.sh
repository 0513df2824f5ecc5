# SPDX-License-Identifier: GPL-2.0
# about: the kernel's own virtio_scsi on our ring, bus and transport: fio, a unit that comes and goes
# intree: virtio_scsi
# tools: fio
# modules: sd_mod
# timeout: 90

same "it is the kernel's own module" "$(modinfo -n virtio_scsi | cut -d/ -f5)" kernel
same "the ring is ours" "$(modinfo -n virtio_ring | cut -d/ -f5)" updates
. /vgd/scsi-mix.sh
