# SPDX-License-Identifier: GPL-2.0
# about: XDP programs on the network device: each verdict, with data that is verified across the change
# tools: ethtool tc
# modules: sch_ingress cls_bpf
# boot: own
# timeout: 180

dev=$(device_of virtio_net) || die "no device is bound to virtio_net"
net=$(ls /sys/bus/virtio/devices/$dev/net 2>/dev/null) || die "no network interface"
server=10.0.2.2
xdp() { /root/xdp $net "$@"; }

# get BYTES: the sum of what came
get() { wget -q -O - "http://$server:$port/$1" | sha256sum | cut -d' ' -f1; }
# counted NAME: over all queues
counted() { ethtool -S $net | sed -n "s/^ *rx_queue_[0-9]*_$1: //p" | awk '{ n += $1 } END { print n + 0 }'; }
pings() { ping -q -c 3 -W 2 $server; }

ip link set $net up
check "an address by DHCP" udhcpc -q -n -f -t 10 -T 2 -i $net -s /vgd/udhcpc
port=$(host serve) || die "the host serves nothing"
sum=$(host sum 4194304)

case $CFG_net in
*host_mtu*)
	xdp pass true
	same "no program where packets lie in several pages" $? 99
	same "packets go on" "$(get 4194304)" "$sum"
	finish
	;;
esac
get 4194304 >/tmp/sum &
get=$!
for i in 1 2 3 4 5; do
	check "a program comes and goes, round $i" xdp pass true
done
wait $get
same "what came meanwhile" "$(cat /tmp/sum)" "$sum"
before=$(counted xdp_packets)
for how in pass frags; do
	xdp $how wget -q -O /tmp/data "http://$server:$port/4194304"
	same "$how: status of the transfer" $? 0
	same "$how: what came" "$(sha256sum </tmp/data | cut -d' ' -f1)" "$sum"
done
xdp meta wget -q -O /tmp/data "http://$server:$port/4194304"
same "meta: status of the transfer" $? 0
same "meta: what came" "$(sha256sum </tmp/data | cut -d' ' -f1)" "$sum"
# wants_meta: the stack drops packets that do not have it
wants_meta()
{
	modprobe -a sch_ingress cls_bpf
	mount -t bpf bpf /sys/fs/bpf && /root/xdp pin /sys/fs/bpf/wanted &&
		/bin/tc qdisc add dev $net clsact &&
		/bin/tc filter add dev $net ingress bpf direct-action object-pinned /sys/fs/bpf/wanted
}
if wants_meta; then
	xdp pass ping -q -c 2 -W 1 $server
	same "no metadata without the program: no answer" $? 1
	xdp meta wget -q -O /tmp/data "http://$server:$port/4194304"
	same "the stack has the metadata: status of the transfer" $? 0
	same "the stack has the metadata: what came" "$(sha256sum </tmp/data | cut -d' ' -f1)" "$sum"
	/bin/tc qdisc del dev $net clsact
else
	skip "metadata in the stack" "this kernel has no programs there"
fi
check "the programs saw packets" [ "$(counted xdp_packets)" -gt $((before + 1000)) ]
check "ping" pings

before=$(counted xdp_drops)
xdp drop ping -q -c 3 -W 1 $server
same "drop: no answer" $? 1
check "drop: counted" [ "$(counted xdp_drops)" -ge $((before + 1)) ]
check "ping again" pings

before=$(counted xdp_tx)
xdp tx ping -q -c 3 -W 1 $server
same "tx: no answer" $? 1
check "tx: counted" [ "$(counted xdp_tx)" -ge $((before + 1)) ]
check "ping again" pings

before=$(counted xdp_redirects)
xdp redirect ping -q -c 3 -W 1 $server
same "redirect: no answer" $? 1
check "redirect: counted" [ "$(counted xdp_redirects)" -ge $((before + 1)) ]
check "ping again" pings
same "what comes after it" "$(get 4194304)" "$sum"

if [ -z "$CFG_net" ]; then
	check "a large MTU" ip link set $net mtu 4000
	xdp pass true
	same "no program that cannot have such packets in pieces" $? 99
	check "one that can" xdp frags true
	check "the MTU of before" ip link set $net mtu 1500
	xdp pass ip link set $net mtu 4000 2>/dev/null
	same "no large MTU while a program cannot have that" "$(cat /sys/class/net/$net/mtu)" 1500
else
	skip "a large MTU" "a buffer holds no such packet"
fi
ip link set $net down
check "a program on an interface that is down" xdp pass true
ip link set $net up
same "nothing was refused" "$(counted bad_len) $(counted bad_hdr)" "0 0"
ethtool -S $net | grep -v ': 0$'
