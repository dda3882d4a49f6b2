### Stopping a service that may not want to: a stalled pflogd ignores SIGTERM

# note_processes file: what it takes to know the processes again: pid and start time, of those in pids and their
# children, children first.
note_processes()
{
	ps -ax -o pid= -o ppid= -o lstart= | awk -v pids="$pids" '
		BEGIN { n = split(pids, list, " "); for (i = 1; i <= n; i++) mine[list[i]] = 1 }
		{ pid = $1; parent[pid] = $2; $1 = $2 = ""; sub(/^ +/, ""); start[pid] = $0; order[++rows] = pid }
		END {
			do {
				again = 0
				for (i = 1; i <= rows; i++)
					if (!(order[i] in mine) && (parent[order[i]] in mine))
						again = mine[order[i]] = 1
			} while (again)
			for (i = 1; i <= rows; i++)
				if (order[i] in mine)
					print order[i] "\t" start[order[i]]
		}' | sort -rn >"$1.part" && fsync "$1.part" && mv -f "$1.part" "$1" && return 0
	why="the processes of $subject cannot be noted"
	return 1
}

# is_same pid start: still that process, and not another that got its number.
is_same()
{
	since=$(ps -o lstart= -p "$1" 2>/dev/null | awk '{ $1 = $1; print }')
	[ -n "$since" ] && [ "$since" = "$(printf '%s\n' "$2" | awk '{ $1 = $1; print }')" ]
}

# The processes noted before the step are all there.
is_as_noted()
{
	[ -s "$dir/processes.$index" ] || return 1
	while IFS=$tab read -r pid start; do
		is_same "$pid" "$start" || return 1
	done <"$dir/processes.$index"
	return 0
}

# stop_service noted: sets detail when more than a stop was needed.
stop_service()
{
	timed "$time_limit" service "$subject" onestop
	status=$? told=$said
	if [ "$status" -ne 124 ]; then
		look || return 1
		[ "$up" = yes ] || return 0
		why="$subject still runs after a stop (status $status): $told"
		return 1
	fi
	if [ "$may_kill" != kill ]; then
		why="stop of $subject hung for $time_limit s, and the plan does not allow SIGKILL"
		return 1
	fi
	kill_holders "$1" || return 1
	detail="; stop hung for $time_limit s; SIGKILL$killed"
	look || return 1
	[ "$up" = yes ] || return 0
	why="$subject still runs after SIGKILL$killed"
	return 1
}

# A vnode (v) of a character device (c) with a number and a name that ends so: a
# folder or a file called /dev/bpf, wherever it lies, is none.
holds_bpf()
{
	procstat -f "$1" 2>/dev/null | awk '
		/ [0-9]+ +v +c +[-a-z]+ .*\/dev\/bpf[0-9]*[ \t]*$/ { found = 1 }
		END { exit !found }'
}

# kill_holders noted: SIGKILL for those that are still the noted processes and still hold a capture, and nobody else.
kill_holders()
{
	killed=''
	while IFS=$tab read -r pid start; do
		if ! is_same "$pid" "$start" || ! holds_bpf "$pid"; then continue; fi
		name=$(ps -o comm= -p "$pid" 2>/dev/null)
		"$root/bin/kill" -KILL "$pid" 2>/dev/null || continue
		killed="$killed${killed:+,} pid $pid ($(line "$name"))"
		wait_gone "$pid" "$start" || { why="pid $pid of $subject is still there after SIGKILL"; return 1; }
	done <"$1"
	[ -z "$killed" ] || return 0
	why="stop of $subject hung for $time_limit s, and none of its processes holds /dev/bpf"
	return 1
}

wait_gone()
{
	tries=0
	while is_same "$1" "$2"; do
		tries=$((tries + 1))
		[ "$tries" -le 50 ] || return 1
		sleep 0.1
	done
	return 0
}
