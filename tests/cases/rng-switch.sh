# SPDX-License-Identifier: GPL-2.0
# about: rng_current moves between two devices; the one in use is unplugged and replaced
# timeout: 60

RNG=/sys/class/misc/hw_random
current_is() { [ "$(cat $RNG/rng_current)" = "$1" ]; }
available() { grep -qw "$1" $RNG/rng_available; }
take() { dd if=/dev/hwrng of=/dev/null bs=4096 count=4 iflag=fullblock 2>/dev/null; }
count() { ls /sys/bus/virtio/drivers/virtio_rng | grep -c '^virtio'; }

first=$(cat $RNG/rng_current)
check "read from the first" take
check "a second device is plugged in" host plug rng1
two() { [ "$(count)" = 2 ]; }
check "it is bound" try_for 10 two
second=$(tr ' ' '\n' <$RNG/rng_available | grep virtio_rng | grep -vx "$first" | head -n 1)
check "choose the second ($second)" sh -c "echo $second >$RNG/rng_current"
check "it is the current one" current_is "$second"
check "read from the second" take
sh -c "echo nobody.7 >$RNG/rng_current" 2>/dev/null
check "a name that nobody has changes nothing" current_is "$second"

dd if=/dev/hwrng of=/dev/null bs=1k count=20000 2>/tmp/dd &
reader=$!
sleep 0.3
check "unplug the one that is being read" host unplug rng1
sleep 0.3
kill $reader 2>/dev/null
wait $reader 2>/dev/null
check "the first takes over" try_for 5 current_is "$first"
check "read from it" take
refused "the second is not on offer" available "$second"
check "unplug the last" host unplug rng0
none() { [ "$(count)" = 0 ]; }
check "no device is bound" try_for 5 none
check "plug it in again" host plug rng0
one() { [ "$(count)" = 1 ]; }
check "it is bound" try_for 10 one
check "read from it" try_for 5 take
