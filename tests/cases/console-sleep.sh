# SPDX-License-Identifier: GPL-2.0
# about: ports and consoles that are open sleep and wake up
# boot: own
# append: no_console_suspend suspend.pm_test_delay=1
# timeout: 120

. /vgd/serial.sh
need_ports
[ -e /sys/power/pm_test ] || skip_case "this kernel has no /sys/power/pm_test"
random_file /tmp/data 4
sum=$(sha256sum </tmp/data | cut -d' ' -f1)
host open port0 port2 port3 port4 >/dev/null
a=$(node_of vgd.a) b=$(node_of vgd.b) c=$(node_of vgd.c)
exec 4<>$a 5<>$b
tty=$(consoles 2 | head -n 1)
exec 6<>/dev/$tty
stty raw -echo <&6
echo devices >/sys/power/pm_test

for i in $(seq 1 $(fewer ${ROUNDS:-2})); do
	# A reader that waits, and a writer whose bytes nobody reads yet.
	head -c 1048576 <&4 | sha256sum | cut -d' ' -f1 >/tmp/sum &
	reader=$!
	cat /tmp/data >&5 &
	writer=$!
	try_for 20 is $b outvq_full 1
	check "round $i: sleep and wake up" sh -c 'echo freeze >/sys/power/state'
	check "round $i: the names" all_ports
	same "round $i: the port is open here" "$(state $a guest_connected)" 1
	check "round $i: and there" try_for 5 is $a host_connected 1
	same "round $i: one that was not is not" "$(state $c guest_connected)" 0
	host send port2 1048576 >/dev/null
	wait $reader
	same "round $i: the reader gets all" "$(cat /tmp/sum)" "$(host sum port2 1048576)"
	host take port3 $((4 << 20)) >/dev/null
	wait $writer
	same "round $i: the host gets all" "$(host took port3)" "$sum"
	host take port0 32768 >/dev/null
	head -c 32768 /tmp/data >&6
	same "round $i: the console writes" "$(host took port0)" "$(head -c 32768 /tmp/data | sha256sum | cut -d' ' -f1)"
	host send port0 4096 >/dev/null
	same "round $i: the console reads" "$(head -c 4096 <&6 | sha256sum | cut -d' ' -f1)" "$(host sum port0 4096)"
done
same "a port that was not open can be opened" "$(sh -c ": >$c" && echo yes)" yes
# Longer than the device has to announce its ports again.
sleep $((11 * ${SLOW:-1}))
check "all is there after a while" all_ports
same "and open" "$(state $a guest_connected)$(state $a host_connected)" 11
exec 4>&- 5>&- 6>&-
host close port0 port2 port3 port4 >/dev/null
