# SPDX-License-Identifier: GPL-2.0
# about: a host that stops reading: EAGAIN, poll, a writer that waits and costs nothing; nothing is lost
# timeout: 90

. /vgd/serial.sh
need_ports
node=$(node_of vgd.a)
check "the host opens its end, and does not read" host open port2
try_for 5 is $node host_connected 1
random_file /tmp/data 4
sum=$(sha256sum </tmp/data | cut -d' ' -f1)

check "a writer that does not wait is told that there is no room" stall $node /tmp/data
same "and debugfs says so" "$(state $node outvq_full)" 1
sleep 0.5
was=$(ticks $writer)
sleep 2
same "one that waits uses no processor" $(($(ticks $writer) - was)) 0
same "it sleeps" "$(cut -d' ' -f3 /proc/$writer/stat)" S
check "another port does not mind" sh -c "echo >$(node_of vgd.b) & p=\$!; sleep 0.3; kill \$p"

host take port2 $((4 << 20)) >/dev/null
wait $writer
same "the host reads, and the writer goes on" $? 0
same "it has got all of it" "$(host took port2)" "$sum"

# A signal ends the wait.
dd if=/tmp/data of=$node bs=64k 2>/dev/null &
job=$!
sleep 2
check "a writer waits" kill -0 $job
kill -TERM $job
wait $job
same "until a signal ends it" $? 143
host close port2 >/dev/null
