# SPDX-License-Identifier: GPL-2.0
# about: through a tap, every setting of ethtool is changed and read back while packets go both ways
# tools: ethtool iperf3
# timeout: 240

. /vgd/wire.sh
check "an address" up
iperf_port=$(host iperf) || die "no server"
serve 1048576 || die "the host serves nothing"
most=$CFG_queues
[ "$(feature $dev 22)" = 1 ] || most=1
# QEMU's devices over MMIO do not say how long their queues are, but how long any may be.
entries=256
[ "${CFG_transport#mmio}" = "$CFG_transport" ] || entries=1024

# live NAME: the traffic is on
live()
{
	_from=$(counted packets)
	check "packets go before $1" try_for 20 more_than $_from
}
more_than() { [ "$(counted packets)" -gt "$1" ]; }
# set_it NAME WORDS...: one setting
set_it() { _n=$1; shift; check "$_n" ethtool "$@" >/dev/null; }
# shown WORDS...: the value of each in what ethtool has printed
shown() { for _w in "$@"; do sed -n "s/^[[:space:]]*$_w:[[:space:]]*//p" /tmp/shown; done | xargs; }
ask() { ethtool $1 $net >/tmp/shown 2>/dev/null; }
# Not more than leaves time for what is done here.
traffic 1000 -b 10M

# What is only shown.
live "what is shown"
ask -i
same "-i" "$(shown driver version bus-info)" "virtio_net 1.0.0 $(basename "$(readlink -f /sys/bus/virtio/devices/$dev/..)")"
ask -T
check "-T" grep -q software-transmit /tmp/shown
# These come in two parts: the most there can be, and what there is.
ask -l
same "-l" "$(shown Combined)" "$most $most"
ask -g
same "-g" "$(shown RX TX)" "$entries $entries $entries $entries"

# Counters.
ask -S
for n in $(seq 0 $((most - 1))); do
	same "counters of pair $n" "$(grep -c "^ *[rt]x_queue_${n}_\(packets\|bytes\|kicks\): [0-9]*\$" /tmp/shown)" 6
done
same "counters of other pairs" "$(grep -c "_queue_${most}_" /tmp/shown)" 0
check "statistics" sh -c "cat /sys/class/net/$net/statistics/* >/dev/null"
queue=/sys/class/net/$net/queues/rx-$((most - 1))
if [ "$(feature $dev 15)" = 1 ]; then
	size=$(cat $queue/virtio_net/mergeable_rx_buffer_size)
	check "buffers of $size bytes" [ "$size" -ge 1514 -a "$size" -le 16384 ]
else
	refused "buffers that are not merged have no size" ls $queue/virtio_net 2>/dev/null
fi

# Rings.
live "rings"
rings() { ask -g; same "they are" "$(shown RX TX)" "$entries $1 $entries $2"; }
if rings_resize; then
	for size in 64 256 128 256; do
		set_it "rings of $size" -G $net rx $size tx $size
		rings $size $size
	done
	set_it "receive alone" -G $net rx 64
	rings 64 256
	set_it "transmit alone" -G $net tx 128
	rings 64 128
	set_it "as they were" -G $net rx 256 tx 256
else
	refused "other rings" ethtool -G $net rx 64 2>/dev/null
fi
rings $entries $entries

# Queues.
live "pairs"
# counts NAME: it grows
counts() { _before=$(word -S $1); [ -n "$_before" ] && try_for 20 grown $1 $_before; }
grown() { [ "$(word -S $1)" -gt $2 ]; }
if [ $most -gt 1 ]; then
	for n in 1 $most 1; do
		set_it "$n pairs" -L $net combined $n
		ask -l
		same "they are" "$(shown Combined)" "$most $n"
		same "queues of the stack" "$(ls /sys/class/net/$net/queues | grep -c '^[rt]x-')" $((2 * n))
	done
	refused "none" ethtool -L $net combined 0 2>/dev/null
fi
# All that comes and goes has to do it here.
for name in rx_queue_0_packets rx_queue_0_bytes tx_queue_0_packets tx_queue_0_bytes; do
	check "$name grows" counts $name
done
[ $most = 1 ] || set_it "all pairs" -L $net combined $most
ask -l
same "they are" "$(shown Combined)" "$most $most"

# Coalescing.
live "coalescing"
coalescing() { ask -c; same "it is" "$(shown rx-usecs rx-frames tx-usecs tx-frames)" "$1"; }
if [ "$(feature $dev 53)" = 1 ]; then
	set_it "coalescing" -C $net rx-usecs 60 rx-frames 8 tx-usecs 40 tx-frames 16
	coalescing "60 8 40 16"
	set_it "none" -C $net rx-usecs 0 rx-frames 0 tx-usecs 0 tx-frames 0
	coalescing "0 0 0 0"
else
	coalescing "0 1 0 1"
	for words in "rx-usecs 60" "tx-usecs 40" "rx-frames 8" "tx-frames 16"; do
		refused "$words without the feature" ethtool -C $net $words 2>/dev/null
	done
	# All drivers of virtio_net allow that while the interface is down.
	refused "no transmit interrupts while the interface is up" ethtool -C $net tx-frames 0 2>/dev/null
	coalescing "0 1 0 1"
	for frames in 0 1; do
		ip link set $net down
		set_it "tx-frames $frames" -C $net tx-frames $frames
		ip link set $net up
		coalescing "0 1 0 $frames"
		live "more of it"
	done
fi
if [ "$(feature $dev 52)" = 1 ]; then
	set_it "coalescing of a queue" --per-queue $net queue_mask 1 --coalesce rx-usecs 30 rx-frames 4
	ethtool --per-queue $net queue_mask 1 --show-coalesce >/tmp/shown
	same "it is" "$(shown rx-usecs rx-frames)" "30 4"
	for which in on off; do
		set_it "adaptive $which" -C $net adaptive-rx $which
		ask -c
		check "it is" grep -q "^Adaptive RX: $which" /tmp/shown
	done
fi

# Where packets go.
# table: what the entries have, as QUEUE:ENTRIES
table() { ethtool -x $net | sed '/^RSS hash key/,$d' | awk -F: '/^ *[0-9]+:/ { n = split($2, a, " ")
	for (i = 1; i <= n; i++) c[a[i]]++ } END { for (q = 0; q < 64; q++) if (q in c) print q ":" c[q] }' | xargs; }
key() { ethtool -x $net | sed -n '/^RSS hash key/{n;p}' | tr -d ' '; }
# hashed KIND: how many fields of such packets
hashed() { ethtool -n $net rx-flow-hash $1 | grep -c '^\(IP [SD]A\|L4 bytes\)'; }
if [ "$(feature $dev 60)" = 1 ]; then
	live "RSS"
	# QEMU's table has 128 entries.
	for spec in 1=0:128 2=0:64,1:64 4=0:32,1:32,2:32,3:32; do
		[ ${spec%=*} -le $most ] || continue
		set_it "table: ${spec%=*} queues" -X $net equal ${spec%=*}
		same "it is" "$(table | tr ' ' ,)" ${spec#*=}
	done
	for words in 6d:5a:56:da:25:5b:0e:c2:41:67:25:3d:43:a3:8f:b0:d0:ca:2b:cb:ae:7b:30:b4:77:cb:2d:a3:80:30:f2:0c:6a:42:b7:3b:be:ac:01:fa \
		00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:0f:1e:2d:3c:4b:5a:69:78:87:96:a5:b4:c3:d2:e1:f0:01:23:45:67:89:ab:cd:ef; do
		set_it "key" -X $net hkey $words
		same "it is" "$(key)" $words
	done
	for kind in udp4 tcp4 udp6 tcp6; do
		for fields in sd:2 sdfn:4; do
			set_it "$kind: ${fields%:*}" -N $net rx-flow-hash $kind ${fields%:*}
			same "fields" "$(hashed $kind)" ${fields#*:}
		done
	done
	ethtool -N $net rx-flow-hash udp4 fn 2>/dev/null
	same "ports alone cannot be had" "$(hashed udp4)" 4
	set_it "table: as it was" -X $net default
else
	refused "a table without the feature" ethtool -X $net equal 1 2>/dev/null
	# Its exit status does not tell.
	check "fields without the feature" sh -c "ethtool -N $net rx-flow-hash udp4 sd 2>&1 | grep -q 'not supported'"
fi

# Offloads: each by itself, what depends on it, and the feature that it has to have.
is() { same "$1" "$(shown $1 | cut -d' ' -f1)" $2; }
live "offloads"
for option in rx:rx-checksumming:rx-gro-hw:2 rx-gro-hw:rx-gro-hw::2 \
	tx:tx-checksumming:tcp-segmentation-offload:0 sg:scatter-gather:tcp-segmentation-offload:0 \
	tso:tcp-segmentation-offload:tx-tcp-segmentation:11 tx-tcp-segmentation:tx-tcp-segmentation::11 \
	tx-tcp6-segmentation:tx-tcp6-segmentation::12 tx-tcp-ecn-segmentation:tx-tcp-ecn-segmentation::13 \
	tx-udp-segmentation:tx-udp-segmentation::56 gso:generic-segmentation-offload:: \
	gro:generic-receive-offload:: rxhash:receive-hashing::57; do
	set -- $(echo "$option" | sed 's/::/:-:/; s/:$/:-/; s/:/ /g')
	ask -k
	was=$(shown $2)
	if [ $4 != - ] && [ "$(feature $dev $4)" = 0 ]; then
		same "$2 without the feature" "${was#* }" "[fixed]"
		continue
	fi
	case $was in
	on) other=off ;;
	off) other=on ;;
	*) not_ok "$2 is '$was'"; continue ;;
	esac
	for way in $other $was; do
		set_it "$1 $way" -K $net $1 $way
		ask -k
		is $2 $way
		[ $3 = - ] || is $3 $way
	done
done

# Link settings, which are notes only.
live "link settings"
link() { ask ""; same "$1" "$(shown Speed Duplex)" "$2"; }
set_it "10000 and half" -s $net speed 10000 duplex half
link "they are" "10000Mb/s Half"
set_it "speed" -s $net speed 1000
link "it is" "1000Mb/s Half"
set_it "duplex" -s $net duplex full
link "it is" "1000Mb/s Full"
ip link set $net down
link "it is while the interface is down" "1000Mb/s Full"
ip link set $net up
link "it is when that is up" "1000Mb/s Full"

live "the end"
refused "the traffic did not stop" ended $traffic
kill $traffic
wait $traffic 2>/dev/null
# The device says then what it has, which is no speed.
if [ "$(feature $dev 16)" = 1 ]; then
	carrier() { [ "$(cat /sys/class/net/$net/carrier)" = $1 ]; }
	for way in off on; do
		host link $way >/dev/null
		check "the cable: $way" try_for 5 carrier $([ $way = on ] && echo 1 || echo 0)
		link "they are as they were set" "1000Mb/s Full"
	done
else
	skip "the cable" "the device has no state of the link"
fi
check "an address" up
same "data that comes" "$(get)" "$sum"
same "data that goes" "$(nc $server $sink </tmp/wire.up)" "$want"
check "ping" ping_works
nothing_refused
same "commands that were not answered" "$(word -S ctrl_timeouts)" 0
