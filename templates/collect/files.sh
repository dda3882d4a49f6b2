### Files a boot value or an rc variable can come from

configuration()
{
	wanted='' count=0
	want config /etc/sysctl.conf
	want config /etc/sysctl.conf.local
	want_all config /etc/sysctl.kld.d .conf
	want config /boot/loader.conf
	want config /boot/loader.conf.local
	want_all config /boot/loader.conf.d .conf
	want_others
	want rc /etc/defaults/vendor.conf
	want rc /etc/rc.conf
	want rc /etc/rc.conf.local
	want_all rc /etc/rc.conf.d ''
	want_all rc /usr/local/etc/rc.conf.d ''
	keep_trusted
	# awk frames what was wanted, a section each.
	sections=$((sections + count))
	{ $limit wc -c /dev/null $readable; printf '%s' "$wanted"; } |
	    $limit awk -v root="$root" -v rc_scripts="$rc_scripts" \
	    -v rc_asked="$rc_asked" "$mask_text$rc_filter$print_files"
	metadata
}

# Files that are never loaded, and yet believed in; and, of NanoBSD, those that
# /etc is made of at boot. Only what is there.
want_others()
{
	want_all config /etc/sysctl.d ''
	want_all config /etc/sysctl.conf.d ''
	want_all config /usr/local/etc/sysctl.d ''
	[ ! -e "$root/usr/local/etc/sysctl.conf" ] ||
	    want config /usr/local/etc/sysctl.conf
	[ -d "$root/conf/base" ] || return 0
	for name in sysctl.conf sysctl.conf.local; do
		want config "/cfg/$name"
		want config "/conf/base/etc/$name"
	done
}

# want kind path: puts "kind state path" on the list, and the path on others.
want()
{
	file=$root$2
	state="read"
	if [ ! -e "$file" ]; then
		state=absent
		[ ! -d "${file%/*}" ] || [ -x "${file%/*}" ] ||
		    state=no-permission
	elif [ ! -f "$file" ]; then
		state=not-a-file
	elif [ ! -r "$file" ]; then
		state=no-permission
	fi
	[ ! -e "$file" ] || existing=$existing$file$newline
	if [ -h "$file" ]; then
		links=$links$2$newline
		listed "$file" "$existing" || existing=$existing$file$newline
	fi
	wanted="$wanted$1 $state $2$newline"
	count=$((count + 1))
}

# Of what is wanted and can be read, only what root alone can change is.
keep_trusted()
{
	lines=$wanted wanted=''
	set --
	for line in $lines; do
		case $line in *' read '*) set -- "$@" "${line##* }" ;; esac
	done
	vet "$@"
	for line in $lines; do
		found=${line##* } kind=${line%% *}
		case $line in
		*' read '*)
			if trusted "$found"; then
				readable=$readable$root$found$newline
				case $kind:$found in
				rc:*) rc_files=$rc_files$found$newline ;;
				config:/etc/sysctl.*)
					sysctl_files=$sysctl_files$root$found
					sysctl_files=$sysctl_files$newline
					;;
				esac
			else
				line="$kind untrusted $found"
			fi
			;;
		esac
		wanted=$wanted$line$newline
	done
}

# want_all kind directory suffix: every file in it, and one level below for rc.
want_all()
{
	directory=$root$2
	[ -d "$directory" ] || return 0
	closed "$1" "$2" "$3" && return 0
	set +f
	set -- "$1" "$directory"/*"$3" "$directory"/*/*"$3"
	set -f
	kind=$1
	shift
	for found in "$@"; do
		case $kind:${found#"$directory"/} in
		config:*/*) continue ;;
		esac
		if [ -d "$found" ] && [ "$kind" = rc ] && plain "$found"; then
			closed rc "${found#"$root"}" ''
		fi
		[ -f "$found" ] || [ -h "$found" ] || continue
		if [ "$count" -ge 200 ]; then
			refuse more-files "more than 200 files; not read:\
 those in ${directory#"$root"} and after"
			return 0
		fi
		if plain "$found"; then
			want "$kind" "${found#"$root"}"
		else
			refuse odd-name "a file name with unusual characters\
 in ${directory#"$root"}"
		fi
	done
}

# closed kind directory suffix: whether the directory may not be listed; if so,
# its files go on the list as one that may not be read.
closed()
{
	[ ! -r "$root$2" ] || [ ! -x "$root$2" ] || return 1
	wanted="$wanted$1 no-permission $2/*$3$newline"
	count=$((count + 1))
}
