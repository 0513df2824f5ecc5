# SPDX-License-Identifier: GPL-2.0
# about: through a tap, VLANs: echoes with tags, data, and frames of others that the device keeps away
# tools: ethtool
# modules: 8021q
# timeout: 120

. /vgd/wire.sh
modprobe 8021q 2>/dev/null
ip link add link $net name v5 type vlan id 5 2>/dev/null || skip_case "this kernel has no VLANs"
check "an address" up
if ethtool -k $net | grep -q '^rx-vlan-filter: on'; then
	filters=yes
	# QEMU 10 begins with all of them, whatever the driver.
	[ "$CFG_qemu" = 10 ] && all=yes
	[ "$all" ] || same "the device lets 5 through" "$(host filter vlan-table)" 0,5
fi
ip link set v5 up
ip address add 10.78.5.2/24 dev v5
arp -s 10.78.5.1 52:54:00:aa:aa:aa
same "echoes on 5, small" "$(host tagged 5 0 110 1)" 111
same "echoes on 5, around the MTU" "$(host tagged 5 1440 1472 1)" 33

# came VLAN: do 50 frames come?  A few others may.
came()
{
	_before=$(received)
	host frames 50 52:54:00:12:34:56 $1 >/dev/null
	sleep 0.5
	_came=$(($(received) - _before))
	if [ $_came -ge 50 ]; then echo 1; elif [ $_came -le 5 ]; then echo 0; else echo "$_came of 50"; fi
}
same "frames of 5 come" "$(came 5)" 1
if [ "$filters" ]; then
	[ "$all" ] || same "frames of 6 do not" "$(came 6)" 0
	check "VLAN 6" ip link add link $net name v6 type vlan id 6
	same "now they do" "$(came 6)" 1
	ip link del v6
	same "and no longer" "$(came 6)" 0
	same "frames of 5 do" "$(came 5)" 1
fi
serve 1048576 || die "the host serves nothing"
if host vlan 5 >/dev/null 2>&1; then
	arp -d 10.78.5.1
	host capture >/dev/null
	server=10.78.5.1
	check "data on 5" data_is_right
	check "checksums" host captured full
	server=10.77.0.1
else
	skip "data on 5" "the host's kernel has no VLANs"
fi
check "data without a tag" data_is_right
ip link del v5
check "ping without a tag" ping_works
