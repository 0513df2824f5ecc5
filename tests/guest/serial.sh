# SPDX-License-Identifier: GPL-2.0
# Ports of a virtio console device, for cases that have the device ser0.

PORTS=/sys/class/virtio-ports

# node_of NAME: the device node of the port of that name
node_of()
{
	for _p in $PORTS/vport*; do
		[ "$(cat $_p/name)" = "$1" ] && { echo /dev/${_p##*/}; return 0; }
	done
	return 1
}

# names: of all ports, sorted
names() { cat $PORTS/vport*/name | grep . | sort | tr '\n' ' '; }

has_port() { node_of "$1" >/dev/null; }
no_port() { ! has_port "$1"; }
all_ports() { [ "$(names)" = "vgd.a vgd.b vgd.c vgd.d " ]; }

# state NODE KEY: what debugfs says
state() { sed -n "s/^$2: //p" /sys/kernel/debug/virtio-ports/${1##*/}; }

# is NODE KEY VALUE
is() { [ "$(state $1 $2)" = "$3" ]; }

# consoles: the ttys of the ports that are consoles, hvc0 hvc1 ...
consoles()
{
	dmesg | sed -n 's/.*virtio-ports vport[0-9p]*: console \(hvc[0-9]*\)$/\1/p' | tail -n ${1:-2}
}

# link_ports: /dev/virtio-ports/NAME leads to each port that is named from now on,
# as udev does it; made from the kernel's events by $linker
link_ports()
{
	cat >/tmp/link <<'END'
#!/bin/sh
[ "$SUBSYSTEM" = virtio-ports ] || exit 0
cd /dev/virtio-ports
case $ACTION in
change) read -r name </sys$DEVPATH/name && ln -sf ../$DEVNAME $name ;;
remove) for link in *; do
		[ "$(readlink $link)" != ../$DEVNAME ] || rm $link
	done ;;
esac
END
	chmod +x /tmp/link
	mkdir -p /dev/virtio-ports
	uevent /tmp/link >/dev/null 2>&1 &
	linker=$!
}

linked() { [ "$(ls /dev/virtio-ports | tr '\n' ' ')" = "vgd.a vgd.b vgd.c vgd.d " ]; }

# start_logins PASSWORD: getty on both consoles; sets $logins, its processes
start_logins()
{
	sed -i "s|^root:[^:]*:|root:$(mkpasswd -m sha256 "$1"):|" /etc/passwd
	logins=
	for _tty in $(consoles 2); do
		getty 115200 $_tty vt100 &
		logins="$logins $!"
	done
}

# answer PORT: of the shell behind it
answer() { host ask $1 answer echo answer \$\(\(6 \* 7\)\) \$\(tty\); }

# log_out PORT TTY: the shell behind it ends
log_out() { host ask $1 bye "exec >/dev/null; echo bye >/dev/$2; exit"; }

# exchange FILE BYTES PORT=NAME...: send the file to, and get as much from, all of
# these at once.  A line for each: its name, the sums of what the host got, of what
# came and of what the host sent.
exchange() { begin_exchange "$@" && end_exchange; }

begin_exchange()
{
	_file=$1 _bytes=$2 _jobs=
	shift 2
	_exchange=$*
	for _end in $_exchange; do
		_node=$(node_of ${_end#*=})
		host take ${_end%=*} $_bytes >/dev/null
		sh -c "cat $_file >&4 & head -c $_bytes <&4 | sha256sum >/tmp/sum.${_end%=*}; wait" 4<>$_node &
		_jobs="$_jobs $!"
		try_for 5 is $_node guest_connected 1
		host send ${_end%=*} $_bytes >/dev/null
	done
}

end_exchange()
{
	try_for 120 ended $_jobs || { echo "stuck: $_jobs"; return 1; }
	for _end in $_exchange; do
		echo ${_end#*=} $(host took ${_end%=*} || echo nothing) $(cut -d' ' -f1 /tmp/sum.${_end%=*}) \
			$(host sum ${_end%=*} $_bytes)
	done
}

# open_ends PORT=NAME...: the host opens ends that are closed, and the guest knows.
# That they were closed may be news to it, too.
open_ends()
{
	for _end in "$@"; do
		_node=$(node_of ${_end#*=})
		try_for 5 is $_node host_connected 0 && host open ${_end%=*} >/dev/null &&
			try_for 5 is $_node host_connected 1 || return 1
	done
}

# use_two: somebody reads from port2, somebody writes to port3 that nobody reads;
# sets $reader and $writer
use_two()
{
	open_ends port2=vgd.a port3=vgd.b || return 1
	/root/port read $(node_of vgd.a) >/tmp/reader &
	reader=$!
	try_for 5 is $(node_of vgd.a) guest_connected 1
	/root/port write $(node_of vgd.b) >/tmp/writer &
	writer=$!
	host send port2 $((1 << 20)) >/dev/null
	try_for 20 is $(node_of vgd.b) outvq_full 1
}

# stall NODE FILE: somebody writes to a port whose host does not read, until there
# is no room, and then waits for it; sets $writer
stall()
{
	/root/port throttle $1 $2 >/tmp/said 2>/tmp/fitted &
	writer=$!
	try_for 30 grep -q full /tmp/said
}

need_ports() { try_for 10 all_ports || die "the ports do not appear: $(names)"; }
