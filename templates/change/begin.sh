### Begin: everything on disk, the lock, the check, the dead-man switch; then the work

begin()
{
	[ "$(id -u)" -eq 0 ] || { refuse not-root 'only root can change this host'; return; }
	if [ -d "$dir" ]; then refuse wrong-state "run $run was begun before"; return; fi
	prepare || { refuse no-journal "$why"; return; }
	if ! guarded take-lock; then
		refuse_locked
		forget
		return
	fi
	refused=''
	if ! check_steps; then
		guarded free-lock
		forget
		return
	fi
	if ! start_part watch watcher; then
		refuse no-watch 'the dead-man switch did not start (daemon)'
		guarded free-lock
		forget
		return
	fi
	# From here on the watcher sees to it that this comes to an end, whatever happens to us.
	start_part work worker || decide undo
	follow
}

refuse()
{
	refused=$1 why=$2
}

refuse_locked()
{
	held=$(lock_holder)
	if [ -n "$held" ]; then
		refuse locked "another run changes this host: $held"
	else
		refuse no-journal "the lock in $(shown "$base") cannot be taken"
	fi
}

forget()
{
	rm -rf "$dir"
}

# The sender sets it: the text of this script.
: "${change_text=}"

# The run's folder, on disk.  A name that was used is not used again.
prepare()
{
	[ ! -h "$base" ] || { why="$(shown "$base") is a symbolic link"; return 1; }
	[ -d "$base" ] || why=$(mkdir -p "$base" 2>&1) || return 1
	why=$(chmod 700 "$base" 2>&1) || return 1
	why=$(mkdir "$dir" 2>&1) || return 1
	if ! why=$(write_run 2>&1); then
		why="cannot write $(shown "$dir"): $why"
		forget
		return 1
	fi
}

write_run()
{
	note_self sender || return 1
	printf '%s\n' "$plan" >"$dir/plan" || return 1
	printf '%s\n' "$owner" >"$dir/owner" || return 1
	printf '%s\n' "$seconds" >"$dir/seconds" || return 1
	date +%s >"$dir/began" || return 1
	printf '%s\n' "$change_text" >"$dir/change.sh" || return 1
	: >"$dir/journal" || return 1
	payload steps >"$dir/steps" || return 1
	for number in $(indexes); do
		load_step "$number" || return 1
		[ "$kind" = write-boot ] || continue
		[ "$from" = - ] || payload "from.$number" >"$dir/from.$number" || return 1
		[ "$to" = - ] || payload "to.$number" >"$dir/to.$number" || return 1
	done
	undo_text >"$dir/undo.sh" || return 1
	fsync "$dir"/* || return 1
	fsync "$dir" 2>/dev/null || :
}

# Tells each step as it ends, until it is decided or waits for that.
follow()
{
	told=' '
	while :; do
		now=$(state)
		tell_ended
		case $now in
		working|undoing) sleep 0.2 ;;
		*) return ;;
		esac
	done
}

tell_ended()
{
	for number in $(indexes); do
		case $told in
		*" $number "*) continue ;;
		esac
		[ -n "$(entries end | awk -F "$tab" -v n="$number" '$2 == n')" ] || continue
		load_step "$number"
		printf 'did\t%s\t%s\t%s\n' "$index" "$kind" "$(became begin end "$index")" 2>/dev/null
		told="$told$number "
	done
}
