# SPDX-License-Identifier: GPL-2.0
# about: the host reads the guest's memory statistics
# timeout: 60

. /vgd/balloon.sh
need_balloon

# near NAME A B PERCENT
near() { check "$1: $2 and $3" is_near $2 $3 $4; }

# near_caches NAME
near_caches()
{
	near "$1" "$(told_kb disk-caches)" $(($(meminfo Cached) + $(meminfo Buffers))) 20
}

host balloon_poll 1 >/dev/null
check "statistics come" try_for 15 came 0
near "free memory, kB" "$(told_kb free-memory)" "$(meminfo MemFree)" 20
same "all memory, kB" "$(told_kb total-memory)" "$(total_kb)"
near "available memory, kB" "$(told_kb available-memory)" "$(meminfo MemAvailable)" 20

# A kernel without event counters has four of the statistics, and a buffer has room for three.
grep -q '^pgfault ' /proc/vmstat && counts=1 || counts=
if [ $counts ]; then
	near_caches "caches, kB"
	same "swapped in" "$(told swap-in)" 0
	same "swapped out" "$(told swap-out)" 0
	if grep -q '^htlb_' /proc/vmstat; then
		same "huge pages that could not be had" "$(told htlb-pgfail)" 0
	fi
	check "page faults are counted" [ "$(told minor-faults)" -gt 100 ]
fi

# They are of now: a second answer tells of what happened since.
mkdir -p /data && mount -t tmpfs -o size=128m none /data
dd if=/dev/zero of=/data/z bs=1M count=96 2>/dev/null
last=$(host balloon_stats | cut -d' ' -f1)
check "and come again" try_for 15 came $((last + 1))
[ $counts ] && near_caches "caches after 96 MiB more, kB"
rm /data/z

# The size of the balloon is part of it.
host balloon $((CFG_mem - 128)) >/dev/null
check "128 MiB go to the host" try_for 30 left_is $((CFG_mem - 128))
less() { [ "$(told_kb total-memory)" = "$(total_kb)" ]; }
check "all memory is less by that" try_for 15 less
host balloon $CFG_mem >/dev/null
check "and come back" try_for 30 left_is $CFG_mem
host balloon_poll 0 >/dev/null
umount /data
