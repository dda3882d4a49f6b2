### Check: everything the plan rests on, before anything is changed

# check_step: sets refused and why.
check_step()
{
	case $kind in
	set-running) check_running ;;
	write-boot|set-rc) check_file ;;
	install-mode|map-mode) check_mode ;;
	restart-service|start-service|stop-service) check_service ;;
	*) refused=wrong-state; unknown_kind ;;
	esac
}

check_running()
{
	now=$(running) || { refused=changed why=$now; return 1; }
	[ "=$now" != "$to" ] || return 0
	if [ "=$now" != "$from" ]; then
		refused=changed
		why="$subject is $now, the plan was made for ${from#=}"
		return 1
	fi
	if [ "$(sysctl -n security.jail.jailed 2>/dev/null)" = 1 ]; then
		refused=unwritable why="in a jail $subject cannot be set"
		return 1
	fi
}

check_file()
{
	if is_file_at to && [ ! -h "$target" ]; then return 0; fi
	refused=unwritable
	is_replaceable "$target" || return 1
	# Of several settings in one file, or of one variable, a later step
	# rests on what an earlier one leaves.
	case " $planned " in
	*" $target $variable "*) return 0 ;;
	esac
	planned="$planned $target $variable"
	is_file_at from && return 0
	refused=changed
	if [ "$kind" = set-rc ]; then
		why="$variable in $(shown "$target") is not $(rc_words "$from")"
	else
		why="$(shown "$target") is not the file the plan was made for"
	fi
	return 1
}

check_service()
{
	refused=changed
	find_script || { why="there is no service $subject"; return 1; }
	[ "$kind" != start-service ] || return 0
	look || return 1
	[ "$up" != no ] || return 0
	refused=not-the-service
	are_ours || return 1
	refused=no-journal
	why=$({ printf '%s\n' "$running" >"$dir/instances.$index"; } 2>&1)
}

find_script()
{
	for script in "$root/etc/rc.d/$subject" \
	    "$root/usr/local/etc/rc.d/$subject"; do
		[ ! -x "$script" ] || return 0
	done
	return 1
}

check_steps()
{
	planned=''
	for number in $(indexes); do
		load_step "$number" && check_step || return 1
	done
	refused=''
}
