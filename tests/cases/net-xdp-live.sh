# SPDX-License-Identifier: GPL-2.0
# about: through a tap, XDP programs come and go with each verdict while data is on its way
# tools: ethtool
# timeout: 240

. /vgd/wire.sh
check "an address" up
serve 4194304 || die "the host serves nothing"
xdp() { /root/xdp $net "$@"; }
rounds=$(fewer ${ROUNDS:-3} 1)

for verdict in pass frags meta drop tx redirect; do
	for round in $(seq 1 $rounds); do
		both "$verdict, round $round" xdp $verdict sleep 0.5
	done
	check "ping" ping_works
done
check "ping with metadata" xdp meta ping -q -c 2 -W 5 $server
check "dropped" [ "$(counted xdp_drops)" -gt 0 ]
check "sent back" [ "$(counted xdp_tx)" -gt 0 ]
check "redirected" [ "$(counted xdp_redirects)" -gt 0 ]
for round in $(seq 1 $rounds); do
	both "from one to the other, round $round" sh -c "/root/xdp $net pass true; /root/xdp $net drop true; /root/xdp $net frags true"
done
# With a program, what else is set goes on to work.
if [ "$CFG_queues" -gt 1 ]; then
	both "another number of pairs below a program" xdp pass sh -c "ethtool -L $net combined 1; ethtool -L $net combined $CFG_queues"
fi
! rings_resize ||
	both "other rings below a program" xdp pass sh -c "ethtool -G $net rx 64; ethtool -G $net rx 256"
both "down and up below a program" xdp pass sh -c "ip link set $net down; ip link set $net up; ip address show dev $net"
check "data" data_is_right
nothing_refused
