# SPDX-License-Identifier: GPL-2.0
# about: through a tap, TCP and UDP both ways; the host verifies the checksum of each packet
# tools: ethtool iperf3
# timeout: 180

. /vgd/wire.sh
seconds=${SECONDS_EACH:-2}
check "an address" up
iperf_port=$(host iperf) || die "no server"

# run NAME WORDS...: and say how fast
run()
{
	_name=$1
	shift
	check "$_name" iperf -t $seconds "$@"
	fact "$_name" "$(sed -n 's/.*] .* sec *\([0-9.]* [KMG]*Bytes\) *\([0-9.]* [KMG]*bits.sec\).*receiver.*/\1, \2/p' /tmp/iperf | tail -n 1)"
}
# datagrams NAME WORDS...: the same, and how many came
datagrams()
{
	run "$@"
	_came=$(sed -n 's/.* \([0-9]*\)\/\([0-9]*\) (.*receiver.*/\1 \2/p' /tmp/iperf | tail -n 1)
	set -- "$1" ${_came:-0 0}
	check "$1: $2 of $3 were lost" [ $(($3 - $2)) -gt 50 ]
}
streams=$CFG_queues

all()
{
	host capture >/dev/null
	run "TCP from here, $1" -P $streams
	run "TCP from the host, $1" -P $streams -R
	datagrams "UDP from here, $1" -u -b 40M -l 1400 -P $streams
	datagrams "UDP from the host, $1" -u -b 40M -l 1400 -P $streams -R
	datagrams "UDP in fragments, $1" -u -b 20M -l 4000
	[ -z "$has6" ] || run "TCP by IPv6, $1" -6 -c $server6
	if counts=$(host captured full partial gso); then
		ok "checksums, $1 (full partial gso: $counts)"
	else
		not_ok "checksums, $1"
	fi
}
ip -6 address show dev $net 2>/dev/null | grep -q $here6 && has6=yes

all "as it is"
set -- $counts
if ethtool -k $net | grep -q '^tx-checksumming: on'; then
	check "checksums were left to the device" [ "$2" -gt 100 ]
	check "TX checksums off" ethtool -K $net tx off
	all "checksums made here"
	set -- $counts
	same "none is left to the device" "$2" 0
	check "TX checksums on" ethtool -K $net tx on
fi
check "checksums made here were seen" [ "$1" -gt 100 ]
for queue in $(seq 0 $((CFG_queues - 1))); do
	for way in rx tx; do
		check "$way queue $queue was used" [ "$(word -S ${way}_queue_${queue}_packets)" -gt 0 ]
	done
done
nothing_refused
