# SPDX-License-Identifier: GPL-2.0
# about: the host wants more than the guest can give; it gets what there is
# timeout: 120

. /vgd/balloon.sh
need_balloon
before=$(total_kb)
mkdir -p /data && mount -t tmpfs -o size=$((CFG_mem / 4))m none /data
random_file /data/r $((CFG_mem / 8))
sum=$(sha256sum </data/r)
dmesg -c >/dev/null

check "the host wants nearly all" host balloon 32
told() { dmesg | grep -q "$dev: the host wants"; }
check "the guest says that this cannot be" try_for 60 told
sleep 1
left=$(host balloon_left)
fact reach.left_mib $((left / 1024))
check "the host has most of what is not used" [ "$left" -lt $((CFG_mem * 1024 * 2 / 3)) ]
check "the guest keeps some" [ "$(meminfo MemAvailable)" -gt 2048 ]
same "the host knows how much" $((CFG_mem * 1024 - left)) $((before - $(total_kb)))
idle=$(idle_percent $((8 * ${SLOW:-1})))
fact reach.idle_percent "$idle"
check "the processors are idle" [ "$idle" -ge 85 ]
same "one line in the log" "$(dmesg | grep -c "$dev: the host wants")" 1
check "nobody was killed" sh -c '! dmesg | grep -qi "out of memory\|oom-kill"'
same "data are whole" "$(sha256sum </data/r)" "$sum"

# Memory that becomes free goes to the host without its asking again.
rm /data/r
more() { [ "$(host balloon_left)" -lt $((left - CFG_mem * 1024 / 16)) ]; }
check "what becomes free is given" try_for 70 more

check "the host gives up" host balloon $CFG_mem
check "the guest has its memory" try_for 40 left_is $CFG_mem
same "all of it" "$(total_kb)" $before
umount /data
