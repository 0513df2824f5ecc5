# SPDX-License-Identifier: GPL-2.0
# about: four named ports, 16 MiB each way at once; names, one opener, splice, SIGIO, hang-up
# timeout: 240

. /vgd/serial.sh
need_ports
MB=$(fewer ${MB:-16})
bytes=$((MB << 20))
dev=$(device_of virtio_console)
n=${dev#virtio}
same "the names" "$(names)" "vgd.a vgd.b vgd.c vgd.d "
same "a port is named after its device and its number" "$(node_of vgd.a)" /dev/vport${n}p3
check "the node is there" [ -c "$(node_of vgd.a)" ]

# The event that names a port, for what makes links of it: the device anew, with
# somebody who listens.
link_ports
sleep 0.5
echo $dev >/sys/bus/virtio/drivers/virtio_console/unbind
echo $dev >/sys/bus/virtio/drivers/virtio_console/bind
need_ports
check "a change event names each port" try_for 10 linked
kill $linker
same "the link leads to the port" "$(readlink -f /dev/virtio-ports/vgd.d)" "$(node_of vgd.d)"

check "the host opens its ends" host open port2 port3 port4 port5
check "the device says so" try_for 5 is $(node_of vgd.a) host_connected 1

# One opener.
exec 4<>$(node_of vgd.a)
refused "a second opener" sh -c "exec 2>/dev/null; : <$(node_of vgd.a)"
same "debugfs knows the opener" "$(state $(node_of vgd.a) guest_connected)" 1
exec 4>&-
same "and that it is gone" "$(state $(node_of vgd.a) guest_connected)" 0

random_file /tmp/data $MB
sum=$(sha </tmp/data)

begin=$(cut -d' ' -f1 /proc/uptime)
check "both ways of all four at once" \
	exchange /tmp/data $bytes port2=vgd.a port3=vgd.b port4=vgd.c port5=vgd.d >/tmp/sums
fact seconds "$(echo "$begin $(cut -d' ' -f1 /proc/uptime)" | awk '{ print $2 - $1 }')"
while read -r name out in sent; do
	same "$name: $MB MiB to the host" "$out" "$sum"
	same "$name: $MB MiB from the host" "$in" "$sent"
done </tmp/sums
node=$(node_of vgd.b)
same "bytes_sent" "$(state $node bytes_sent)" $bytes
same "bytes_received" "$(state $node bytes_received)" $bytes

host take port2 $bytes >/dev/null
check "splice" /root/port splice $(node_of vgd.a) /tmp/data
same "what was spliced" "$(host took port2)" "$sum"

/root/port sigio $(node_of vgd.c) >/tmp/signal &
job=$!
try_for 5 grep -q armed /tmp/signal
host send port4 1 >/dev/null
wait $job
same "a signal tells of input" "$(tail -n 1 /tmp/signal)" signal

/root/port hangup $(node_of vgd.d) >/tmp/hangup &
job=$!
try_for 5 grep -q open /tmp/hangup
sleep 0.3
host close port5 >/dev/null
wait $job
same "the host closes its end" "$(tr '\n' ' ' </tmp/hangup)" "open poll hangup read 0 write EPIPE "
check "it is seen" try_for 5 is $(node_of vgd.d) host_connected 0
host close port2 port3 port4 >/dev/null
