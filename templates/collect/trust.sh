### Trust

# What stat(1) said, "uid octal-mode path" a line, and where links lead, "path
# target" a line. Both begin with a newline.
facts=$newline targets=$newline

# vet path ...: learns what "trusted" needs to know of these, links followed.
# A stat(1) a round, and a round more where links lead elsewhere.
vet()
{
	rounds=0
	while [ "$rounds" -lt 4 ]; do
		lacking='' lacking_targets=''
		for path in "$@"; do
			trusted "$path" || :
		done
		[ -n "$lacking$lacking_targets" ] || break
		rounds=$((rounds + 1))
		[ -z "$lacking" ] || learn $lacking
		[ -z "$lacking_targets" ] || learn_targets $lacking_targets
	done
}

learn()
{
	IFS=$newline
	facts=$facts$($limit stat -f '%u %p %N' "$@" 2>/dev/null)$newline
	# What it said nothing of is known to be unknown.
	for name in "$@"; do
		case $facts in
		*" $name$newline"*) ;;
		*) facts="${facts}- - $name$newline" ;;
		esac
	done
}

# Only root's own links, in root's own folders, get here: the lines fit.
learn_targets()
{
	said=$($limit readlink "$@" 2>/dev/null)
	for target in $said; do
		[ $# -gt 0 ] || break
		targets="$targets$1 $target$newline"
		shift
	done
	for name in "$@"; do
		targets="$targets$name $newline"
	done
}

# trusted path: whether root alone can change what is there: a regular file of
# root's that nobody else may write, in folders of which the same holds. Sets
# real, the path without links, and why: untrusted, absent. What is not known
# yet goes on the lists of "vet".
trusted()
{
	remaining=${1#/} real='' hops=0 why='untrusted path'
	folder_is_safe "$root/" "$root/$remaining" || return 1
	while [ -n "$remaining" ]; do
		part=${remaining%%/*}
		case $remaining in
		*/*) remaining=${remaining#*/} ;;
		*) remaining='' ;;
		esac
		case $part in
		''|.) continue ;;
		..) real=${real%/*}; continue ;;
		esac
		real=$real/$part
		case $facts in
		*"${newline}0 10"[0-7][0-7][0145][0145]" $root$real$newline"*)
			[ -z "$remaining" ]
			return
			;;
		*"${newline}0 12"[0-7][0-7][0-7][0-7]" $root$real$newline"*)
			hops=$((hops + 1))
			[ "$hops" -le 8 ] && follow || return 1
			;;
		*)
			folder_is_safe "$root$real" "$root$real/$remaining" ||
			    return 1
			;;
		esac
	done
	return 1
}

# folder_is_safe folder whole-path: whether only root can change what it holds.
folder_is_safe()
{
	case $facts in
	*"${newline}0 4"[0-7][0-7][0145][0145]" $1$newline"*) return 0 ;;
	*"$newline- - $1$newline"*) why=absent; return 1 ;;
	*" $1$newline"*) return 1 ;;
	esac
	# Nothing is known of it, nor of what follows on the way.
	wanting=$1 after=${2#"$1"}
	while :; do
		listed "$wanting" "$lacking" ||
		    case $facts in
		    *" $wanting$newline"*) ;;
		    *) lacking=$lacking$wanting$newline ;;
		    esac
		after=${after#/}
		[ -n "$after" ] || return 1
		wanting=${wanting%/}/${after%%/*}
		case $after in
		*/*) after=${after#*/} ;;
		*) after='' ;;
		esac
	done
}

# Sets remaining and real to where the link in real leads.
follow()
{
	case $targets in
	*"$newline$root$real "*) ;;
	*)
		listed "$root$real" "$lacking_targets" ||
		    lacking_targets=$lacking_targets$root$real$newline
		return 1
		;;
	esac
	target=${targets#*"$newline$root$real "}
	target=${target%%"$newline"*}
	case $target in
	''|*[!A-Za-z0-9._/@%+,:=~-]*) return 1 ;;
	/*) real='' ;;
	*) real=${real%/*} ;;
	esac
	remaining=${target#/}${remaining:+/$remaining}
}
