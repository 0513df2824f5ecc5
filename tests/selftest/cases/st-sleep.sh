# SPDX-License-Identifier: GPL-2.0
# about: the kernel sleeps with preemption off, for a kernel with checkers
# modules: vgd_stuck
# timeout: 20
check "the module" modprobe vgd_stuck how=sleep
check "unload it" rmmod vgd_stuck
