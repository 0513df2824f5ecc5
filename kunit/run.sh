#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Run the unit tests inside of a guest.
#
#   kunit/run.sh [FOLDER [SUITE...]]
#
# FOLDER (default: where this script is) holds virtio_ring.ko, virtio.ko,
# kunit.ko and the modules of kunit/, all flat.  SUITE names test modules
# without .ko; the default is all of them.  A module that is already loaded
# stays.  After each test module the new part of dmesg goes to stdout: KTAP
# among the kernel's own lines.  insmod's status says nothing about failing
# cases: the KTAP decides, and so does the last line here.  A suite's output
# has to fit into the kernel's log (128 KiB on Debian, the longest needs half);
# when it did not, that counts as a suite without a result.
#
#   kunit/run.sh: N suites, N not ok
#
# Exit status 0 only when every suite printed "ok".

dir=$(dirname "$0")
if [ $# -gt 0 ]; then dir=$1; shift; fi
suites=${*:-virtio_bus_test virtio_status_test virtio_config_test
	virtio_pci_caps_test virtio_split_layout_test virtio_split_test
	virtio_split_notify_test virtio_split_ext_test virtio_split_dma_test
	virtio_split_race_test virtio_split_hostile_test}

# load NAME - insmod NAME.ko unless the module is there.
load() {
	grep -q "^$(echo "$1" | tr - _) " /proc/modules && return 0
	[ ! -d "/sys/module/$1" ] || return 0	# built in
	insmod "$dir/$1.ko"
}

# Where the output of a suite begins.
mark() { echo "kunit/run.sh: $1" >/dev/kmsg; }
since() { dmesg | sed -n "/kunit\/run.sh: begin $1\$/,\$p"; }

for m in kunit virtio_ring virtio virtio_kunit_mock; do
	load $m || { echo "Bail out! cannot load $m.ko"; exit 1; }
done

total=0 bad=0
for s in $suites; do
	mark "begin $s"
	if ! insmod "$dir/$s.ko"; then
		echo "not ok $s # insmod failed"
		total=$((total + 1)) bad=$((bad + 1))
		continue
	fi
	rmmod "$s"
	since "$s"
	ok=$(since "$s" | sed 's/^\[[^]]*\] //' | grep -c '^ok [0-9]')
	no=$(since "$s" | sed 's/^\[[^]]*\] //' | grep -c '^not ok [0-9]')
	[ $((ok + no)) -gt 0 ] || { echo "not ok $s # no result"; no=1; }
	total=$((total + ok + no)) bad=$((bad + no))
done
echo "kunit/run.sh: $total suites, $bad not ok"
[ $bad -eq 0 ]
