# SPDX-License-Identifier: GPL-2.0
# about: through a tap, XDP programs come and go with each verdict while data is on its way
# tools: ethtool
# timeout: 240

. /vgd/wire.sh
check "an address" up
serve 4194304 || die "the host serves nothing"
xdp() { /root/xdp $net "$@"; }
rounds=$(fewer ${ROUNDS:-3} 1)

own=$(cat /sys/class/net/$net/address)

# during PROGRAM COMMAND...: while it is in place
during()
{
	_program=$1
	shift
	touch /tmp/during
	xdp $_program sh -c 'touch /tmp/placed; while [ -e /tmp/during ]; do sleep 0.1; done' &
	_xdp=$!
	try_for 10 [ -e /tmp/placed ] && "$@"
	_status=$?
	rm -f /tmp/during /tmp/placed
	wait $_xdp && return $_status
}
# sent_back PROGRAM BYTES: how many of 50 frames come back to the host as they were
sent_back() { during $1 host returned 50 $own $2; }

for verdict in pass frags meta drop aborted unknown tx redirect; do
	for round in $(seq 1 $rounds); do
		both "$verdict, round $round" xdp $verdict sleep 0.5
	done
	check "ping" ping_works
done
check "ping with metadata" xdp meta ping -q -c 2 -W 5 $server
check "dropped" [ "$(counted xdp_drops)" -gt 0 ]
for program in drop aborted unknown; do
	before=$(counted xdp_drops)
	same "$program: no frame comes back" "$(sent_back $program 60)" 0
	check "$program: counted" [ "$(counted xdp_drops)" -ge $((before + 50)) ]
done
same "pass: none either" "$(sent_back pass 60)" 0
for program in tx redirect; do
	before=$(counted xdp_$program) lost=$(counted xdp_tx_drops)
	[ $program = tx ] || before=$(counted xdp_redirects)
	same "$program: frames that come back" "$(sent_back $program 60) $(sent_back $program 1514)" "50 50"
	[ $program = tx ] && after=$(counted xdp_tx) || after=$(counted xdp_redirects)
	check "$program: counted" [ $after -ge $((before + 100)) ]
	same "$program: none was lost" "$(counted xdp_tx_drops)" $lost
done
for round in $(seq 1 $rounds); do
	both "from one to the other, round $round" \
		sh -c "/root/xdp $net pass true && /root/xdp $net drop true && /root/xdp $net frags true"
done
# With a program, what else is set goes on to work.
pairs_are() { [ "$(word -l Combined 2)" = $1 ]; }
rings_are() { [ "$(word -g RX 2)" = $1 ]; }
change_pairs() { ethtool -L $net combined 1 && pairs_are 1 && ethtool -L $net combined $CFG_queues && pairs_are $CFG_queues; }
change_rings() { ethtool -G $net rx 64 && rings_are 64 && ethtool -G $net rx 256 && rings_are 256; }
if [ "$CFG_queues" -gt 1 ]; then
	both "another number of pairs below a program" during pass change_pairs
	check "and below one that sends" during tx change_pairs
fi
! rings_resize || both "other rings below a program" during pass change_rings
both "down and up below a program" xdp pass sh -c "ip link set $net down; ip link set $net up; ip address show dev $net"
check "data" data_is_right
# Frames that take several buffers.
if [ "$(feature $dev 15)" = 1 ] && host mtu 4000 >/dev/null; then
	check "a large MTU" ip link set $net mtu 4000
	both "in pieces" xdp frags sleep 1
	check "a ping in pieces" xdp frags ping -q -c 2 -W 5 -s 3900 $server
	same "tx: frames in pieces that come back" "$(sent_back tx-frags 4014)" 50
	ip link set $net mtu 1500
	host mtu 1500 >/dev/null
	check "data after that" data_is_right
else
	skip "frames in pieces" "a packet is in one buffer"
fi
nothing_refused
