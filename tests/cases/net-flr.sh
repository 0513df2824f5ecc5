# SPDX-License-Identifier: GPL-2.0
# about: the PCI function is reset below the kernel's own virtio_net, in use: it goes and comes back
# intree: virtio_net
# timeout: 120

ROUNDS=${ROUNDS:-4}
dev=$(device_of virtio_net) || die "no device is bound to virtio_net"
fn=$(readlink -f /sys/bus/virtio/devices/$dev/..)
[ -w "$fn/reset" ] || skip_case "the function cannot be reset"
interface() { ls /sys/bus/virtio/devices/$dev/net 2>/dev/null; }
up()
{
	net=$(interface) && ip link set $net up &&
		udhcpc -q -n -f -t 10 -T 2 -i $net -s /vgd/udhcpc >/tmp/dhcp 2>&1
}

check "an address by DHCP" up
# Statistics are read, and the interface goes down, while the reset is on.
while :; do cat /proc/net/dev; done >/dev/null 2>&1 &
reader=$!
for i in $(seq 1 $ROUNDS); do
	ip link set $net up
	echo 1 >$fn/reset &
	reset=$!
	usleep 40000
	ip link set $net down 2>/dev/null
	wait $reset
	same "reset of the function, round $i" $? 0
	check "the interface is back" try_for 10 interface
	net=$(interface)
done
kill $reader
check "an address by DHCP after it" up
check "ping after it" ping -q -c 3 -W 5 10.0.2.2
