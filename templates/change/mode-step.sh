### install-mode and map-mode: a program gets another object in the place of
### its libpcap (libmap.conf(5)).  Without the object a mapped program does not
### start, so it comes first and goes last

digest()
{
	sha256 -q "$1" 2>/dev/null
}

is_mode_at()
{
	case $kind.$1 in
	install-mode.from)
		if [ "$from" = - ]; then same - "$target"; return; fi
		[ -f "$target" ] && [ ! -h "$target" ] &&
		    [ "=$(digest "$target")" = "$from" ]
		;;
	install-mode.to)
		same "$(new_content)" "$target" || return 1
		[ "$to" = - ] ||
		    [ "$(stat -f %Lp "$target" 2>/dev/null)" = 444 ]
		;;
	map-mode.from) same "$(old_content)" "$target" ;;
	map-mode.to) same "$(new_content)" "$target" ;;
	esac
}

# The folder the file is to lie in, or the last one above it that is there.
standing_folder()
{
	place=${target%/*}
	while [ ! -e "$place" ] && [ "$place" != "$root" ]; do
		place=${place%/*}
	done
	printf '%s' "$place"
}

check_mode()
{
	refused=wrong-state
	if [ "$kind.$to" != "install-mode.-" ] && [ "$kind" = install-mode ] &&
	    [ "=$(digest "$dir/to.$index")" != "$to" ]; then
		why='what was sent is not the object of the plan'
		return 1
	fi
	place=$(standing_folder)
	if [ "$place" = "${target%/*}" ]; then check_file; return; fi
	refused=unwritable
	if [ ! -d "$place" ]; then
		why="$(shown "$place") is no folder"
		return 1
	fi
	try=$(mktemp -d "$place/.zbufctl-$run.XXXXXX" 2>&1) ||
	    { why=$try; return 1; }
	rmdir "$try"
	refused=changed
	[ "$from" = - ] && return 0
	why="$(shown "$target") is not there"
	return 1
}

# Folders that are not there, from the top; those that are made are written down
# before, to be taken away again.
make_folders()
{
	place=$(standing_folder)
	[ "$place" != "${target%/*}" ] || return 0
	way=${target#"$place"/} made=$place list=$dir/folders.$index
	why=$({ : >"$list"; } 2>&1) || return 1
	while [ "${way#*/}" != "$way" ]; do
		made=$made/${way%%/*} way=${way#*/}
		why=$({ printf '%s\n' "$made" >>"$list"; } 2>&1) || return 1
	done
	why=$(fsync "$dir/folders.$index" 2>&1) || return 1
	while IFS= read -r made; do
		why=$(mkdir -m 755 "$made" 2>&1) || return 1
	done <"$dir/folders.$index"
}

remove_folders()
{
	[ -f "$dir/folders.$index" ] || return 0
	# What put_file left when it was killed would keep them (see sweep).
	rm -f "$target.zbufctl-$run".??????
	sort -r "$dir/folders.$index" | while IFS= read -r made; do
		rmdir "$made" 2>/dev/null
	done
	return 0
}

change_mode()
{
	! is_taken_away || is_not_mapped || return 1
	make_folders || return 1
	change_file || return 1
	case $kind.$to in
	install-mode.-) detail="$(shown "$target") removed" ;;
	install-mode.*) detail="$(shown "$target") is there" ;;
	map-mode.*) load_as_mapped || return 1 ;;
	esac
}

is_taken_away()
{
	[ "$kind" = install-mode ] && [ "$to" = - ]
}

# A program that is mapped to a file that is gone does not start, nor does one
# that is to preload it.
is_not_mapped()
{
	maps=$root/usr/local/etc/libmap.d
	for file in "$root/etc/libmap.conf" "$maps"/*.conf \
	    "$root"/etc/rc.conf "$root"/etc/rc.conf.local \
	    "$root"/etc/rc.conf.d/* "$root"/usr/local/etc/rc.conf.d/*; do
		[ -f "$file" ] || continue
		grep -q "^[^#]*$subject" "$file" || continue
		why="$(shown "$file") still maps a program to $subject"
		return 1
	done
}

restore_mode()
{
	if [ "$kind.$from" = install-mode.- ] && [ -e "$target" ]; then
		is_not_mapped || return 1
	fi
	restore_file || return 1
	remove_folders
}

# "program object" a line, of what was and what is to be mapped; "-": nothing.
mapped_programs()
{
	set --
	for file in "$dir/from.$index" "$dir/to.$index"; do
		[ ! -f "$file" ] || set -- "$@" "$file"
	done
	awk '/^\[/ { program = substr($0, 2, length($0) - 2) }
		$1 == "libpcap.so.8" {
			if (FILENAME ~ /\/to\.[0-9]+$/) object[program] = $2
			else object[program] = "-"
		}
		END {
			for (program in object)
				print program "\t" object[program]
		}' "$@"
}

# Every program loads what it should: ldd(1) tells, and not by its exit status.
load_as_mapped()
{
	detail='' bad=''
	pairs=$(mapped_programs)
	while IFS=$tab read -r program object; do
		[ -n "$program" ] || continue
		loads "$program" "$object" || { bad=$why; break; }
		case $object in
		-) mode='no mode' ;;
		*) mode=${object##*libpcap-} mode=${mode%.so} ;;
		esac
		detail="$detail${detail:+, }$program: $mode"
	done <<END
$pairs
END
	why=$bad
	[ -z "$bad" ]
}

# loads program object: the two lines that are to be there, and no others.
loads()
{
	said=$(timeout -s KILL 20 ldd "$1" 2>&1 8>&-)
	got=$(printf '%s\n' "$said" | awk '/^[ \t].*libpcap/ {
		sub(/^[ \t]+/, ""); sub(/ \(0x[0-9a-f]*\)$/, ""); print }')
	real=/lib/libpcap.so.8
	case $2 in
	-)
		case $got in
		*/usr/local/lib/zbufctl/*) ;;
		*) return 0 ;;
		esac
		;;
	*)
		case $got in
		"libpcap.so.8 => $2$newline$real"|\
		"libpcap.so.8 => $2$newline$real => $real") return 0 ;;
		esac
		;;
	esac
	why="$1 would not load what it should: $(line "${got:-$said}")"
	return 1
}
