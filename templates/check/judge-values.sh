# awk: the value that runs, and how sysctl(8) reads a line of sysctl.conf, as
# src/freebsd/sysctl-conf.ts.
# shellcheck disable=SC2016 # awk's own variables
judge_values='
	# Sets running_state (read, absent, unreadable) and running.
	function read_running(    i, text) {
		running_state = "unreadable"; running = "unknown"
		if (status["bpf"] == "1" && complaint["bpf"] ~ /unknown oid/)
			running_state = "absent"
		if (!good("bpf") || !lines["bpf"]) return
		running_state = "absent"
		for (i = 1; i <= lines["bpf"]; i++) {
			text = line["bpf", i]
			if (index(text, zerocopy ": ") != 1) continue
			text = substr(text, length(zerocopy) + 3)
			running_state = "unreadable"
			if (text !~ /^-?[0-9]+$/ || 10 < length(text)) return
			running_state = "read"
			running = text + 0
		}
	}
	# A # in quotes is data, and what follows the closing one is dropped.
	function strip_comment(text,    one, two, hash, from, quote, end) {
		one = index(text, "\047"); two = index(text, "\"")
		from = 0
		while (hash = index(substr(text, from + 1), "#")) {
			hash += from
			quote = one && one < hash ? one : \
			    (two && two < hash ? two : 0)
			if (quote) {
				end = index(substr(text, quote + 1), \
				    substr(text, quote, 1))
				return end ? substr(text, 1, quote + end) : text
			}
			if (hash == 1 || substr(text, hash - 1, 1) != "\\")
				return substr(text, 1, hash - 1)
			from = hash
		}
		return text
	}
	# Sets conf (blank, bad, set), conf_name and conf_value.
	function read_line(raw,    text, sign, quote) {
		text = trim(strip_comment(raw))
		conf = "blank"
		if (text == "") return
		conf = "bad"
		if (1023 < length(raw) || !match(text, /[=:]/)) return
		sign = RSTART
		conf_name = trim(substr(text, 1, sign - 1))
		if (conf_name == "") return
		conf = "set"
		conf_value = trim(substr(text, sign + 1))
		quote = substr(conf_value, 1, 1)
		if (quote != "\"" && quote != "\047") return
		conf_value = substr(conf_value, 2)
		if (substr(conf_value, length(conf_value)) == quote)
			conf_value = substr(conf_value, 1, \
			    length(conf_value) - 1)
	}
	# As sysctl(8) takes it for an int: number (sets number), refused, odd.
	function kind_of(value) {
		if (value ~ /redacted/) return "odd"
		if (value ~ /[ ,]/) return "odd"
		sub(/^[\t\v\f\r]+/, "", value)
		if (value ~ /^[+-]?(0|[1-9][0-9]*)$/ && length(value) < 10) {
			number = value + 0
			return "number"
		}
		return value ~ /^[+-]?(0[xX][0-9a-fA-F]+|[0-9]+)$/ ? "odd" : \
		    "refused"
	}
	# Adds what a file assigns to boot; a gap is a reason not to know it.
	function load(path,    key, i, kind) {
		key = "config " path
		if (status[key] == "absent") return
		if (!whole_file(key)) { gap = path ": " why_not(key); return }
		for (i = 1; i <= lines[key]; i++) {
			read_line(line[key, i])
			if (conf != "set" || conf_name != zerocopy) continue
			kind = kind_of(conf_value)
			if (kind == "number") boot = number
			if (kind == "odd")
				gap = path ": its value is not decided here"
		}
	}
	function load_both(first, second) {
		boot = 0
		load(first)
		load(second)
	}'
