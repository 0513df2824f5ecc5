# SPDX-License-Identifier: GPL-2.0
# about: fio --verify on two SCSI disks at a time, queued and not, 512 bytes to 1 MiB
# tools: fio
# modules: sd_mod
# timeout: 120

. /vgd/scsi.sh
modprobe sd_mod
need_unit 0:0
need_unit 1:0
A=/dev/$(unit_disk 0:0) B=/dev/$(unit_disk 1:0)
same "host name" "$(cat /sys/class/scsi_host/host$(scsi_host)/proc_name)" virtio_scsi
same "a disk's host is ours" "$(basename $(readlink -f /sys/class/scsi_host/host$(scsi_host)/device/..))" \
	"$(device_of virtio_scsi)"
# run NAME OPTIONS...: random write on both, then read back and compare by CRC32C
run()
{
	_n=$1
	shift
	check "$_n" fio_pair $A $B "$@"
}

# The attribute is there with the event index.
BATCH=/sys/class/scsi_host/host$(scsi_host)/interrupt_batch
if [ "$(feature $(device_of virtio_scsi) 29)" = 0 ]; then
	check "no interrupt_batch without EVENT_IDX" [ ! -e $BATCH ]
else
	same "interrupt_batch at first" "$(cat $BATCH)" 16
	for batch in 0 1 65535; do
		check "interrupt_batch $batch" sh -c "echo $batch >$BATCH"
		same "it is so" "$(cat $BATCH)" $batch
		run "16 KiB with it" --rw=randwrite --bs=16k --size=1m --ioengine=libaio --iodepth=16
	done
	refused "interrupt_batch beyond 16 bits" sh -c "echo 65536 >$BATCH 2>/dev/null"
	check "interrupt_batch 16" sh -c "echo 16 >$BATCH"
fi
run "512 bytes, depth 1"   --rw=randwrite --bs=512 --size=$(fewer 128)k --ioengine=psync
run "4 KiB, depth 32"      --rw=randwrite --bs=4k --size=$(fewer 8)m --ioengine=libaio --iodepth=32
run "mixed 512 to 128 KiB" --rw=randwrite --bsrange=512-128k --bs_unaligned=0 \
			   --size=$(fewer 8)m --ioengine=libaio --iodepth=64
run "1 MiB, depth 4"       --rw=write --bs=1m --size=$(fewer 16)m --ioengine=libaio --iodepth=4
run "4 KiB, io_uring"      --rw=randwrite --bs=4k --size=$(fewer 4)m --ioengine=io_uring --iodepth=16
run "reads and writes"     --rw=randrw --bs=8k --size=$(fewer 8)m --ioengine=libaio --iodepth=16
run "with flushes"         --rw=randwrite --bs=4k --size=$(fewer 512)k --ioengine=libaio --iodepth=4 --fsync=8
for _d in $A $B; do
	inflight=$(tr -s ' \n' ' ' </sys/block/${_d#/dev/}/inflight)
	same "nothing is left in flight on $_d" "$(echo $inflight)" "0 0"
done
