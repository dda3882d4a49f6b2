### Stopping a service that may not want to: a stalled pflogd ignores SIGTERM,
### and a healthy zero-copy one where no packet comes (facts:
### per-program-modes.md)

# stop_service noted: sets detail when more than a stop was needed.  rc(8) stops
# one instance after the other and waits for each, so one that hangs keeps it
# from asking the next.
stop_service()
{
	killed='' round=0
	while :; do
		timed "$time_limit" service "$subject" onestop
		result=$? told=$said
		look || return 1
		[ "$up" != no ] || break
		if [ "$result" -ne 124 ]; then
			why="$subject still runs after a stop"
			why="$why (status $result): $told"
			are_ours || why="$subject does not stop: $why"
			return 1
		fi
		if [ "$may_kill" != kill ]; then
			why="stop of $subject hung for $time_limit s,"
			why="$why and the plan does not allow SIGKILL"
			return 1
		fi
		round=$((round + 1))
		[ "$round" -le $(($(instances) + 1)) ] || break
		kill_first "$1" || return 1
		look || return 1
		[ "$up" != no ] || break
	done
	[ -z "$killed" ] ||
	    detail="; stop hung for $time_limit s; SIGKILL $killed"
	[ "$up" != no ] || return 0
	why="$subject still runs after SIGKILL $killed"
	return 1
}

# How many of them ran when the run began.
instances()
{
	wanted=$(fact "instances.$index")
	printf '%s' "${wanted:-1}"
}

# kill_first noted: SIGKILL for what still holds a capture of the first that
# runs and has something to be killed: it is the one the stop waits for.
kill_first()
{
	processes_now || return 1
	before=$killed
	for leader in $pids; do
		kill_holders "$leader" "$1" || return 1
		[ "$killed" = "$before" ] || return 0
	done
	why="stop of $subject hung for $time_limit s,"
	why="$why and none of its processes holds /dev/bpf"
	are_ours || why="stop of $subject hung for $time_limit s: $why"
	return 1
}

# kill_holders pid noted: those of the noted processes that are that pid or were
# started by it, if they are still the same and still hold the same descriptors;
# and nobody else.
kill_holders()
{
	mine=$(family "$1") || return 1
	while IFS=$tab read -r pid user name fds; do
		case $newline$mine in
		*"$newline$pid$tab"*) ;;
		*) continue ;;
		esac
		if [ -z "$fds" ] || ! is_same "$pid" "$user" "$name" ||
		    [ "$(bpf_of "$pid")" != "$fds" ]; then continue; fi
		"$root/bin/kill" -KILL "$pid" 2>/dev/null || continue
		killed="$killed${killed:+, }pid $pid ($(line "$name"))"
		wait_gone "$pid" "$user" "$name" && continue
		why="pid $pid of $subject is still there after SIGKILL"
		return 1
	done <"$2"
	return 0
}

wait_gone()
{
	tries=0
	while is_same "$1" "$2" "$3"; do
		tries=$((tries + 1))
		[ "$tries" -le 50 ] || return 1
		sleep 0.1
	done
	return 0
}
