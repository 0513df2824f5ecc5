# SPDX-License-Identifier: GPL-2.0
# about: QEMU itself ends with a fault when the case runs first
ok "before it"
host crash
ok "reached when it runs again"
