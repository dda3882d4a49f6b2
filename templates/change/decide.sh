### Confirm and undo, as the controller asks for them; status

confirm()
{
	case $(state) in
	waiting)
		decide confirmed || { refuse_confirm; return; }
		;;
	confirmed) ;;
	*)
		refuse wrong-state "a run that is $(state) cannot be confirmed"
		return
		;;
	esac
	finish_confirmed
}

refuse_confirm()
{
	if [ -n "$(decision)" ]; then
		refuse wrong-state 'the host had already begun to undo it'
	else
		refuse no-journal \
		    'the decision to confirm cannot be written down'
	fi
}

undo()
{
	[ "$(id -u)" -eq 0 ] ||
	    { refuse not-root 'only root can change this host'; return; }
	[ -d "$dir" ] ||
	    { refuse wrong-state "this host does not know run $run"; return; }
	stood=$(state)
	if ! decide undo; then
		[ "$(decision)" = confirmed ] || { refuse_undo; return; }
		# It was to stay, and is rolled back now.
		await_watcher
		get_lock || { refuse_locked; return; }
		ln -sn rollback "$dir/rollback" 2>/dev/null
		[ -h "$dir/rollback" ] || { refuse_undo; return; }
		fsync "$dir" 2>/dev/null || :
		install_guard || :
		[ "$guard" != none ] ||
		    say 'a reboot would leave the undo where it is'
	fi
	if [ "$(undo_result)" != ok ]; then
		if [ "$(undo_result)" = failed ] &&
		    ! journal undo-start "$(date +%s)"; then
			refuse no-journal 'the undo cannot be written down'
			return
		fi
		# So that it comes to an end when we do not.
		is_held watcher || start_part watch watcher ||
		    say 'no dead-man switch: the undo ends when this does'
	fi
	put_back_once
	say "run $run: $(state)"
}

# Who watched over a run that was confirmed frees its lock as it ends, within a
# second or two: it would free ours.
await_watcher()
{
	tries=0
	while is_held watcher && [ "$tries" -lt 30 ]; do
		tries=$((tries + 1))
		sleep 1
	done
}

refuse_undo()
{
	refuse no-journal 'the decision to undo cannot be written down'
}

status()
{
	if [ -z "$run" ]; then
		held=$(lock_holder)
		[ -z "$held" ] || [ "$held" = '?' ] || use_run "$held"
	fi
}
