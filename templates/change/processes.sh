### Processes: which of ours are alive.  A kernel lock tells: no clock, no
### number that is given out again and no reboot can move it

# hold role seconds pid: from now on this process and what it starts hold the
# lock of the role, until the last of them has ended; waits so long for it.  The
# pid is written down for as long; "-": none.  75: somebody else holds it.
#
# lockf(1) holds a lock while its command runs, and closes it for the command
# (usr.bin/lockf/lockf.c, reading; 15.1 alone can lock a descriptor).  So its
# command waits for the end of a pipe that only we and our children have open:
# descriptor 8.  Whatever may outlive us on purpose is started with 8>&-.
hold()
{
	pipe=$dir/$1.pipe.$$
	why="the lock $1 cannot be had"
	mkfifo -m 600 "$pipe" "$pipe.told" 2>/dev/null ||
	    { drop_pipe; return 1; }
	exec 8<>"$pipe"
	exec 7<"$pipe"
	# A terminal that goes must not end the holder before us.
	(trap '' HUP INT QUIT PIPE; exec lockf -k -s -t "$2" "$dir/$1.lock" \
	    /bin/sh -c "$holder_script" hold "$dir/$1" "$3") \
	    <&7 >"$pipe.told" 2>/dev/null 7<&- 8>&- &
	holder=$! told=''
	read -r told <"$pipe.told" || :
	exec 7<&-
	drop_pipe
	[ "$told" != held ] || return 0
	exec 8>&-
	wait "$holder"
	status=$?
	[ "$status" -ne 0 ] || status=1
	return "$status"
}

# What the holder runs: note the pid, say so, wait for the end of the pipe.
# shellcheck disable=SC2016 # expanded by the inner shell
holder_script='if [ "$2" = - ]; then rm -f "$1"; else '\
'printf "%s\n" "$2" >"$1.$2" && mv -f "$1.$2" "$1"; fi && '\
'echo held && while read -r line; do :; done'

drop_pipe()
{
	rm -f "$pipe" "$pipe.told"
}

# is_held role: the lock cannot be had.  What cannot be told counts as held.  To
# ask is to have it for a moment, so one at a time asks.
is_held()
{
	[ -f "$dir/$1.lock" ] || return 1
	! lockf -k -s -t 10 "$dir/ask" lockf -k -s -t 0 "$dir/$1.lock" true \
	    2>/dev/null 8>&-
}

any_alive()
{
	for role in watcher worker undoer; do
		is_held "$role" && return 0
	done
	# The sender counts until it has handed over.
	[ ! -f "$dir/watcher" ] && is_held sender
}

# take_work: the worker has ended with everything it started, and nobody can
# take its place: its lock is ours.
take_work()
{
	tries=0
	until hold worker 1 -; do
		tries=$((tries + 1))
		[ "$tries" -le 10 ] || return 1
		lockf -k -s -t 10 "$dir/ask" \
		    /bin/sh "$dir/change.sh" end-worker "$run" 2>/dev/null 8>&-
	done
}

# Kills the worker and what it started, if they have the lock: while nobody else
# asks, nobody but them can.  The worker leads a group of its own (daemon(8)),
# and while one of the group is there, its number is nobody else's.
end_worker()
{
	lockf -k -s -t 0 "$dir/worker.lock" true
	[ $? -eq 75 ] || return 0
	pid=$(fact worker)
	is_number "$pid" && [ "$pid" -gt 1 ] || return 0
	kill -KILL "-$pid" || return 0
	# The lock may go a moment before the last of them.
	tries=0
	while kill -0 "-$pid" && [ "$tries" -lt 50 ]; do
		tries=$((tries + 1))
		sleep 0.1
	done
}

# start_part what role: runs a part of this script on its own, and waits until
# it has its lock.
start_part()
{
	rm -f "$dir/$2"
	daemon -f /bin/sh "$dir/change.sh" "$1" "$run" 8>&- || return 1
	tries=0
	while [ ! -f "$dir/$2" ]; do
		tries=$((tries + 1))
		[ "$tries" -le 100 ] || return 1
		sleep 0.1
	done
	return 0
}
