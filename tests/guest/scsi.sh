# SPDX-License-Identifier: GPL-2.0
# Logical units of the SCSI host: a unit is TARGET:LUN.

# scsi_host: number of the host that is virtio's
scsi_host()
{
	for _h in /sys/class/scsi_host/host*; do
		[ "$(cat "$_h/proc_name" 2>/dev/null)" = virtio_scsi ] && { echo "${_h##*/host}"; return 0; }
	done
	return 1
}

# unit_path UNIT: its folder in sysfs.  From REPORT LUNS, a number above 255 has
# the bits of flat space addressing.
unit_path()
{
	_lun=${1#*:}
	[ $_lun -lt 256 ] || _lun=$((_lun + 16384))
	echo "/sys/bus/scsi/devices/$(scsi_host):0:${1%:*}:$_lun"
}

has_unit() { [ -e "$(unit_path $1)/type" ]; }
no_unit() { ! has_unit $1; }

# unit_disk UNIT: its name as a block device; need_unit UNIT: wait for it
unit_disk() { ls "$(unit_path $1)/block" 2>/dev/null | grep .; }
unit_ready() { _b=$(unit_disk $1) && [ -b "/dev/$_b" ] && [ "$(cat /sys/block/$_b/size)" != 0 ]; }
need_unit() { try_for 15 unit_ready $1 || die "no logical unit $1 appears"; }

# use_unit UNIT: $DISK and $SYS are about this one
use_unit()
{
	need_unit $1
	DISK=/dev/$(unit_disk $1)
	SYS=/sys/block/${DISK#/dev/}
}

# sg_of UNIT: its node for commands from user space
sg_of() { echo /dev/$(ls $(unit_path $1)/scsi_generic); }

# fio_pair A B OPTIONS...: random write on both, then read back and compare by
# CRC32C; what fio says is in /tmp/fio
fio_pair()
{
	_a=$1 _b=$2
	shift 2
	fio --direct=1 --verify=crc32c --verify_fatal=1 --randrepeat=1 --output=/tmp/fio "$@" \
		--name=a --filename=$_a --name=b --filename=$_b >/dev/null 2>/tmp/fio.err ||
		{ cat /tmp/fio /tmp/fio.err; return 1; }
}

# start_verify SECONDS [OPTIONS...]: a load on $DISK that compares what it wrote;
# sets $load.  It is a moment before that has begun.
start_verify()
{
	_seconds=$1
	shift
	fio --name=load --filename=$DISK --direct=1 --rw=randwrite --bs=4k --size=4m --verify=crc32c \
		--time_based --runtime=$_seconds --ioengine=libaio --iodepth=16 --output=/tmp/load \
		"$@" >/dev/null 2>&1 &
	load=$!
	sleep 1
}

# keeps FILE: the first MiB of $DISK is written from it, and read back
keeps()
{
	dd if=$1 of=$DISK bs=64k count=16 oflag=direct 2>/dev/null &&
		[ "$(disk_sum 1 0)" = "$(head -c 1048576 $1 | sha)" ]
}

# can_reset_host: without this tree's bus a reset of the host would give it up
can_reset_host() { grep -q ' virtio_recovery_report' /proc/kallsyms; }
