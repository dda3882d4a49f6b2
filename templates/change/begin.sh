### Begin: everything on disk, the lock, the check, the dead-man switch; then
### the work

begin()
{
	[ "$(id -u)" -eq 0 ] ||
	    { refuse not-root 'only root can change this host'; return; }
	if [ -d "$dir" ]; then
		refuse wrong-state "run $run was begun before"
		return
	fi
	if ! base_is_persistent; then
		refuse in-memory "a reboot would forget the run: $why"
		return
	fi
	prepare || { refuse no-journal "$why"; return; }
	if ! get_lock; then
		refuse_locked
		remove_run
		return
	fi
	refused=''
	if ! is_fresh_plan || ! check_steps; then
		serialized free-lock
		remove_run
		return
	fi
	if ! install_guard; then
		refuse no-journal 'what a reboot must do cannot be written down'
	elif [ "$guard" = none ] && [ -z "$accepted" ]; then
		refuse no-boot-guard \
		    "after a reboot nobody would undo it: $(no_guard)"
	elif ! start_part watch watcher; then
		refuse no-watch 'the dead-man switch did not start (daemon)'
	fi
	if [ -n "$refused" ]; then
		is_finished
		remove_run
		return
	fi
	# From here on the watcher sees to it that this comes to an end,
	# whatever happens to us.
	start_part work worker || decide undo
	follow
}

no_guard()
{
	printf '%s' 'no script in /usr/local/etc/rc.d would be started, ' \
	    'and no line in /etc/cron.d or job of at(1)'
}

# A plan is used once on a host.  What was undone may be carried out again, by
# the run that says that it goes on with that one.
is_fresh_plan()
{
	for folder in "$base"/*/; do
		folder=${folder%/}
		case $folder in
		"$dir"|*.part) continue ;;
		esac
		if [ ! -f "$folder/plan" ] || [ -h "$folder" ]; then
			continue
		fi
		used=$(use_run "${folder##*/}"; fact plan)
		[ "$used" = "$plan" ] || continue
		run_state=$(use_run "${folder##*/}"; state)
		[ -n "$continues" ] && [ "$run_state" = undone ] && continue
		why="plan $plan was used here by run ${folder##*/} ($run_state)"
		refuse plan-used "$why: plan again"
		return 1
	done
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

remove_run()
{
	rm -rf "$dir"
}

# Tells each step as it ends, until it is over, or waits for the decision, or
# nobody works on it.
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
		if [ -z "$detail" ] || [ "$seen" -le "$told" ]; then
			continue
		fi
		told=$seen
		load_step "$number" &&
		    printf 'did\t%s\t%s\t%s\t%s\n' "$index" "$kind" \
		    "$outcome" "$detail" 2>/dev/null
	done <<END
$ended
END
}
