### restart-service, start-service, stop-service

# timed seconds command ...: its exit status; 124 when it took longer, and it is ended then.  What it said: said.
timed()
{
	limit=$1
	shift
	# In the foreground, with our signals as they are and the umask of init: what a service inherits from us it keeps.
	# timeout(1) ends the command only, and leaves it in our process group.
	(umask 022; cd / && exec timeout --foreground -s KILL "$limit" "$@") >"$dir/said" 2>&1 </dev/null
	status=$?
	said=$(head -c 300 "$dir/said" 2>/dev/null)
	case $status in
	124|137)
		said="took longer than $limit s"
		return 124
		;;
	esac
	return $status
}

# look: sets up (yes, no, or unknown: then why) and pids, as "service X status" says.
look()
{
	up=unknown pids=''
	timed 10 service "$subject" onestatus
	status=$?
	case $said in
	*' is running as pid '*)
		up=yes
		pids=$(printf '%s\n' "$said" | sed -n 's/.*is running as pid \([0-9 ]*\)\..*/\1/p')
		;;
	*' is not running'*) up=no ;;
	*) [ $status -ne 0 ] || up=yes ;;
	esac
	why="whether $subject runs cannot be told (status $status): $said"
	[ "$up" != unknown ]
}

start_service()
{
	timed 30 service "$subject" onestart
	status=$? told=$said
	look || return 1
	[ "$up" != yes ] || return 0
	why="$subject did not start (status $status): $told"
	return 1
}

change_service()
{
	look || return 1
	old=$pids detail=''
	if [ "$kind" != start-service ]; then
		note_processes "$dir/processes.$index" || return 1
		stop_service "$dir/processes.$index" || return 1
	fi
	if [ "$kind" != stop-service ]; then
		start_service || return 1
	fi
	case $kind in
	restart-service) detail="$subject restarted: pid $old -> $pids$detail" ;;
	start-service) detail="$subject started: pid $pids" ;;
	stop-service) detail="$subject stopped: pid $old$detail" ;;
	esac
}

restore_service()
{
	look || return 1
	old=$pids detail=''
	if [ "$kind" = start-service ]; then
		[ "$up" = yes ] || { detail="$subject does not run, as before"; return 0; }
		stop_again || return 1
		detail="$subject stopped: pid $old$detail"
		return 0
	fi
	if [ "$up" = yes ]; then
		if [ "$kind" = stop-service ] && ! is_still_stopping; then detail="$subject runs, as before"; return 0; fi
		if was_never_stopped; then detail="$subject was not stopped"; return 0; fi
		stop_again || { is_as_noted && detail="$subject did not stop, then and now"; return; }
	fi
	start_service || return 1
	detail="$subject started again: pid $pids$detail"
}

stop_again()
{
	note_processes "$dir/processes.undo.$index" && stop_service "$dir/processes.undo.$index"
}

# It was asked to stop and may yet do so: killed in the middle of the step, and the processes are the old ones.
is_still_stopping()
{
	[ -e "$dir/processes.$index" ] && is_as_noted
}

# True before the stop, and after a stop that gave up; when it was cut in the middle nobody knows.
was_never_stopped()
{
	[ -e "$dir/processes.$index" ] || return 0
	case $(became begin end "$index") in
	failed"$tab"*) is_as_noted ;;
	*) return 1 ;;
	esac
}
