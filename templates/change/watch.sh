### Watch: the dead-man switch (a process of its own)

# decision: undo, confirmed, or nothing.  A link is made by one and by nobody
# after it.
decision()
{
	if [ -h "$dir/rollback" ]; then
		printf 'undo'
	elif [ -h "$dir/decision" ]; then
		readlink "$dir/decision"
	fi
}

# decide what: whether it is so decided now, by us or before.
decide()
{
	if ! ln -sn "$1" "$dir/decision" 2>/dev/null &&
	    [ -z "$(decision)" ]; then
		# A full disk: now is the time to give up what was kept for it.
		release_reserve
		ln -sn "$1" "$dir/decision" 2>/dev/null
	fi
	[ "$(decision)" = "$1" ] || return 1
	[ "$1" != undo ] || release_reserve
	fsync "$dir" 2>/dev/null || :
}

release_reserve()
{
	rm -f "$dir/reserve" "$dir"/reserve.*
}

# Looks once a second.  Seconds are counted, not read from the clock, which may
# be set meanwhile.
watch()
{
	trap : HUP INT PIPE TERM
	# At shutdown all are asked to end; what is left is for the next boot.
	case $(fact boot-guard) in
	''|none) ;;
	*) trap 'exit 0' TERM ;;
	esac
	hold watcher 2 "$$" || exit 1
	limit_of_work=$(work_limit) wait_limit=$(fact seconds)
	worked=0 waited=0 tries=0
	while [ -d "$dir" ]; do
		case $(decision) in
		confirmed)
			finish_confirmed && exit 0
			;;
		undo)
			put_back_once
			[ -z "$(undo_result)" ] ||
			    [ "$(lock_after_undo)" = kept ] || exit 0
			tries=$((tries + 1))
			[ "$tries" -lt 60 ] || exit 1
			;;
		*)
			watch_work
			[ -z "$(decision)" ] || continue
			;;
		esac
		sleep 1
	done
}

# An undo that was ended between its last word and freeing the lock is looked at
# once more.
lock_after_undo()
{
	if [ "$(undo_result)" = ok ] && [ "$(lock_holder)" = "$run" ]; then
		printf 'kept'
	fi
}

watch_work()
{
	if is_done; then
		waited=$((waited + 1))
		[ "$waited" -le "$wait_limit" ] || decide undo
		return
	fi
	worked=$((worked + 1))
	if [ "$worked" -gt "$limit_of_work" ]; then
		decide undo
	elif [ -f "$dir/worker" ]; then
		is_held worker || is_done || decide undo
	elif [ "$worked" -gt 30 ]; then
		# Nobody started it.
		decide undo
	fi
}

finish_confirmed()
{
	release_reserve
	sweep && is_finished
}
