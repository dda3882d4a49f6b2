### Undo: puts back what was begun

# Set at boot, before rc starts the services.
early=''

# put_back: one at a time (see put_back_once); may have been cut before, and
# goes on then.
put_back()
{
	[ -d "$dir" ] && [ "$(decision)" = undo ] || return 1
	case $(undo_result) in
	# It may have been ended just before it freed the lock.
	ok) is_finished; return ;;
	# Tried already; whoever wants it tried again writes undo-start first.
	failed) return 1 ;;
	esac
	release_reserve
	take_work || { say "the worker does not end"; return 1; }
	get_lock || { say "another run has the lock"; return 1; }
	undo_outcome=ok
	for number in $(undo_order); do
		if load_step "$number"; then undo_step; fi
	done
	sweep || { undo_outcome=failed; say "temporary files are left"; }
	journal undo-done "$undo_outcome" || return 1
	[ "$undo_outcome" = ok ] || { remove_guard; return 1; }
	is_finished
}

# Nothing is left to do, also at the next boot.
is_finished()
{
	serialized free-lock
}

# Files first, then services, with the running value at 0 meanwhile: what is put
# back to 0 is so before them, anything else after them.  Under another value a
# service would start in the mode that a fork breaks, and be worse off than
# before.
undo_order()
{
	for turn in files zero services value; do
		for number in $(reversed); do
			load_step "$number" || continue
			case $turn.$kind.$from in
			files.write-boot.*|files.set-rc.*) ;;
			files.install-mode.*|files.map-mode.*) ;;
			zero.set-running.=0) ;;
			services.restart-service.*) ;;
			services.start-service.*|services.stop-service.*) ;;
			value.set-running.=0) continue ;;
			value.set-running.*) ;;
			*) continue ;;
			esac
			printf '%s\n' "$number"
		done
	done
}

reversed()
{
	indexes | sort -rn
}

undo_step()
{
	was_changed "$index" || return 0
	case $(outcome_of undo-begin undo-end "$index") in
	rolled-back"$tab"*) return 0 ;;
	esac
	# A full disk must not keep us from undoing.
	journal undo-begin "$index" || :
	if restore_step; then
		say "step $index ($kind): $detail"
		journal undo-end "$index" rolled-back "$(line "$detail")" || :
		return 0
	fi
	undo_outcome=failed
	say "step $index ($kind): cannot be undone: $why"
	journal undo-end "$index" failed "$(line "$why")" || :
}

put_back_once()
{
	lockf -k -s -t 600 "$dir/undoer.lock" \
	    /bin/sh "$dir/change.sh" put-back "$run" 8>&-
}

# What undo.sh is: the same in words and commands, for people without zbufctl.
undo_text()
{
	printf '#!/bin/sh\n#\n'
	printf '# Puts back what zbufctl changed on this host in run %s.\n' \
	    "$run"
	printf '# %s, %s.\n#\n' \
	    'Runs from any directory, needs nothing but this folder' \
	    'and can be run again'
	printf '# %s, %s:\n' 'By hand it would be, in this order' \
	    'where "journal" says that it was begun'
	for number in $(undo_order); do
		load_step "$number" && printf '#   %s\n' "$(by_hand)"
	done
	printf '\nexec /bin/sh "%s/change.sh" undo %s >/dev/null\n' \
	    "$base/$run" "$run"
}

by_hand()
{
	folder=$(shown "$base/$run")
	case $kind.$from in
	set-running.*) printf 'sysctl %s=%s' "$subject" "${from#=}" ;;
	write-boot.-|install-mode.-|map-mode.-) printf 'rm %s' "$subject" ;;
	write-boot.*|set-rc.*|install-mode.*|map-mode.*)
		printf 'cp -p %s/backup.%s %s' "$folder" "$index" "$subject"
		;;
	restart-service.*) printf 'service %s onerestart' "$subject" ;;
	start-service.*) printf 'service %s onestop' "$subject" ;;
	stop-service.*) printf 'service %s onestart' "$subject" ;;
	esac
}
