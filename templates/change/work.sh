### Work: carries the steps out, one after the other (a process of its own)

work()
{
	hold worker 2 "$$" || exit 1
	for number in $(indexes); do
		# Whoever decides to undo ends this process too; it may come too
		# early to find it.
		[ -z "$(decision)" ] || exit 0
		# Whoever ended the holder of our lock alone has made us nobody.
		if ! is_held worker || ! load_step "$number" ||
		    ! work_step; then
			decide undo
			exit 0
		fi
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
	write-boot|install-mode|map-mode)
		printf '%s is as planned' "$subject"
		;;
	start-service) printf '%s runs' "$subject" ;;
	restart-service|stop-service) printf '%s does not run' "$subject" ;;
	esac
}

# Seconds the work may take: what the services allow themselves (stop, start,
# status), and a minute.
work_limit()
{
	sum=60
	for number in $(indexes); do
		load_step "$number" || continue
		is_number "$time_limit" || continue
		# Each instance may hang once, and one stop more is tried.
		many=$(instances)
		sum=$((sum + many * (time_limit + 20) + 80))
		[ "$many" -eq 1 ] || sum=$((sum + time_limit))
	done
	printf '%s' "$sum"
}
