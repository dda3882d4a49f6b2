#!/bin/sh
#
# doctor.sh
#
# Tell who we are on this host, whether what an audit asks is there, and what
# time it is. Changes nothing.
#
# Prints, after a line of its own, one "key=value" a line: uid, system, a line
# "missing" for each program that is not there, and at the end the seconds
# since the epoch.
#
# Environment: ZBUFCTL_ROOT as in collect.sh.

set -uf
LC_ALL=C
PATH=/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin
root=${ZBUFCTL_ROOT:-}
# shellcheck disable=SC3067 # test(1) of FreeBSD has it, and dash
[ -z "$root" ] || [ -O "$root/.lab" ] || root=''
[ -z "$root" ] || PATH=$root/bin:$PATH
export LC_ALL PATH

main()
{
	printf 'zbufctl-doctor\nuid=%s\nsystem=%s\n' "$(id -u)" "$(uname -s)"
	for tool in sysctl netstat procstat ps service ldd; do
		command -v "$tool" >/dev/null 2>&1 ||
		    printf 'missing=%s\n' "$tool"
	done
	printf 'seconds=%s\n' "$(date +%s)"
}

main "$@" </dev/null; exit
