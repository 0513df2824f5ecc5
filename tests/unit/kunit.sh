# SPDX-License-Identifier: GPL-2.0
# about: one module of KUnit suites, SUITE, with PARAMETERS (a=1,b=2)
# timeout: 300
# loads: no
# io-errors: expected
#
# Each KUnit case becomes a result of this case.  insmod says nothing about failing cases: the kernel's log does.

for m in kunit virtio_ring virtio "virtio_kunit_mock slow=$SLOW"; do
	[ -d "/sys/module/${m% *}" ] || modprobe $m || die "cannot load $m"
done

case "$SUITE" in
virtio_drivers_test) drivers="virtio_blk virtio-rng" ;;
virtio_blk_requests_test | virtio_blk_zoned_test) drivers=virtio_blk ;;
virtio_blk_test | virtio_console_test | virtio_balloon_test | virtio_scsi_test)
	drivers=${SUITE%_test} ;;
virtio_balloon_hostile_test) drivers=virtio_balloon ;;
virtio_console_hold_test) drivers=virtio_console ;;
virtio_scsi_interrupt_test) drivers=virtio_scsi ;;
virtio_net_ctrl_test | virtio_net_data_test) drivers=virtio_net ;;
virtio_net_hdr_test) drivers= ;;
virtio_net_*_test) drivers=virtio_net ;;
*) drivers= ;;
esac
for m in $drivers; do
	modprobe "$m" || die "cannot load $m"
done
# Cases wait for it to end.
limit=/sys/module/virtio_balloon/parameters/answer_ms
[ ! -e $limit ] || echo 1500 >$limit

for p in $(echo "${PARAMETERS:-}" | tr , ' '); do
	echo "${p#*=}" >"/sys/module/virtio_kunit_mock/parameters/${p%%=*}" || die "cannot set $p"
done

# How long a device may be back from sleep is not worth waiting for.
[ "$SUITE" != virtio_recovery_test ] || echo 1 >/sys/module/virtio/parameters/wake_limit

# Nor is a device that does not answer.
[ "$SUITE" != virtio_scsi_test ] || echo 1 >/sys/module/virtio_scsi/parameters/tmf_timeout

[ "${SUITE#virtio_net_}" = "$SUITE" ] || [ ! -d /sys/module/virtio_net ] || echo 1 >/sys/module/virtio_net/parameters/ctrl_timeout

dmesg -c >/dev/null
modprobe "$SUITE" || die "cannot load $SUITE"
dmesg -c | sed 's/^\[[^]]*\] //' >/tmp/log
rmmod "$SUITE"
for m in $drivers; do
	rmmod "$m"
done

# The case's own line is indented by 4, that of a parameter by more.
awk '
/^(not )?ok [0-9]/		{ ended++ }
/EXPECTATION FAILED|ASSERTION FAILED|Expected|==/ { print "# " $0 }
# Totals: with the parameters of a case counted one by one
/^ *# Totals: / {
	for (i = 1; i <= NF; i++) {
		if ($i ~ /^total:/) { sub("total:", "", $i); runs += $i }
		if ($i ~ /^skip:/) { sub("skip:", "", $i); skipped += $i }
	}
}
/^ {4}(not )?ok [0-9]/ {
	bad = $1 == "not"
	name = $0
	sub(/^ *(not )?ok [0-9]+ (- )?/, "", name)
	printf "%sok %d - %s\n", bad ? "not " : "", ++n, name
	next
}
END {
	if (!ended)
		printf "not ok %d - the suite did not end\n", ++n
	print "# fact: runs " runs + 0
	print "# fact: skipped " skipped + 0
	print "1.." n
}' /tmp/log >&3
exit 0
