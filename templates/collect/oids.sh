# What the kernel knows of the names in the sysctl.conf files: the type of each
# (sysctl -t; it complains of names it does not know), which can be written (-W)
# and which the loader sets (-T). Names only, so nothing is set. Asked is every
# name of printable characters: sysctl(8) takes what stands before the = or :.
oids()
{
	names=''
	# shellcheck disable=SC2016 # awk's own variables
	[ -z "$sysctl_files" ] || names=$($limit awk '
		{
			sub(/#.*/, "")
			if (!match($0, /[=:]/)) next
			name = substr($0, 1, RSTART - 1)
			gsub(/^[ \t\r\f\v]+|[ \t\r\f\v]+$/, "", name)
		}
		name ~ /^[!-~]([ -~]*[!-~])?$/ && length(name) <= 200 && \
		    !seen[name]++ { print name }' $sysctl_files 2>&1)
	set -- $names
	if [ $# -eq 0 ]; then
		section oids
		printf '= 0\n'
		return 0
	elif [ $# -gt 300 ]; then
		refuse oids "more than 300 names"
		return 0
	fi
	section oids
	capture sysctl -t -- "$@"
	asked_types
	finish
	[ -n "$leaves" ] || return 0
	ask oids-writable sysctl -NW -- $leaves
	ask oids-tunable sysctl -NT -- $leaves
}

# Of what sysctl -t said: the lines of the names asked for. It prints a node's
# children in its place, so a name that is neither there nor complained of is
# one.
asked_types()
{
	lines=$out out='' leaves=''
	for line in $lines; do
		name=${line%%: *}
		listed "$name" "$names" || continue
		out=$out$newline$line
		leaves=$leaves$name$newline
	done
	for name in $names; do
		listed "$name" "$leaves" && continue
		case $err in *"unknown oid '$name'"*) continue ;; esac
		out="$out$newline$name: node"
	done
}
