# awk: processes, and the libpcap each has and will have, as
# src/rules/reading/libpcap-in-use.ts.
# shellcheck disable=SC2016 # awk's own variables
judge_libraries='
	function read_processes(    i, n, word, text, pid, from, wide) {
		text = line["processes", 1]
		wide = index(substr(text, index(text, "COMMAND") + 7), \
		    "COMMAND") + 6
		for (i = 2; i <= lines["processes"]; i++) {
			text = line["processes", i]
			if (split(text, word, " ") < 13) continue
			pid = word[1] + 0
			parent[pid] = word[2] + 0; jail[pid] = word[4] + 0
			state[pid] = word[6]
			# What it was started as, behind start time and name.
			if (!match(text, clock)) continue
			text = substr(text, RSTART + RLENGTH + wide)
			sub(/^ +/, "", text)
			sub(/ .*/, "", text)
			if (text ~ /^\//) started_as[pid] = text
		}
		for (i = 2; i <= lines["holders"]; i++) {
			text = line["holders", i]
			if (!match(text, / +[0-9]+ +v +c +/)) continue
			pid = text + 0
			from = substr(text, 1, RSTART - 1)
			sub(/^ *[0-9]+ /, "", from)
			if (!(pid in command_of))
				command_of[pid] = clean(trim(from))
			n = split(text, word, " ")
			if (!(pid in handles)) read_all[pid] = 1
			handles[pid] = 1
			if (word[n - 2] + 0 <= 0) read_all[pid] = 0
		}
	}
	BEGIN {
		version_line = \
		    "libpcap version [0-9]+\\.[0-9]+[A-Za-z0-9.+_-]*"
		clock = "[0-9]:[0-9][0-9]:[0-9][0-9] [0-9][0-9][0-9][0-9] "
		is_library = "/libpcap[^/]*\\.so[^/]*$"
	}
	function can_do(path,    key, i, text, version, remark, part) {
		key = "strings " path
		if (!good(key)) return "unknown"
		for (i = 1; i <= lines[key]; i++) {
			text = line[key, i]
			if (match(text, version_line)) break
		}
		if (lines[key] < i) return "unknown"
		version = substr(text, RSTART + 16, RLENGTH - 16)
		remark = substr(text, RSTART + RLENGTH)
		if (match(remark, /^[ \t]*\([^()]*\)/) && substr(remark, 1, \
		    RLENGTH) ~ /with[ \t][^;]*zerocopy/)
			return "yes"
		split(version, part, ".")
		i = part[1] * 1000000 + part[2] * 1000 + part[3]
		if (i < 1000000) return "no"
		if (i < 1009000) return "yes"
		if (i == 1009000 && version ~ /-rc1$/) return "yes"
		if (i == 1009000 && version ~ /-PRE-GIT$/)
			return path ~ /^\/(usr\/)?lib\/libpcap\.so/ ? "no" : \
			    "unknown"
		return "no"
	}
	# What the libpcap a process has mapped can do; "none": it has none.
	function loaded(pid,    key, i, path, worst) {
		if (pid in loads) return loads[pid]
		key = "map " pid
		worst = "none"
		if (!good(key)) worst = "unknown"
		for (i = 1; i <= lines[key]; i++) {
			path = line[key, i]
			if (!match(path, / vn \/.*/)) continue
			path = trim(substr(path, RSTART + 4))
			if (path ~ /\/zbufctl\//) worst = "unknown"
			if (!program[pid] && line[key, i] ~ / r-x /)
				program[pid] = path
			if (path !~ is_library) continue
			worst = worse(worst, can_do(path))
		}
		return loads[pid] = worst
	}
	function worse(a, b) {
		if (a == "yes" || b == "yes") return "yes"
		if (a == "unknown" || b == "unknown") return "unknown"
		return a == "none" ? b : a
	}
	# Sets linked[program]: the libpcap ldd says it loads; "-": none.
	function read_ldd(    i, text, at) {
		for (i = 1; i <= lines["ldd"]; i++) {
			text = line["ldd", i]
			if (text ~ /^\/.*:$/) {
				at = substr(text, 1, length(text) - 1)
				linked[at] = "-"
			} else if (text ~ /libpcap[^ \/]*\.so[^ ]* => \//) {
				sub(/.* => /, "", text)
				sub(/ \(0x.*/, "", text)
				linked[at] = text
			}
		}
	}
	# Whether anything but the name decides which libpcap is loaded.
	function is_mapped(    key, i) {
		for (key in status) {
			if (key !~ /^libmap/) continue
			if (!good(key) && status[key] != "absent") return 1
			for (i = 1; i <= lines[key]; i++)
				if (line[key, i] ~ /libpcap/) return 1
		}
		return 0
	}
	function next_of_program(path,    key, all, n) {
		if (mapped) return "unknown"
		if ((path in linked) && linked[path] != "-")
			return can_do(linked[path])
		if (path in linked) return "unknown"
		for (key in status) {
			if (key !~ /^strings / || key !~ is_library) continue
			n = can_do(substr(key, 9))
			all = all == "" || all == n ? n : "unknown"
		}
		return all == "" ? "unknown" : all
	}
	function next_of_process(pid,    now, path, i) {
		now = loaded(pid)
		for (i = 1; i <= lines["environments"]; i++)
			if (index(line["environments", i], pid " LD_") == 1)
				return "unknown"
		if (!good("environments")) return "unknown"
		if (jail[pid] && jailed != 1)
			return now == "yes" ? now : "unknown"
		path = started_as[pid] != "" ? started_as[pid] : program[pid]
		if ((path in linked) && linked[path] != "-")
			return next_of_program(path)
		return mapped ? "unknown" : now
	}'
