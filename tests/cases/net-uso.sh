# SPDX-License-Identifier: GPL-2.0
# about: through a tap, UDP in long packets that the device cuts, and long ones that come, compared
# tools: ethtool
# timeout: 120

. /vgd/wire.sh
[ "$(feature $dev 56)" = 1 ] || skip_case "the device does not cut UDP (HOST_USO)"
check "an address" up

# give_and_take NAME SIZE
sends()
{
	port=$(host take $2) || { not_ok "$1: the host takes nothing"; return; }
	host capture >/dev/null
	check "$1: send" /root/uso send $server $port $2 2000
	same "$1: right and wrong" "$(host taken 2000)" "2000 0"
	gso=$(host captured gso longest) || not_ok "$1: checksums"
	set -- "$1" $gso
	gso=$2 longest=$3
}
comes()
{
	before=$(received)
	/root/uso receive 7000 $2 2000 >/tmp/uso &
	receiver=$!
	sleep 0.5
	host give $2 2000 >/dev/null
	check "$1: receive" wait $receiver
	cat /tmp/uso
	packets=$(($(received) - before))
}
for size in 1000 4 333 1472; do
	sends "$size bytes" $size
	check "they were left to the device ($gso)" [ "$gso" -ge 45 ]
	comes "$size bytes" $size
	[ "$(feature $dev 54)" = 0 ] || check "they came in long packets ($packets)" [ "$packets" -lt 500 ]
done
check "the device does not cut" ethtool -K $net tx-udp-segmentation off
sends "cut here" 1000
same "none was left to the device" "$gso" 0
check "it does" ethtool -K $net tx-udp-segmentation on
sends "again" 1000
check "they were left to the device ($gso)" [ "$gso" -ge 45 ]
if [ "$(feature $dev 54)" = 1 ]; then
	same "the host leaves it to us" "$(host offloaded tx-udp-segmentation)" on
	check "none that are long" ethtool -K $net rx-gro-hw off
	same "the host cuts" "$(host offloaded tx-udp-segmentation)" off
	comes "cut by the host" 1000
	check "they came one by one ($packets)" [ "$packets" -ge 2000 ]
	ethtool -K $net rx-gro-hw on
fi
nothing_refused
