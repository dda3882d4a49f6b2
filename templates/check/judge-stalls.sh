# awk: which captures are stalled. The table of src/rules/zbuf-001-*.ts, from
# what src/rules/reading/{movement,inheritance,buffer-mode}.ts read.
# shellcheck disable=SC2016 # awk's own variables
judge_stalls='
	function bare(text) {
		if (text ~ /^".*"$/) text = substr(text, 2, length(text) - 2)
		return text
	}
	function descriptor(sample, pid, name, received, dropped, matched, \
	    stored, held, command,    key, n) {
		if (pid == "" || name == "" || received == "" || \
		    dropped == "" || matched == "" || stored == "" || \
		    held == "")
			malformed[sample] = 1
		key = pid + 0 " " clean(bare(name))
		n = ++count[sample, key]
		if (n == 1) order[sample, ++orders[sample]] = key
		at[sample, key, n, "recv"] = received + 0
		at[sample, key, n, "drop"] = dropped + 0
		at[sample, key, n, "match"] = matched + 0
		at[sample, key, n, "store"] = stored + 0
		at[sample, key, n, "hold"] = held + 0
		command_of[pid + 0] = clean(bare(command))
		if (sample == "second") reads[pid + 0] = 1
	}
	# Reads a sample; a list that may be cut off, or was refused, is none.
	function take(sample,    key, said, i, text) {
		key = "descriptors " sample
		said = complaint[key]
		gsub(/[^\n]*kern\.proc\.pid[^\n]*\n/, "", said)
		if (status[key] != "0" || said != "") return why_not(key)
		text = line[key, 1]
		# netstat says so, and exits with 0.
		if (text ~ /Operation not permitted/)
			return "only root is told of captures"
		if (text ~ /^\{/) {
			if (!index(text, "\"bpf-statistics\"") && \
			    text !~ /^\{"__version": *"[^"]*"\}$/)
				return "netstat -B was not understood"
		} else if (text != "" && text !~ /^ *Pid +Netif +Flags +Recv/)
			return "netstat -B was not understood"
		for (i = 1; i <= lines[key]; i++) sampled(sample, line[key, i])
		if (malformed[sample]) return "netstat -B was not understood"
		if (!orders[sample] && line["uid", 1] != "0")
			return "only root is told of captures"
		return ""
	}
	function moves(a, b, key, n,    was, is, arrived, grew) {
		if (at[b, key, n, "hold"] == 0) return "empty"
		arrived = at[b, key, n, "match"] > at[a, key, n, "match"] || \
		    at[b, key, n, "drop"] > at[a, key, n, "drop"]
		was = at[a, key, n, "hold"]; is = at[b, key, n, "hold"]
		if (arrived) {
			grew = at[b, key, n, "store"] > \
			    at[a, key, n, "store"] || \
			    at[b, key, n, "drop"] > at[a, key, n, "drop"]
			return was == is && grew ? "frozen" : "moving"
		}
		if (was != is || \
		    at[a, key, n, "store"] != at[b, key, n, "store"])
			return "moving"
		return at[b, key, n, "store"] > 0 ? "stuck" : "resting"
	}
	function pages_of(bytes,    n) {
		n = int((bytes + 32 + 4095) / 4096)
		return n < 1 ? 1 : n
	}
	# Where two buffers of so many pages can lie in the map of a process.
	function place(pid, pages,    key, i, word, kind, room, in_fork) {
		key = "map " pid
		room["fresh"] = room["kept"] = room["cut"] = 0
		for (i = 1; i <= lines[key]; i++) {
			if (split(line[key, i], word, " ") < 10) continue
			if (word[1] != pid || word[4] !~ /^rw/ || \
			    word[10] !~ /^(df|sw)$/ || word[9] ~ /D/ || \
			    word[5] + 0 < pages)
				continue
			kind = "fresh"
			if (word[9] ~ /^C/)
				kind = (substr(word[9], 2, 1) == "N" ? \
				    word[7] + 0 <= 1 : 0 < word[6] + 0) ? \
				    "kept" : "cut"
			room[kind] += word[5]
		}
		in_fork = room["kept"] + room["cut"]
		if (2 * pages <= room["fresh"])
			return 2 * pages <= in_fork ? "mixed" : "private"
		if (in_fork < 2 * pages)
			return room["fresh"] + in_fork == 0 ? "" : "mixed"
		if (room["kept"] < 2 * pages) return "cut-off"
		return 2 * pages <= room["cut"] ? "mixed" : "kept"
	}
	# Sets assumed: the answer leans on the size libpcap asks for.
	function buffers(pid, least,    kind, i, largest) {
		assumed = 0
		if (!good("map " pid)) return "unreadable"
		kind = place(pid, pages_of(least))
		if (kind == "") return "unreadable"
		if (kind != "mixed") return kind
		for (i = 1; i <= lines["bpf"]; i++)
			if (line["bpf", i] ~ /^net\.bpf\.maxbufsize: [0-9]+$/)
				largest = substr(line["bpf", i], 21) + 0
		if (largest <= 32) return kind
		assumed = 1
		kind = place(pid, pages_of(largest - 32))
		return kind == "" ? "mixed" : kind
	}
	# Whether bytes went through the offset of every handle it can have.
	function was_read(pid,    other, n) {
		if (pid in handles) return read_all[pid]
		for (other in handles) {
			if (parent[pid] != other && parent[other] != pid)
				continue
			n++
			if (!read_all[other]) return 0
		}
		return 0 < n
	}
	function decide(pid, moved, pages,    calm) {
		calm = was_read(pid) || loaded(pid) == "no"
		if (moved == "empty" || moved == "moving") return "alive"
		if (pages == "private" && !assumed) return "alive"
		if (calm) return moved == "resting" ? "alive" : "hung"
		if (moved != "resting" && pages == "cut-off") return "lost"
		if (moved != "resting" && pages == "mixed" && \
		    state[pid] ~ /^R/)
			return "lost"
		if (moved == "resting" && pages ~ /^(kept|private)$/)
			return "alive"
		return "unclear"
	}
	function weigh(a, b, key, n,    pid, word, least, moved, verdict, who) {
		split(key, word, " ")
		pid = word[1]
		moved = moves(a, b, key, n)
		if (moved != "empty" && moved != "moving") {
			least = at[b, key, n, "hold"]
			if (least < at[b, key, n, "store"])
				least = at[b, key, n, "store"]
			if (least < at[a, key, n, "store"])
				least = at[a, key, n, "store"]
			verdict = decide(pid, moved, buffers(pid, least))
		} else verdict = "alive"
		captures++
		who = command_of[pid] " (pid " pid ") on " word[2]
		if (verdict == "lost")
			fails(1, who " has stopped recording")
		else if (verdict == "hung")
			open(1, who " does not take its packets")
		else if (verdict == "unclear")
			open(1, who " may have stopped recording")
		tell(pid, word[2], key, n, b, verdict)
	}
	# Adds to what is told of a service on an interface.
	function tell(pid, name, key, n, b, verdict,    who) {
		gsub(/[^A-Za-z0-9_.:@+-]/, "_", name)
		who = label_of(pid)
		if (who == "") who = "unknown"
		gsub(/[^A-Za-z0-9_.:@+-]/, "_", who)
		who = who "\t" name
		if (!(who in told)) { told[who] = 0; teller[++tellers] = who }
		if (verdict == "lost") told[who] = 1
		else if (verdict != "alive" && told[who] == 0) told[who] = "NaN"
		sum[who, 1] += at[b, key, n, "recv"]
		sum[who, 2] += at[b, key, n, "drop"]
		sum[who, 3] += at[b, key, n, "hold"]
	}
	function same(a, b, key,    i) {
		if (count[a, key] != count[b, key]) return 0
		for (i = 1; i <= count[b, key]; i++)
			if (at[b, key, i, "recv"] < at[a, key, i, "recv"])
				return 0
		return 1
	}
	function judge_captures(    why, has_third, i, j, key, a, b) {
		why = take("first")
		if (why == "") why = take("second")
		if (why != "") {
			open(1, "captures were not seen: " why)
			return
		}
		has_third = ("descriptors third" in status) && \
		    take("third") == ""
		for (i = 1; i <= orders["second"]; i++) {
			key = order["second", i]
			a = "first"; b = "second"
			if (!same(a, b, key)) { a = "second"; b = "third" }
			if (b == "third" && !has_third) {
				open(1, "a capture appeared while we looked")
				continue
			}
			if (b == "third" && !count[b, key]) continue
			if (!same(a, b, key)) {
				open(1, "captures came and went")
				continue
			}
			for (j = 1; j <= count[b, key]; j++)
				weigh(a, b, key, j)
		}
	}'
