# The processes behind the descriptors, and those that may share memory with
# them: parents, children, the same process group; the same command, when it is
# root's or the same user's (a helper can have another parent, no descriptor).
processes()
{
	section processes
	hold related_processes
	lines=$out out=''
	for line in $lines; do
		case $line in
		l*) out=$out$newline${line#l} ;;
		m*) map_plan=$map_plan${line#m}$newline ;;
		third) third=yes ;;
		unread*) unread=yes ;;
		*) err=$err$newline$line ;;
		esac
	done
	finish
}

related_processes()
{
	{
		printf 'a%s\n' $seen_first
		printf 'b%s\n' $seen_second
		printf 'h%s\n' $seen_holders
		printf '=ps\n'
		$limit ps -axww -o pid,ppid,pgid,jid,user,stat,lstart,comm,args
		printf '=%s\n' "$?"
	} | awk "$mask_text$read_samples$print_related"
}

# stdin: the samples (a, b in front), the holders (h), "=ps", what ps said, its
# status. Prints, with l in front, the header of ps, the capturing processes and
# those related to them; with m, whose maps to read, "user pid pid ...".
#
# What decides comes first, for limits fall on what comes last: captures whose
# buffer did not move, then whoever has a descriptor, then relatives.
# shellcheck disable=SC2016 # awk's own variables
print_related='
	BEGIN {
		# How a line of ps begins, and where its start time ends.
		row = "^ *[0-9]+ +[0-9]+ +[0-9]+ +[0-9]+ +[^ ]+ +[^ ]+" \
		    " +[A-Z][a-z][a-z] "
		clock = "[0-9]:[0-9][0-9]:[0-9][0-9] [0-9][0-9][0-9][0-9] "
	}
	function capturing(number) {
		if (1 < number + 0) captures[number + 0] = 1
	}
	function masked(text,    at) {
		match(text, clock)
		at = RSTART + RLENGTH + width
		return substr(text, 1, at - 1) mask_line(substr(text, at))
	}
	function descriptor(sample, pid, name, received, dropped, matched, \
	    stored, held, command,    key) {
		capturing(pid)
		key = pid + 0 " " name
		keys[key] = pid + 0
		count[sample, key]++
		seen[sample, key, count[sample, key]] = received
		full[sample, key, count[sample, key]] = held
	}
	function compare(    key, i) {
		for (key in keys) {
			if (!(("b", key) in count)) continue
			if (count["a", key] != count["b", key]) {
				third = 1
				continue
			}
			for (i = 1; i <= count["b", key]; i++) {
				if (seen["b", key, i] + 0 < \
				    seen["a", key, i] + 0)
					third = 1
				if (0 < full["b", key, i] + 0 && \
				    full["a", key, i] == full["b", key, i])
					still[keys[key]] = 1
			}
		}
	}
	# A newline in a name (comm; arguments are escaped) ends the line before
	# the column of the arguments: what follows belongs to that process, and
	# is no row, whatever it looks like.
	function known(text) {
		if (open != "") text = open " " text
		else if (text !~ row) {
			odd++
			return
		}
		open = ""
		match(text, clock)
		if (length(text) - RSTART - RLENGTH + 1 < wide - 1) {
			open = text
			return
		}
		gsub(/[\001-\037\177]/, " ", text)
		line[++n] = substr(text, 1, 10000)
		split(line[n], word, " ")
		pid[n] = word[1] + 0; parent[n] = word[2] + 0
		group[n] = word[3] + 0; user[n] = word[5]
		# The command begins behind the start time, wherever a long name
		# pushed that.
		match(line[n], clock)
		command[n] = substr(line[n], RSTART + RLENGTH, wide)
	}
	function chosen(i,    at) {
		if (512 < ++printed) return
		print "l" masked(line[i])
		if (mapped == 128) { unread++; return }
		if (!(user[i] in pids) && users == 12) { unread++; return }
		mapped++
		if (!(user[i] in pids)) order[++users] = user[i]
		pids[user[i]] = pids[user[i]] " " pid[i]
	}
	$0 == "=ps" && !ps { ps = NR; next }
	!ps && /^h *[0-9]/ {
		split(substr($0, 2), word, " ")
		capturing(word[1])
		next
	}
	!ps { sampled(substr($0, 1, 1), substr($0, 2)); next }
	NR == ps + 1 {
		header = $0
		wide = index($0, "COMMAND") + 7
		wide = index(substr($0, wide), "COMMAND") + 6
		next
	}
	# Only the last line is the status, whatever a process calls itself.
	{ if (held) known(last); held = 1; last = $0 }
	END {
		if (!held) { last = header; header = "" }
		if (open != "") odd++
		status = last ~ /^=[0-9]+$/ ? substr(last, 2) + 0 : 1
		if (status != 0) exit status
		if (header ~ /PID/) print "l" header
		compare()
		if (third) print "third"
		for (i = 1; i <= n; i++) if (pid[i] in captures) {
			groups[group[i]] = parents[parent[i]] = 1
			commands[command[i] " " user[i]] = 1
			if (user[i] != "root") commands[command[i] " root"] = 1
		}
		delete groups[0]
		for (i = 1; i <= n; i++) if (pid[i] in still) chosen(i)
		for (i = 1; i <= n; i++)
			if (pid[i] in captures && !(pid[i] in still)) chosen(i)
		for (i = 1; i <= n; i++) {
			if (pid[i] <= 1 || pid[i] in captures) continue
			if (pid[i] in parents || parent[i] in captures || \
			    group[i] in groups || \
			    (command[i] " " user[i]) in commands)
				chosen(i)
		}
		for (i = 1; i <= users; i++) print "m" order[i] pids[order[i]]
		if (odd) print odd " lines of ps not understood"
		if (512 < printed)
			print printed - 512 " related processes left out"
		if (unread) print "unread " unread
	}'
