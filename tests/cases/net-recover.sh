# SPDX-License-Identifier: GPL-2.0
# about: the network device asks for a reset with a transfer under way: it is set up again, and that goes on
# tools: ethtool
# boot: own
# memory: shared
# timeout: 180

dev=$(device_of virtio_net) || die "no device is bound to virtio_net"
net=$(ls /sys/bus/virtio/devices/$dev/net 2>/dev/null) || die "no network interface"
server=10.0.2.2
said() { dmesg | grep -c "$dev: $1"; }
more() { [ "$(said "$1")" -gt "$2" ]; }
[ "$(version_1)" = 1 ] || skip_case "QEMU sets the bit on no legacy device"

# get BYTES: the sum of what came
get() { wget -q -O - "http://$server:$port/$1" | sha256sum | cut -d' ' -f1; }

ip link set $net up
check "an address by DHCP" udhcpc -q -n -f -t 10 -T 2 -i $net -s /vgd/udhcpc
port=$(host serve) || die "the host serves nothing"
sum=$(host sum 4194304)
check "another address of the card" ip link set $net address 52:54:00:12:34:99
index=$(cat /sys/class/net/$net/ifindex)
for i in 1 2 3; do
	before=$(said recovered)
	get 4194304 >/tmp/sum &
	get=$!
	check "spoil the receive buffers, round $i" host spoil
	ping -c 4 $server >/dev/null 2>&1
	check "it needed a reset and recovered" try_for 30 more recovered $before
	wait $get
	same "what came across it" "$(cat /tmp/sum)" "$sum"
	check "ping" ping -q -c 3 -W 5 $server
	same "it is the same interface" "$(cat /sys/class/net/$net/ifindex)" "$index"
	same "address of the card" "$(cat /sys/class/net/$net/address)" 52:54:00:12:34:99
	same "status has DRIVER_OK" "$(cat /sys/bus/virtio/devices/$dev/status)" $(live)
done
check "the device had said so" more "it needs a reset" 0
ethtool -S $net | grep -v ': 0$'
