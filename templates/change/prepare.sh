### Prepare: everything the run needs, on disk before anything else

# The sender sets it: the text of this script.
: "${change_text=}"

# The run's folder, on disk.  A name that was used is not used again.
prepare()
{
	[ ! -h "$base" ] ||
	    { why="$(shown "$base") is a symbolic link"; return 1; }
	[ -d "$base" ] || why=$(mkdir -p "$base" 2>&1) || return 1
	why=$(chmod 700 "$base" 2>&1) || return 1
	remove_unfinished
	# A run's folder is whole or not there.
	dir=$base/$run.part
	if why=$(mkdir "$dir" 2>&1) && hold sender 2 "$$" &&
	    why=$(write_run 2>&1) && why=$(mv "$dir" "$base/$run" 2>&1); then
		dir=$base/$run
		fsync "$base" 2>/dev/null || :
		return 0
	fi
	why="cannot write $(shown "$base"): $why"
	remove_run
	dir=$base/$run
	return 1
}

# Folders of runs whose sender was ended before it had written everything:
# nothing of them was ever begun.
remove_unfinished()
{
	for unfinished in "$base"/*.part; do
		[ ! -d "$unfinished" ] ||
		    (use_run "${unfinished##*/}"; is_held sender) ||
		    rm -rf "$unfinished"
	done
}

write_run()
{
	printf '%s\n' "$plan" >"$dir/plan" || return 1
	printf '%s\n' "$owner" >"$dir/owner" || return 1
	printf '%s\n' "$seconds" >"$dir/seconds" || return 1
	date +%s >"$dir/began" || return 1
	printf '%s\n' "$change_text" >"$dir/change.sh" || return 1
	# Space that is given up when it comes to undoing, so that a full disk
	# cannot keep the undo from its journal.
	printf '%s\n' "$change_text" >"$dir/reserve" || return 1
	# And entries: the decision is a link, the undo makes pipes and a lock.
	for number in 1 2 3 4 5; do
		: >"$dir/reserve.$number" || return 1
	done
	: >"$dir/journal" || return 1
	payload steps >"$dir/steps" || return 1
	for number in $(indexes); do
		load_step "$number" || return 1
		case $kind in
		write-boot|map-mode)
			[ "$from" = - ] ||
			    payload "from.$number" >"$dir/from.$number" ||
			    return 1
			;;
		install-mode) ;;
		set-running|set-rc) continue ;;
		restart-service|start-service|stop-service) continue ;;
		*) continue ;; # the check refuses it, by name
		esac
		[ "$to" = - ] || payload "to.$number" >"$dir/to.$number" ||
		    return 1
	done
	undo_text >"$dir/undo.sh" || return 1
	fsync "$dir"/* || return 1
	fsync "$dir" 2>/dev/null || :
}
