# SPDX-License-Identifier: GPL-2.0
# about: discard and write-zeroes reach the device; what was zeroed reads as zeroes
# tools: blkdiscard
# timeout: 40
# busybox has a blkdiscard of its own that its shell prefers: hence the paths

need_disk
MB=1048576
zeroes() { head -c $((8 * MB)) /dev/zero | sha256sum | cut -d' ' -f1; }
fill() { dd if=/dev/urandom of=$DISK bs=1M seek=$1 count=$2 oflag=direct 2>/dev/null; }

check "discard is offered" [ "$(cat $SYS/queue/discard_max_bytes)" -gt 0 ]
check "write-zeroes is offered" [ "$(cat $SYS/queue/write_zeroes_max_bytes)" -gt 0 ]

fill 0 32
ends=$(disk_sum 8 0)$(disk_sum 8 24)
full=$(host disk_use)
check "discard 16 MiB in the middle" /bin/blkdiscard -o $((8 * MB)) -l $((16 * MB)) $DISK
less=$(host disk_use)
check "the image is smaller by it" [ $((full - less)) -ge $((15 * MB)) ]
same "what is around it has not changed" "$(disk_sum 8 0)$(disk_sum 8 24)" "$ends"
same "the holes read as zeroes" "$(disk_sum 8 8)" "$(zeroes)"

fill 8 16
check "write zeroes to the same range" /bin/blkdiscard -z -o $((8 * MB)) -l $((16 * MB)) $DISK
same "first half is zero" "$(disk_sum 8 8)" "$(zeroes)"
same "second half is zero" "$(disk_sum 8 16)" "$(zeroes)"
same "what is around it has not changed" "$(disk_sum 8 0)$(disk_sum 8 24)" "$ends"

fill 8 1
check "one sector" /bin/blkdiscard -z -o $((8 * MB + 512)) -l 512 $DISK
same "it is zero" "$(dd if=$DISK bs=512 skip=$((8 * 2048 + 1)) count=1 2>/dev/null | tr -d '\000' | wc -c)" 0
check "its neighbour is not" [ "$(dd if=$DISK bs=512 skip=$((8 * 2048 + 2)) count=1 2>/dev/null |
	tr -d '\000' | wc -c)" -gt 400 ]
check "discard all" /bin/blkdiscard $DISK
check "the image is empty" [ "$(host disk_use)" -lt $MB ]
