# SPDX-License-Identifier: GPL-2.0
# The part that the cases with modules from both sides share: what a disk has to
# do.  Expects fio, mkfs.ext4 and the modules of ext4.

need_disk
# verify NAME OPTIONS...: random write, then read back and compare by CRC32C
verify()
{
	_n=$1
	shift
	check "$_n" fio --name=v --filename=$DISK --direct=1 --verify=crc32c --verify_fatal=1 \
		--output=/tmp/fio "$@"
}
verify "512 bytes, depth 1"   --rw=randwrite --bs=512 --size=128k --ioengine=psync
verify "4 KiB, depth 32"      --rw=randwrite --bs=4k --size=8m --ioengine=libaio --iodepth=32
verify "mixed 512 to 128 KiB" --rw=randwrite --bsrange=512-128k --size=8m --ioengine=libaio \
			      --iodepth=64
verify "1 MiB, depth 4"       --rw=write --bs=1m --size=16m --ioengine=libaio --iodepth=4

check "a file system" make_fs $DISK
random_file /mnt/f 8
want=$(sha256sum </mnt/f)
check "unmount" umount /mnt
dev=$(device_of virtio_blk) || die "no device is bound to virtio_blk"
check "unbind" sh -c "echo $dev >/sys/bus/virtio/drivers/virtio_blk/unbind"
check "bind" sh -c "echo $dev >/sys/bus/virtio/drivers/virtio_blk/bind"
need_disk
check "mount" mount -t ext4 $DISK /mnt
same "its file" "$(sha256sum </mnt/f)" "$want"
check "unmount" umount /mnt

size=$(cat $SYS/size)
grown() { [ "$(cat $SYS/size)" = $((size * 2)) ]; }
check "the host makes it larger" host resize $((size * 1024))
check "the new size" try_for 5 grown
check "its end is there" dd if=$DISK of=/dev/null bs=4k skip=$((size * 2 / 8 - 4)) count=4 iflag=direct
host resize $((size * 512))
