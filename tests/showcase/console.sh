# SPDX-License-Identifier: GPL-2.0
# What the demo does with the device of two consoles and four ports.

two() { [ "$(consoles 2 | wc -l)" = 2 ]; }
do_serial()
{
	try_for 10 all_ports && try_for 5 two || return 1
	found virtio_console "$(echo $(consoles 2)), $(echo $(names))"
}

# A login on each console: the host answers the questions of login(1), the shell
# works one out and says where it is.
do_logins()
{
	DETAIL="the host cannot open its ends"
	host open port0 port1 || return 1
	start_logins vgd-secret
	DETAIL="root logs in by password; the shells say:"
	i=0
	for tty in $(consoles 2); do
		host log_in port$i root vgd-secret || { DETAIL="no login on $tty"; return 1; }
		said=$(answer port$i)
		DETAIL="$DETAIL ${said#answer },"
		[ "$said" = "answer 42 /dev/$tty" ] || return 1
		log_out port$i $tty || return 1
		i=$((i + 1))
	done
	wait $logins
	host close port0 port1
	DETAIL=${DETAIL%,}
}

# The links were made while the drivers were loaded.
do_names()
{
	DETAIL="links: $(ls /dev/virtio-ports)"
	try_for 10 linked || return 1
	DETAIL=
	for name in $(ls /dev/virtio-ports); do
		node=$(readlink -f /dev/virtio-ports/$name)
		DETAIL="$DETAIL $name->${node#/dev/}"
		[ "$node" = "$(node_of $name)" ] || return 1
	done
	DETAIL="/dev/virtio-ports:$DETAIL"
}

# same_sums FILE SUMS: by how many ports the file went out whole, and by how many
# what the host sent came in whole; SUMS is what exchange says
same_sums()
{
	awk -v want=$(sha <$1) 'NF == 4 && $2 == want { o++ } NF == 4 && $3 == $4 { i++ }
		END { printf "%d %d", o, i }' $2
}

do_ports()
{
	DETAIL="the host cannot open its ends"
	open_ends port2=vgd.a port3=vgd.b port4=vgd.c port5=vgd.d || return 1
	random_file /tmp/data 16 || return 1
	DETAIL="the bytes do not all arrive"
	t=$(now)
	exchange /tmp/data 16777216 port2=vgd.a port3=vgd.b port4=vgd.c port5=vgd.d >/tmp/sums || return 1
	speed=$(rate 128 $t)
	sums=$(same_sums /tmp/data /tmp/sums)
	DETAIL="all at once, 128 MiB at $speed MiB/s; same sha256: ${sums% *} of 4 out, ${sums#* } of 4 in"
	host close port2 port3 port4 port5
	[ "$sums" = "4 4" ]
}

do_noread()
{
	node=$(node_of vgd.a)
	DETAIL="the host cannot open its end"
	open_ends port2=vgd.a || return 1
	head -c 4194304 /tmp/data >/tmp/four
	DETAIL="a writer is not told that there is no room"
	stall $node /tmp/four || return 1
	was=$(ticks $writer)
	sleep 1
	used=$(($(ticks $writer) - was))
	fitted=$(sed -n 's/ bytes fitted//p' /tmp/fitted)
	DETAIL="a writer that waits uses $used ticks of the processor"
	[ $used = 0 ] || return 1
	DETAIL="the writer does not go on"
	host take port2 4194304 && try_for 20 ended $writer && wait $writer || return 1
	got=$(host took port2)
	host close port2
	DETAIL="$((fitted / 1024)) KiB fit, then EAGAIN; a writer that waits uses no processor;"
	DETAIL="$DETAIL the host reads on: 4 MiB, same sha256"
	[ "$got" = "$(sha </tmp/four)" ] || { DETAIL="what the host got has another sha256"; return 1; }
}

# Two ports in use go and come back; a third goes on working meanwhile.
do_portplug()
{
	DETAIL="the ports cannot be used"
	open_ends port4=vgd.c && use_two || return 1
	begin_exchange /tmp/four 4194304 port4=vgd.c || return 1
	DETAIL="the host cannot take the ports away"
	host unplug port2 && host unplug port3 || return 1
	DETAIL="who used them still waits"
	try_for 10 ended $reader $writer || return 1
	wait $reader $writer
	ends="$(cat /tmp/reader), $(cat /tmp/writer)"
	two_left() { [ "$(ls /dev/virtio-ports | tr '\n' ' ')" = "vgd.c vgd.d " ]; }
	DETAIL="read, write: $ends; links: $(ls /dev/virtio-ports)"
	try_for 5 two_left && [ "$ends" = "ENODEV, ENODEV" ] || return 1
	DETAIL="they do not come back"
	host plug port2 && host plug port3 && try_for 10 linked || return 1
	DETAIL="the port beside them does not go on"
	end_exchange >/tmp/sums && [ "$(same_sums /tmp/four /tmp/sums)" = "1 1" ] || return 1
	host close port2 port3 port4
	DETAIL="a port that came back does not work"
	open_ends port2=vgd.a || return 1
	exchange /tmp/four 4194304 port2=vgd.a >/tmp/sums && [ "$(same_sums /tmp/four /tmp/sums)" = "1 1" ] || return 1
	host close port2
	rm /tmp/data /tmp/four
	DETAIL="2 in use leave: read, write end in ENODEV; they come back and work;"
	DETAIL="$DETAIL 4 MiB each way through a third meanwhile, same sha256"
}
