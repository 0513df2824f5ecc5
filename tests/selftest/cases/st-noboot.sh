# SPDX-License-Identifier: GPL-2.0
# about: the guest never reaches its init
# boot: own
# append: rdinit=/nowhere root=/dev/none
ok "this never runs"
