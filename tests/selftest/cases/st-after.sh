# SPDX-License-Identifier: GPL-2.0
# about: passes after others have spoiled their guests
check "this is a fresh guest" [ "$(cut -d. -f1 /proc/uptime)" -lt 60 ]
dmesg | grep -q 'vgd-case: begin st-warning' && not_ok "the guest of st-warning" || ok "another guest"
