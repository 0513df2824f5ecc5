# SPDX-License-Identifier: GPL-2.0
# about: the kernel panics
# timeout: 20
ok "before"
echo c >/proc/sysrq-trigger
sleep 5
