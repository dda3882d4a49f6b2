### Processes: which of ours are alive

# born pid: when it started; fails when there is no such process.
born()
{
	ps -o stat= -o lstart= -p "$1" 2>/dev/null | {
		read -r stat start || exit 1
		case $stat in
		Z*) exit 1 ;;
		esac
		[ -n "$start" ] && printf '%s\n' "$start"
	}
}

# note_self role: writes down who we are, so that a pid that is given out again is not taken for us.
note_self()
{
	# Who cannot be known again must not work: nobody could tell that it is alive, and end it.
	since=$(born "$$") || return 1
	printf '%s\t%s\n' "$$" "$since" >"$dir/$1.$$" && mv -f "$dir/$1.$$" "$dir/$1"
}

# is_alive role: the process that noted itself so; sets pid.
is_alive()
{
	pid='' started=''
	[ -f "$dir/$1" ] || return 1
	IFS=$tab read -r pid started <"$dir/$1" || return 1
	is_number "$pid" && [ -n "$started" ] || return 1
	kill -0 "$pid" 2>/dev/null && [ "$(born "$pid")" = "$started" ]
}

any_alive()
{
	for role in watcher worker undoer; do
		is_alive "$role" && return 0
	done
	# The sender counts until it has handed over.
	[ ! -f "$dir/watcher" ] && is_alive sender
}

# Ends the worker and everything it started: it leads a group of its own (daemon(8)).
end_worker()
{
	[ -f "$dir/worker" ] || return 0
	if ! is_alive worker && { [ -z "$pid" ] || kill -0 "$pid" 2>/dev/null; }; then
		return 0
	fi
	# What a dead worker started may still be about to rename a file.
	kill -KILL "-$pid" 2>/dev/null
	tries=0
	while is_alive worker; do
		tries=$((tries + 1))
		[ "$tries" -le 50 ] || return 1
		sleep 0.1
	done
	return 0
}

# start_part what role: runs a part of this script on its own, and waits until it says that it is alive.
start_part()
{
	rm -f "$dir/$2"
	daemon -f /bin/sh "$dir/change.sh" "$1" "$run" || return 1
	tries=0
	while [ ! -f "$dir/$2" ]; do
		tries=$((tries + 1))
		[ "$tries" -le 100 ] || return 1
		sleep 0.1
	done
	return 0
}
