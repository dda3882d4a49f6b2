### The verdict

# awk: the frames as status[section], line[section, n], lines[section] and
# complaint[section]; a section is its name and the first word behind it.
# shellcheck disable=SC2016 # awk's own variables
judge_frames='
	BEGIN { nul = sprintf("%c", 0) }
	/^@ / {
		split($0, word, " ")
		key = word[2] (word[3] == "" ? "" : " " word[3])
		size[key] = word[4]
		next
	}
	/^\|/ { line[key, ++lines[key]] = substr($0, 2); next }
	/^!/ { complaint[key] = complaint[key] substr($0, 2) "\n"; next }
	/^= / { status[key] = substr($0, 3); next }
	/^end( |$)/ { whole = 1 }
	function good(key) {
		return status[key] == "0" || status[key] == "redacted"
	}
	# The same of a file: what is no text, a NUL for instance, is not in its
	# lines, and then its size is another.
	function whole_file(key,    i, bytes) {
		if (!good(key)) return 0
		if (status[key] == "redacted") return 1
		for (i = 1; i <= lines[key]; i++) {
			if (nul != "" && index(line[key, i], nul)) bytes += 2
			bytes += length(line[key, i]) + 1
		}
		if (bytes + 0 == size[key] || bytes == size[key] + 1) return 1
		complaint[key] = "it is no text, or changed meanwhile\n"
		return 0
	}
	function clean(text) {
		gsub(/[^A-Za-z0-9_.:\/@+=,() -]/, "?", text)
		return substr(text, 1, 80)
	}
	# Why a section was not read, as the end of a sentence.
	function why_not(key,    said) {
		if (!(key in status)) return "it was not looked at"
		if (status[key] == 124 || status[key] == 137) return "too slow"
		said = complaint[key]
		sub(/\n.*/, "", said)
		return said == "" ? "status " clean(status[key]) : clean(said)
	}
	# Of a group of rules, the worst first, as the posture goes by.
	function fails(group, text) {
		if (failed[group] == "") failed[group] = text
	}
	function open(group, text) {
		if (opened[group] == "") opened[group] = text
	}
	function trim(text) {
		gsub(/^[ \t\f\v\r]+|[ \t\f\v\r]+$/, "", text)
		return text
	}'
