# The memory maps, and what is mapped there from files. A call a user: a file
# name can forge lines of a map, but then only of the same user's processes.
maps()
{
	calls=0
	for group in $map_plan; do
		left=${group#* }
		while [ -n "$left" ] && [ "$calls" -lt 24 ]; do
			calls=$((calls + 1))
			hold memory_maps
			left=''
			for line in $out; do
				case $line in
				'left '*) left=${line#left } ;;
				late) calls=$((calls + 8)) ;;
				L*) mapped_library "${line#L}" ;;
				P*) mapped_program "${line#P}" ;;
				B*)
					mapped_program "${line#B}"
					bare_program "${line#B}"
					;;
				@*)
					sections=$((sections + 1))
					printf '%s\n' "$line"
					;;
				*) printf '%s\n' "$line" ;;
				esac
			done
		done
		[ -z "$left" ] || unread=yes
	done
	[ "$unread" = no ] || refuse more-maps 'more than 128 related processes'
}

memory_maps()
{
	IFS=' '
	set -- $left
	IFS=$newline
	{
		$limit procstat -v "$@"
		printf '=%s\n' "$?"
	} | awk -v pids="$left" "$print_maps"
}

# stdin: procstat -v of these pids, and its status. Prints a section a process,
# and of what is mapped from files: L library, P program, B program without a
# libpcap beside it. procstat gives up at a process that has ended: "left" are
# those behind it. A line of a process that is not next is forged.
# shellcheck disable=SC2016 # awk's own variables
print_maps='
	BEGIN {
		asked = split(pids, pid, " ")
		at = 1
		for (i = 1; i <= asked; i++) place[pid[i]] = i
	}
	NR == 1 && !/^=/ { header = $0; next }
	{ if (held) row(last); held = 1; last = $0 }
	function row(text,    word, path) {
		if (text !~ /^ *[0-9]+ +0x[0-9a-f]+ +0x[0-9a-f]+ /) return
		split(text, word, " ")
		if (!(word[1] in place) || place[word[1]] < at) return
		at = place[word[1]]
		if (4096 < ++lines[at] || 40000 < ++all) return
		kept[at, lines[at]] = substr(text, 1, 1500)
		if (!match(text, / vn \/.*/)) return
		path = substr(text, RSTART + 4, RLENGTH - 4)
		sub(/ +$/, "", path)
		if (path ~ /\/libpcap[^\/]*\.so/) pcap[at] = library[path] = 1
		else if (path !~ /\.so(\.[^\/]*)?$/) program[at, path] = path
	}
	END {
		if (!held) last = header
		status = last ~ /^=[0-9]+$/ ? substr(last, 2) + 0 : 1
		slow = status == 124 || status == 137
		# The one it gave up at: the last begun when it was slow, else
		# the next.
		gone = slow || !(at in lines) ? at : at + 1
		if (status == 0) gone = asked + 1
		for (path in library) print "L" path
		for (key in program) {
			split(key, part, SUBSEP)
			print ((part[1] in pcap) ? "P" : "B") program[key]
		}
		for (i = 1; i <= asked && i <= gone; i++) {
			print "@ map " pid[i]
			if (i == gone) {
				if (status == 1 || status == 255)
					print "!the process has ended"
				print "= " status
			} else if (4096 < lines[i] || 40000 < all) {
				print "!more than 4096 mappings\n= unreadable"
			} else {
				print "|" header
				for (j = 1; j <= lines[i]; j++)
					print "|" kept[i, j]
				print "= 0"
			}
		}
		if (slow) print "late"
		else if (gone < asked) {
			printf "left"
			for (i = gone + 1; i <= asked; i++) printf " %s", pid[i]
			printf "\n"
		}
	}'

mapped_library()
{
	plain "$1" || return 0
	listed "$1" "$libraries" || libraries=$libraries$1$newline
}

mapped_program()
{
	plain "$1" || return 0
	listed "$1" "$mapped" || mapped=$mapped$1$newline
}

bare_program()
{
	plain "$1" || return 0
	listed "$1" "$bare" || bare=$bare$1$newline
}
