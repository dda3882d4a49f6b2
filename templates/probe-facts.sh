#!/bin/sh
#
# probe-facts.sh
#
# Tell what the probe needs to know before it is sent.  Changes nothing.
#
# Prints, tab separated: system, release, machine, uid, cc (a path, or -), on a
# practice host "practice 1", and "end" as the last line; without it the answer
# was cut.
#
# Environment: ZBUFCTL_ROOT, as in collect.sh.

set -u
LC_ALL=C
PATH=/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin
root=${ZBUFCTL_ROOT:-}
# shellcheck disable=SC3067 # test(1) of FreeBSD has it, and dash
[ -z "$root" ] || [ -O "$root/.lab" ] || root=''
[ -z "$root" ] || PATH=$root/bin:$PATH
export LC_ALL PATH

main()
{
	printf 'system\t%s\n' "$(uname -s)"
	printf 'release\t%s\n' "$(uname -r)"
	printf 'machine\t%s\n' "$(uname -m)"
	printf 'uid\t%s\n' "$(id -u)"
	printf 'cc\t%s\n' "$(command -v cc || printf '%s' -)"
	# The kernel of a practice host is a folder of tables: a model answers.
	[ -z "$root" ] || [ ! -f "$root/.lab/sysctl" ] || printf 'practice\t1\n'
	printf 'end\n'
}

main "$@" </dev/null; exit
