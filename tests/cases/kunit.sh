# SPDX-License-Identifier: GPL-2.0
# about: the unit tests of kunit/ on this kernel, one result per KUnit case
# boot: own
# append: log_buf_len=4M
# loads: no
# timeout: 300

DIR=/vgd/kunit
[ -f $DIR/virtio_kunit_mock.ko ] || skip_case "kunit/ is not built: run scripts/kunit-build"
for m in virtio_ring virtio; do
	modprobe $m || die "modprobe $m fails"
done
for m in kunit virtio_kunit_mock; do
	[ -d /sys/module/$m ] || insmod $DIR/$m.ko || die "insmod $m.ko fails"
done

# verdicts SUITE: KUnit's own lines, which are one level deep, as results of
# this case.  What is deeper are the parameters of one KUnit case.
verdicts()
{
	awk -v suite="$1" '
		/^    (ok|not ok) [0-9]+/ {
			line = substr($0, 5)
			word = line ~ /^ok/ ? "ok" : "not_ok"
			sub(/^(not )?ok [0-9]+ (- )?/, "", line)
			if (word == "ok" && line ~ /# SKIP/) {
				word = "skip"
				reason = line
				sub(/.*# SKIP */, "", reason)
				sub(/ *# SKIP.*/, "", line)
			}
			print word "\t" suite ": " line "\t" reason
			reason = ""
		}
		/^(ok|not ok) [0-9]+/ { print "end\t" ($1 == "ok" ? "ok" : "not_ok") "\t" }'
}

for file in $DIR/*_test.ko; do
	suite=$(basename $file .ko)
	host suite $suite >/dev/null
	dmesg -c >/dev/null
	echo "vgd-suite: $suite" >/dev/kmsg
	if ! insmod $file; then
		not_ok "$suite: insmod fails"
		continue
	fi
	rmmod $suite
	dmesg | sed 's/^\[[^]]*\] //' >/tmp/log
	verdicts $suite </tmp/log >/tmp/verdicts
	grep -q 'vgd-suite:' /tmp/log || not_ok "$suite: the kernel's log was too small for it"
	ended=
	while IFS='	' read -r word name reason; do
		case $word in
		end) ended=1
		     [ "$name" = ok ] || not_ok "$suite as a whole" ;;
		skip) skip "$name" "${reason:-no reason given}" ;;
		*) $word "$name" ;;
		esac
	done </tmp/verdicts
	[ -n "$ended" ] || not_ok "$suite: it gave no verdict"
	grep -A6 'EXPECTATION FAILED\|ASSERTION FAILED' /tmp/log
done
