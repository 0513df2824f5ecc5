# SPDX-License-Identifier: GPL-2.0
# about: through a tap, frames as large as the device allows: echoes, data, and no larger ones
# tools: ethtool
# timeout: 180

. /vgd/wire.sh
most=9000
same "the device's MTU" "$(cat /sys/class/net/$net/mtu)" $most
refused "a larger one" ip link set $net mtu $((most + 1)) 2>/dev/null
host mtu $most >/dev/null || die "the host's end"
check "an address" up
serve 2097152 || die "the host serves nothing"

same "echoes around the MTU" "$(host pings $((most - 48)) $((most - 20)) 1)" 29
same "echoes around a page, two, and three buffers" \
	"$(host pings 4000 4120 3) $(host pings 8100 8200 3) $(host pings 6080 6150 3)" "41 34 24"
for size in 1472 1473 4054 4055 4068 8150 $((most - 28)) $((most - 27)) 30000; do
	check "from here: $size bytes" ping -q -c 1 -W 5 -s $size $server
done
host capture >/dev/null
check "data" data_is_right
check "checksums" host captured full
if ethtool -K $net tso off gso off 2>/dev/null; then
	host capture >/dev/null
	check "data in single frames" data_is_right
	longest=$(host captured longest) || not_ok "checksums"
	check "as long as they may be ($longest)" [ "$longest" -gt $((most - 1000)) ]
	check "and no longer" [ "$longest" -le $((most + 14)) ]
	ethtool -K $net tso on gso on
fi
for mtu in 1500 4000 1280 $most; do
	both "MTU $mtu" ip link set $net mtu $mtu
	same "echoes" "$(host pings 0 $((mtu - 28)) $(((mtu - 28) / 4)))" 5
done
nothing_refused
