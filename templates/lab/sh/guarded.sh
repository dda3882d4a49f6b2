# Sourced by the file programs of the practice fleet (mv, cp, mktemp ...):
# refuses what the practice host's read-only root or file flags (chflags) would
# refuse, then runs the real program. A redirection cannot be guarded this way.
# Expects: $0 and $@ of the program.

set -u
# shellcheck source=trace.sh
[ -e "${ZBUFCTL_ROOT:?}/.lab/trace" ] &&
    . "$ZBUFCTL_ROOT/bin/../sh/trace.sh"
root=${ZBUFCTL_ROOT:?} lab=$ZBUFCTL_ROOT/.lab program=${0##*/}

refuse()
{
	case $program in
	mktemp) printf 'mktemp: mkstemp failed on %s: %s\n' "$1" "$2" >&2 ;;
	mv) printf 'mv: rename %s to %s: %s\n' "$first" "$1" "$2" >&2 ;;
	*) printf '%s: %s: %s\n' "$program" "$1" "$2" >&2 ;;
	esac
	exit 1
}

# The rest of the system is a memory disk there, as on NanoBSD.
is_writable()
{
	case ${1#"$root"} in
	/tmp/*|/var/*|/tmp|/var) return 0 ;;
	esac
	return 1
}

check()
{
	first='' last=''
	for path in "$@"; do
		last=$path
	done
	for path in "$@"; do
		case $path in
		-*) continue ;;
		"$root"/*) ;;
		*) continue ;;
		esac
		[ -n "$first" ] || first=$path
		# A copy may read what it may not write.
		[ "$program" = cp ] && [ "$path" != "$last" ] && continue
		if [ -e "$lab/readonly" ] && ! is_writable "$path"; then
			refuse "$path" 'Read-only file system'
		fi
		if [ -e "$lab/flags" ] && is_immutable "${path#"$root"}"; then
			refuse "$path" 'Operation not permitted'
		fi
	done
}

is_immutable()
{
	while IFS='	' read -r flagged flags; do
		[ "$flagged" = "$1" ] || continue
		case ,$flags, in
		*,schg,*|*,uchg,*|*,sappnd,*) return 0 ;;
		esac
	done <"$lab/flags"
	return 1
}

# The flags of a file go with it: cp -p copies them, mv takes them along, rm
# drops them.
carry_flags()
{
	old='' new='' keeps=''
	for path in "$@"; do
		case $path in
		-*p*) keeps=1 ;;
		-*) ;;
		*) old=$new new=$path ;;
		esac
	done
	[ "$program" != rm ] || old=''
	[ "$program" != cp ] || [ -n "$keeps" ] || return 0
	awk -F '\t' -v old="${old#"$root"}" -v new="${new#"$root"}" \
	    -v program="$program" '
		$1 == old { flags = $2; if (program == "mv") next }
		$1 == new { next }
		{ print }
		END { if (flags != "") print new "\t" flags }' \
	    "$lab/flags" >"$lab/flags.$$" &&
	    /bin/mv -f "$lab/flags.$$" "$lab/flags"
	[ -s "$lab/flags" ] || /bin/rm -f "$lab/flags"
}

# shellcheck source=fault.sh
[ -e "$lab/fault/$program" ] && . "$root/bin/../sh/fault.sh"
if [ -e "$lab/readonly" ] || [ -e "$lab/flags" ]; then
	check "$@"
fi
PATH=/bin:/usr/bin:/sbin:/usr/sbin
if [ -e "$lab/flags" ]; then
	case $program in
	mv|cp|rm) "$program" "$@" && carry_flags "$@"; exit ;;
	esac
fi
exec "$program" "$@"
