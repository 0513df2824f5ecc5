# SPDX-License-Identifier: GPL-2.0
# about: virtscsi_poll_queues: io_uring with hipri gets its answers without interrupts
# tools: fio
# modules: sd_mod
# timeout: 60

. /vgd/scsi.sh
modprobe sd_mod
use_unit 0:0
check "reload with virtscsi_poll_queues=1" reload virtio_scsi virtscsi_poll_queues=1
use_unit 0:0
dev=$(device_of virtio_scsi)
same "polling is on" "$(cat $SYS/queue/io_poll)" 1
polled() { interrupts $dev | awk '/request_poll/ { for (i = 2; i <= NF && $i ~ /^[0-9]+$/; i++) n += $i }
	END { print n + 0 }'; }
before=$(irq_count $dev)
fio --name=poll --filename=$DISK --direct=1 --rw=randread --bs=4k --size=32m --io_size=1m \
	--ioengine=io_uring --hipri=1 --iodepth=4 --output=/tmp/fio
same "random reads, polled" $? 0
after=$(irq_count $dev)
check "fewer interrupts than reads ($((after - before)) of 256)" [ $((after - before)) -lt 64 ]
same "the polled queue raised none" "$(polled)" 0
check "writes with verify, polled" fio --name=pollw --filename=$DISK --direct=1 --rw=randwrite \
	--bs=4k --size=4m --io_size=1m --ioengine=io_uring --hipri=1 --iodepth=8 \
	--verify=crc32c --output=/tmp/fio
check "I/O with interrupts beside it" dd if=$DISK of=/dev/null bs=64k count=16 iflag=direct
check "reload without" reload virtio_scsi
use_unit 0:0
same "polling is off" "$(cat $SYS/queue/io_poll)" 0
