#!/bin/sh
#
# probe.sh kind sha256 [arguments of the probe ...]
#
# Put the probe on this host, check that every byte arrived, run it, and leave
# nothing behind.
#
#   kind    program: the payload is a program; sources: it is C source for cc(1)
#   sha256  of the payload, hex
#
# The sender puts a function "payload" in front, which prints the payload.
#
# Prints, tab separated:
#   zbufctl-probe 1
#   skip   folder  why      a folder that could not be used
#   refuse why     text     it ends here: no-place, checksum, compiler,
#                           cannot-run
#   ran    folder  status   the program ended
#   |line                   what it printed, before "ran"
#   ! and a line            what it said on stderr
#   end                     the last line; without it the answer was cut
#
# Writes only in a fresh folder of its own (mode 0700) in /var/tmp, /root or
# /tmp, and removes it whatever happens; what an earlier run that was killed
# left there is removed first.  The program itself says what it does.
# Wants root.  Environment: ZBUFCTL_ROOT, as in collect.sh.

set -u
umask 077
LC_ALL=C
PATH=/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin
root=${ZBUFCTL_ROOT:-}
# shellcheck disable=SC3067 # test(1) of FreeBSD has it, and dash
[ -z "$root" ] || [ -O "$root/.lab" ] || root=''
[ -z "$root" ] || PATH=$root/bin:$PATH
export LC_ALL PATH

places="/var/tmp /root /tmp"
dir=''

# One line, whatever the words hold.
line()
{
	printf '%s' "$1" | tr '\n\t' '  ' | cut -c 1-300
}

refuse()
{
	printf 'refuse\t%s\t%s\n' "$1" "$(line "$2")"
	printf 'end\n'
	exit 0
}

leave()
{
	[ -z "$dir" ] || rm -rf "$dir"
	dir=''
}

# What is ours by name and owner, and whose process is gone: the name has its
# number, so that there is no moment without one.
sweep()
{
	me=$(id -u)
	for place in $places; do
		for old in "$root$place"/zbufctl-probe.*.??????; do
			if [ -L "$old" ] || [ ! -d "$old" ]; then continue; fi
			mine=$(find "$old" -prune -user "$me" 2>/dev/null)
			[ -n "$mine" ] || continue
			owner=${old##*/zbufctl-probe.} owner=${owner%.*}
			case $owner in
			''|*[!0-9]*) ;;
			*) kill -0 "$owner" 2>/dev/null && continue ;;
			esac
			rm -rf "$old"
		done
	done
}

# A folder that lets programs run: tried, since mount(8) is not the only reason.
find_place()
{
	for place in $places; do
		if ! dir=$(mktemp -d \
		    "$root$place/zbufctl-probe.$$.XXXXXX" 2>&1); then
			printf 'skip\t%s\t%s\n' "$place" "$(line "$dir")"
			dir=''
			continue
		fi
		if why=$(fill "$dir" 2>&1); then
			return 0
		fi
		printf 'skip\t%s\t%s\n' "$place" "$(line "$why")"
		leave
	done
	return 1
}

# fill folder: a script that can run, and the whole payload; else says why not.
fill()
{
	if ! printf '#!/bin/sh\nexit 7\n' >"$1/try"; then
		return 1
	fi
	chmod 700 "$1/try" || return 1
	"$1/try" 2>/dev/null
	if [ $? -ne 7 ]; then
		printf 'programs may not run there (noexec)\n'
		return 1
	fi
	payload >"$1/payload" 2>/dev/null && return 0
	free=$(df -k "$1" | awk 'NR == 2 { print $4 }')
	printf 'not enough space: %s KB free\n' "$free"
	return 1
}

# digest file: SHA-256, hex; sha256(1) is FreeBSD's, the others are for
# elsewhere.
digest()
{
	if command -v sha256 >/dev/null 2>&1; then
		sha256 -q "$1"
	elif command -v sha256sum >/dev/null 2>&1; then
		sha256sum <"$1" | cut -d ' ' -f 1
	else
		openssl dgst -sha256 -r <"$1" | cut -d ' ' -f 1
	fi
}

# The sources come as one file, each behind a line with its name.
compile()
{
	mkdir "$dir/src" ||
	    refuse compiler "cannot make a folder for the sources"
	awk -v folder="$dir/src" '
	    /^@@zbufctl-file [A-Za-z0-9_]+\.[ch]$/ {
		    file = folder "/" $2
		    next
	    }
	    file != "" { print >file }' "$dir/payload" ||
	    refuse compiler "cannot unpack the sources"
	why=$(cd "$dir/src" && cc -O2 -o ../zbufprobe ./*.c 2>&1) ||
	    refuse compiler "$why"
}

run()
{
	(cd "$dir" && ./zbufprobe "$@")
}

main()
{
	kind=$1 expected=$2
	shift 2
	printf 'zbufctl-probe\t1\n'
	sweep
	trap leave EXIT
	trap 'exit 1' HUP INT TERM PIPE
	find_place || refuse no-place "no folder takes a program: $places"

	found=$(digest "$dir/payload")
	[ "$found" = "$expected" ] ||
	    refuse checksum "expected $expected, the host has $found"
	case $kind in
	program) mv "$dir/payload" "$dir/zbufprobe" ;;
	sources) compile ;;
	*) refuse cannot-run "unknown kind of payload" ;;
	esac
	chmod 700 "$dir/zbufprobe" || refuse cannot-run "chmod failed"

	# From its folder, so that what the shell says of it has no path of
	# ours.
	status=$({
		run "$@" 2>"$dir/err"
		printf '%s' "$?" >&3
	} 3>&1 >"$dir/out")
	# Without its end an answer counts for nothing.
	sed 's/^/|/' "$dir/out" || exit 1
	# A program without a last newline would swallow the next line.
	[ -z "$(tail -c 1 "$dir/out")" ] || printf '\n'
	head -c 4096 "$dir/err" | sed 's/^/!/'
	[ -z "$(head -c 4096 "$dir/err" | tail -c 1)" ] || printf '\n'
	printf 'ran\t%s\t%s\n' "${dir%/*}" "$status"
	printf 'end\n'
}

main "$@" </dev/null; exit
