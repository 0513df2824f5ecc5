# SPDX-License-Identifier: GPL-2.0
# about: interrupts are laid out as the configuration wants, and each queue's arrive
# timeout: 40

need_disk
dev=$(device_of virtio_blk) || die "no device is bound to virtio_blk"
queues=$CFG_queues
[ "$CFG_cpus" -lt "$queues" ] && queues=$CFG_cpus
interrupts $dev
count() { interrupts $dev | grep -c "$1"; }
case $CFG_vectors in
auto)
	same "one interrupt per queue" "$(count "$dev-req\\.")" "$queues"
	same "one for configuration changes" "$(count "$dev-config")" 1
	;;
1)
	same "one interrupt for all" "$(count "$dev")" 1
	same "it is an MSI" "$(count MSI)" 1
	;;
0)
	same "one interrupt for all" "$(count "$dev")" 1
	same "it is no MSI" "$(count MSI)" 0
	;;
*)
	same "one interrupt for all queues" "$(count "$dev-virtqueues")" 1
	same "one for configuration changes" "$(count "$dev-config")" 1
	;;
esac
for cpu in $(seq 0 $((CFG_cpus - 1))); do
	before=$(irq_count $dev)
	check "I/O from processor $cpu" taskset $(printf %x $((1 << cpu))) \
		dd if=$DISK of=/dev/null bs=4k count=16 skip=$((cpu * 64)) iflag=direct
	check "interrupts arrived" [ "$(irq_count $dev)" -gt "$before" ]
done
if [ "$CFG_vectors" = auto ]; then
	silent=$(interrupts $dev | grep "$dev-req\\." | awk '{ n = 0
		for (i = 2; i <= NF && $i ~ /^[0-9]+$/; i++) n += $i; if (!n) print $NF }')
	same "no queue was silent" "$silent" ""
fi
same "the kernel does not complain of strays" "$(awk '/^ (ERR|MIS):/ { n += $2 } END { print n + 0 }' \
	/proc/interrupts)" 0
