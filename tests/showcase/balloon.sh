# SPDX-License-Identifier: GPL-2.0
# What the demo does with the memory balloon.

do_balloon() { found virtio_balloon "$CFG_mem MiB in all"; }

figures() { echo "$(total_kb) $(meminfo MemFree) $(host balloon_left) $(resident)"; }
resident() { echo $(($(host balloon_resident) / 1024)); }

# target MIB: have that much; guest and host must agree on the kB that this changes
target()
{
	set -- $1 $(figures)
	change_to $1 || { DETAIL="the host sees $(host balloon_left) kB, not $(($1 * 1024))"; return 1; }
	set -- $(($1 * 1024 - $4)) "$@" $(figures)
	DETAIL="guest: MemTotal $3 -> $7 kB, MemFree $4 -> $8 kB"
	DETAIL="$DETAIL; host: $5 -> $9 kB, resident $6 -> ${10} MiB; $(($7 - $3)) kB in the guest"
	DETAIL="$DETAIL, $(($9 - $5)) kB in the host"
	[ $(($7 - $3)) = $1 ] && [ $(($9 - $5)) = $1 ]
}

# use MIB: write so much memory, read it, let go of it
use()
{
	mkdir -p /data && mount -t tmpfs -o size=$(($1 + 16))m none /data || return 1
	dd if=/dev/zero of=/data/z bs=1M count=$1 && [ "$(tr -d '\000' </data/z | wc -c)" = 0 ]
	_fine=$?
	umount /data
	return $_fine
}

# What nobody has used the host did not spend: so it is used before.
do_half()
{
	DETAIL="the memory cannot be used"
	use 160 && target $((CFG_mem / 2))
}

do_stats()
{
	DETAIL="no statistics come"
	host balloon_poll 1 && try_for 15 came 0 || return 1
	fresh() { [ "$(told_kb total-memory)" = "$(total_kb)" ] && is_near $(told_kb free-memory) $(meminfo MemFree) 20; }
	try_for 5 fresh
	fine=$?
	DETAIL="host, guest: total $(told_kb total-memory), $(total_kb) kB, free $(told_kb free-memory),"
	DETAIL="$DETAIL $(meminfo MemFree) kB; caches $(told_kb disk-caches),"
	DETAIL="$DETAIL $(($(meminfo Cached) + $(meminfo Buffers))) kB; $(told minor-faults) page faults"
	host balloon_poll 0
	return $fine
}

do_back()
{
	target $CFG_mem && use 160 || return 1
	DETAIL="$DETAIL; 160 MiB written and read: $(resident) MiB resident"
}
