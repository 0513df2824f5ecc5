# SPDX-License-Identifier: GPL-2.0
# about: through a tap, receive filters: which of the host's frames come, by address
# tools: ethtool bridge
# timeout: 120

. /vgd/wire.sh
check "an address" up
OWN=52:54:00:12:34:56 OTHER=52:54:00:bb:bb:01 GROUP=01:00:5e:7f:00:01 ALL=ff:ff:ff:ff:ff:ff
[ "$(feature $dev 18)" = 1 ] || skip_case "the device has no filters that could be set"

# came ADDRESS: do 50 frames come to it?  A few others may.
came()
{
	_before=$(received)
	host frames 50 $1 >/dev/null
	sleep 0.4
	_came=$(($(received) - _before))
	if [ $_came -ge 50 ]; then echo 1; elif [ $_came -le 5 ]; then echo 0; else echo "$_came of 50"; fi
}
# flag BIT yes|no
flag()
{
	_flags=$(cat /sys/class/net/$net/flags)
	[ $2 = yes ] && _flags=$((_flags | $1)) || _flags=$((_flags & ~$1))
	echo $_flags >/sys/class/net/$net/flags
	sleep 0.5
}
# expect WHEN OWN ALL OTHER GROUP
expect()
{
	same "$1: its own, everybody's, another's, a group's" \
		"$(came $OWN) $(came $ALL) $(came $OTHER) $(came $GROUP)" "$2 $3 $4 $5"
}
expect "at first" 1 1 0 0
check "another address" bridge fdb add $OTHER dev $net self permanent
check "a group" bridge fdb add $GROUP dev $net self permanent
sleep 0.5
expect "with both" 1 1 1 1
check "no more of these" bridge fdb del $OTHER dev $net self
bridge fdb del $GROUP dev $net self
sleep 0.5
expect "without" 1 1 0 0
flag 0x100 yes
expect "promiscuous" 1 1 1 1
flag 0x100 no
expect "not promiscuous" 1 1 0 0
flag 0x200 yes
expect "all groups" 1 1 0 1
flag 0x200 no
expect "not all groups" 1 1 0 0
# More than the device's table has: those that were asked for come all the same.
# groups add|del: 80 of them
groups()
{
	for n in $(seq 1 80); do
		echo "fdb $1 01:00:5e:00:01:$(printf %02x $n) dev $net self${2:+ $2}"
	done >/tmp/groups
	bridge -batch /tmp/groups
	sleep 0.5
}
check "80 groups" groups add permanent
same "the first and the last of 80 groups" "$(came 01:00:5e:00:01:01) $(came 01:00:5e:00:01:50)" "1 1"
check "none of them" groups del
expect "without them" 1 1 0 0
check "another address of the card" ip link set $net address 52:54:00:bb:bb:02
same "its own of before, its own" "$(came $OWN) $(came 52:54:00:bb:bb:02)" "0 1"
ip link set $net address $OWN
expect "the first one again" 1 1 0 0
ip link set $net down
ip link set $net up
sleep 1
expect "after down and up" 1 1 0 0
check "ping" up
