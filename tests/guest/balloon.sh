# SPDX-License-Identifier: GPL-2.0
# For the cases about memory balloons.

# need_balloon: sets dev
need_balloon()
{
	dev=$(device_of virtio_balloon) || die "no device is bound to virtio_balloon"
	same "status has DRIVER_OK" "$(cat /sys/bus/virtio/devices/$dev/status)" $(live)
}

meminfo() { awk -v key="$1:" '$1 == key { print $2 }' /proc/meminfo; }
total_kb() { meminfo MemTotal; }
now_ms() { awk '{ print int($1 * 1000) }' /proc/uptime; }

# left_is MIB: does the host see the guest with so much memory?
left_is() { [ "$(host balloon_left)" = $(($1 * 1024)) ]; }

# change_to MIB: the host wants the guest to have so much, and gets it
change_to() { host balloon $1 && try_for 40 left_is $1; }

# told TAG: of the guest's statistics, as the host has it now; in kB what is bytes
told() { host balloon_stats $1 | cut -d' ' -f2; }
told_kb() { echo $(($(told $1) / 1024)); }

# came SECOND: have statistics come after that time?
came() { [ "$(host balloon_stats | cut -d' ' -f1)" -gt "$1" ]; }

# is_near A B PERCENT: do they differ by less?
is_near()
{
	_d=$(($1 > $2 ? $1 - $2 : $2 - $1))
	[ $((_d * 100)) -le $(($2 * $3)) ]
}

# idle_percent SECONDS: of all processors
idle_percent()
{
	awk '/^cpu / { print $5, $2 + $3 + $4 + $5 + $6 + $7 + $8 + $9 }' /proc/stat >/tmp/idle
	sleep $1
	awk '/^cpu / { print $5, $2 + $3 + $4 + $5 + $6 + $7 + $8 + $9 }' /proc/stat >>/tmp/idle
	awk 'NR == 1 { i = $1; a = $2 } NR == 2 { print int(100 * ($1 - i) / ($2 - a)) }' /tmp/idle
}
