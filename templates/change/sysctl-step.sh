### set-running: one value, never a file of them

running()
{
	sysctl -n "$subject" 2>&1
}

# set_value value: believed when read back.
set_value()
{
	said=$(sysctl "$subject=$1" 2>&1)
	now=$(running)
	[ "$now" != "$1" ] || return 0
	why="$said; it is $now"
	return 1
}

change_running()
{
	now=$(running)
	if [ "=$now" != "$from" ]; then
		why="$subject is $now, not ${from#=}"
		return 1
	fi
	set_value "${to#=}" || return 1
	detail="$subject: ${from#=} -> ${to#=}"
}

restore_running()
{
	if [ -n "$early" ]; then
		set_as_at_boot || return 1
		detail="$subject is $now, as this boot sets it"
		return 0
	fi
	now=$(running)
	if [ "=$now" = "$from" ]; then
		detail="$subject is $now, as before"
		return 0
	fi
	if [ "=$now" != "$to" ]; then
		why="$subject is $now: somebody set it since;"
		why="$why it is left as it is"
		return 1
	fi
	set_value "${from#=}" || return 1
	detail="$subject: ${to#=} -> ${from#=}"
}
