# The version each libpcap says it is, and each capturing program without one.
versions()
{
	vet $libraries $bare
	count=0
	set --
	for found in $libraries $bare; do
		count=$((count + 1))
		[ "$count" -le 32 ] || break
		if trusted "$found" && [ -r "$root$found" ]; then
			set -- "$@" "$found"
			continue
		fi
		section "strings $found"
		if trusted "$found"; then
			printf '!Permission denied\n= unreadable\n'
		elif [ "$why" = absent ]; then
			printf '= absent\n'
		else
			printf '!%s\n= unreadable\n' "$why"
		fi
	done
	[ $# -gt 0 ] || return 0
	hold version_strings "$@"
	for line in $out; do
		case $line in '@ '*) sections=$((sections + 1)) ;; esac
		printf '%s\n' "$line"
	done
}

# Prints a section a file. Its status is that of strings(1), or 1 when there is
# no such line. The lines between files begin with a character strings never
# prints.
version_strings()
{
	for found in "$@"; do
		printf '\001%s\n' "$found"
		$limit strings "$root$found" 2>&1
		printf '\n\001%s\n' "$?"
	done | awk '
		/^\001\// { print "@ strings " substr($0, 2); n = 0; next }
		/^\001/ {
			status = substr($0, 2) + 0
			print "= " (status ? status : !n)
			next
		}
		/libpcap version/ && ++n <= 20 { print "|" substr($0, 1, 300) }'
}
