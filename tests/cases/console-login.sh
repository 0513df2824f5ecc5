# SPDX-License-Identifier: GPL-2.0
# about: two consoles, a login and a shell on each, talked to from the host
# timeout: 60

. /vgd/serial.sh
need_ports
two() { [ "$(consoles 2 | wc -l)" = 2 ]; }
try_for 5 two || die "there are not two consoles"
check "the host opens its ends" host open port0 port1

start_logins vgd-secret
i=0
for tty in $(consoles 2); do
	check "there is /dev/$tty" [ -c /dev/$tty ]
	check "log in on $tty" host log_in port$i root vgd-secret
	same "a shell on $tty" "$(answer port$i)" "answer 42 /dev/$tty"
	i=$((i + 1))
done

# Through a line discipline that leaves it alone.  Not more than the host's socket
# holds: of consoles, QEMU throws away what it cannot pass on at once.
i=0
for tty in $(consoles 2); do
	log_out port$i $tty >/dev/null
	i=$((i + 1))
done
wait $logins
random_file /tmp/data 1
sum=$(head -c 32768 /tmp/data | sha256sum | cut -d' ' -f1)
i=0
for tty in $(consoles 2); do
	exec 4<>/dev/$tty
	stty raw -echo <&4
	sleep 0.2
	host take port$i 32768 >/dev/null
	check "$tty takes 32 KiB" sh -c "head -c 32768 /tmp/data >&4"
	same "the host gets it" "$(host took port$i)" "$sum"
	host send port$i 262144 >/dev/null
	same "$tty gives 256 KiB" "$(head -c 262144 <&4 | sha256sum | cut -d' ' -f1)" "$(host sum port$i 262144)"
	exec 4>&-
	i=$((i + 1))
done
host close port0 port1 >/dev/null
