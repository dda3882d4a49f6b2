### restart-service, start-service, stop-service

# timed seconds command ...: its exit status; 124 when it took longer, and it is
# ended then.  What it said: said.
timed()
{
	limit=$1
	shift
	# In the foreground, with our signals as they are and the umask of init:
	# what a service inherits from us it keeps, so not our lock either; the
	# shell around it does, since that ends with the command.  timeout(1)
	# ends the command only, and leaves it in our process group.
	(
		umask 022
		cd / || exit 1
		timeout --foreground -s KILL "$limit" "$@" 8>&-
		exit $?
	) >"$dir/said" 2>&1 </dev/null
	status=$?
	said=$(head -c 4096 "$dir/said" 2>/dev/null)
	case $status in
	124|137)
		said="took longer than $limit s"
		return 124
		;;
	esac
	return $status
}

# look: sets up (yes, no, some of its instances, or unknown: then why), running
# (how many) and pids, as "service X status" says, one line an instance.
look()
{
	up=unknown pids='' running=0 stopped=0
	timed 10 service "$subject" onestatus
	status=$?
	while IFS= read -r row; do
		case $row in
		*' is running as pid '*)
			running=$((running + 1))
			row=${row##*' is running as pid '}
			for pid in ${row%%.*}; do
				! is_number "$pid" || pids="$pids${pids:+ }$pid"
			done
			;;
		*' is not running'*) stopped=$((stopped + 1)) ;;
		esac
	done <<END
$said
END
	case $running.$stopped in
	0.0)
		[ $status -ne 0 ] || up=yes running=1
		why="whether $subject runs cannot be told"
		why="$why (status $status): $said"
		;;
	0.*) up=no ;;
	*.0) up=yes ;;
	*) up=some ;;
	esac
	[ "$up" != unknown ]
}

# As many of its instances run as before.
is_up()
{
	wanted=$(fact "instances.$index")
	[ "$up" = yes ] || [ "$up" = some ] && [ "$running" -ge "${wanted:-1}" ]
}

start_service()
{
	timed 30 service "$subject" onestart
	result=$? told=$said
	look || return 1
	if is_up; then
		# What rc(8) did not start itself may be anybody's of that name.
		[ "$result" -ne 0 ] || return 0
		are_ours && return 0
		why="$subject did not start: $why"
		return 1
	fi
	why="$subject did not start (status $result): $told"
	return 1
}

change_service()
{
	look || return 1
	old=$pids detail=''
	if [ "$kind" != start-service ]; then
		are_ours || return 1
		note_processes "$dir/processes.$index" || return 1
		stop_service "$dir/processes.$index" || return 1
	fi
	if [ "$kind" != stop-service ]; then
		start_service || return 1
	fi
	case $kind in
	restart-service)
		detail="$subject restarted: pid $old -> $pids$detail"
		;;
	start-service) detail="$subject started: pid $pids" ;;
	stop-service) detail="$subject stopped: pid $old$detail" ;;
	esac
}

restore_service()
{
	look || return 1
	old=$pids detail=''
	if [ -n "$early" ] && [ "$up" = no ]; then
		detail="$subject does not run yet at this boot:"
		detail="$detail that is left to rc"
		return 0
	fi
	if [ "$kind" = start-service ]; then
		if [ "$up" = no ]; then
			detail="$subject does not run, as before"
			return 0
		fi
		stop_again || return 1
		detail="$subject stopped: pid $old$detail"
		return 0
	fi
	if is_up; then
		if [ "$kind" = stop-service ] && ! is_still_stopping; then
			detail="$subject runs, as before"
			return 0
		fi
		if was_never_stopped; then
			detail="$subject was not stopped"
			return 0
		fi
		if ! stop_again; then
			is_as_noted || return
			detail="$subject did not stop, then and now"
			return 0
		fi
	fi
	start_service || return 1
	detail="$subject started again: pid $pids$detail"
}

stop_again()
{
	are_ours && note_processes "$dir/processes.undo.$index" &&
	    stop_service "$dir/processes.undo.$index"
}

# It was asked to stop and may yet do so: killed in the middle of the step, and
# the processes are the old ones.
is_still_stopping()
{
	[ -e "$dir/processes.$index" ] && is_as_noted
}

# True before the stop, and after a stop that gave up; when it was cut in the
# middle nobody knows.
was_never_stopped()
{
	[ -e "$dir/processes.$index" ] || return 0
	case $(outcome_of begin end "$index") in
	failed"$tab"*) is_as_noted ;;
	*) return 1 ;;
	esac
}
