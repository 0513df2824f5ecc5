# SPDX-License-Identifier: GPL-2.0
# What the demo does with the disk.

do_blk() { try_for 5 has_disk && found virtio_blk $DISK; }

# mounted: without it the files would be written into the guest's memory
mounted()
{
	grep -q "^$DISK /mnt " /proc/mounts && return 0
	DETAIL="no file system is mounted"
	return 1
}

do_mkfs()
{
	DETAIL="mkfs.ext4 and mount fail"
	make_fs $DISK || return 1
	DETAIL="mkfs.ext4 on $(($(cat $SYS/size) / 2048)) MiB, mounted"
}

do_files()
{
	mounted || return 1
	t=$(now)
	random_file /mnt/large 12 || return 1
	mkdir /mnt/d
	for i in $(seq 1 40); do
		head -c $((i * 2357)) /mnt/large >/mnt/d/$i || return 1
	done
	sync || return 1
	DETAIL="41 files, $(du -sm /mnt | cut -f1) MiB written and synced, $(rate 14 $t) MiB/s"
	(cd /mnt && find . -type f | sort | xargs sha256sum) >/tmp/before
}

do_remount()
{
	mounted || return 1
	umount /mnt && echo 3 >/proc/sys/vm/drop_caches && mount -t ext4 $DISK /mnt || return 1
	read0=$(awk '{ print $3 }' $SYS/stat)
	(cd /mnt && find . -type f | sort | xargs sha256sum) >/tmp/after
	read1=$(awk '{ print $3 }' $SYS/stat)
	same_files=$(grep -cxFf /tmp/before /tmp/after)
	DETAIL="$same_files of $(wc -l </tmp/before) files have the same sha256 ($(((read1 - read0) / 2048)) MiB read)"
	cmp /tmp/before /tmp/after && [ "$same_files" = 41 ]
}

do_resize()
{
	mounted || return 1
	was=$(($(cat $SYS/size) * 512))
	DETAIL="the host's new size is not seen"
	host resize $((was + 67108864)) || return 1
	try_for 5 size_is $((was + 67108864)) || return 1
	DETAIL="$((was >> 20)) MiB, then $(($(cat $SYS/size) / 2048)) MiB, while mounted"
	echo x >/mnt/x && sync && rm /mnt/x && sync
}

gone() { ! has_disk; }

# all_are_there HOW: the disk is back with its files, and mounted
all_are_there()
{
	DETAIL="the disk does not come back"
	try_for 10 has_disk && mount -t ext4 $DISK /mnt || return 1
	DETAIL="files differ after it"
	(cd /mnt && find . -type f | sort | xargs sha256sum) >/tmp/after
	cmp /tmp/before /tmp/after || return 1
	DETAIL="$1, back, 41 files have the same sha256"
}

do_rebind()
{
	mounted && umount /mnt || return 1
	dev=$(device_of virtio_blk)
	DETAIL="the disk does not go away"
	echo $dev >/sys/bus/virtio/drivers/virtio_blk/unbind && try_for 5 gone || return 1
	echo $dev >/sys/bus/virtio/drivers/virtio_blk/bind
	all_are_there "$dev lost its driver"
}

do_replug()
{
	case $CFG_transport in
	mmio*) cannot "virtio-mmio has no slots: a device cannot be taken out" ;;
	esac
	mounted && umount /mnt || return 1
	DETAIL="the disk does not go away"
	took=$(host unplug blk0) && try_for 5 gone || return 1
	DETAIL="the host does not plug it in"
	host plug blk0 || return 1
	all_are_there "gone from its slot after $took s"
}

# fio_rates: writes/s and reads/s of fio's short report
fio_rates() { awk -F';' 'NR == 1 { printf "%d writes/s, %d reads/s", $49, $8 }' /tmp/fio; }

do_fio()
{
	umount /mnt
	DETAIL="fio ends with an error"
	fio --name=demo --filename=$DISK --allow_file_create=0 --direct=1 --rw=randwrite --bs=4k \
	    --size=8m --ioengine=libaio --iodepth=16 --verify=crc32c --verify_fatal=1 --minimal \
	    --output=/tmp/fio || return 1
	DETAIL="4 KiB random, depth 16, 8 MiB verified: $(fio_rates)"
}

do_throttle() { stop_and_go blk0; }
