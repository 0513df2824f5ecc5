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
		sh -c "echo 0 >/sys/devices/system/cpu/cpu1/online && sleep 1 && echo 1 >/sys/devices/system/cpu/cpu1/online"
	both "all frames and not, round $i" sh -c "ip link set $net promisc on && ip link set $net promisc off"
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
parameter() { cat /sys/module/virtio_net/parameters/$1; }
# offload_is NAME on|off
offload_is() { same "$1" "$(word -k $1 | cut -d' ' -f1)" $2; }

# with_parameters WORDS SHOWN CHECKSUMS SEGMENTS FRAMES: what csum, gso, napi_tx and
# napi_weight are shown as, what is left to the device, how many frames an interrupt is for
with_parameters()
{
	set -- "$1" "$2" $3 $4 $5 "${1:-no parameters}"
	check "unload" rmmod virtio_net
	check "load with $6" modprobe virtio_net $1
	try_for 10 device_of virtio_net
	check "an address" up
	same "$6: shown" "$(parameter csum) $(parameter gso) $(parameter napi_tx) $(parameter napi_weight)" "$2"
	if [ "$(feature $dev 0),$(feature $dev 11)" = 1,1 ]; then
		offload_is tx-checksumming $3
		offload_is scatter-gather $3
		offload_is tcp-segmentation-offload $4
	else
		skip "offloads" "the device has none"
	fi
	if [ "$(feature $dev 53)" = 0 ]; then
		same "frames of transmit interrupts" "$(word -c tx-frames)" $5
	else
		skip "frames of transmit interrupts" "the device has a setting for them"
	fi
	[ $CFG_wire != tap ] || host capture >/dev/null
	both "transfers with $6" true
	[ $CFG_wire = tap ] || return
	seen=$(host captured partial gso) || not_ok "checksums"
	# Acknowledgements alone have no segments.
	case $3$4 in
	offoff) same "the device has no checksum and no segments to make" "$seen" "0 0" ;;
	onoff) same "the device has no segments to make" "${seen#* }" 0 ;;
	# Without interrupts a slow kernel's writes go one by one.
	onon) [ "$1" = napi_tx=0 -a "${SLOW:-1}" -gt 1 ] || check "the device has segments to make ($seen)" [ "${seen#* }" -gt 0 ] ;;
	esac
}
with_parameters napi_tx=0 "Y Y N 64" on on 0
with_parameters csum=0 "N Y Y 64" off off 1
with_parameters gso=0 "Y N Y 64" on off 1
with_parameters napi_weight=1 "Y Y Y 1" on on 1
# It has limits.
with_parameters napi_weight=1000 "Y Y Y 64" on on 1
with_parameters "" "Y Y Y 64" on on 1
# This one may change, for devices that come.
echo 0 >/sys/module/virtio_net/parameters/napi_tx
same "the device that is there" "$(word -c tx-frames)" 1
echo $dev >/sys/bus/virtio/drivers/virtio_net/unbind
check "bind, without napi_tx" sh -c "echo $dev >/sys/bus/virtio/drivers/virtio_net/bind"
check "an address" up
same "the device that came" "$(word -c tx-frames)" 0
echo 1 >/sys/module/virtio_net/parameters/napi_tx
echo $dev >/sys/bus/virtio/drivers/virtio_net/unbind
check "bind, with napi_tx" sh -c "echo $dev >/sys/bus/virtio/drivers/virtio_net/bind"
check "an address" up
same "that device" "$(word -c tx-frames)" 1
