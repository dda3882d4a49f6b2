# The LD_ variables, and no others, of the processes whose maps are read: a line
# for each process, and one for each variable.
environments()
{
	asked=''
	for group in $map_plan; do
		asked="$asked ${group#* }"
	done
	IFS=' '
	set -- $asked
	IFS=$newline
	section environments
	out='' err='' status=0
	if [ $# -gt 0 ]; then
		out=$($limit procstat --libxo json -e "$@" 2>/dev/null |
		    awk "$print_environments" 2>&1)
		status=$?
	fi
	[ "$unread" = no ] ||
	    err='more than 128 related processes; not read: the others'
	finish
}

# stdin: procstat -e as JSON. Strings are told apart by their quotes: a value
# cannot end one, for a quote in it is escaped.
# shellcheck disable=SC2016 # awk's own variables
print_environments='
	# Whether a backslash is left that escapes what follows.
	function escaped(text) {
		gsub(/\\\\/, "", text)
		return text ~ /\\$/
	}
	function ended(text, after) {
		if (text == "process_id" && match(after, /^: *[0-9]+/)) {
			pid = substr(after, 2, RLENGTH - 1) + 0
			print pid
		} else if (pid && after !~ /^:/ && text ~ /^LD_[A-Z0-9_]+=/)
			print pid " " substr(text, 1, 1000)
		if (text == "procstat") whole = 1
	}
	{
		parts = split($0, part, "\"")
		text = part[2]
		for (i = 2; i <= parts; i++) {
			if (i < parts && escaped(part[i])) {
				# No longer than what is told of it.
				if (length(text) < 1000)
					text = text "\"" part[i + 1]
				continue
			}
			ended(text, part[++i])
			text = part[i + 1]
		}
	}
	END { exit !whole }'
