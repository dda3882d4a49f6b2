### Samples, again and again

# What every sample begins with, once: sets start, and sections to their number.
begin()
{
	start=$(opening)$newline
	sections=2
	[ -z "$root" ] || sections=3
	system=other
	case $start in
	*"|FreeBSD$newline"*) system=FreeBSD sections=$((sections + 1)) ;;
	esac
}

# one_sample second|check: in one piece, a packet and not one a line. Sets held
# to whether a buffer is out: only then can a capture be lost (facts:
# fork-truth-table.md).
one_sample()
{
	text=$start held=no
	if [ "$system" = FreeBSD ]; then
		capture netstat -B --libxo json
		# FreeBSD before 11 has no libxo. 127: not there, 124: slow.
		case $status in
		0|124|127|137) ;;
		*) capture netstat -B ;;
		esac
		case $out in
		'') ;;
		# Columns are not counted here.
		[!\{]*|*hold-buffer-length\":[1-9]*) held=yes ;;
		*hold-buffer-length\":[\ \"][1-9]*) held=yes ;;
		esac
		text="$text@ descriptors $1 -$newline"
		for line in $out; do text="$text|$line$newline"; done
		for line in $err; do text="$text!$line$newline"; done
		text="$text= $status$newline"
	fi
	printf '%send %s\n' "$text" "$sections"
}

# doze seconds: begins to sleep. A sample taken meanwhile makes it no longer, so
# that samples keep their beat.
doze()
{
	left=$1
	nap
}

# A part of it: nobody is kept waiting longer than a minute for a sign of life,
# and this does not stay longer than that when nobody is there.
nap()
{
	part=$left
	[ "$part" -le 60 ] || part=60
	left=$((left - part))
	[ "$part" -gt 0 ] || return 0
	sleep "$part" >/dev/null 2>&1 &
	asleep=$!
}

# The rest of it.
wake()
{
	while [ -n "$asleep" ]; do
		wait "$asleep"
		asleep=''
		[ "$left" -le 0 ] || printf '\n' || leave
		nap
	done
}

leave()
{
	trap '' TERM PIPE
	[ -z "$asleep$minder" ] || kill $asleep $minder 2>/dev/null
	exit 0
}

# Ends this at once when whoever asked is gone: its input, where that is kept
# open for it (descriptor 9), ends then.
mind_input()
{
	trap leave TERM PIPE
	[ -n "${zbufctl_input:-}" ] || return 0
	{
		while read -r _; do :; done
		kill -TERM "$$"
	} <&9 9<&- >/dev/null 2>&1 &
	minder=$!
}

main()
{
	pause=${1:-60} samples=${2:-1} ahead=${4:-0} more=${5:-0}
	asleep='' minder=''
	for number in "$@"; do
		usable sample.sh "$number" \
		    '[seconds [samples [limit [ahead [more [wait ...]]]]]]' ||
		    return 64
	done
	limited "${3:-20}"
	if [ $# -gt 5 ]; then shift 5; else set -- 0; fi
	mind_input
	begin
	doze "$1"
	wake
	while [ "$samples" -gt 0 ]; do
		samples=$((samples - 1))
		[ $# -eq 0 ] || shift
		next=${1:-$pause} before=$ahead
		[ $((samples + more)) -gt 0 ] || next=0
		# What is seen at nearly the same time shows nothing.
		[ $((next - before)) -ge 2 ] || before=0
		doze $((next - before))
		one_sample second || leave
		# Whoever sends the next script waits for its first sample.
		[ "$samples" -gt 0 ] ||
		    { [ "$before" -gt 0 ] && [ "$held" = yes ]; } || leave
		wake
		[ "$before" -gt 0 ] || continue
		[ "$samples" -eq 0 ] || doze "$before"
		[ "$held" = no ] || one_sample check || leave
		wake
	done
	leave
}

# For mind_input, and for nobody else.
exec 9<&"${zbufctl_input:-0}"

# In one line with exit: a script cut in transit does nothing, and whatever
# follows it is not run. No command may read the script's stdin.
main "$@" </dev/null; exit
