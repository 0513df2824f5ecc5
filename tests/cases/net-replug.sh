# SPDX-License-Identifier: GPL-2.0
# about: through a tap, the network device is unplugged and plugged in again with data on its way
# tools: ethtool
# boot: own
# timeout: 900

. /vgd/wire.sh
ROUNDS=$(fewer ${ROUNDS:-3} 2)
LIMIT_KB=${LIMIT_KB:-1024} SLAB_KB=${SLAB_KB:-1024}
check "an address" up
serve 2097152 || die "the host serves nothing"
gone() { [ ! -e /sys/class/net/$net ]; }
here() { dev=$(device_of virtio_net) && [ -d /sys/bus/virtio/devices/$dev/net ]; }

# flows: 50 packets more each way than $_came and $_went
flows() { [ "$(received)" -ge $((_came + 50)) ] && [ "$(sent)" -ge $((_went + 50)) ]; }
sent() { ethtool -S $net | sed -n "s/^ *tx_queue_[0-9]*_packets: //p" | awk '{ n += $1 } END { print n + 0 }'; }

round()
{
	_came=$(received) _went=$(sent)
	while get >/dev/null; do :; done 2>/dev/null &
	_getter=$!
	nc $server $sink </dev/zero >/dev/null 2>&1 &
	_sender=$!
	try_for 10 flows || { echo "no traffic"; return 1; }
	sleep 0.$((RANDOM % 9 + 1))
	host unplug net0 >/dev/null || return 1
	try_for 10 gone || return 1
	kill $_getter $_sender 2>/dev/null
	killall -q wget
	wait $_getter $_sender
	host plug net0 >/dev/null || return 1
	try_for 10 here && up && data_is_right
}
# What was being sent when the card went stays until the host has it.
no_orphans() { grep -q '^TCP:.* orphan 0 ' /proc/net/sockstat; }
for i in 1 2; do round || die "warm-up round $i"; done
# measure HALF: the memory in use without the card, whose buffers follow the traffic
measure()
{
	try_for 30 no_orphans || { echo "something is left to be sent"; return 1; }
	host unplug net0 >/dev/null && try_for 10 gone || return 1
	used_kb >>/tmp/replug.$1
	host plug net0 >/dev/null && try_for 10 here && up
}
# least HALF: the least that was seen in it: what is in use for the moment comes and goes
least() { sort -n /tmp/replug.$1 | head -n 1; }
every=$(((ROUNDS + 9) / 10))
# rounds FROM TO HALF: so many, memory measured in some
rounds()
{
	for i in $(seq $1 $2); do
		round || die "round $i of $ROUNDS"
		[ $((i % every)) = 0 ] || continue
		measure $3 || die "memory after round $i"
	done
}
rounds 1 $((ROUNDS / 2)) first
slab=$(slab_kb)
rounds $((ROUNDS / 2 + 1)) $ROUNDS second
ok "$ROUNDS rounds, and nothing is left to be sent"
grown()
{
	fact replug.first $(cat /tmp/replug.first)
	fact replug.second $(cat /tmp/replug.second)
	more=$(($(least second) - $(least first)))
	slab2=$(slab_kb)
	fact replug.memory "$more kB more in $((ROUNDS - ROUNDS / 2)) rounds (slab $((slab2 - slab)) kB)"
}
grown
# What is taken once, and kept, is no leak: that goes on.
if [ $more -ge $LIMIT_KB ]; then
	mv /tmp/replug.second /tmp/replug.first
	slab=$slab2
	rounds 1 $((ROUNDS - ROUNDS / 2)) second
	grown
fi
memory_is_flat $more $((slab2 - slab))
nothing_refused
