# SPDX-License-Identifier: GPL-2.0
# about: the kernel says what it does of a stale processor, each time
# timeout: 4
. /root/stale
ok "before it"
stale
