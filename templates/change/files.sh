### Files: replaced by rename, never written in place

metadata()
{
	stat -f '%u %g %Mp%Lp %Sf' "$1"
}

# same content file: "-" as content stands for no file.
same()
{
	if [ "$1" = - ]; then
		[ ! -e "$2" ] && [ ! -h "$2" ]
	else
		[ -f "$2" ] && [ ! -h "$2" ] && cmp -s "$1" "$2"
	fi
}

# is_replaceable file: or says why not
is_replaceable()
{
	name=$(shown "$1")
	if [ -h "$1" ]; then
		why="$name is a symbolic link to $(readlink "$1")"
		return 1
	fi
	if [ -e "$1" ]; then
		[ -f "$1" ] || { why="$name is not a plain file"; return 1; }
		flags=$(stat -f %Sf "$1" 2>&1) ||
		    { why="$name: $flags"; return 1; }
		case ,$flags, in
		*,schg,*|*,uchg,*|*,sappnd,*|*,uappnd,*|*,sunlnk,*|*,uunlnk,*)
			why="$name is protected (chflags $flags)"
			return 1
			;;
		esac
	fi
	try=$(mktemp "$1.zbufctl-$run.XXXXXX" 2>&1) || { why=$try; return 1; }
	rm -f "$try"
}

# put_file content file like: the new file gets owner, mode and flags of "like";
# of its own when there is none.
put_file()
{
	fresh=$(mktemp "$2.zbufctl-$run.XXXXXX" 2>&1) ||
	    { why=$fresh; return 1; }
	if fill "$1" "$fresh" "$3" && why=$(mv -f "$fresh" "$2" 2>&1); then
		fsync "${2%/*}" 2>/dev/null || :
		return 0
	fi
	rm -f "$fresh"
	return 1
}

fill()
{
	if [ -n "$3" ]; then
		why=$(cp -p "$3" "$2" 2>&1) || return 1
	else
		why=$(chown root:wheel "$2" 2>&1) || return 1
		why=$(chmod "$(new_mode)" "$2" 2>&1) || return 1
	fi
	# The backup is its own likeness; its times are kept then.
	if [ "$1" != "$3" ]; then
		why=$({ cat "$1" >"$2"; } 2>&1) || return 1
	fi
	why=$(fsync "$2" 2>&1) || return 1
	cmp -s "$1" "$2" && return 0
	why="$(shown "$2") does not hold what was written"
	return 1
}

# Of a file of our own; what a reboot needs belongs to no step.
new_mode()
{
	case ${kind:-} in
	install-mode) printf 444 ;;
	*) printf 644 ;;
	esac
}

# keep file copy: byte for byte, with owner, mode and flags, on disk; whole or
# not at all.
keep()
{
	why=$(cp -p "$1" "$2.part" 2>&1) || return 1
	why=$(fsync "$2.part" 2>&1) || return 1
	cmp -s "$1" "$2.part" ||
	    { why="the copy of $(shown "$1") differs from it"; return 1; }
	why=$(mv -f "$2.part" "$2" 2>&1)
}

# Removes what put_file of this run left when it was killed, beside every file
# it was to change.
sweep()
{
	swept=0
	for number in $(indexes); do
		load_step "$number" || continue
		for left in "$target.zbufctl-$run".??????; do
			[ ! -e "$left" ] || rm -f "$left" || swept=1
		done
	done
	return $swept
}
