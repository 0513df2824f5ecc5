# SPDX-License-Identifier: GPL-2.0
# about: through a tap, the network device is unplugged and plugged in again with data on its way
# tools: ethtool iperf3
# boot: own
# timeout: 900

. /vgd/wire.sh
ROUNDS=$(fewer ${ROUNDS:-3} 2)
LIMIT_KB=${LIMIT_KB:-2048} SLAB_KB=${SLAB_KB:-1024}
check "an address" up
iperf_port=$(host iperf) || die "no server"
serve 262144 || die "the host serves nothing"
gone() { [ ! -e /sys/class/net/$net ]; }
here() { dev=$(device_of virtio_net) && [ -d /sys/bus/virtio/devices/$dev/net ]; }

round()
{
	iperf3 -c $server -p $iperf_port --bidir -t 30 --connect-timeout 3000 >/dev/null 2>&1 &
	_load=$!
	sleep 0.$((RANDOM % 9 + 1))
	host unplug net0 >/dev/null || return 1
	try_for 10 gone || return 1
	kill $_load 2>/dev/null
	wait $_load
	host plug net0 >/dev/null || return 1
	try_for 10 here && up && data_is_right
}
for i in 1 2; do round || die "warm-up round $i"; done
for i in $(seq 1 $ROUNDS); do
	round || die "round $i of $ROUNDS"
	if [ $i = $((ROUNDS / 2)) ]; then
		before=$(used_kb)
		slab=$(slab_kb)
	fi
done
ok "$ROUNDS rounds"
after=$(used_kb)
slab2=$(slab_kb)
fact replug.memory "$((after - before)) kB more in $((ROUNDS - ROUNDS / 2)) rounds (slab $((slab2 - slab)) kB)"
memory_is_flat $((after - before)) $((slab2 - slab))
nothing_refused
