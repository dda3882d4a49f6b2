### Samples

# awk: calls descriptor(sample, pid, name, received, dropped, matched, stored,
# held, command) for each capture a line of netstat -B tells of, as JSON or as
# text. A word of JSON comes with its quotes.
# shellcheck disable=SC2016 # awk's own variables
read_samples='
	function member(entry, key,    at) {
		at = index(entry, "\"" key "\":")
		entry = substr(entry, at + length(key) + 3)
		sub(/^ */, "", entry)
		if (at == 0 || !match(entry, /^("[^"]*"|[0-9]+)/)) return ""
		return substr(entry, 1, RLENGTH)
	}
	# netstat -B: one line of JSON; the name of the process comes last in an
	# entry, and a quote in it is escaped.
	function json(sample, text,    entry, entries, n_entries, i) {
		n_entries = split(text, entries, /"pid":/)
		for (i = 2; i <= n_entries; i++) {
			entry = "\"pid\":" entries[i]
			if (entry !~ /^"pid": *[0-9]/) continue
			descriptor(sample, member(entry, "pid"), \
			    member(entry, "interface-name"), \
			    member(entry, "received-packets"), \
			    member(entry, "dropped-packets"), \
			    member(entry, "filter-packets"), \
			    member(entry, "store-buffer-length"), \
			    member(entry, "hold-buffer-length"), \
			    member(entry, "process"))
		}
	}
	function sampled(sample, text,    word) {
		if (text ~ /^\{/) json(sample, text)
		else if (text ~ /^ *[0-9]+ +[^ ]+ +[^ ]+ +[0-9]/) {
			split(text, word, " ")
			descriptor(sample, word[1], word[2], word[4], word[5], \
			    word[6], word[7], word[8], word[9])
		}
	}'
