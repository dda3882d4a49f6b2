### write-boot and set-rc: the new content is made first, in the run's folder

# is_rc_at file want: "=value", or "-" for not set.  A sysrc that fails proves
# neither.
is_rc_at()
{
	got=-
	if [ -e "$1" ]; then
		if got=$(sysrc -f "$1" -n "$variable" 2>&1); then
			got="=$got"
		else
			case $got in
			*'unknown variable'*) got=- ;;
			*) return 1 ;;
			esac
		fi
	fi
	[ "$got" = "$2" ]
}

# Content the file has before and after write-boot.
old_content()
{
	if [ "$from" = - ]; then
		printf '%s' -
	else
		printf '%s' "$dir/from.$index"
	fi
}

new_content()
{
	if [ "$kind" != set-rc ] && [ "$to" = - ]; then
		printf '%s' -
	else
		printf '%s' "$dir/to.$index"
	fi
}

is_file_at()
{
	case $kind.$1 in
	write-boot.from) same "$(old_content)" "$target" ;;
	write-boot.to) same "$(new_content)" "$target" ;;
	set-rc.from) is_rc_at "$target" "$from" ;;
	set-rc.to) is_rc_at "$target" "$to" ;;
	install-mode.*|map-mode.*) is_mode_at "$1" ;;
	esac
}

# The new content of an rc file: sysrc(8) works on a copy, and sh(1) must be
# able to read it.
make_rc()
{
	made=$dir/to.$index
	if [ -e "$target" ]; then
		keep "$target" "$made" || return 1
		# sysrc appends to a last line that does not end, and makes one
		# line of the two.
		if [ -n "$(tail -c 1 "$made")" ]; then
			why=$({ printf '\n' >>"$made"; } 2>&1) || return 1
		fi
	else
		why=$({ : >"$made"; } 2>&1) || return 1
	fi
	if [ "$to" = - ]; then
		why=$(sysrc -f "$made" -x "$variable" 2>&1) || return 1
	else
		why=$(sysrc -f "$made" "$variable=${to#=}" 2>&1) || return 1
	fi
	why=$(sh -n "$made" 2>&1) || return 1
	is_rc_at "$made" "$to" ||
	    { why="sysrc did not set $variable"; return 1; }
	why=$(fsync "$made" 2>&1)
}

change_file()
{
	name=$(shown "$target")
	before='' like=''
	is_replaceable "$target" || return 1
	if [ -e "$target" ]; then
		keep "$target" "$dir/backup.$index" || return 1
		# An object has its own owner and mode, whatever was there.
		if [ "$kind" != install-mode ]; then
			like=$target
			before=$(metadata "$target") ||
			    { why="stat of $name failed"; return 1; }
		fi
	fi
	[ "$kind" != set-rc ] || make_rc || return 1
	is_file_at from ||
	    { why="$name was changed by somebody else meanwhile"; return 1; }
	if [ "$(new_content)" = - ]; then
		why=$(rm -f "$target" 2>&1) || return 1
	else
		put_file "$(new_content)" "$target" "$like" || return 1
	fi
	same "$(new_content)" "$target" ||
	    { why="$name does not hold the new content"; return 1; }
	if [ -n "$before" ] && [ -e "$target" ] &&
	    [ "$(metadata "$target")" != "$before" ]; then
		why="owner, mode or flags of $name are not what they were"
		return 1
	fi
	case $kind in
	set-rc)
		detail="$variable in $name: $(rc_words "$from")"
		detail="$detail -> $(rc_words "$to")"
		;;
	write-boot) detail="$name written" ;;
	esac
}

rc_words()
{
	if [ "$1" = - ]; then printf 'not set'; else printf '"%s"' "${1#=}"; fi
}

# Puts the old file back, unless somebody changed it since: then nothing is
# overwritten.
restore_file()
{
	name=$(shown "$target") backup=$dir/backup.$index
	# The backup is made before the first change; without it there was
	# either no file or no change.
	if [ ! -e "$backup" ]; then
		if same - "$target"; then
			detail="$name is not there, as before"
			return 0
		fi
		if [ ! -e "$dir/to.$index" ] || is_file_at from; then
			detail="$name was not changed"
			return 0
		fi
		if [ "$from" = - ] || [ "$kind" = set-rc ]; then
			if same "$dir/to.$index" "$target"; then
				why=$(rm -f "$target" 2>&1) || return 1
				detail="$name removed, as before"
				return 0
			fi
		fi
		why="$name was changed since; it is left as it is"
		return 1
	fi
	if same "$backup" "$target"; then
		detail="$name is as before"
		return 0
	fi
	# Killed before the new content was made: nothing was renamed, so what
	# differs is somebody else's.
	if [ ! -e "$(new_content)" ] && [ "$(new_content)" != - ] ||
	    ! same "$(new_content)" "$target"; then
		why="$name was changed since; it is left as it is;"
		why="$why the old content is in $(shown "$backup")"
		return 1
	fi
	# What its owner and mode were, the backup tells.
	put_file "$backup" "$target" "$backup" || return 1
	same "$backup" "$target" ||
	    { why="$name does not hold the old content"; return 1; }
	detail="$name put back"
}
