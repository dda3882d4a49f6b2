### Work: carries the steps out, one after the other (a process of its own)

work()
{
	note_self worker || exit 1
	for number in $(indexes); do
		# Whoever decides to undo ends this process too; it may come too early to find it.
		[ -z "$(decision)" ] || exit 0
		if ! load_step "$number" || ! work_step; then decide undo; exit 0; fi
	done
	journal "done" "$(date +%s)" || decide undo
}

work_step()
{
	if is_at_to; then
		journal end "$index" already "$(already_words)"
		return
	fi
	journal begin "$index" || return 1
	if change_step; then
		journal end "$index" changed "$(line "$detail")"
		return
	fi
	say "step $index ($kind): $why"
	journal end "$index" failed "$(line "$why")"
	return 1
}

already_words()
{
	case $kind in
	set-running) printf '%s is %s' "$subject" "${to#=}" ;;
	set-rc) printf '%s is %s' "$variable" "$(rc_words "$to")" ;;
	write-boot) printf '%s is as planned' "$subject" ;;
	start-service) printf '%s runs' "$subject" ;;
	*) printf '%s does not run' "$subject" ;;
	esac
}

# Seconds the work may take: what the services allow themselves (stop, start, status), and a minute.
work_limit()
{
	awk -F "$tab" '$7 != "-" { sum += $7 + 80 } END { print sum + 60 }' "$dir/steps"
}
