### Commands

# hold command [argument ...]: sets out, err and status.
# The inner shell sends stdout on through descriptor 3 and holds stderr back, so
# that the two do not mix; then come stderr and status, each behind a mark.
hold()
{
	said=$(
		{ held=$("$@" 2>&1 >&3 3>&-); } 3>&1
		printf '%s%s%s%s' "$mark" "$held" "$mark" "$?"
	)
	IFS=$mark
	set -- $said
	IFS=$newline
	out='' err='control characters in the output' status=unreadable
	[ $# -ne 3 ] || out=$1 err=$2 status=$3
}

# capture command [argument ...]: the same, under the time limit.
capture()
{
	hold $limit "$@"
}

# run name command [argument ...]: a section with what the command said.
run()
{
	section "$1"
	shift
	capture "$@"
	finish
}

# ask name command [argument ...]: the same for short answers, with one process
# less: what it says is content after success, and a complaint after failure.
ask()
{
	section "$1"
	shift
	err=''
	out=$($limit "$@" 2>&1)
	status=$?
	[ "$status" -eq 0 ] || { err=$out; out=''; }
	finish
}

# plain path: whether it can stand in a record and in an argument as it is.
plain()
{
	case $1 in
	/*) ;;
	*) return 1 ;;
	esac
	case $1 in
	*[!A-Za-z0-9._/@%+,:=~-]*|*/../*) return 1 ;;
	esac
}

# listed path list: whether the path is in it.
listed()
{
	case $newline$2$newline in
	*"$newline$1$newline"*) return 0 ;;
	esac
	return 1
}
