# SPDX-License-Identifier: GPL-2.0
# about: does not end
# timeout: 4
ok "before"
sleep 1000
