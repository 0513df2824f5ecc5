# SPDX-License-Identifier: GPL-2.0
# about: all results pass, but the kernel logs a warning
echo 'WARNING: possible circular locking dependency detected' >/dev/kmsg
ok "only result"
