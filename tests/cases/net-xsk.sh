# SPDX-License-Identifier: GPL-2.0
# about: AF_XDP sockets without copying answer UDP through a tap while pools, rings and the device come and go
# tools: ethtool
# timeout: 240

. /vgd/wire.sh
grep -q ' xsk_map_ops$' /proc/kallsyms || skip_case "a kernel without AF_XDP"
check "an address" up
[ "$CFG_queues" -le 1 ] || check "one pair of queues" ethtool -L $net combined 1
serve 2097152 || die "the host serves nothing"
ROUNDS=$(fewer ${ROUNDS:-4} 1)

# begin OPTIONS: a socket that answers, until the end; bound OPTIONS: how
begin()
{
	rm -f /tmp/xsk.end /tmp/xsk.out
	/root/xsk $net 0 $1 sh -c 'while [ ! -e /tmp/xsk.end ]; do usleep 20000; done' >/tmp/xsk.out 2>&1 &
	xsk=$!
	try_for 10 grep -q '^bound\|^bind' /tmp/xsk.out
	sed -n 's/^bound //p' /tmp/xsk.out
}
end()
{
	touch /tmp/xsk.end
	wait $xsk || { cat /tmp/xsk.out; return 1; }
}
said() { sed -n "s/.*$1 \([0-9]*\).*/\1/p" /tmp/xsk.out; }

if ! rings_resize; then
	refused "no socket without copying where a queue cannot be reset" /root/xsk $net 0 zerocopy true
	begin any >/tmp/how
	same "it gets copies" "$(cat /tmp/how)" copy
	same "answers" "$(host echoes 500)" 500
	check "the end" end
	finish
fi
# answers OPTIONS: a socket with these answers all, and the stack works beside it
answers()
{
	begin $1 >/tmp/how
	same "$1: how" "$(cat /tmp/how)" zerocopy
	same "$1: answers" "$(host echoes ${2:-2000})" ${2:-2000}
	check "$1: data of the stack" data_is_right
	check "$1: ping" ping_works
	check "$1: all frames are there" end
}
for how in zerocopy zerocopy,wakeup zerocopy,wakeup,unaligned zerocopy,late,wakeup any,wakeup; do
	answers $how
done
check "system calls were left out" [ "$(said quiet)" -gt 0 ]
check "and were not" [ "$(said kicks)" -gt 0 ]
before=$(counted xdp_redirects)
check "no program: the stack has everything" /root/xsk $net 0 zerocopy,noprog,wakeup ping -q -c 3 -W 5 $server
check "nobody was given anything" [ "$(counted xdp_redirects)" = "$before" ]

# Pools come and go, with data on its way, and datagrams to whoever is there.
for how in zerocopy,churn=40 zerocopy,wakeup,churn=40; do
	for round in $(seq 1 $ROUNDS); do
		get >/tmp/wire.got &
		getter=$!
		begin $how >/dev/null
		host echoes 600 loss >/dev/null
		check "$how, round $round: the last one is there" try_for 30 grep -q churned /tmp/xsk.out
		same "$how, round $round: it answers" "$(host echoes 300)" 300
		wait $getter
		same "$how, round $round: what came" "$(cat /tmp/wire.got)" "$sum"
		check "$how, round $round: all frames are there" end
	done
done

# There are as many frames as the ring has entries: what one of these loses is missed.
begin zerocopy,wakeup >/dev/null
# still NAME COMMAND...: something happens to the device while it is asked
still()
{
	_name=$1
	shift
	(sleep 0.3; "$@") >/tmp/still 2>&1 &
	_still=$!
	host echoes 300 loss >/tmp/echoes
	wait $_still
	same "$_name" $? 0
	[ -s /tmp/still ] && cat /tmp/still
	try_for 10 ping -q -c 1 -W 1 $server
	same "$_name: answers" "$(host echoes 300)" 300
}
again() { ip link set $net down; ip link set $net up; addresses; }
fn=$(readlink -f /sys/bus/virtio/devices/$dev/..)
if [ "$CFG_queues" -gt 1 ]; then
	check "another number of pairs" ethtool -L $net combined $CFG_queues
	check "one pair again" ethtool -L $net combined 1
fi
refused "no MTU that a frame does not hold" ip link set $net mtu 4000 2>/dev/null
echo platform >/sys/power/pm_test
for round in $(seq 1 $ROUNDS); do
	still "smaller rings, round $round" ethtool -G $net rx 64 tx 64
	still "larger rings, round $round" ethtool -G $net rx 256 tx 256
	still "down and up, round $round" again
	still "sleep, round $round" sh -c 'echo mem >/sys/power/state'
	[ ! -w $fn/reset ] || still "reset of the function, round $round" sh -c "echo 1 >$fn/reset"
done
check "all frames are there" end
check "data" data_is_right

# The driver goes before the socket, and the other way round.
drivers=/sys/bus/virtio/drivers/virtio_net
begin zerocopy,wakeup >/dev/null
same "answers" "$(host echoes 300)" 300
nothing_refused
same "no queue stood still" "$(counted tx_timeouts)" 0
check "unbind below a socket" sh -c "echo $dev >$drivers/unbind"
check "the socket ends" end
check "bind" sh -c "echo $dev >$drivers/bind"
check "an address" up
[ "$CFG_queues" -le 1 ] || check "one pair of queues" ethtool -L $net combined 1
answers zerocopy,wakeup 300
nothing_refused
[ "$CFG_queues" -le 1 ] || check "all pairs again" ethtool -L $net combined $CFG_queues
