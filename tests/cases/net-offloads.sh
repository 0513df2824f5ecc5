# SPDX-License-Identifier: GPL-2.0
# about: through a tap, each offload off and on with data compared, and what the host sees of it
# tools: ethtool iperf3
# timeout: 240

. /vgd/wire.sh
check "an address" up
serve 1048576 || die "the host serves nothing"
iperf_port=$(host iperf) || die "no server"
ip -6 address show dev $net 2>/dev/null | grep -q $here6 && has6=yes
feature_is() { [ "$(word -k "$1" | cut -d' ' -f1)" = $2 ]; }

# seen WHAT: how much of it in what the guest sent, while data was compared
data_seen()
{
	host capture >/dev/null
	check "$1: data" data_is_right
	if _counts=$(host captured full partial gso longest); then ok "$1: checksums ($_counts)"; else not_ok "$1: checksums"; fi
	set -- $_counts
	full=$1 partial=$2 gso=$3 longest=$4
}

# cuts_6: how many long packets of TCP over IPv6 the device was given, checksums verified
cuts_6()
{
	host capture >/dev/null
	iperf -6 -c $server6 -t 1 >/dev/null || return 1
	host captured gso
}

data_seen "as it is"
for pair in rx:rx-checksumming tx:tx-checksumming sg:scatter-gather tso:tcp-segmentation-offload \
	gso:generic-segmentation-offload gro:generic-receive-offload rx-gro-hw:rx-gro-hw \
	tx-udp-segmentation:tx-udp-segmentation tx-tcp-segmentation:tx-tcp-segmentation \
	tx-tcp6-segmentation:tx-tcp6-segmentation tx-tcp-ecn-segmentation:tx-tcp-ecn-segmentation; do
	option=${pair%:*} name=${pair#*:}
	[ -n "$(word -k $name)" ] || { skip "$name" "this ethtool does not know it"; continue; }
	if word -k $name | grep -q fixed || ! feature_is $name on; then
		skip "$name" "it is $(word -k $name)"
		continue
	fi
	check "$name off" ethtool -K $net $option off
	check "it is off" feature_is $name off
	data_seen "$name off"
	case $option in
	tx) same "no checksum is left to the device" "$partial $gso" "0 0" ;;
	sg) same "no packet of many" "$gso" 0 ;;
	tso | tx-tcp-segmentation) same "the device cuts nothing" "$gso" 0
		check "no long frames ($longest)" [ "$longest" -le 1514 ] ;;
	tx-tcp6-segmentation) [ -z "$has6" ] || same "the device cuts nothing of IPv6" "$(cuts_6)" 0 ;;
	rx-gro-hw) same "the host cuts" "$(host offloaded tcp-segmentation-offload)" off ;;
	esac
	check "$name on" ethtool -K $net tx on sg on $option on
	check "it is on" feature_is $name on
	[ $option != rx-gro-hw ] || same "the host leaves it to us" "$(host offloaded tcp-segmentation-offload)" on
	ethtool -K $net tso on gso on 2>/dev/null
	[ "$option$has6" != tx-tcp6-segmentationyes ] || check "the device cuts IPv6" [ "$(cuts_6)" -gt 0 ]
done
data_seen "all on again"
# What comes without a checksum that holds, and what the host cuts or not.
for name in tx tso gso sg; do
	host offload $name off >/dev/null 2>&1 || continue
	check "the host's $name off: data" data_is_right
	host offload $name on >/dev/null 2>&1
done
check "data after all that" data_is_right
nothing_refused
