### Samples, again and again

# What every sample begins with, once: sets start, and sections to their number.
begin()
{
	sections=2
	start=zbufctl-evidence\ 1$newline
	if [ -n "$root" ]; then
		start="$start@ practice$newline= 0$newline"
		sections=3
	fi
	start="$start@ uid$newline|$(id -u)$newline= 0$newline"
	system=$(uname -s)
	start="$start@ system$newline|$system$newline= 0$newline"
	[ "$system" != FreeBSD ] || sections=$((sections + 1))
}

# In one piece: a packet a sample, not one a line.
one_sample()
{
	text=$start
	if [ "$system" = FreeBSD ]; then
		capture netstat -B --libxo json
		# FreeBSD before 11 has no libxo. 127: not there, 124: slow.
		case $status in
		0|124|127|137) ;;
		*) capture netstat -B ;;
		esac
		text="$text@ descriptors second -$newline"
		for line in $out; do text="$text|$line$newline"; done
		for line in $err; do text="$text!$line$newline"; done
		text="$text= $status$newline"
	fi
	printf '%send %s\n' "$text" "$sections"
}

# rest seconds: nobody is kept waiting longer than a minute for a sign of life,
# and this does not stay longer than that when nobody is there.
rest()
{
	left=$1
	while [ "$left" -gt 60 ]; do
		sleep 60
		printf '\n' || exit 0
		left=$((left - 60))
	done
	[ "$left" -le 0 ] || sleep "$left"
}

main()
{
	case ${1:-}${2:-}${3:-}${4:-20} in
	*[!0-9]*)
		printf 'usage: sample.sh seconds samples wait [limit]\n' >&2
		return 64
		;;
	esac
	pause=${1:-60} samples=${2:-1}
	if [ -n "$root" ]; then
		case $root in
		*[!A-Za-z0-9._/@%+,:=~-]*)
			printf 'sample.sh: bad ZBUFCTL_ROOT\n' >&2
			return 64
			;;
		esac
	fi
	limit=''
	! command -v timeout >/dev/null ||
	    limit="timeout$newline-k${newline}2$newline${4:-20}"
	begin
	rest "${3:-0}"
	while :; do
		one_sample || return 0
		samples=$((samples - 1))
		[ "$samples" -gt 0 ] || break
		rest "$pause"
	done
}

# In one line with exit: a script cut in transit does nothing, and whatever
# follows it is not run. No command may read the script's stdin.
main "$@" </dev/null; exit
