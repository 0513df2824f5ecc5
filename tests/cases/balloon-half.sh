# SPDX-License-Identifier: GPL-2.0
# about: the host takes half of the memory and gives it back; data stay
# timeout: 120

. /vgd/balloon.sh
need_balloon
half=$((CFG_mem / 2))
mkdir -p /data && mount -t tmpfs -o size=64m none /data
random_file /data/r 24
sum=$(sha256sum </data/r)
before=$(total_kb)
irqs=$(irq_count $dev)
since=$(now_ms)

# less MIB: how much less MemTotal is, in KiB: nothing when the guest may take it back
# by itself
less()
{
	case $CFG_balloon in
	*deflate-on-oom*) echo 0 ;;
	*) echo $(($1 * 1024)) ;;
	esac
}

check "the host asks for half" host balloon $half
check "the host has it" try_for 40 left_is $half
fact balloon.inflate_ms_per_gib $(((($(now_ms) - since)) * 1024 / half))
fact balloon.irqs_inflate $(($(irq_count $dev) - irqs))
check "one interrupt for four MiB at most" [ $((($(irq_count $dev) - irqs) * 4)) -le $half ]
same "the guest has so much less" $((before - $(total_kb))) $(less $half)
same "the host agrees" "$(host balloon_left)" $((half * 1024))
same "data are whole" "$(sha256sum </data/r)" "$sum"

since=$(now_ms)
check "the host lets go of it" host balloon $CFG_mem
check "the guest has it" try_for 40 left_is $CFG_mem
fact balloon.deflate_ms_per_gib $(((($(now_ms) - since)) * 1024 / half))
same "the guest has what it had" $(total_kb) $before
same "data are whole" "$(sha256sum </data/r)" "$sum"

# Targets that come faster than they can be reached: the last one counts.
for mib in $((half + 64)) $((half + 128)) $((half + 32)) $((half + 128)); do
	host balloon $mib >/dev/null
	sleep 0.05
done
check "the last of many targets wins" try_for 40 left_is $((half + 128))
same "the guest has so much less" $((before - $(total_kb))) $(less $((half - 128)))

# A page that came back can be written and keeps what was written.
host balloon $CFG_mem >/dev/null
check "all comes back" try_for 40 left_is $CFG_mem
mount -o remount,size=$((half * 3 / 2))m /data
check "memory that came back can be used" dd if=/dev/zero of=/data/z bs=1M count=$half
same "it is what was written" "$(tr -d '\000' </data/z | wc -c)" 0
same "data are whole" "$(sha256sum </data/r)" "$sum"
umount /data
