# SPDX-License-Identifier: GPL-2.0
# about: two locks are taken in both orders, for a kernel with checkers
# modules: vgd_stuck
# timeout: 20
check "the module" modprobe vgd_stuck how=order
check "unload it" rmmod vgd_stuck
