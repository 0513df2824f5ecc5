# SPDX-License-Identifier: GPL-2.0
# about: ports and the whole device come and go while they are open and in use
# timeout: 120

. /vgd/serial.sh
need_ports
ROUNDS=$(fewer ${ROUNDS:-4})
random_file /tmp/data 8

# both_gone HOW
both_gone()
{
	try_for 10 ended $reader $writer || { not_ok "$1: they still wait"; kill -9 $reader $writer; }
	wait $reader $writer
	same "$1: a reader" "$(cat /tmp/reader)" ENODEV
	same "$1: a writer" "$(cat /tmp/writer)" ENODEV
}

for i in $(seq 1 $ROUNDS); do
	use_two
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
check "the host opens its end" open_ends port2=vgd.a
check "a port that came back is used" exchange /tmp/data 8388608 port2=vgd.a >/tmp/sums
read -r _ out in sent </tmp/sums
same "it sends" "$out" "$(sha </tmp/data)"
same "and receives" "$in" "$sent"
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
		use_two
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
