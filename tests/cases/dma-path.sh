# SPDX-License-Identifier: GPL-2.0
# about: data goes through the IOMMU or through bounce buffers, and leaves nothing mapped behind
# tools: fio
# timeout: 90

need_disk
dev=$(device_of virtio_blk) || die "no device is bound to virtio_blk"
tlb=/sys/kernel/debug/swiotlb/io_tlb_used
group=/sys/bus/virtio/devices/$dev/../iommu_group

if [ "$CFG_iommu" = on ]; then
	check "the device is in an IOMMU group" [ -d $group ]
	same "its DMA is translated, each unmapping takes effect at once" "$(cat $group/type)" DMA
else
	refused "there is no IOMMU" [ -d $group ]
fi
all_back() { [ "$(cat $tlb)" -le "$idle" ]; }
load()
{
	fio --name=load --filename=$DISK --direct=1 --rw=randrw --bsrange=4k-512k --size=16m \
		--ioengine=libaio --iodepth=8 --output=/tmp/fio
}
if [ "$CFG_swiotlb" = force ]; then
	idle=$(cat $tlb)
	load &
	most=0
	while kill -0 $! 2>/dev/null; do
		now=$(cat $tlb)
		[ "$now" -gt "$most" ] && most=$now
	done
	wait $!
	check "reads and writes" [ $? -eq 0 ]
	check "bounce buffers were in use" [ "$most" -gt "$idle" ]
	check "and all came back" try_for 5 all_back
	fact swiotlb.slots "$most at most, $idle idle"
fi
