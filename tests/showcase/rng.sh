# SPDX-License-Identifier: GPL-2.0
# What the demo does with the entropy device.

do_rngdev() { found virtio_rng /dev/hwrng; }

do_rng()
{
	DETAIL="/dev/hwrng gives nothing"
	grep -q virtio_rng /sys/class/misc/hw_random/rng_current || return 1
	t=$(now)
	dd if=/dev/hwrng of=/tmp/r bs=64k count=16 iflag=fullblock || return 1
	speed=$(rate 1 $t)
	rngtest </tmp/r 2>/tmp/report
	good=$(sed -n 's/.*FIPS 140-2 successes: //p' /tmp/report)
	bad=$(sed -n 's/.*FIPS 140-2 failures: //p' /tmp/report)
	DETAIL="$(($(stat -c %s /tmp/r) / 1024)) KiB, $speed MiB/s, rngtest: $good blocks good, $bad bad"
	[ "$(stat -c %s /tmp/r)" = 1048576 ] && [ "$good" -ge 415 ] && [ "$bad" -le 3 ]
}
