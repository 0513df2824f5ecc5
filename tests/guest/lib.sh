# SPDX-License-Identifier: GPL-2.0
# What a case may use.  Verdicts go to the second serial port (descriptor 3)
# as KTAP; what a case writes to its standard output arrives there as
# diagnostics.

TESTS=${TESTS:-0}
FAILED=0
DISK=/dev/vda
SYS=/sys/block/vda

ok()     { TESTS=$((TESTS + 1)); echo "ok $TESTS - $*" >&3; }
not_ok() { TESTS=$((TESTS + 1)); FAILED=$((FAILED + 1)); echo "not ok $TESTS - $*" >&3; }

# skip NAME REASON: one result that cannot be had here
skip()   { TESTS=$((TESTS + 1)); echo "ok $TESTS - $1 # SKIP $2" >&3; }

# skip_case REASON: nothing of the case can be had here
skip_case() { echo "1..0 # SKIP $*" >&3; exit 0; }

# fact KEY VALUE: a figure for the report
fact() { echo "# fact: $*" >&3; }

finish() { echo "1..$TESTS" >&3; exit 0; }

# die REASON: the case cannot go on
die() { not_ok "$*"; finish; }

# check NAME COMMAND...: the result is the command's exit status
check()
{
	_name=$1
	shift
	if "$@"; then ok "$_name"; else not_ok "$_name (status $? of: $*)"; fi
}

# same NAME GOT EXPECTED
same()
{
	if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1: got '$2', expected '$3'"; fi
}

# refused NAME COMMAND...: the command has to fail
refused()
{
	_name=$1
	shift
	if "$@"; then not_ok "$_name (it worked: $*)"; else ok "$_name"; fi
}

# try_for SECONDS COMMAND...: until it succeeds; so long is enough on an idle host,
# and it may take three times that; longer on a slow kernel
try_for()
{
	_until=$(($(cut -d. -f1 /proc/uptime) + $1 * 3 * ${SLOW:-1}))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(cut -d. -f1 /proc/uptime)" -lt $_until ] || return 1
		sleep 0.1
	done
}

# fewer N [LEAST]: N, or a part of it on a slow kernel, but LEAST (1)
fewer()
{
	_n=$(($1 / ${SLOW:-1}))
	[ $_n -ge ${2:-1} ] || _n=${2:-1}
	echo $_n
}

# a_line: one line from the host.  Not the shell's 'read': when a child ends in
# the middle of a line, that one starts again and loses what it had.
a_line() { head -n 1 <&3; }

# host VERB ARGUMENTS: the host does it; prints what it answers
host()
{
	echo "HOST: $*" >&3
	_answer=$(a_line)
	case $_answer in
	"host: ok "*) echo "${_answer#host: ok }" ;;
	*) echo "host $*: ${_answer#host: error }" >&2; return 1 ;;
	esac
}

load_all()
{
	while read -r _m; do
		modprobe "$_m" || return 1
	done </vgd/modules
}

# unload_all: in the opposite order
unload_all()
{
	for _m in $(tac /vgd/modules); do
		rmmod "$_m" || return 1
	done
}

loaded() { grep -q "^$1 " /proc/modules; }

# reload MODULE PARAMETERS...
reload()
{
	rmmod "$1" || return 1
	modprobe "$@"
}

has_disk() { [ -b $DISK ]; }

# need_disk: wait for the disk, give up without it
need_disk() { try_for 10 has_disk || die "no $DISK appears"; }

# device_of DRIVER: the first virtio device bound to it, as virtioN
device_of()
{
	for _d in /sys/bus/virtio/drivers/"$1"/virtio*; do
		[ -e "$_d" ] && { basename "$_d"; return 0; }
	done
	return 1
}

# feature DEVICE BIT: prints 0 or 1
feature() { cut -c$(($2 + 1)) "/sys/bus/virtio/devices/$1/features"; }

# features_as_configured: a case on a configuration with, say, packed=on shows
# nothing unless the feature was negotiated; one that is off must not be.
features_as_configured()
{
	for _d in /sys/bus/virtio/devices/virtio*; do
		[ -e "$_d/driver" ] || continue
		for _f in 28:indirect_desc 29:event_idx 33:iommu_platform 34:packed 35:in_order; do
			eval "_want=\$CFG_${_f#*:}"
			_got=$(feature "${_d##*/}" "${_f%:*}")
			case $_want$_got in
			on1|off0) ;;
			*) die "${_d##*/}: ${_f#*:}=$_want, but feature bit ${_f%:*} is $_got" ;;
			esac
		done
	done
}

# transport_of DEVICE: the driver of its parent, and its feature bit VERSION_1
transport_of()
{
	_d=$(readlink -f "/sys/bus/virtio/devices/$1/..")
	echo "$(basename "$(readlink "$_d/driver")") $(feature "$1" 32)"
}

# version_1: is that feature to be negotiated?  live: and the status of a live device
version_1()
{
	case $CFG_transport in
	pci-legacy|pci-forced|mmio-v1) echo 0 ;;
	*) echo 1 ;;
	esac
}
live() { [ "$(version_1)" = 1 ] && echo 0x0000000f || echo 0x00000007; }

# on_transport DEVICE: one that is on another transport than its configuration's
# shows nothing; nor does one that was found in another way.
on_transport()
{
	case $CFG_transport in
	pci-legacy|pci-forced) _want=virtio-pci-legacy ;;
	mmio*) _want=virtio-mmio ;;
	*) _want=virtio-pci ;;
	esac
	_want="$_want $(version_1)"
	case $CFG_transport,$CFG_discovery in
	mmio*,acpi) _place=LNRO0005: ;;
	mmio*,cmdline) _place=virtio-mmio-cmdline/ ;;
	*) _place=/pci ;;
	esac
	_got=$(transport_of "$1")
	[ "$_got" = "$_want" ] || die "$1: on '$_got', not '$_want'"
	_got=$(readlink -f "/sys/bus/virtio/devices/$1")
	case $_got in
	*$_place*) ;;
	*) die "$1: at $_got, not found by $_place" ;;
	esac
}

# transport_as_configured: all that have a driver
transport_as_configured()
{
	for _each in /sys/bus/virtio/devices/virtio*; do
		[ ! -e "$_each/driver" ] || on_transport "${_each##*/}"
	done
}

# interrupts DEVICE: those of one device, as the kernel names them
interrupts() { grep -E "[ ,]$1(-|\$|,)" /proc/interrupts; }

# irq_count DEVICE: how many arrived on all CPUs
irq_count()
{
	interrupts "$1" | awk '{ for (i = 2; i <= NF && $i ~ /^[0-9]+$/; i++) n += $i } END { print n + 0 }'
}

# random_file PATH MEGABYTES: data that does not compress, made fast
random_file()
{
	dd if=/dev/urandom of="$1" bs=1M count="$2" 2>/dev/null
}

# sha: sha256 of the standard input
sha() { sha256sum | cut -d' ' -f1; }

# all_of DD-OPTIONS...: what is on $DISK
all_of() { dd if=$DISK "$@" 2>/dev/null; }

# disk_sum MB OFFSET_MB: sha256 of a piece of the disk, read from it
disk_sum() { dd if=$DISK bs=1M skip="$2" count="$1" iflag=direct 2>/dev/null | sha; }

# size_is BYTES: has the disk that size?
size_is() { [ "$(cat $SYS/size)" = $(($1 / 512)) ]; }

# ended PROCESS...: none of them runs
ended()
{
	for _p in "$@"; do
		! kill -0 $_p 2>/dev/null || return 1
	done
}

# ticks PROCESS: hundredths of a second that it has used of the processors
ticks() { awk '{ print $14 + $15 }' /proc/$1/stat; }

# mounted PATH: mkfs.ext4 the disk and mount it
make_fs()
{
	mkfs.ext4 -q -F "$1" && mkdir -p /mnt && mount -t ext4 "$1" /mnt
}

# shrink_slabs: give half-filled slabs of each processor back, which otherwise
# come and go by hundreds of KiB
shrink_slabs()
{
	for _f in /sys/kernel/slab/*/shrink; do
		echo 1 >"$_f" 2>/dev/null
	done
}

# idle_kb: free pages that processors keep for themselves, which MemFree has not
idle_kb() { awk '$1 == "count:" { n += $2 } END { print 4 * n + 0 }' /proc/zoneinfo; }

# used_kb: memory in use after everything that can be let go is let go
used_kb()
{
	sync
	shrink_slabs
	for _i in 1 2 3; do
		echo 3 >/proc/sys/vm/drop_caches
		sleep 0.3
	done
	awk -v idle=$(idle_kb) '
		/^MemTotal:/ { t = $2 }
		/^MemFree:/ { f = $2 }
		END { print t - f - idle }' /proc/meminfo
}

slab_kb() { awk '/^SUnreclaim:/ { print $2 }' /proc/meminfo; }

# memory_is_flat KB SLAB_KB: not more than $LIMIT_KB and $SLAB_KB more in use
memory_is_flat()
{
	if [ "${SLOW:-1}" -gt 1 ]; then
		skip "memory in use" "KASAN keeps what is freed for a while; kmemleak looks for leaks"
		return
	fi
	check "memory in use grew by less than $LIMIT_KB kB: $1" [ "$1" -lt "$LIMIT_KB" ]
	check "slab grew by less than $SLAB_KB kB: $2" [ "$2" -lt "$SLAB_KB" ]
}

# slab_note FILE, slab_growth FILE: which caches have more objects than noted
slab_note() { awk 'NR > 2 { print $1, $2 * $4 / 1024 }' /proc/slabinfo >"$1"; }
slab_growth()
{
	awk 'NR == FNR { had[$1] = $2; next }
	     FNR > 2 { d = $2 * $4 / 1024 - had[$1]; if (d >= 8) printf "%s +%d kB\n", $1, d }' \
		"$1" /proc/slabinfo
}
