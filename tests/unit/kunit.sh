# SPDX-License-Identifier: GPL-2.0
# about: one module of KUnit suites, SUITE
# timeout: 300
# loads: no
#
# Each KUnit case becomes a result of this case; the parameters of a case are
# counted.  insmod says nothing about failing cases: the kernel's log does.

for m in kunit virtio_ring virtio virtio_kunit_mock; do
	[ -d "/sys/module/$m" ] || modprobe "$m" || die "cannot load $m"
done

dmesg -c >/dev/null
modprobe "$SUITE" || die "cannot load $SUITE"
dmesg -c | sed 's/^\[[^]]*\] //' >/tmp/log
rmmod "$SUITE"

# The case's own line is indented by 4, that of a parameter by 8 or more.
awk '
/^(not )?ok [0-9]/		{ ended++ }
/EXPECTATION FAILED|ASSERTION FAILED|Expected|==/ { print "# " $0 }
/^ {8,}(not )?ok [0-9]/ && /# SKIP/	{ skipped++; next }
/^ {8,}(not )?ok [0-9]/			{ params++ }
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
	print "# fact: parameters " params + 0
	print "# fact: not-applicable " skipped + 0
	print "1.." n
}' /tmp/log >&3
exit 0
