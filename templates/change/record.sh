### Record: what every subcommand ends with

# emit word ...: one line of the record
emit()
{
	entry=$1
	shift
	for word in "$@"; do
		entry=$entry$tab$word
	done
	lines=$lines$entry$newline
	count=$((count + 1))
}

record()
{
	lines='' count=0
	current=$(state)
	emit run "$run"
	emit plan "$(fact plan)"
	emit owner "$(fact owner)"
	emit state "$current"
	[ -z "$stood" ] || emit before "$stood"
	case $current in
	working|waiting) emit left "$(seconds_left "$current")" ;;
	esac
	guard=$(fact boot-guard)
	[ -z "$guard" ] || emit boot-guard "$guard"
	if [ -f "$dir/steps" ]; then
		for number in $(indexes); do
			load_step "$number" && emit step "$index" "$kind" \
			    "$(outcome_of begin end "$index")"
		done
		for number in $(undone_order); do
			load_step "$number" && emit undone "$index" "$kind" \
			    "$(outcome_of undo-begin undo-end "$index")"
		done
	fi
	emit_lock
	[ -z "$refused" ] || emit refused "$refused" "$(line "$why")"
	printf 'zbufctl-change\t1\n%send\t%s\n' "$lines" "$count"
}

# Indexes in the order their undo was begun first.
undone_order()
{
	{ entries undo-begin; entries undo-end; } | cut -f 2 | awk '!seen[$0]++'
}

emit_lock()
{
	held=$(lock_holder)
	[ -n "$held" ] || return 0
	owner=$(use_run "$held"; fact owner)
	began=$(use_run "$held"; fact began)
	is_number "$began" || began=$(date +%s)
	age=$(($(date +%s) - began))
	[ "$age" -ge 0 ] || age=0
	alive=dead
	if (use_run "$held"; any_alive); then alive=alive; fi
	emit lock "$held" "$owner" "$age" "$alive"
}
