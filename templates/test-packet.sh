#!/bin/sh
#
# test-packet.sh interface ...
#
# Look at the captures twice (netstat -B), and in between send one packet
# that a capture on these interfaces has to record, where that is harmless:
# one ping over loopback, for lo0; the same for pflog0 when a rule of pf logs
# it.  Otherwise none.  Changes nothing.
#
# Prints: "packets 1", "sent interface ..." (or "sent -"), netstat's lines
# behind a "|", "again", the lines of the second look, and "end" as the last
# line; without it the answer was cut.
#
# Environment: ZBUFCTL_ROOT, as in collect.sh.

set -u
LC_ALL=C
PATH=/sbin:/bin:/usr/sbin:/usr/bin
root=${ZBUFCTL_ROOT:-}
# shellcheck disable=SC3067 # test(1) of FreeBSD has it, and dash
[ -z "$root" ] || [ -O "$root/.lab" ] || root=''
[ -z "$root" ] || PATH=$root/bin:$PATH
export LC_ALL PATH

# Longer than the read timeouts of pflogd (0.5 s) and tcpdump (1 s).
pause=2

main()
{
	first=$(look) || exit 1
	sent=''
	for interface in "$@"; do
		case $interface in
		lo0) sent="$sent lo0" ;;
		pflog0) ! is_logged || sent="$sent pflog0" ;;
		esac
	done
	# The pattern spells "zbufctl".
	[ -z "$sent" ] ||
	    ping -c 1 -t 2 -n -q -p 7a62756663746c 127.0.0.1 >/dev/null 2>&1 ||
	    sent=''
	sleep "$pause"
	second=$(look) || exit 1
	printf 'packets 1\nsent%s\n%s\nagain\n%s\nend\n' \
	    "${sent:- -}" "$first" "$second"
}

look()
{
	seen=$(netstat -B --libxo json 2>/dev/null) ||
	    seen=$(netstat -B 2>/dev/null) || return 1
	printf '%s\n' "$seen" | sed 's/^/|/'
}

# pf looks at lo0, and a rule says plainly that it logs what goes over it.  A
# later rule may win all the same: then nothing arrives, and that is said.
is_logged()
{
	case $(pfctl -v -s Interfaces -i lo0 2>/dev/null) in
	*"(skip)"*) return 1 ;;
	esac
	pfctl -s rules 2>/dev/null | awk '
		$1 != "pass" && $1 != "block" { next }
		{ logs = on = any = 0; proto = "" }
		{
			for (i = 2; i <= NF; i++) {
				if ($i == "log") logs = 1
				if ($i == "on" && $(i + 1) == "lo0") on = 1
				if ($i == "proto") proto = $(i + 1)
				if ($i == "inet6") on = 0
			}
			any = $0 ~ / all( |$)/ || $0 ~ / from any to any( |$)/
		}
		logs && on && any && (proto == "" || proto == "icmp") {
			found = 1
		}
		END { exit !found }'
}

main "$@" </dev/null; exit
