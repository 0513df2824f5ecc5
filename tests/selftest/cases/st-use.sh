# SPDX-License-Identifier: GPL-2.0
# about: memory is read after it was freed, for a kernel with checkers
# modules: vgd_stuck
# timeout: 20
check "the module" modprobe vgd_stuck how=use
check "unload it" rmmod vgd_stuck
