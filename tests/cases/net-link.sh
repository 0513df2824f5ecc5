# SPDX-License-Identifier: GPL-2.0
# about: through a tap, the link goes and comes, the card tells where it is, its address changes
# tools: ethtool
# timeout: 120

. /vgd/wire.sh
check "an address" up
carrier() { [ "$(cat /sys/class/net/$net/carrier)" = $1 ]; }
learned() { [ "$(host neighbour)" = $1 ]; }
mac=$(cat /sys/class/net/$net/address)

serve 2097152 || die "the host serves nothing"
if [ "$(feature $dev 16)" = 1 ]; then
	# QEMU loses count of a packed queue that has packets when the link goes
	# ("Virtqueue size exceeded", and a reset).
	packed=$(feature $dev 34)
	[ "$packed" = 1 ] || get >/tmp/sum &
	for i in 1 2 3; do
		host link off >/dev/null
		check "no link, round $i" try_for 5 carrier 0
		same "ethtool sees none" "$(word "" "Link detected")" no
		check "no answer" no_ping
		host link on >/dev/null
		check "the link is back, round $i" try_for 5 carrier 1
		check "ping" try_for 10 ping_works
	done
	wait
	[ "$packed" = 1 ] && get >/tmp/sum
	same "what came across it" "$(cat /tmp/sum)" "$sum"
	host link off >/dev/null
	ip link set $net down
	ip link set $net up
	check "up, without a link" try_for 5 carrier 0
	host link on >/dev/null
	check "up, with a link" try_for 5 carrier 1
	check "an address" up
fi
if [ "$(feature $dev 21)" = 1 ]; then
	host capture >/dev/null
	before=$(word -S ctrl_sent)
	host announce >/dev/null
	sleep 3
	arp=$(host captured arp) || not_ok "checksums"
	check "the host heard where the guest is ($arp)" [ "$arp" -ge 1 ]
	check "the device was told that it was done" [ "$(word -S ctrl_sent)" -gt "$before" ]
fi
check "the host knows the card" learned $mac
check "another address of the card" ip link set $net address 52:54:00:cc:cc:01
check "an address" up
check "the host knows that one" try_for 30 learned 52:54:00:cc:cc:01
check "data" data_is_right
check "the first one" ip link set $net address $mac
check "an address" up
check "the host knows it" try_for 30 learned $mac
check "data" data_is_right
