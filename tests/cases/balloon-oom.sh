# SPDX-License-Identifier: GPL-2.0
# about: deflate on OOM: a process gets memory that the host had
# timeout: 120

. /vgd/balloon.sh
need_balloon
same "DEFLATE_ON_OOM was negotiated" "$(feature $dev 2)" 1
before=$(total_kb)
host balloon $((CFG_mem / 2)) >/dev/null
check "the host has half" try_for 40 left_is $((CFG_mem / 2))
same "it still is the guest's memory" "$(total_kb)" $before
dmesg -c >/dev/null

# More than is free now; tmpfs cannot be reclaimed.
want=$(($(meminfo MemAvailable) / 1024 + CFG_mem / 8))
mkdir -p /data && mount -t tmpfs -o size=$((want + 16))m none /data
check "$want MiB can be had" dd if=/dev/zero of=/data/z bs=1M count=$want
same "and keep what was written" "$(tr -d '\000' </data/z | wc -c)" 0
check "nobody was killed" sh -c '! dmesg | grep -qi "out of memory\|oom-kill"'
left=$(host balloon_left)
fact oom.given_back_mib $(((left - CFG_mem * 512) / 1024))
check "the host gave it" [ "$left" -gt $((CFG_mem * 512)) ]
sleep 3
check "and does not get it again at once" [ "$(host balloon_left)" -ge "$left" ]

rm /data/z
umount /data
host balloon $CFG_mem >/dev/null
check "all comes back" try_for 40 left_is $CFG_mem
