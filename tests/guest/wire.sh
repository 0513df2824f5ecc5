# SPDX-License-Identifier: GPL-2.0
# The network device of a case: $dev, $net; what is at its other end: $server.

dev=$(device_of virtio_net) || die "no device is bound to virtio_net"
net=$(ls /sys/bus/virtio/devices/$dev/net 2>/dev/null) || die "no network interface"
case $CFG_wire in
tap) server=10.77.0.1 server6=fd77::1 here=10.77.0.2 here6=fd77::2 ;;
*) server=10.0.2.2 ;;
esac

# up: with an address
up()
{
	net=$(ls /sys/bus/virtio/devices/$dev/net) && addressed
}

# addressed: the same for $net as it is
addressed()
{
	ip link set $net up || return 1
	case $CFG_wire in
	tap) addresses ;;
	*) udhcpc -q -n -f -t 10 -T 2 -i $net -s /vgd/udhcpc >/tmp/dhcp 2>&1 ;;
	esac
}

addresses()
{
	echo 0 >/proc/sys/net/ipv6/conf/$net/accept_dad 2>/dev/null
	ip address flush dev $net
	ip address add $here/24 dev $net && ip -6 address add $here6/64 dev $net 2>/dev/null
	try_for 10 ping -q -c 1 -W 1 $server
}

ping_works() { ping -q -c 2 -W 5 $server >/dev/null; }
no_ping() { ! ping -q -c 1 -W 1 $server >/dev/null; }

# word OPTION NAME [LINE]: the value behind NAME: in what ethtool OPTION prints
word() { ethtool $1 $net 2>/dev/null | sed -n "s/^[[:space:]]*$2:[[:space:]]*//p" | head -n ${3:-1} | tail -n 1; }
# counted NAME: over all queues of one direction
counted() { ethtool -S $net | sed -n "s/^ *[rt]x_queue_[0-9]*_$1: //p" | awk '{ n += $1 } END { print n + 0 }'; }
# received: packets that the device has let through
received() { ethtool -S $net | sed -n "s/^ *rx_queue_[0-9]*_packets: //p" | awk '{ n += $1 } END { print n + 0 }'; }

# serve BYTES: the host serves and takes as many, whose sums both know
serve()
{
	port=$(host serve) && sink=$(host sink) && sum=$(host sum $1) || return 1
	bytes=$1
	head -c $bytes /dev/urandom >/tmp/wire.up
	want=$(sha256sum </tmp/wire.up | cut -d' ' -f1)
}
get() { wget -q -O - "http://$server:$port/${1:-$bytes}" | sha256sum | cut -d' ' -f1; }
# data_is_right: what comes, and what goes
data_is_right() { [ "$(get)" = "$sum" ] && [ "$(nc $server $sink </tmp/wire.up)" = "$want" ]; }
# both NAME COMMAND...: while data goes and comes
both()
{
	what=$1
	shift
	get >/tmp/wire.got &
	_getter=$!
	nc $server $sink </tmp/wire.up >/tmp/wire.put &
	_sender=$!
	check "$what" "$@"
	wait $_getter
	wait $_sender
	same "$what: what came" "$(cat /tmp/wire.got)" "$sum"
	same "$what: what went" "$(cat /tmp/wire.put)" "$want"
}
# nothing_refused: no header and no length of the device's was wrong
nothing_refused() { same "nothing was refused" "$(counted bad_len) $(counted bad_hdr)" "0 0"; }

# iperf WORDS...: to or from the host
iperf() { iperf3 -c $server -p $iperf_port "$@" >/tmp/iperf 2>&1 || { tail -n 3 /tmp/iperf; return 1; }; }
# traffic SECONDS [OPTIONS]: both ways in the background; $traffic is its process
traffic()
{
	iperf3 -c $server -p $iperf_port --bidir -P 2 -t "$@" >/tmp/traffic 2>&1 &
	traffic=$!
	sleep 1
}

# rings_resize: may they be given another size?  QEMU's devices over MMIO offer the
# reset of a queue, but do not know its register.
rings_resize() { [ "$(feature $dev 40)" = 1 ] && [ "${CFG_transport#mmio}" = "$CFG_transport" ]; }
