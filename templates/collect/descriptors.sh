### BPF descriptors

# look_twice first|second: what has to be seen at two moments. zbufctl trace
# looks at more.
look_twice()
{
	sample "$1"
}

# sample first|second|third: netstat -B, with the time in the header.
sample()
{
	now=$just_now just_now=''
	[ -n "$now" ] || now=$(date +%s 2>&1)
	case $now in *[!0-9]*|'') now=- ;; esac
	section "descriptors $1 $now"
	capture netstat -B --libxo json
	# FreeBSD before 11 has no libxo. 127: no netstat at all, 124: too slow.
	case $status in
	0|124|127|137) ;;
	*) capture netstat -B ;;
	esac
	finish
}

# Sleep what is left of $pause seconds since the first sample; a second more
# when the clock has ticked since, for it counts whole seconds only.
wait_for_packets()
{
	before=$now
	now=$(date +%s 2>&1)
	case $before$now in
	*[!0-9]*|'') rest=$pause ;;
	*) rest=$((pause - (now - before))) ;;
	esac
	[ "$rest" -eq "$pause" ] || rest=$((rest + 1))
	# A clock set back in between must not make this wait for hours.
	[ "$rest" -le "$pause" ] || rest=$pause
	if [ "$rest" -gt 0 ]; then
		sleep "$rest"
	else
		just_now=$now
	fi
}

# Who holds a BPF descriptor, as lines of procstat -f. From JSON, in which a
# name cannot end a line or a field; as text where there is no libxo.
holders()
{
	section holders
	hold holders_from_json
	case $status in
	0|124|127|137) ;;
	*) hold holders_from_text ;;
	esac
	finish
	seen_holders=$out
}

holders_from_json()
{
	{
		$limit procstat --libxo json -f -a
		printf '{=%s' "$?"
	} | awk "$print_holders"
}

holders_from_text()
{
	{
		$limit procstat -f -a
		printf '=%s\n' "$?"
	} | awk '
		/^=[0-9]+$/ { status = substr($0, 2) }
		NR == 1 && !/^=/ { print; next }
		/^ *[0-9]+ .* [0-9]+ +v +c +[-a-z]+ .*\/dev\/bpf[0-9]* *$/ {
			if (++n <= 1024) print
		}
		END { exit status }'
}

# stdin: procstat -f -a as JSON, and its status. A record begins with {: in a
# string a quote is escaped, so no name begins one of these.
# shellcheck disable=SC2016 # awk's own variables
print_holders='
	function text(key,    at, rest) {
		at = index($0, "\"" key "\":\"")
		if (at == 0) return ""
		rest = substr($0, at + length(key) + 4)
		if (!match(rest, /^([^"\\]|\\.)*"/)) return ""
		return substr(rest, 1, RLENGTH - 1)
	}
	function number(key,    rest) {
		rest = index($0, "\"" key "\":")
		if (rest == 0) return "-"
		rest = substr($0, rest + length(key) + 3)
		return match(rest, /^[0-9]+/) ? substr(rest, 1, RLENGTH) : "-"
	}
	BEGIN {
		RS = "{"
		print "  PID COMM                FD T V FLAGS    REF " \
		    " OFFSET PRO NAME"
	}
	/^=[0-9]+$/ { status = substr($0, 2) }
	/^"process_id":[0-9]/ {
		pid = number("process_id")
		command = text("command")
	}
	/^"fd":[0-9]+,"fd_type":"vnode","vn?ode_type":"character"/ {
		path = text("path")
		if (path !~ /\/dev\/bpf[0-9]*$/ || 1024 < ++n) next
		flags = (index($0, "\"read\"") ? "r" : "-") \
		    (index($0, "\"write\"") ? "w" : "-") "------"
		printf "%5s %-16s %5s v c %s %3s %7s -   %s\n", \
		    pid, command, number("fd"), flags, number("ref_count"), \
		    number("offset"), path
	}
	END { exit status }'
