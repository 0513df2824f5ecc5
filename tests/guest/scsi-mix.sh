# SPDX-License-Identifier: GPL-2.0
# A bit of everything on the SCSI host, for drivers that are not ours, or on a
# bus that is not.  Expects fio and sd_mod.

. /vgd/scsi.sh
modprobe sd_mod
use_unit 0:0
check "fio" fio --name=v --filename=$DISK --direct=1 --rw=randwrite --bs=4k --size=$(fewer 8)m \
	--ioengine=libaio --iodepth=32 --verify=crc32c --output=/tmp/fio
check "fio, up to 1 MiB" fio --name=w --filename=$DISK --direct=1 --rw=randwrite --bsrange=512-1024k \
	--bs_unaligned=0 --size=$(fewer 16)m --ioengine=libaio --iodepth=8 --verify=crc32c --output=/tmp/fio
check "plug a unit in" host plug sd3
use_unit 3:300
check "read it" dd if=$DISK of=/dev/null bs=64k count=16 iflag=direct
check "unplug it" host unplug sd3
check "it is gone" try_for 5 no_unit 3:300
dev=$(device_of virtio_scsi)
check "unbind" sh -c "echo $dev >/sys/bus/virtio/drivers/virtio_scsi/unbind"
check "bind" sh -c "echo $dev >/sys/bus/virtio/drivers/virtio_scsi/bind"
use_unit 0:0
check "read it" dd if=$DISK of=/dev/null bs=64k count=16 iflag=direct
