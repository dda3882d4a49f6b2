# Sourced by programs of the practice fleet that start and end simulated
# processes.
# Expects: lab. A unit is a service: its processes live and die together, as
# pflogd's two do.

: "${lab:?}"

tab=$(printf '\t')

# Prints the pids of a unit, one a line.
unit_pids()
{
	awk -F "$tab" -v unit="$1" '$9 == unit { print $1 }' "$lab/proc"
}

# Prints the unit of a pid; fails when there is no such process.
unit_of()
{
	awk -F "$tab" -v pid="$1" '
		$1 == pid { print $9; found = 1 }
		END { exit !found }' "$lab/proc"
}

# True when it does not end on SIGTERM: it reads a capture that a fork has cut
# off, and spins; it waits for a packet in zero-copy buffers, and none comes; or
# it is a stranger that only looks like the service, and ignores the signal.
is_stalled()
{
	case $1 in
	like*) return 0 ;;
	esac
	awk -F "$tab" -v unit="$1" '
		FILENAME ~ /proc$/ { if ($9 == unit) mine[$1] = 1; next }
		!($1 in mine) { next }
		$10 == "stalled" || $10 == "zerocopy" && $11 == 0 { found = 1 }
		END { exit !found }' "$lab/proc" "$lab/bpf"
}

# Takes processes (all of a unit, or one pid without a unit) out of every table.
end_processes()
{
	gone=$(awk -F "$tab" -v unit="$1" -v pid="$2" '
		(unit != "" && $9 == unit) || $1 == pid { printf " %s ", $1 }
		' "$lab/proc")
	for table in proc bpf files; do
		awk -F "$tab" -v gone="$gone" 'index(gone, " " $1 " ") == 0' \
		    "$lab/$table" >"$lab/$table.$$" &&
		    /bin/mv -f "$lab/$table.$$" "$lab/$table"
	done
	for ended in $gone; do
		/bin/rm -f "$lab/map/$ended"
	done
}

# Sends a signal to a simulated process: 0 asks whether it is there.
signal()
{
	unit=$(unit_of "$2") || return 1
	case $1 in
	0|HUP|1|INFO|USR1|USR2|CONT) ;;
	KILL|9) end_processes "$unit" "$2" ;;
	*)
		if [ -z "$unit" ] || ! is_stalled "$unit"; then
			end_processes "$unit" "$2"
		fi
		;;
	esac
	return 0
}

# What libmap.conf gives a program in the place of its libpcap.
mapped_libpcap()
{
	awk -v root="$ZBUFCTL_ROOT" -v program="$1" -v name=libpcap.so.8 \
	    -f "$ZBUFCTL_ROOT/bin/../awk/libmap.awk" \
	    -f "$ZBUFCTL_ROOT/bin/../awk/mapped.awk"
}

# Sets object and given: what libmap.conf puts in front of a service's libpcap,
# or LD_PRELOAD before everything, and the mode its soname says. rtld maps only
# a name that the program asks for.
find_object()
{
	object=$preload given='' program=''
	{ read -r program <"$lab/service/$1/program"; } 2>/dev/null || return 0
	if [ -z "$object" ] && grep -q "^NEEDED${tab}libpcap" \
	    "$ZBUFCTL_ROOT$program" 2>/dev/null; then
		object=$(mapped_libpcap "$program")
	fi
	[ -n "$object" ] || return 0
	if [ ! -f "$ZBUFCTL_ROOT$object" ]; then
		printf 'ld-elf.so.1: Cannot open "%s"\n' "$object" >&2
		return 1
	fi
	for word in buffered inherit private; do
		! grep -q "libpcap-$word\.so" "$ZBUFCTL_ROOT$object" ||
		    given=$word
	done
}

# What rc puts before a program: LD_PRELOAD of $1_env.
find_preload()
{
	preload=$(rc get "$1_env" | tr ' ' '\n' | sed -n 's/^LD_PRELOAD=//p')
}

# Starts a unit from its template in the mode the sysctl and the program's
# libpcap give it; $2: what the unit is called, and its interface, when it is
# one of several.
start_unit()
{
	called=${2:-$1}
	mode=buffered
	enabled=$("$ZBUFCTL_ROOT/bin/sysctl" -n net.bpf.zerocopy_enable)
	read -r library <"$lab/service/$1/libpcap"
	if [ "${enabled:-0}" -ne 0 ] &&
	    grep -q 'with zerocopy' "$ZBUFCTL_ROOT$library" 2>/dev/null; then
		mode=zerocopy
	fi
	find_preload "$called"
	find_object "$1" || return 1
	from=$lab/service/$1/$mode
	[ -z "$given" ] || [ ! -d "$from-$given" ] || from=$from-$given
	read -r next <"$lab/nextpid"
	calls=0
	{ read -r calls <"$lab/netstat.calls"; } 2>/dev/null
	started=$(LC_ALL=C date '+%a %b %e %H:%M:%S %Y')
	edit="s/@started@/$started/;s/@since@/$calls/"
	number=1
	while [ -e "$from/map.$number" ]; do
		edit="$edit;s/@$number@/$next/g"
		/bin/cp "$from/map.$number" "$lab/map/$next"
		[ -z "$preload" ] || printf '%s\t%s\tHOME=/\tLD_PRELOAD=%s\n' \
		    "$next" "${program##*/}" "$preload" >>"$lab/env"
		next=$((next + 2)) number=$((number + 1))
	done
	if [ "$called" != "$1" ]; then
		edit="$edit;s/$tab$1$tab/$tab$called$tab/"
		edit="$edit;s/$tab${1}0$tab/$tab$called$tab/"
	fi
	for table in proc bpf files; do
		sed "$edit" "$from/$table" >>"$lab/$table"
	done
	printf '%s\n' "$next" >"$lab/nextpid"
}
