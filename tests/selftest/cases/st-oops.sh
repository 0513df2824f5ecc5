# SPDX-License-Identifier: GPL-2.0
# about: the kernel follows a null pointer
# modules: vgd_stuck
# timeout: 20
ok "before"
modprobe vgd_stuck how=oops
sleep 5
