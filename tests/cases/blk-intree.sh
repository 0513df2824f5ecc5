# SPDX-License-Identifier: GPL-2.0
# about: the kernel's own virtio_blk on our ring, bus and transport: files, fio, unbind, resize
# intree: virtio_blk
# tools: fio mkfs.ext4
# modules: ext4 crc32c_generic
# timeout: 120

same "it is the kernel's own module" "$(modinfo -n virtio_blk | cut -d/ -f5)" kernel
same "the ring is ours" "$(modinfo -n virtio_ring | cut -d/ -f5)" updates
. /vgd/mix.sh
