# SPDX-License-Identifier: GPL-2.0
# What the demo does with the network device.

do_net()
{
	found virtio_net || return 1
	net=$(ls /sys/bus/virtio/devices/$dev/net) || return 1
	DETAIL="$DETAIL$net, $(cat /sys/class/net/$net/address)"
}

# the_net: $net
the_net()
{
	net=$(ls /sys/bus/virtio/devices/$(device_of virtio_net)/net) && [ "$net" ] || die "no interface"
}

do_dhcp()
{
	the_net
	ip link set $net up || return 1
	DETAIL="no lease"
	udhcpc -q -n -f -t 10 -T 2 -i $net -s /vgd/udhcpc || return 1
	address=$(ip -4 address show dev $net | sed -n 's/.* inet \([0-9./]*\).*/\1/p')
	DETAIL="$net is $address; $(ip route | sed -n 's/^default \(via [0-9.]*\).*/\1/p')"
	ping -q -c 3 -W 5 10.0.2.2 || { DETAIL="$DETAIL; no echo from there"; return 1; }
	DETAIL="$DETAIL, which answers 3 of 3"
}

do_http()
{
	size=16777216
	the_net
	DETAIL="the host serves nothing"
	port=$(host serve) && want=$(host pattern $size) || return 1
	t=$(now)
	wget -q -O /tmp/got "http://10.0.2.2:$port/$size"
	DETAIL="$(($(stat -c %s /tmp/got) >> 20)) MiB, $(rate $((size >> 20)) $t) MiB/s"
	got=$(sha </tmp/got)
	rm /tmp/got
	if [ "$got" = "$want" ]; then DETAIL="$DETAIL, SHA-256 as the host's"
	else DETAIL="$DETAIL, SHA-256 $got, not $want"; return 1; fi
}
