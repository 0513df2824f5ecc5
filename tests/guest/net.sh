# SPDX-License-Identifier: GPL-2.0
# A network device in use, whosever driver it is: DHCP, ping, checked transfers, settings, unbind and bind.

dev=$(device_of virtio_net) || die "no device is bound to virtio_net"
net=$(ls /sys/bus/virtio/devices/$dev/net 2>/dev/null) || die "no network interface"
server=10.0.2.2
same "ethtool -i: driver" "$(ethtool -i $net | sed -n 's/^driver: //p')" virtio_net

up()
{
	ip link set $net up && udhcpc -q -n -f -t 10 -T 2 -i $net -s /vgd/udhcpc >/tmp/dhcp 2>&1 ||
		{ cat /tmp/dhcp; return 1; }
}

# get BYTES: the sum of what came
get() { wget -q -O - "http://$server:$port/$1" | sha256sum | cut -d' ' -f1; }
stat() { ethtool -S $net | sed -n "s/^ *$1: //p"; }

check "an address by DHCP" up
for size in 0 1 56 1000 1472; do
	check "ping with $size bytes" ping -q -c 2 -W 5 -s $size $server
done
port=$(host serve) || die "the host serves nothing"
for size in 1 1460 65536 4194304; do
	same "get $size bytes" "$(get $size)" "$(host sum $size)"
done
random_file /tmp/up 2
want=$(sha256sum </tmp/up | cut -d' ' -f1)
sink=$(host sink) || die "the host takes nothing"
same "send 2 MiB" "$(nc $server $sink </tmp/up)" "$want"
check "packets were counted" [ "$(stat rx_queue_0_packets)" -gt 0 ]
# Ours alone counts these.
if [ -n "$(stat rx_queue_0_bad_hdr)" ]; then
	same "no header was refused" "$(stat rx_queue_0_bad_hdr)" 0
	same "no length was refused" "$(stat rx_queue_0_bad_len)" 0
fi
ethtool -S $net

before=$(irq_count $dev)
for job in 1 2 3 4; do
	get 1048576 >/tmp/get.$job &
done
wait
sum=$(host sum 1048576)
for job in 1 2 3 4; do
	same "four at a time: $job" "$(cat /tmp/get.$job)" "$sum"
done
check "interrupts arrived" [ "$(irq_count $dev)" -gt "$before" ]

mac=$(cat /sys/class/net/$net/address)
check "another address of the card" ip link set $net address 52:54:00:12:34:99
check "all frames" ip link set $net promisc on
check "only its own" ip link set $net promisc off
check "the first address again" ip link set $net address "$mac"
for round in 1 2 3; do
	ip link set $net down
	check "down and up, $round" up
	same "get 64 KiB" "$(get 65536)" "$(host sum 65536)"
done
drivers=/sys/bus/virtio/drivers/virtio_net
check "unbind" sh -c "echo $dev >$drivers/unbind"
check "bind" sh -c "echo $dev >$drivers/bind"
net=$(ls /sys/bus/virtio/devices/$dev/net)
check "an address by DHCP" up
same "get 1 MiB" "$(get 1048576)" "$sum"
errors=$(cat /sys/class/net/$net/statistics/rx_errors /sys/class/net/$net/statistics/tx_errors)
same "no errors of the card" "$(echo $errors)" "0 0"
ip link set $net down
