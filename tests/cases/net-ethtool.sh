# SPDX-License-Identifier: GPL-2.0
# about: ethtool and ip on a network device: what is set is in force, at the device, and packets go on
# tools: ethtool
# modules: 8021q
# timeout: 120

dev=$(device_of virtio_net) || die "no device is bound to virtio_net"
net=$(ls /sys/bus/virtio/devices/$dev/net 2>/dev/null) || die "no network interface"
server=10.0.2.2

# word OPTION NAME: the value behind NAME: in what ethtool OPTION prints
word() { ethtool $1 $net 2>/dev/null | sed -n "s/^[[:space:]]*$2:[[:space:]]*//p" | head -n ${3:-1} | tail -n 1; }
filter() { host filter $1; }
is() { [ "$(filter $1)" = "$2" ]; }
feature_is() { [ "$(word -k "$1" | cut -d' ' -f1)" = $2 ]; }
ping_works() { ping -q -c 2 -W 5 $server >/dev/null; }

# With it each interface has VLAN 0.
modprobe 8021q 2>/dev/null && vlans=1
ip link set $net up
check "an address by DHCP" udhcpc -q -n -f -t 10 -T 2 -i $net -s /vgd/udhcpc

same "driver" "$(word -i driver)" virtio_net
same "version" "$(word -i version)" 1.0.0
same "bus-info" "$(word -i bus-info)" "$(basename "$(readlink -f /sys/bus/virtio/devices/$dev/..)")"
same "link" "$(word "" "Link detected")" yes
check "time stamps in software" sh -c "ethtool -T $net | grep -q software-transmit"

# Counters.
before=$(word -S rx_queue_0_packets)
check "ping" ping_works
check "received packets are counted" [ "$(word -S rx_queue_0_packets)" -gt "$before" ]
for name in rx_queue_0_bytes rx_queue_0_kicks tx_queue_0_packets tx_queue_0_kicks; do
	check "$name is counted" [ "$(word -S $name)" -gt 0 ]
done
for name in rx_queue_0_drops rx_queue_0_xdp_packets rx_queue_0_xdp_redirects tx_queue_0_xdp_tx_drops \
	tx_queue_0_tx_timeouts ctrl_timeouts ctrl_refused ctrl_garbage; do
	same "$name" "$(word -S $name)" 0
done

# Receive filters, as the device has them.
mac=$(cat /sys/class/net/$net/address)
same "its address at the device" "$(filter main-mac)" "$mac"
check "another address" ip link set $net address 52:54:00:12:34:99
same "it has that" "$(filter main-mac)" 52:54:00:12:34:99
check "the first one again" ip link set $net address "$mac"
refused "an address that is a group's" ip link set $net address 01:00:5e:00:00:01 2>/dev/null
same "it is still the first" "$(filter main-mac)" "$mac"
ip link set $net promisc on
check "promiscuous" try_for 3 is promiscuous true
ip link set $net promisc off
check "and no longer" try_for 3 is promiscuous false
flags=$(cat /sys/class/net/$net/flags)
echo $((flags | 0x200)) >/sys/class/net/$net/flags
check "all multicast" try_for 3 is multicast all
echo $flags >/sys/class/net/$net/flags
check "and no longer" try_for 3 is multicast normal
if [ "$vlans" ]; then
	same "no VLAN but those without a tag" "$(filter vlan-table)" 0
	check "VLAN 5" ip link add link $net name tagged type vlan id 5
	same "the device lets it through" "$(filter vlan-table)" 0,5
	ip link del tagged
	same "and no longer" "$(filter vlan-table)" 0
else
	skip "VLANs" "this kernel has none"
fi

# Offloads.
for name in rx-gro-hw rx-checksumming tx-checksumming tx-tcp-segmentation; do
	option=$name
	case $name in
	rx-checksumming) option=rx ;;
	tx-checksumming) option=tx ;;
	esac
	feature_is $name on || { skip "$name" "the device has it not"; continue; }
	check "$name off" ethtool -K $net $option off
	check "it is off" feature_is $name off
	check "ping without" ping_works
	check "$name on" ethtool -K $net $option on
	check "it is on" feature_is $name on
done
ethtool -K $net rx-gro-hw on 2>/dev/null

# Rings.  QEMU's devices over MMIO offer the reset of a queue, but do not know its register.
if [ "$(feature $dev 40)" = 1 ] && [ "${CFG_transport#mmio}" = "$CFG_transport" ]; then
	most=$(word -g RX)
	for size in 64 128 $most; do
		check "rings of $size" sh -c "ethtool -G $net rx $size tx $size || [ $size = $most ]"
		same "it is" "$(word -g RX 2)" $size
		check "ping" ping_works
	done
	refused "rings of 100" ethtool -G $net rx 100 2>/dev/null
	same "it is left as it was" "$(word -g RX 2)" $most
	ip link set $net down
	check "rings of 64 while it is down" ethtool -G $net rx 64 tx 64
	ip link set $net up
	check "ping" try_for 5 ping_works
	ethtool -G $net rx $most tx $most
else
	refused "rings of 64" ethtool -G $net rx 64 2>/dev/null
fi

# What buffers that are merged are said to have for data.
queues=/sys/class/net/$net/queues
if [ "$(feature $dev 15)" = 1 ]; then
	for queue in $queues/rx-*; do
		size=$(cat $queue/virtio_net/mergeable_rx_buffer_size)
		check "${queue##*/}: buffers of $size bytes" [ "$size" -ge 1514 -a "$size" -le 16384 ]
	done
else
	refused "buffers that are not merged have no size" ls $queues/rx-0/virtio_net 2>/dev/null
fi

# Queues.
max=$(ethtool -l $net | sed -n 's/^Combined:[[:space:]]*//p' | head -n 1)
refused "more queues than there are" ethtool -L $net combined $((max + 1)) 2>/dev/null
for n in 1 $max; do
	ethtool -L $net combined $n 2>/dev/null
	same "$n of $max pairs" "$(ethtool -l $net | sed -n 's/^Combined:[[:space:]]*//p' | tail -n 1)" $n
	check "ping" ping_works
done
[ "$(feature $dev 53)" = 1 ] ||
	refused "coalescing without the feature" ethtool -C $net rx-usecs 50 2>/dev/null

# Ten times within a second, and a bit: heard, and not each time.
sleep 1
before=$(word -S ctrl_sent)
host announce >/dev/null
sleep 3
count=$(($(word -S ctrl_sent) - before))
check "announced ($count)" [ $count -ge 1 ]
check "not as often as it was asked to" [ $count -le 5 ]
check "ping after all that" ping_works
same "commands that were not answered" "$(word -S ctrl_timeouts)" 0
