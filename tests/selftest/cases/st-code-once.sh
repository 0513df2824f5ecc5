# SPDX-License-Identifier: GPL-2.0
# about: the kernel says what it does of a stale processor when the case runs first
# timeout: 4
. /root/stale
ok "before it"
[ "$(host first)" = no ] || stale
ok "reached when it runs again"
