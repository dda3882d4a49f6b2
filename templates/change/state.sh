### State: what has become of a run, from what is written down and who is alive

state()
{
	if [ ! -d "$dir" ]; then
		printf 'none'
		return
	fi
	decided=$(decision)
	if [ "$decided" = undo ]; then
		case $(undo_result) in
		ok) printf 'undone' ;;
		failed) printf 'undo-failed' ;;
		*)
			if any_alive; then
				printf 'undoing'
			else
				printf 'abandoned'
			fi
			;;
		esac
	elif [ "$decided" = confirmed ]; then
		printf 'confirmed'
	elif ! any_alive; then
		printf 'abandoned'
	elif ! is_done; then
		printf 'working'
	elif is_held watcher; then
		printf 'waiting'
	else
		printf 'abandoned'
	fi
}

# Seconds until the host undoes it by itself, about: the watcher counts for
# itself.  Never more than there were, should the clock have been set back.
seconds_left()
{
	case $1 in
	waiting) since=$(done_at) most=$(fact seconds) ;;
	*) since=$(fact began) most=$(work_limit) ;;
	esac
	left=$((since + most - $(date +%s)))
	[ "$left" -ge 0 ] || left=0
	[ "$left" -le "$most" ] || left=$most
	printf '%s' "$left"
}

done_at()
{
	entries "done" | awk -F "$tab" '{ at = $2 } END { print at + 0 }'
}
