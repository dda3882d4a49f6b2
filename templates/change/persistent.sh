### Persistent: is a folder there after a reboot?

# is_persistent folder: it is on a disk, not in memory; else why.  What cannot
# be told does not count: what is promised has to survive.
is_persistent()
{
	if ! said=$(df -T "$1" 2>&1); then
		why="df: $(line "$said")"
		return 1
	fi
	# The second line: device, type.
	type=${said#*"$newline"}
	device=${type%%[[:space:]]*}
	# shellcheck disable=SC2086 # words
	set -- "$1" $type
	type=${3:-}
	case $type in
	'')
		why="df does not say what $(shown "$1") is on"
		return 1
		;;
	tmpfs|mfs)
		why="$(shown "$1") is in memory ($type)"
		return 1
		;;
	esac
	case $device in
	/dev/md[0-9]*)
		# A file behind it is kept; swap, malloc and preload do not.
		said=$(mdconfig -l -v -u "${device#/dev/}" 2>&1)
		case $said in
		*[[:space:]]vnode[[:space:]]*) ;;
		*)
			why="$(shown "$1") is in memory ($device)"
			return 1
			;;
		esac
		;;
	esac
}

# Where runs are kept, or will be.
base_is_persistent()
{
	place=$base
	while [ ! -d "$place" ] && [ "$place" != "$root" ]; do
		place=${place%/*}
	done
	is_persistent "$place/"
}
