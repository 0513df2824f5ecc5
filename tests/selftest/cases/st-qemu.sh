# SPDX-License-Identifier: GPL-2.0
# about: QEMU itself ends with a fault, each time
ok "before it"
host crash
ok "not reached"
