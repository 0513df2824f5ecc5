# SPDX-License-Identifier: GPL-2.0
# about: poll_queues: io_uring with hipri gets its answers without interrupts
# tools: fio
# timeout: 60

need_disk
check "reload with poll_queues=1" reload virtio_blk poll_queues=1
need_disk
dev=$(device_of virtio_blk)
same "polling is on" "$(cat $SYS/queue/io_poll)" 1
polled() { interrupts $dev | awk '/req_poll/ { for (i = 2; i <= NF && $i ~ /^[0-9]+$/; i++) n += $i }
	END { print n + 0 }'; }
before=$(irq_count $dev)
fio --name=poll --filename=$DISK --direct=1 --rw=randread --bs=4k --size=64m --io_size=1m \
	--ioengine=io_uring --hipri=1 --iodepth=4 --output=/tmp/fio
same "random reads, polled" $? 0
after=$(irq_count $dev)
check "fewer interrupts than reads ($((after - before)) of 256)" [ $((after - before)) -lt 64 ]
same "the polled queue raised none" "$(polled)" 0
check "writes with verify, polled" fio --name=pollw --filename=$DISK --direct=1 --rw=randwrite \
	--bs=4k --size=4m --io_size=1m --ioengine=io_uring --hipri=1 --iodepth=8 \
	--verify=crc32c --output=/tmp/fio
check "I/O with interrupts beside it" dd if=$DISK of=/dev/null bs=64k count=16 iflag=direct
check "reload without" reload virtio_blk
need_disk
same "polling is off" "$(cat $SYS/queue/io_poll)" 0
