# SPDX-License-Identifier: GPL-2.0
# about: the driver goes, or the system sleeps, with pages in the balloon
# timeout: 120

. /vgd/balloon.sh
need_balloon
before=$(total_kb)
part=$((CFG_mem * 3 / 4))
host balloon $part >/dev/null
check "the host has a quarter" try_for 40 left_is $part

check "unload the driver" rmmod virtio_balloon
same "the guest has its memory" "$(total_kb)" $before
same "the host was told" "$(host balloon_left)" $((CFG_mem * 1024))
check "load it again" modprobe virtio_balloon
check "the host gets its quarter" try_for 40 left_is $part
same "the guest has so much less" $((before - $(total_kb))) $((CFG_mem * 256))

# The delay of such a test is a loop, and long where the processor is emulated.
echo 1 >/sys/module/suspend/parameters/pm_test_delay
for i in $(seq 1 "${ROUNDS:-2}"); do
	echo devices >/sys/power/pm_test
	check "suspend the devices and resume them" sh -c 'echo mem >/sys/power/state'
	check "the host gets its quarter" try_for 40 left_is $part
	same "the guest has so much less" $((before - $(total_kb))) $((CFG_mem * 256))
done
echo none >/sys/power/pm_test

# In the middle of a step.
host balloon $((CFG_mem / 2)) >/dev/null
sleep 0.3
check "unload the driver while it inflates" rmmod virtio_balloon
same "the guest has its memory" "$(total_kb)" $before
modprobe virtio_balloon
check "it goes on" try_for 60 left_is $((CFG_mem / 2))
host balloon $CFG_mem >/dev/null
sleep 0.1
check "unload the driver while it deflates" rmmod virtio_balloon
same "the guest has its memory" "$(total_kb)" $before
modprobe virtio_balloon
check "the balloon is empty" try_for 40 left_is $CFG_mem
same "status has DRIVER_OK" "$(cat /sys/bus/virtio/devices/$dev/status)" $(live)
