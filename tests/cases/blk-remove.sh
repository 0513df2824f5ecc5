# SPDX-License-Identifier: GPL-2.0
# about: the disk goes away under I/O: errors, no hang; the next one works
# tools: fio mkfs.ext4
# modules: ext4 crc32c_generic
# io-errors: expected
# timeout: 90

need_disk
gone() { ! has_disk; }
load() { fio --name=load --filename=$DISK --allow_file_create=0 --direct=1 --rw=randrw --bs=4k --size=64m --time_based \
	--runtime=60 --ioengine=libaio --iodepth=32 --numjobs=2 >/tmp/fio.$1 2>&1; }

load 1 &
fio=$!
sleep 1
check "unplug it under load" host unplug blk0
check "the disk is gone" try_for 5 gone
check "fio ends" try_for 10 sh -c "! kill -0 $fio"
wait $fio
check "with an error" [ $? -ne 0 ]
check "plug it in" host plug blk0
need_disk
check "it works" dd if=$DISK of=/dev/null bs=64k count=16 iflag=direct

dev=$(device_of virtio_blk)
load 2 &
fio=$!
sleep 1
check "unbind it under load" sh -c "echo $dev >/sys/bus/virtio/drivers/virtio_blk/unbind"
check "fio ends" try_for 10 sh -c "! kill -0 $fio"
wait $fio
check "with an error" [ $? -ne 0 ]
check "bind" sh -c "echo $dev >/sys/bus/virtio/drivers/virtio_blk/bind"
need_disk
check "it works" dd if=$DISK of=/dev/null bs=64k count=16 iflag=direct

check "a file system on it" make_fs $DISK
random_file /mnt/f 4
check "unplug the mounted disk" host unplug blk0
dd if=/dev/zero of=/mnt/g bs=1M count=4 conv=fsync 2>/dev/null
check "writing ends in an error" [ $? -ne 0 ]
check "unmount" umount -l /mnt
check "plug it in" host plug blk0
need_disk
check "it works" dd if=$DISK of=/dev/null bs=64k count=16 iflag=direct
