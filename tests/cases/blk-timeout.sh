# SPDX-License-Identifier: GPL-2.0
# about: a request that the device does not answer ends in an error; removal works
# io-errors: expected
# timeout: 90

need_disk
gone() { ! has_disk; }
now() { cut -d. -f1 /proc/uptime; }
echo 2000 >$SYS/queue/io_timeout
same "io_timeout" "$(cat $SYS/queue/io_timeout)" 2000
check "the host stops the backend" host throttle 1
start=$(now)
dd if=$DISK of=/dev/null bs=4k count=30 iflag=direct 2>/tmp/dd &
reader=$!
check "reading ends" try_for 30 ended $reader
wait $reader
check "with an error" [ $? -ne 0 ]
took=$(($(now) - start))
cat /tmp/dd
check "after $took s, in 25 s or less" [ $took -le 25 ]
fact blk.timeout "$took s"
check "the next request ends too" sh -c "! timeout 20 dd if=$DISK of=/dev/null bs=4k skip=100 count=30 iflag=direct"
check "removal works ($(host unplug blk0) s)" try_for 10 gone
check "the host lets the backend run" host throttle 0
check "plug it in" host plug blk0
need_disk
check "it works" dd if=$DISK of=/dev/null bs=64k count=64 iflag=direct
