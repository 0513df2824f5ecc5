# SPDX-License-Identifier: GPL-2.0
# about: the same behind what failed
# timeout: 4
. /root/stale
not_ok "first"
stale
