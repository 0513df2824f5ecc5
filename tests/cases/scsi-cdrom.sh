# SPDX-License-Identifier: GPL-2.0
# about: a CD-ROM on the SCSI host is read and compared with its image
# modules: sr_mod
# timeout: 60

. /vgd/scsi.sh
modprobe sr_mod || skip_case "this kernel has no driver for CD-ROMs"
need_unit 2:0
DISK=/dev/$(unit_disk 2:0)
same "type of the unit" "$(cat $(unit_path 2:0)/type)" 5
want=$(host cd_sum)
same "all of it" "$(all_of bs=64k | sha)" "${want#* }"
same "its size" "$(all_of bs=64k | wc -c)" "${want% *}"
same "all of it, in single sectors" "$(all_of bs=2048 iflag=direct | sha)" "${want#* }"
refused "writing works" dd if=/dev/zero of=$DISK bs=2048 count=1 oflag=direct 2>/dev/null
