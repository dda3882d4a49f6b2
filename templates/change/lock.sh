### Lock: one run at a time may change this host

# Who has it: the name of a run, "?" when something else stands there, nothing
# when it is free.
lock_holder()
{
	if [ -h "$base/lock" ]; then
		held=$(readlink "$base/lock")
		is_name "$held" || held='?'
		printf '%s' "$held"
	elif [ -e "$base/lock" ]; then
		printf '?'
	fi
}

# serialized what: takes or frees the lock; the kernel lets only one at a time
# do so, and a dead one does not keep it.
serialized()
{
	lockf -k -s -t 30 "$base/guard" \
	    /bin/sh "$dir/change.sh" "$1" "$run" 2>/dev/null
}

# Believed from the lock: what took it may have ended before it could say so.
get_lock()
{
	serialized take-lock
	[ "$(lock_holder)" = "$run" ]
}

take_lock()
{
	held=$(lock_holder)
	[ "$held" != "$run" ] || return 0
	if [ -n "$held" ]; then
		# A run that is over holds nothing: it was ended before it could
		# free the lock.
		is_over "$held" || return 1
		rm -f "$base/lock" || return 1
	fi
	# -n: a link that is there is not followed, so this makes it or fails.
	ln -sn "$run" "$base/lock" || return 1
	fsync "$base" 2>/dev/null || :
}

# With the lock goes what a boot would do; of another run that has begun since,
# neither is ours.  A boot in between finds the script, and ends it.
free_lock()
{
	held=$(lock_holder)
	case $held in
	"$run") rm -f "$base/lock" && fsync "$base" || return 1 ;;
	'') ;;
	*) return 0 ;;
	esac
	remove_guard
}

# is_over run: it is decided, and nothing is left to do; or somebody removed its
# folder, and nobody knows what was done.
is_over()
(
	is_name "$1" || exit 1
	use_run "$1"
	case $(state) in
	confirmed|undone|none) exit 0 ;;
	esac
	exit 1
)
