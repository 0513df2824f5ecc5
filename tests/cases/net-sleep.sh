# SPDX-License-Identifier: GPL-2.0
# about: the network device is put to sleep and woken up, and its function is reset, with a transfer across
# tools: ethtool
# timeout: 180

. /vgd/wire.sh
fn=$(readlink -f /sys/bus/virtio/devices/$dev/..)
ROUNDS=$(fewer ${ROUNDS:-3} 1)

# get BYTES: the sum of what came
get() { wget -q -O - "http://$server:$port/$1" | sha256sum | cut -d' ' -f1; }

check "an address" up
port=$(host serve) || die "the host serves nothing"
sum=$(host sum 4194304)
check "another address of the card" ip link set $net address 52:54:00:12:34:99
check "a smaller MTU" ip link set $net mtu 1400
index=$(cat /sys/class/net/$net/ifindex)
as_before() { ip link set $net address 52:54:00:12:34:56; ip link set $net mtu 1500; }

# across NAME COMMAND: while data comes
across()
{
	_what=$1
	shift
	get 4194304 >/tmp/sum &
	_get=$!
	check "$_what" "$@"
	wait $_get
	same "what came across it" "$(cat /tmp/sum)" "$sum"
	check "ping" ping -q -c 2 -W 5 $server
	same "it is the same interface" "$(cat /sys/class/net/$net/ifindex)" "$index"
	same "address of the card" "$(cat /sys/class/net/$net/address)" 52:54:00:12:34:99
	same "MTU" "$(cat /sys/class/net/$net/mtu)" 1400
	same "status has DRIVER_OK" "$(cat /sys/bus/virtio/devices/$dev/status)" $(live)
}
# Only the devices sleep: that is where the driver has its part.
echo platform >/sys/power/pm_test
for i in $(seq 1 $ROUNDS); do
	across "suspend the devices and resume them, round $i" sh -c 'echo mem >/sys/power/state'
done
ip link set $net down
check "sleep while the interface is down" sh -c 'echo mem >/sys/power/state'
check "an address" up
same "what comes after it" "$(get 4194304)" "$sum"
[ -w $fn/reset ] || { skip "reset of the function" "it cannot be reset"; as_before; finish; }
same "it may be reset in use" "$(cat /sys/bus/virtio/devices/$dev/live_reset)" 1
for i in $(seq 1 $ROUNDS); do
	across "reset of the function, round $i" sh -c "echo 1 >$fn/reset"
done
# The interface comes and goes while the reset is on.
for i in $(seq 1 $ROUNDS); do
	echo 1 >$fn/reset &
	reset=$!
	usleep 40000
	ip link set $net down 2>/dev/null
	wait $reset
	same "reset of the function, and the interface goes down, round $i" $? 0
	ip link set $net down
	check "the interface comes up" ip link set $net up
done
check "an address" up
same "what comes after it" "$(get 4194304)" "$sum"
as_before
