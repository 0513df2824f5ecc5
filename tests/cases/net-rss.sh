# SPDX-License-Identifier: GPL-2.0
# about: through a tap, packets of many flows come to the queues that the hash, computed on the host, says
# tools: ethtool
# timeout: 120

. /vgd/wire.sh
[ "$(feature $dev 60)" = 1 ] || skip_case "the device has no RSS"
check "an address" up
entries=$(ethtool -x $net | awk -F: '/^RSS hash key/ { exit } /^ *[0-9]+:/ { n += split($2, a, " ") } END { print n }')
key() { ethtool -x $net | sed -n '/^RSS hash key/{n;p}' | tr -d ': '; }
packets() { for _q in $(seq 0 $((CFG_queues - 1))); do word -S rx_queue_${_q}_packets; done; }

# spread NAME QUEUES FIELDS: what comes to each is what has to, and no more than a few
# others
spread()
{
	before=$(packets)
	want=$(host flows 61 $(key) $entries $2 $3) || { not_ok "$1: flows"; return; }
	sleep 1
	after=$(packets)
	for _q in $(seq 1 $CFG_queues); do
		_want=$(echo $want 0 0 0 0 0 0 0 0 | cut -d' ' -f$_q)
		_got=$(($(echo $after | cut -d' ' -f$_q) - $(echo $before | cut -d' ' -f$_q)))
		check "$1: queue $((_q - 1)) has $_got, $_want of these flows" \
			[ $_got -ge $_want -a $_got -le $((_want + 6)) ]
	done
}
# Until somebody asks for it, the host may send packets where it likes.
check "udp4 by addresses" ethtool -N $net rx-flow-hash udp4 sd
spread "addresses" $CFG_queues addresses
check "udp4 by addresses and ports" ethtool -N $net rx-flow-hash udp4 sdfn
spread "ports" $CFG_queues ports
check "the table: two queues" ethtool -X $net equal 2
spread "two queues" 2 ports
check "the table: three queues" ethtool -X $net equal 3
spread "three queues" 3 ports
check "the table: all" ethtool -X $net equal $CFG_queues
check "another key" ethtool -X $net hkey 6d:5a:56:da:25:5b:0e:c2:41:67:25:3d:43:a3:8f:b0:d0:ca:2b:cb:ae:7b:30:b4:77:cb:2d:a3:80:30:f2:0c:6a:42:b7:3b:be:ac:01:fa
same "it is that" "$(key | cut -c1-16)" 6d5a56da255b0ec2
spread "another key" $CFG_queues ports

# reported SOURCE PORT FIELDS: of 20 packets, how many have the hash that they have to
reported()
{
	_hash=$(host hash $(key) $1 $2 $3) || return 1
	/root/rxhash $net $_hash 2 >/tmp/count &
	_count=$!
	sleep 0.5
	host flow 20 $1 $2 >/dev/null
	wait $_count
	cat /tmp/count
}
if [ "$(feature $dev 57)" = 1 ]; then
	ethtool -K $net rxhash on
	for flow in "10.77.0.31 4001" "10.77.0.99 50001" "10.77.0.7 9"; do
		same "hash of $flow" "$(reported $flow ports)" 20
	done
	ethtool -N $net rx-flow-hash udp4 sd
	same "hash of addresses" "$(reported 10.77.0.31 4001 addresses)" 20
	same "that of ports" "$(reported 10.77.0.31 4001 ports)" 0
	ethtool -N $net rx-flow-hash udp4 sdfn
	ethtool -K $net rxhash off
	same "no report" "$(reported 10.77.0.31 4001 ports)" 0
	ethtool -K $net rxhash on
	same "a report" "$(reported 10.77.0.31 4001 ports)" 20
else
	skip "hash reports" "the device has none"
fi
ip link set $net down
check "an address" up
spread "after down and up" $CFG_queues ports
check "the table is nobody's" ethtool -X $net default
nothing_refused
