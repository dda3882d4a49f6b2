### Words: what is said, and what may be said

say()
{
	printf '%s\n' "$1" >&2
}

# One line, whatever the words hold.
line()
{
	printf '%s' "$1" | tr '\000-\037\177' ' ' | cut -c 1-300
}

# Arguments become names of files: letters, digits, few others, no dot in front.
is_name()
{
	case $1 in
	''|.*|*[!A-Za-z0-9._+@-]*) return 1 ;;
	esac
	[ ${#1} -le 120 ]
}

is_number()
{
	case $1 in
	''|*[!0-9]*|0?*|???????????*) return 1 ;;
	esac
}

# The run this is about: its name and its folder.
use_run()
{
	run=$1 dir=$base/$1
}

# first line of a file of the run; nothing when there is none
fact()
{
	value=''
	if [ -f "$dir/$1" ]; then
		IFS= read -r value <"$dir/$1" || :
	fi
	printf '%s' "$value"
}

# The path as people know it.
shown()
{
	printf '%s' "${1#"$root"}"
}
