# SPDX-License-Identifier: GPL-2.0
# about: a primary comes and goes beside our standby, with data on its way: whose the packets are
# tools: ethtool
# modules: e1000e
# loads: no
# boot: own
# timeout: 600

ROUNDS=$(fewer ${ROUNDS:-10} 2)
LIMIT_KB=${LIMIT_KB:-2048} SLAB_KB=${SLAB_KB:-1024}
NET=/sys/class/net
# Linux 6.1 gives each leg an IPv6 address of its own, and sends for it.
for i in all default; do echo 1 >/proc/sys/net/ipv6/conf/$i/disable_ipv6; done

shown() { grep -q 0x10d3 /sys/bus/pci/devices/*/device; }
hidden() { ! shown; }
driver_of() { ethtool -i $1 | sed -n 's/^driver: //p'; }
master_of() { basename "$(readlink $NET/$1/master)"; }
sent() { cat $NET/$1/statistics/tx_packets; }
more() { [ "$(sent $1)" -gt $2 ]; }
# identity: what must not change
identity() { echo $(cat $NET/$net/ifindex $NET/$net/address) $(ip -4 -o address show dev $net); }

# legs: $standby is ours, $net its master
legs()
{
	dev=$(device_of virtio_net) || return 1
	for _i in /sys/bus/virtio/devices/$dev/net/*; do
		[ "$(cat $_i/phys_port_name 2>/dev/null)" != sby ] || standby=${_i##*/}
	done
	net=$(master_of $standby)
	[ -n "$net" ]
}

# joined: $primary is the other leg, and has a link; parted: there is none
joined()
{
	parted && return 1
	for _i in $NET/$net/lower_*; do
		[ ${_i##*/lower_} = $standby ] || primary=${_i##*/lower_}
	done
	[ "$(cat $NET/$primary/carrier)" = 1 ]
}
parted() { [ "$(echo $NET/$net/lower_*)" = $NET/$net/lower_$standby ]; }

# carries LEG OTHER: what is sent goes through one alone.  A hub gives both what
# comes, and the master has to take it once.
carries()
{
	_sent=$(sent $1) _other=$(sent $2)
	ping -c 5 -W 5 $server >/tmp/ping && ! grep DUP /tmp/ping || { cat /tmp/ping; return 1; }
	data_is_right || { echo "other data"; return 1; }
	_sent=$(($(sent $1) - _sent)) _other=$(($(sent $2) - _other))
	echo "$1 sent $_sent, $2 $_other"
	[ $_sent -ge $((bytes / 65536)) ] && [ $_other = 0 ]
}

# stream COMMAND...: again and again, until it has been enough; what was wrong
stream() { until [ -e /tmp/enough ]; do "$@" || echo "wrong: $*"; done; }
got() { [ "$(get)" = "$sum" ]; }
put() { [ "$(nc $server $sink </tmp/wire.up)" = "$want" ]; }

# moves FROM TO COMMAND...: data goes through one leg before it, and through the other
# after it
moves()
{
	_from=$1 _to=$2
	shift 2
	_at=$(sent $_from)
	try_for 20 more $_from $((_at + 50)) || { echo "$_from is idle"; return 1; }
	"$@" || return 1
	_at=$(sent $_to)
	try_for 20 more $_to $((_at + 50)) || { echo "$_to is idle"; return 1; }
}
goes() { host unplug nic0 >/dev/null && parted; }
comes() { host plug nic0 >/dev/null && try_for 20 joined; }
leaves() { [ "$(host migrate)" = nic0 ] && try_for 10 parted; }
stays() { host stay >/dev/null && try_for 20 joined; }

# across NAME FROM TO COMMAND...: with data on its way in and out: no connection breaks,
# and the address is still there
across()
{
	_title=$1
	shift
	rm -f /tmp/enough
	stream got >/tmp/got &
	_in=$!
	stream put >/tmp/put &
	_out=$!
	check "$_title" moves "$@"
	touch /tmp/enough
	wait $_in $_out
	same "$_title: the data" "$(cat /tmp/got /tmp/put)" ""
	same "$_title: the interface and its address" "$(identity)" "$who"
}

# Not on QEMU's command line: 7.2 then keeps the name, and takes it for another's later.
host plug nic0 >/dev/null || die "no primary"
modprobe e1000e || die "no driver for the primary"
sleep 2
check "the primary is hidden" hidden
load_all || die "the modules do not load"
same "the device heard of STANDBY" "$(host negotiated)" net0
. /vgd/wire.sh
features_as_configured
transport_as_configured
same "STANDBY is negotiated" $(feature $dev 62) 1
legs || die "our interface has no master"
same "its driver" "$(driver_of $net)" net_failover
same "the driver of the standby" "$(driver_of $standby)" virtio_net
check "an address" addressed
check "the primary comes and joins" try_for 20 joined
same "the driver of the primary" "$(driver_of $primary)" e1000e
same "both have one address" "$(cat $NET/$primary/address)" "$(cat $NET/$standby/address)"
refused "another address for the standby" ip link set $standby address 52:54:00:cc:cc:01

serve 8388608 || die "the host serves nothing"
who=$(identity)
check "the primary carries" carries $primary $standby
across "the primary is unplugged" $primary $standby goes
check "the standby carries" carries $standby lo
across "the primary is plugged in" $standby $primary comes
check "the primary carries" carries $primary $standby
across "a migration begins" $primary $standby leaves
check "the standby carries" carries $standby lo
across "the migration is given up" $standby $primary stays
check "the primary carries" carries $primary $standby

# renewed: the driver goes and comes, and has an address again.  QEMU plugs a primary that
# is not there in whenever the driver says STANDBY.
renewed() { reload virtio_net && legs && addressed && try_for 20 joined; }
for i in 1 2; do renewed || die "warm-up round $i"; done
for i in $(seq 1 $ROUNDS); do
	renewed || die "round $i of $ROUNDS"
	if [ $i = $((ROUNDS / 2)) ]; then
		before=$(used_kb)
		slab=$(slab_kb)
	fi
done
ok "the driver goes and comes, $ROUNDS rounds"
memory_is_flat $(($(used_kb) - before)) $(($(slab_kb) - slab))
check "the primary carries" carries $primary $standby
# in_use LEG COMMAND...: with data on its way out
in_use()
{
	_at=$(sent $1)
	nc $server $sink </tmp/wire.up >/dev/null 2>&1 &
	_out=$!
	try_for 20 more $1 $((_at + 50)) || { echo "$1 is idle"; return 1; }
	shift
	"$@"
	_done=$?
	kill $_out 2>/dev/null
	return $_done
}
goes || die "the primary does not go"
check "the driver goes and comes while the standby carries" in_use $standby renewed
check "the primary carries" carries $primary $standby
check "the driver goes while the primary carries" in_use $primary rmmod virtio_net
same "interfaces" "$(echo $(ls $NET))" "$primary lo"
same "the primary has no master" "$(master_of $primary)" ""
net=$primary
check "it is a card like any other" addressed
check "data" data_is_right
check "nobody holds the kernel's modules" rmmod net_failover failover
