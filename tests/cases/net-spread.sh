# SPDX-License-Identifier: GPL-2.0
# about: through a tap, queues and interrupts are dealt to the processors, and anew when one goes or comes
# tools: ethtool
# timeout: 180

. /vgd/wire.sh
[ "$CFG_cpus,$CFG_queues,$CFG_vectors" = 4,4,auto ] || skip_case "the masks here are of 4 processors, 4 pairs, MSI-X"
[ "$(feature $dev 22)" = 1 ] || skip_case "the device has one pair of queues"
check "an address" up
serve 262144 || die "the host serves nothing"
fn=$(readlink -f /sys/bus/virtio/devices/$dev/..)

# The processors of one pair: those that send on it, and those of its interrupts.
xps() { cat /sys/class/net/$net/queues/tx-$1/xps_cpus; }
irq() { cat /proc/irq/$(sed -n "s/^ *\([0-9]*\):.* $dev-$1\$/\1/p" /proc/interrupts)/smp_affinity; }
input() { irq input.$1; }
output() { irq output.$1; }
# masks PAIRS KIND: of all pairs
masks() { echo $(for _n in $(seq 0 $(($1 - 1))); do $2 $_n; done); }
dealt() { [ "$(masks $1 xps),$(masks $1 input),$(masks $1 output)" = "$2,$2,$2" ]; }

# spread NAME MASK...: one for each pair
spread()
{
	what=$1
	shift
	try_for 5 dealt $# "$*"
	same "$what: processors that send" "$(masks $# xps)" "$*"
	same "$what: interrupts of receive" "$(masks $# input)" "$*"
	same "$what: interrupts of transmit" "$(masks $# output)" "$*"
	check "$what: data" data_is_right
}
# sends PROCESSOR MASK PAIR: what it sends goes out there
sends()
{
	before=$(word -S tx_queue_$3_packets)
	check "processor $1: ping" taskset $2 ping -q -c 3 -i 0.2 -W 5 $server
	check "processor $1 sends on pair $3" [ "$(word -S tx_queue_$3_packets)" -ge $((before + 3)) ]
}
pairs() { check "$1 pairs" ethtool -L $net combined $1; }
goes() { both "processor $1 goes" sh -c "echo 0 >/sys/devices/system/cpu/cpu$1/online"; }
comes() { both "processor $1 comes" sh -c "echo 1 >/sys/devices/system/cpu/cpu$1/online"; }

# All processors that are there, in order; neighbours share.
spread "4 pairs" 1 2 4 8
sends 0 1 0
sends 1 2 1
sends 2 4 2
sends 3 8 3
pairs 1
spread "1 pair" f
pairs 2
spread "2 pairs" 3 c
sends 1 2 0
sends 2 4 1
goes 1
spread "2 pairs, processors 0, 2, 3" 5 8
comes 1
spread "2 pairs again" 3 c
goes 3
spread "2 pairs, processors 0, 1, 2" 3 4
pairs 1
spread "1 pair, processors 0, 1, 2" 7
# More pairs than processors: it begins anew.
pairs 4
spread "4 pairs, processors 0, 1, 2" 1 2 4 1
comes 3
spread "4 pairs again" 1 2 4 8
ip link set $net down
check "processor 3 goes while the interface is down" sh -c "echo 0 >/sys/devices/system/cpu/cpu3/online"
check "an address" up
spread "4 pairs, processors 0, 1, 2" 1 2 4 1
comes 3
spread "4 pairs again" 1 2 4 8
if [ -w $fn/reset ]; then
	check "reset of the function" sh -c "echo 1 >$fn/reset"
	spread "after the reset" 1 2 4 8
else
	skip "reset of the function" "it cannot be reset"
fi
nothing_refused
