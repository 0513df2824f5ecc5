# SPDX-License-Identifier: GPL-2.0
# about: memory is forgotten, for a kernel with checkers
# modules: vgd_stuck
# timeout: 20
check "the module" modprobe vgd_stuck how=leak
check "unload it" rmmod vgd_stuck
