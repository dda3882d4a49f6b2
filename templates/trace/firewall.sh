### The firewall's log

# What zbufctl trace looks at besides what collect.sh does, read-only: pf and
# its rules that log, the pflog interfaces, and the files that are written.
look_twice()
{
	[ "$1" != first ] || {
		run pf-status pfctl -s info
		log_interfaces
		log_paths
	}
	run "pf-rules $1" pfctl -a '*' -vsr
	for name in $pflogs; do
		run "pflog-counters $1 $name" netstat -n -b -I "$name"
	done
	log_files "$1"
	sample "$1"
}

# Sets pflogs: pflog0 whether it is there or not, and the others there are.
log_interfaces()
{
	pflogs=pflog0$newline
	ask interfaces ifconfig -l
	IFS=" $newline"
	set -- $out
	IFS=$newline
	for name in "$@"; do
		case $name in
		pflog*[!0-9]*[0-9]|pflog*[!0-9]) ;;
		pflog[0-9]*)
			listed "$name" "$pflogs" || pflogs=$pflogs$name$newline
			;;
		esac
	done
	for name in $pflogs; do
		run "interface $name" ifconfig "$name"
	done
}

# Sets logs: where pf's loggers write by themselves, and where a pflogd says it
# does, in its title.
log_paths()
{
	logs="/var/log/pflog$newline/var/log/filter.log$newline"
	logs="$logs/var/log/filter/latest.log$newline"
	# shellcheck disable=SC2016 # awk's own variables
	said=$($limit ps -axww -o args 2>/dev/null | awk '
		/^pflogd: \[(running|suspended)\] / {
			for (i = 2; i < NF; i++)
				if ($i == "-f" && ++n <= 16) print $(i + 1)
		}')
	for found in $said; do
		plain "$found" || continue
		listed "$found" "$logs" || logs=$logs$found$newline
	done
}

# log_files first|second: size and time of the last change, the path behind.
log_files()
{
	section "log-files $1"
	out='' err='' status=0
	set --
	for found in $logs; do
		[ ! -e "$root$found" ] || set -- "$@" "$root$found"
	done
	[ $# -eq 0 ] || capture stat -L -f '%z %m %N' "$@"
	lines=$out out=''
	for line in $lines; do
		out="$out$newline${line%% /*} /${line#*" $root/"}"
	done
	finish
}
