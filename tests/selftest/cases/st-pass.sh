# SPDX-License-Identifier: GPL-2.0
# about: passes, and speaks to the host
ok "a result"
check "a command" true
same "two words" "a b" "a b"
refused "what must not work" false
same "the host answers" "$(host hello one two)" "one two from the host"
refused "a verb that nobody knows" host nonsense
echo "what a case prints is a diagnostic"
fact figure 7 bytes
