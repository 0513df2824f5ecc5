# SPDX-License-Identifier: GPL-2.0
# about: through a tap, an echo of every size around each boundary, with data compared, and from the guest
# tools: ethtool
# timeout: 180

. /vgd/wire.sh
mtu=$(cat /sys/class/net/$net/mtu)
check "an address" up
most=$((mtu - 28))

# What QEMU's card gets has 60 bytes at least; 128 is where the driver copies no
# longer.  42 bytes are headers.
same "from the host: 0 to 300" "$(host pings 0 300 1)" 301
same "from the host: around half a KiB and a KiB" "$(host pings 440 1040 13)" 47
same "from the host: up to the MTU" "$(host pings $((most - 40)) $most 1)" 41
same "from the host: in fragments" "$(host pings $((most + 1)) $((most + 64)) 1)" 64
same "from the host: around a page, two, four" \
	"$(host pings 4030 4110 1) $(host pings 8120 8200 2) $(host pings 16300 16400 3)" "81 41 34"
check "from the host: 60000 bytes" host pings 60000 60000 1

# each SIZE...: an echo of each
each()
{
	for size; do
		ping -q -c 1 -W 5 -s $size $server >/dev/null || { echo "$size bytes"; return 1; }
	done
}
check "from here: 0 to 130 bytes" each $(seq 0 130)
check "from here: around the MTU" each $(seq $((most - 4)) $((most + 4)))
check "from here: other sizes" each 214 470 982 $((2 * most)) 4054 4055 8192 20000 60000
[ ! -d /proc/sys/net/ipv6 ] || check "from here by IPv6" ping -6 -q -c 2 -W 5 -s $((most - 20)) $server6
nothing_refused
