# What packets have done to a descriptor by now. Time is the number of netstat
# calls before this one (`calls`), so that two samples differ by what the
# scenario says and not by how fast the machine is.
#
# Columns of the bpf table: 1 pid, 2 interface, 3 flags, 4 received, 5 dropped,
# 6 matched, 7 store length, 8 hold length, 9 command, 10 behaviour, 11 packets
# a call, 12 bytes a packet, 13 bytes of one buffer, 14 value of `calls` when it
# was opened.
#
# `pings`: test packets so far, of which a capture on lo0 sees all, and one on
# pflog0 when `logged`. They are taken at once, but by a stalled capture.
#
# Behaviours: idle (nothing arrives); buffered (read(2) takes everything at
# once); zerocopy (buffers rotate and are acknowledged); stalled (the held
# buffer is never acknowledged; drops begin when the store is full, too).

function traffic(    age, arrived, room, phase)
{
	received = $4; dropped = $5; matched = $6; store = $7; hold = $8
	if ($2 == "lo0" || ($2 == "pflog0" && logged)) {
		received += pings
		matched += pings
		if ($10 == "stalled")
			store += pings * 100
	}
	age = calls - $14
	if ($10 == "idle" || age <= 0)
		return
	arrived = age * $11
	received += arrived
	matched += arrived
	phase = age % 3
	if ($10 == "buffered") {
		store = phase == 1 ? 2 * $12 : 0
		hold = 0
	} else if ($10 == "zerocopy") {
		store = phase == 1 ? 2 * $12 : 0
		hold = phase == 0 ? $8 : phase == 1 ? 0 : $8 + 3 * $12
	} else if ($10 == "stalled") {
		room = int(($13 - $7) / $12)
		if (arrived > room) {
			dropped += arrived - room
			arrived = room
		}
		store = $7 + arrived * $12
	}
}
