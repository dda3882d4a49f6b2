### What else decides which libpcap is loaded

# libmap.conf(5) with whatever it includes; a folder in the order readdir(3)
# gives, which is the order rtld reads it in.
libmap()
{
	further=/etc/libmap.conf$newline known='' count=0
	depth=4
	while [ "$depth" -gt 0 ]; do
		depth=$((depth - 1))
		wanted=$further further=''
		vet $wanted
		for found in $wanted; do
			listed "$found" "$known" && continue
			known=$known$found$newline
			count=$((count + 1))
			if [ "$count" -gt 64 ] || ! plain "$found"; then
				refuse 'libmap /etc/libmap.conf' \
				    'it includes too much'
			elif [ -d "$root$found" ]; then
				libmap_folder "$found"
			else
				libmap_file "$found"
			fi
		done
		[ -n "$further" ] || break
	done
}

libmap_folder()
{
	section "libmap-dir $1"
	err='' lines=$($limit ls -f "$root$1" 2>&1)
	status=$? out=''
	[ "$status" -eq 0 ] || { err=$lines; lines=''; }
	for name in $lines; do
		# rtld reads regular files, and follows no link there.
		case $name in *.conf) ;; *) continue ;; esac
		[ -f "$root$1/$name" ] || continue
		[ ! -h "$root$1/$name" ] || continue
		out=$out$newline$name
		further=$further$1/$name$newline
	done
	finish
}

libmap_file()
{
	section "libmap $1"
	if [ ! -e "$root$1" ]; then
		printf '= absent\n'
	elif ! trusted "$1"; then
		printf '!%s\n= unreadable\n' "$why"
	elif [ ! -r "$root$1" ]; then
		printf '!Permission denied\n= unreadable\n'
	else
		lines=0
		while read -r line || [ -n "$line" ]; do
			lines=$((lines + 1))
			[ "$lines" -le 1000 ] || break
			# rtld ends a line there; nobody needs a remark.
			line=${line%%'#'*}
			printf '|%s\n' "$line"
			case $line in
			*include*) libmap_include "$line" ;;
			'['/*']') libmap_program "$1" "$line" ;;
			esac
		done <"$root$1"
		[ "$lines" -le 1000 ] && printf '= 0\n' ||
		    printf '!more than 1000 lines\n= unreadable\n'
	fi
}

libmap_include()
{
	IFS=' 	'
	set -- $1
	IFS=$newline
	case ${1:-} in
	include|includedir) [ -z "${2:-}" ] || further=$further$2$newline ;;
	esac
}

# What zbufctl gives a mode is looked at whether it runs or not.
libmap_program()
{
	[ "$1" = /usr/local/etc/libmap.d/zbufctl.conf ] || return 0
	program=${2#?}
	mapped_program "${program%?}"
}
