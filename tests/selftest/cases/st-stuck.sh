# SPDX-License-Identifier: GPL-2.0
# about: the whole kernel stands still with interrupts off
# modules: vgd_stuck
# timeout: 4
ok "before"
modprobe vgd_stuck how=irqsoff
