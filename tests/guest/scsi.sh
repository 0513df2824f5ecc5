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
