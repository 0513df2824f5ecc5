# SPDX-License-Identifier: GPL-2.0
# about: ports and the whole device come and go while they are open and in use
# timeout: 120

. /vgd/serial.sh
need_ports
ROUNDS=$(fewer ${ROUNDS:-4})
random_file /tmp/data 8

# open_two: somebody reads from port2, somebody writes to port3 that nobody reads
open_two()
{
	host open port2 port3 >/dev/null
	try_for 5 is $(node_of vgd.a) host_connected 1
	try_for 5 is $(node_of vgd.b) host_connected 1
	/root/port read $(node_of vgd.a) >/tmp/reader &
	reader=$!
	/root/port write $(node_of vgd.b) >/tmp/writer &
	writer=$!
	host send port2 $((1 << 20)) >/dev/null
	try_for 20 is $(node_of vgd.b) outvq_full 1
}

ended() { ! kill -0 $reader 2>/dev/null && ! kill -0 $writer 2>/dev/null; }

# both_gone HOW
both_gone()
{
	try_for 10 ended || { not_ok "$1: they still wait"; kill -9 $reader $writer; }
	wait $reader $writer
	same "$1: a reader" "$(cat /tmp/reader)" ENODEV
	same "$1: a writer" "$(cat /tmp/writer)" ENODEV
}

for i in $(seq 1 $ROUNDS); do
	open_two
	check "round $i: the host takes two ports away" host unplug port2
	host unplug port3 >/dev/null
	both_gone "round $i"
	check "round $i: they are gone" try_for 5 no_port vgd.b
	check "round $i: the host adds them again" host plug port2
	host plug port3 >/dev/null
	check "round $i: they are back" try_for 10 all_ports
	host close port2 port3 >/dev/null
done

# A new port works, on the queues of the old one.
host open port2 >/dev/null
try_for 5 is $(node_of vgd.a) host_connected 1
host take port2 8388608 >/dev/null
cat /tmp/data >$(node_of vgd.a) &
job=$!
sent() { ! kill -0 $job 2>/dev/null; }
try_for 30 sent || { head -n 30 /sys/kernel/debug/virtio-ports/* /sys/kernel/debug/virtio/*/vq[89]; die "a port that came back sends nothing"; }
same "a port that came back sends" "$(host took port2)" "$(sha256sum </tmp/data | cut -d' ' -f1)"
exec 4<>$(node_of vgd.a)
host send port2 1048576 >/dev/null
same "and receives" "$(head -c 1048576 <&4 | sha256sum | cut -d' ' -f1)" "$(host sum port2 1048576)"
exec 4>&-
host close port2 >/dev/null

# A console that is open.
tty=$(consoles 2 | head -n 1)
sh -c "exec 4<>/dev/$tty; cat <&4 >/dev/null" &
sleep 0.5
check "a console that is open goes" host unplug port0
wait $!
check "and comes back" host plug port0
back() { [ "$(consoles 9 | wc -l)" -ge 3 ]; }
check "as a console" try_for 10 back
again=$(consoles 1)
same "with the same number" $again $tty
host open port0 >/dev/null
host take port0 6 >/dev/null
opens() { : >/dev/$again; }
check "it can be opened" try_for 5 opens
sh -c "stty raw -echo; printf 'hello\n'" </dev/$again >/dev/$again
same "it works" "$(host took port0)" "$(echo hello | sha256sum | cut -d' ' -f1)"
host close port0 >/dev/null

case $CFG_transport in
mmio*) skip "the whole device" "a device without a bus stays" ;;
*)
	for i in $(seq 1 $(fewer 2)); do
		open_two
		# Not by this shell, which the end of its terminal would end.
		sh -c "exec 4<>/dev/$again; cat <&4 >/dev/null" &
		terminal=$!
		check "the host takes the device away, round $i" host unplug ser0
		both_gone "the whole device, round $i"
		wait $terminal
		host close port2 port3 >/dev/null
		nothing() { [ -z "$(ls $PORTS)" ]; }
		check "no port is left" try_for 5 nothing
		host plug ser0 >/dev/null
		for p in 0 1 2 3 4 5; do host plug port$p >/dev/null; done
		check "it comes back with its ports" try_for 10 all_ports
	done
	;;
esac
check "nobody holds the module" rmmod virtio_console
check "it loads again" modprobe virtio_console
need_ports
