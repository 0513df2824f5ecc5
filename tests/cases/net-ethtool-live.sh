# SPDX-License-Identifier: GPL-2.0
# about: through a tap, every setting of ethtool is changed and read back while packets go both ways
# tools: ethtool iperf3
# timeout: 240

. /vgd/wire.sh
check "an address" up
iperf_port=$(host iperf) || die "no server"
serve 1048576 || die "the host serves nothing"
traffic ${SECONDS_LIVE:-40}

# set NAME WORDS...: one setting, under traffic
set_it() { _n=$1; shift; check "$_n" ethtool "$@"; }
for option in -i -k -l -g -c -x -S -T "" ; do
	case $option in -c | -x) ethtool $option $net >/dev/null 2>&1; continue ;; esac
	check "ethtool $option" sh -c "ethtool $option $net >/dev/null"
done

# Rings.
if rings_resize; then
	most=$(word -g RX)
	for size in 64 $most 128 $most; do
		set_it "rings of $size" -G $net rx $size tx $size
		same "they are" "$(word -g RX 2) $(word -g TX 2)" "$size $size"
	done
	set_it "receive alone" -G $net rx 64
	set_it "transmit alone" -G $net tx 64
	same "they are" "$(word -g RX 2) $(word -g TX 2)" "64 64"
	ethtool -G $net rx $most tx $most
else
	refused "other rings" ethtool -G $net rx 64 2>/dev/null
fi
# Queues.
if [ "$(feature $dev 22)" = 1 ]; then
	max=$(word -l Combined)
	for n in 1 $max 1 $max; do
		[ "$(word -l Combined 2)" = $n ] || set_it "$n pairs" -L $net combined $n
		same "they are" "$(word -l Combined 2)" $n
	done
	refused "none" ethtool -L $net combined 0 2>/dev/null
else
	skip "pairs" "the device has one"
fi
# Coalescing.
if [ "$(feature $dev 53)" = 1 ]; then
	set_it "coalescing" -C $net rx-usecs 60 rx-frames 8 tx-usecs 40 tx-frames 16
	same "it is" "$(word -c rx-usecs) $(word -c rx-frames) $(word -c tx-usecs) $(word -c tx-frames)" "60 8 40 16"
else
	refused "coalescing without the feature" ethtool -C $net rx-usecs 60 2>/dev/null
fi
if [ "$(feature $dev 52)" = 1 ]; then
	set_it "coalescing of a queue" --per-queue $net queue_mask 1 --coalesce rx-usecs 30 rx-frames 4
	set_it "adaptive" -C $net adaptive-rx on
	set_it "not adaptive" -C $net adaptive-rx off
fi
# With NAPI for transmit or without, which all drivers of virtio_net allow while the interface is down.
same "frames of transmit interrupts" "$(word -c tx-frames)" 1
# Where packets go.
if [ "$(feature $dev 60)" = 1 ]; then
	set_it "table: the first queue" -X $net equal 1
	set_it "table: all" -X $net equal $max
	set_it "key" -X $net hkey 6d:5a:56:da:25:5b:0e:c2:41:67:25:3d:43:a3:8f:b0:d0:ca:2b:cb:ae:7b:30:b4:77:cb:2d:a3:80:30:f2:0c:6a:42:b7:3b:be:ac:01:fa
	check "it is that" sh -c "ethtool -x $net | grep -q 6d:5a:56:da"
	set_it "fields" -N $net rx-flow-hash udp4 sdfn
	set_it "fields" -N $net rx-flow-hash udp4 sd
fi
# Offloads, each by itself.
for name in rx tx sg tso gso gro rx-gro-hw; do
	ethtool -K $net $name off 2>/dev/null || continue
	set_it "$name off and on" -K $net $name on tx on sg on
done
ethtool -K $net tso on 2>/dev/null
# Link settings, which are notes only.
set_it "speed" -s $net speed 1000 duplex full
same "it is" "$(word "" Speed) $(word "" Duplex)" "1000Mb/s Full"
# Files.
check "statistics" sh -c "cat /sys/class/net/$net/statistics/* >/dev/null"
for i in 1 2 3; do
	set_it "statistics, $i" -S $net
done >/dev/null

check "the traffic did not stop" traffic_ended
check "data" data_is_right
check "ping" ping_works
nothing_refused
same "commands that were not answered" "$(word -S ctrl_timeouts)" 0
