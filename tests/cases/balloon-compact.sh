# SPDX-License-Identifier: GPL-2.0
# about: compaction moves pages of the balloon
# timeout: 120

. /vgd/balloon.sh
vmstat() { awk -v key=$1 '$1 == key { print $2 }' /proc/vmstat; }
[ -e /proc/sys/vm/compact_memory ] || skip_case "this kernel does not compact memory"
[ -n "$(vmstat balloon_migrate)" ] || skip_case "this kernel does not move pages of balloons"
need_balloon

# Memory full of small files; every second goes, and the balloon gets the holes.
mkdir -p /data && mount -t tmpfs -o size=${CFG_mem}m,nr_inodes=0 none /data
random_file /tmp/r 1
files=0
while [ "$(meminfo MemAvailable)" -gt 65536 ]; do
	files=$((files + 1))
	cp /tmp/r /data/$files || break
done
for i in $(seq 1 2 $files); do
	rm /data/$i
done
part=$((CFG_mem - files / 3))
host balloon $part >/dev/null
check "the host has $((files / 3)) MiB of them" try_for 40 left_is $part
for i in $(seq 4 4 $files); do
	rm /data/$i
done
before=$(total_kb)
moved=$(vmstat balloon_migrate)
for i in 1 2 3; do
	echo 1 >/proc/sys/vm/compact_memory
done
moved=$(($(vmstat balloon_migrate) - moved))
fact compact.moved $moved
check "pages of the balloon were moved" [ $moved -gt 0 ]
same "the balloon is as large as before" "$(host balloon_left)" $((part * 1024))
same "so is the guest" "$(total_kb)" "$before"
bad=0
for f in /data/*; do
	cmp -s $f /tmp/r || bad=$((bad + 1))
done
same "files that are not what they were" $bad 0
host balloon $CFG_mem >/dev/null
check "all comes back" try_for 40 left_is $CFG_mem
check "memory that came back can be used" dd if=/dev/zero of=/data/z bs=1M count=$((files / 2))
umount /data
