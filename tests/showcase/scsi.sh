# SPDX-License-Identifier: GPL-2.0
# What the demo does with the SCSI host, its disks and its CD-ROM.

do_scsi()
{
	need_unit 0:0
	need_unit 1:0
	need_unit 2:0
	found virtio_scsi "$(unit_disk 0:0) $(unit_disk 1:0) $(unit_disk 2:0)"
}

do_sdfio()
{
	DETAIL="fio ends with an error"
	need_unit 0:0
	need_unit 1:0
	fio_pair /dev/$(unit_disk 0:0) /dev/$(unit_disk 1:0) --rw=randwrite --bs=4k --size=8m \
		--ioengine=libaio --iodepth=16 --group_reporting --minimal || return 1
	DETAIL="2 disks, 4 KiB random, 2 x 8 MiB verified: $(fio_rates)"
}

do_sdthrottle()
{
	use_unit 0:0
	stop_and_go sd0
}

do_cdrom()
{
	need_unit 2:0
	DISK=/dev/$(unit_disk 2:0)
	DETAIL="$DISK differs from its image"
	want=$(host cd_sum) || return 1
	[ "$(all_of bs=64k | wc -c) $(all_of bs=2048 iflag=direct | sha)" = "$want" ] || return 1
	DETAIL="$DISK: $((${want% *} >> 20)) MiB, same sha256 as its image; writing is refused"
	! dd if=/dev/zero of=$DISK bs=2048 count=1 oflag=direct
}

do_inquiry()
{
	sg=$(sg_of 0:0)
	DETAIL="sg_inq fails"
	sg_inq $sg >/tmp/inquiry || return 1
	field() { sed -n "s/^ *$1: *//p" /tmp/inquiry | sed 's/ *$//'; }
	serial=$(sg_inq --page=sn $sg | sed -n 's/.*serial number: *//p')
	DETAIL="$sg: $(field 'Vendor identification') $(field 'Product identification')"
	DETAIL="$DETAIL $(field 'Product revision level'), serial number $serial"
	[ "$serial" = vgd-sd0 ]
}

# With a load beside it that compares what it reads with what it wrote.
do_resets()
{
	use_unit 0:0
	sg=$(sg_of 0:0)
	kinds="device target"
	! can_reset_host || kinds="$kinds host"
	start_verify 4
	for kind in $kinds; do
		DETAIL="sg_reset of the $kind fails"
		sg_reset --$kind --no-escalate $sg || return 1
		sleep 0.3
	done
	DETAIL="fio beside them ends with an error"
	wait $load || return 1
	DETAIL="$(echo $kinds | sed 's/ /, /g'): done; fio --verify beside them went on"
}

# One number is above 255; the load is on another unit.
do_lunplug()
{
	use_unit 0:0
	start_verify 600 --rw=randrw --verify_backlog=64
	random_file /tmp/one 1
	for unit in 1:3,sd2 3:300,sd3; do
		DETAIL="unit ${unit%,*} does not come"
		host plug ${unit#*,} || return 1
		use_unit ${unit%,*}
		DETAIL="unit ${unit%,*} does not keep what is written"
		keeps /tmp/one || return 1
		DETAIL="unit ${unit%,*} does not go"
		host unplug ${unit#*,} && try_for 5 no_unit ${unit%,*} || return 1
	done
	DETAIL="fio on the other disk has ended, or found wrong data"
	kill $load && ! wait $load && grep -q 'err= 0' /tmp/load || { cat /tmp/load; return 1; }
	DETAIL="1:3 and 3:300 plugged in, used, unplugged; fio on 0:0 went on"
}

do_sdresize()
{
	use_unit 0:0
	first=$(($(cat $SYS/size) * 512))
	for size in $((first + 16777216)) $first; do
		DETAIL="the host's new size is not seen"
		host resize $size sdisk0 && try_for 5 size_is $size || return 1
	done
	DETAIL="$((first >> 20)) MiB, then $(((first >> 20) + 16)) MiB, then $((first >> 20)) MiB, without a rescan"
}
