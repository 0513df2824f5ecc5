# SPDX-License-Identifier: GPL-2.0
# about: rings, processors, the driver and its parameters change with transfers under way: data is what it was
# tools: ethtool
# timeout: 240

. /vgd/wire.sh
ROUNDS=$(fewer ${ROUNDS:-4} 2)
port=$(host serve) || die "the host serves nothing"
sum=$(host sum 2097152)
random_file /tmp/up 1
want=$(sha256sum </tmp/up | cut -d' ' -f1)
sink=$(host sink) || die "the host takes nothing"

# get BYTES: the sum of what came
get() { wget -q -O - "http://$server:$port/$1" | sha256sum | cut -d' ' -f1; }

# both NAME COMMAND...: while data goes and comes
both()
{
	what=$1
	shift
	get 2097152 >/tmp/got &
	getter=$!
	nc $server $sink </tmp/up >/tmp/put &
	sender=$!
	check "$what" "$@"
	wait $getter
	wait $sender
	same "$what: what came" "$(cat /tmp/got)" "$sum"
	same "$what: what went" "$(cat /tmp/put)" "$want"
}
check "an address" up
for i in $(seq 1 $ROUNDS); do
	if rings_resize; then
		both "rings of 64, round $i" ethtool -G $net rx 64 tx 64
		both "rings of 256, round $i" ethtool -G $net rx 256 tx 256
	fi
	[ ! -w /sys/devices/system/cpu/cpu1/online ] || both "a processor goes and comes, round $i" \
		sh -c "echo 0 >/sys/devices/system/cpu/cpu1/online; sleep 1; echo 1 >/sys/devices/system/cpu/cpu1/online"
	both "all frames and not, round $i" sh -c "ip link set $net promisc on; ip link set $net promisc off"
done
for i in $(seq 1 $ROUNDS); do
	get 2097152 >/dev/null 2>&1 &
	getter=$!
	nc $server $sink </tmp/up >/dev/null 2>&1 &
	sender=$!
	sleep 0.$((i * 2))
	check "the driver goes with packets on their way, round $i" \
		sh -c "echo $dev >/sys/bus/virtio/drivers/virtio_net/unbind"
	check "and comes again" sh -c "echo $dev >/sys/bus/virtio/drivers/virtio_net/bind"
	kill $getter $sender 2>/dev/null
	wait $getter $sender 2>/dev/null
	check "an address" up
done
for parameters in napi_tx=0 "csum=0 gso=0" napi_weight=1 ""; do
	check "unload" rmmod virtio_net
	check "load with ${parameters:-no parameters}" modprobe virtio_net $parameters
	try_for 10 device_of virtio_net
	check "an address" up
	both "transfers with ${parameters:-no parameters}" true
done
