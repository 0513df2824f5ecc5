# SPDX-License-Identifier: GPL-2.0
# about: one of three results fails
ok "first"
same "second" one two
ok "third"
