### Begin: everything on disk, the lock, the check, the dead-man switch; then the work

begin()
{
	[ "$(id -u)" -eq 0 ] || { refuse not-root 'only root can change this host'; return; }
	if [ -d "$dir" ]; then refuse wrong-state "run $run was begun before"; return; fi
	prepare || { refuse no-journal "$why"; return; }
	if ! get_lock; then
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

# Tells each step as it ends, until it is over, or waits for the decision, or nobody works on it.
follow()
{
	told=0 looks=0
	while :; do
		tell_ended
		case $progress in
		undo-done) return ;;
		done) [ -n "$(decision)" ] || return ;;
		esac
		looks=$((looks + 1))
		# Who is alive is asked seldom: it takes a ps(1).
		[ $((looks % 10)) -ne 0 ] || any_alive || return
		sleep 0.1
	done
}

# Sets progress to done or undo-done when the journal says so.
tell_ended()
{
	ended=$(awk -F "$tab" '
		$NF != "." { next }
		$1 == "end" { print $2 "\t" $3 "\t" $4 }
		$1 == "done" || $1 == "undo-done" { over = $1 }
		END { print over }' "$dir/journal")
	progress=${ended##*"$newline"}
	seen=0
	while IFS=$tab read -r number outcome detail; do
		seen=$((seen + 1))
		if [ -z "$detail" ] || [ "$seen" -le "$told" ]; then continue; fi
		told=$seen
		load_step "$number" && printf 'did\t%s\t%s\t%s\t%s\n' "$index" "$kind" "$outcome" "$detail" 2>/dev/null
	done <<END
$ended
END
}
