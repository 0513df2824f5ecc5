# SPDX-License-Identifier: GPL-2.0
# about: what make demo shows; tests/demo prints it
# tools: mkfs.ext4 fio rngtest sg_inq sg_reset
# modules: ext4 crc32c_generic sd_mod sr_mod sg
# timeout: 420
# loads: no

for _part in serial balloon scsi demo/blk demo/net demo/rng demo/console demo/balloon demo/scsi; do
	. /vgd/$_part.sh
done

# step KEY: do_KEY does it in a shell of its own and leaves the figures in DETAIL;
# the host prints a row
step()
{
	_t0=$(now)
	(
		trap 'echo "$DETAIL" >/tmp/detail' EXIT
		DETAIL=
		do_$1
	) >/tmp/log 2>&1
	_status=$?
	echo "# fact: row $1 $(since $_t0) $(cat /tmp/detail)" >&3
	case $_status in
	0) ok "$1" ;;
	$CANNOT) skip "$1" "$(cat /tmp/detail)" ;;
	*) sed "s/^/$1: /" /tmp/log; not_ok "$1" ;;
	esac
}

# cannot REASON: the transport has nothing to do the step with
CANNOT=77
cannot() { DETAIL=$*; exit $CANNOT; }

# die REASON: in a step, that is the end of the step
die() { DETAIL=$*; echo "$*"; exit 1; }

# hundredths of a second
now() { cut -d' ' -f1 /proc/uptime | tr -d .; }
since() { awk -v a=$1 -v b=$(now) 'BEGIN { printf "%.1f", (b - a) / 100 }'; }
# rate MIB T0: MiB/s since then
rate() { awk -v m=$1 -v a=$2 -v b=$(now) 'BEGIN { printf "%.1f", m * 100 / (b > a ? b - a : 1) }'; }

do_modules()
{
	for m in $(cat /vgd/modules); do
		DETAIL="modprobe $m fails"
		modprobe $m || return 1
	done
	modprobe -a sd_mod sr_mod sg || return 1
	read -r whose </vgd/whose
	DETAIL="one of the kernel's own virtio modules is in the guest"
	[ "$whose" != ours ] || ! find /lib/modules/*/kernel -name 'virtio*' | grep . || return 1
	own=0 all=0
	for m in $(cut -d' ' -f1 /proc/modules | grep ^virtio); do
		all=$((all + 1))
		grep -q O /sys/module/$m/taint && own=$((own + 1))
	done
	DETAIL="$own of $all loaded virtio modules are of this tree"
	[ "$own" -gt 0 ] && [ "$own" = "$all" ]
}

# queues_of DEVICE: how many it has, from debugfs; of a ring without that, as many
# as have an interrupt
queues_of()
{
	ls -d /sys/kernel/debug/virtio/$1/vq* 2>/dev/null | wc -l | grep -v '^0$' ||
		interrupts $1 | grep -vc -e "$1-config"
}

# found DRIVER WHAT: tell the host about the device, for the table on top
found()
{
	DETAIL="no device is bound to the driver"
	dev=$(device_of $1) || return 1
	# what a device says that is on another transport is not worth a table
	on_transport $dev
	sys=/sys/bus/virtio/devices/$dev
	bus=$(basename "$(readlink -f $sys/..)")
	lines=$(interrupts $dev)
	kind=INTx
	case $CFG_transport in mmio*) kind=wired ;; esac
	echo "$lines" | grep -q MSI && kind=MSI-X
	names=$(echo "$lines" | awk '{ print $NF }' | sed "s/^$dev-//" | tr '\n' ',')
	fact "device $dev $1 $bus $(cat $sys/device) $(cat $sys/features) $(queues_of $dev) $kind ${names%,}"
	DETAIL="$dev, status $(cat $sys/status): $2"
	[ $(($(cat $sys/status) & 0x84)) = 4 ]
}

# stop_and_go DEVICE: the host slows $DISK down, stops it, and lets it go again
stop_and_go()
{
	slow_and_stop $1
	_done=$?
	host limit $1 0
	return $_done
}

slow_and_stop()
{
	DETAIL="the disk cannot be read"
	[ "$(four_mib | wc -c)" = 4194304 ] || return 1
	want=$(four_mib | sha)
	DETAIL="the host does not slow it down"
	host limit $1 2097152 || return 1
	t=$(now)
	[ "$(four_mib | sha)" = "$want" ] || return 1
	slow=$(rate 4 $t)
	awk -v r=$slow 'BEGIN { exit r > 2.4 || r < 0.3 }' || { DETAIL="at 2 MiB/s it reads $slow MiB/s"; return 1; }
	DETAIL="the host does not stop it"
	host limit $1 1 || return 1
	four_mib >/tmp/got &
	reader=$!
	sleep 1
	read0=$(sectors_read)
	sleep 2
	stood=$(($(sectors_read) - read0))
	kill -0 $reader || return 1
	t=$(now)
	host limit $1 0 || return 1
	DETAIL="reading does not go on"
	try_for 20 ended $reader && wait $reader || return 1
	DETAIL="limit 2 MiB/s: $slow MiB/s; stopped: $((stood / 2)) KiB in 2 s; let go: 4 MiB in $(since $t) s"
	got=$(sha </tmp/got)
	rm /tmp/got
	[ $stood = 0 ] && [ "$got" = "$want" ]
}
four_mib() { all_of bs=64k count=64 iflag=direct; }
sectors_read() { awk '{ print $3 }' $SYS/stat; }

link_ports
for _key in modules \
	blk net rngdev serial balloon scsi \
	mkfs files remount resize rebind replug fio throttle \
	dhcp http \
	rng \
	logins names ports noread portplug \
	half stats back \
	sdfio sdthrottle cdrom inquiry resets lunplug sdresize; do
	step $_key
done
kill $linker
