# SPDX-License-Identifier: GPL-2.0
# about: sg3-utils on the SCSI host: inquiry, list of units, resets of unit, target and host
# tools: sg_inq sg_luns sg_turs sg_reset fio
# modules: sd_mod sg
# timeout: 90

. /vgd/scsi.sh
modprobe -a sd_mod sg
use_unit 0:0
SG=$(sg_of 0:0)
check "inquiry" sh -c "sg_inq $SG | grep -q 'QEMU HARDDISK'"
same "serial number, from a VPD page" "$(sg_inq --page=sn $SG | sed -n 's/.*serial number: *//p')" vgd-sd0
check "list of units" sh -c "sg_luns $SG | grep -q 0000000000000000"
check "128 commands at a time from user space" sg_turs --number=128 $SG

# reset NAME OPTION: with a verifying load beside it
reset()
{
	start_verify 4
	check "reset of the $1" sg_reset $2 --no-escalate $SG
	wait $load
	same "the load beside it" $? 0
}
reset unit --device
reset target --target
if can_reset_host; then
	reset host --host
else
	skip "reset of the host" "this bus has no recovery: the host would be given up"
fi
check "the disk works" sg_turs $SG
