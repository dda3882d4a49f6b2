# awk: mask(text), the text without secrets. src/text/mask-secrets.ts does the
# same, and says what counts as one.
# shellcheck disable=SC2016 # awk's own variables
mask_text='
	BEGIN {
		# Where a value ends that is not quoted.
		value_end = "[ \t]-|[ \t][A-Za-z_][A-Za-z0-9_]*=" \
		    "|[ \t][;&|#]|;[ \t]|[\"\047][] \t;#,})]|[\"\047]$"
		# Values everybody knows.
		value_known = "^[\"\047]?" \
		    "(yes|no|true|false|on|off|none|auto|[0-9])[\"\047]?$"
		secret_word = "^(password|passwd|passphrase|passcode|wepkey" \
		    "|psk|secret|token|pwd|bearer)$"
		key_start = "^(gh[opsur]_|github_pat_|glpat-|xox[abpr]-" \
		    "|sk[-_]|eyJ|hf_|npm_|AGE-SECRET-KEY)"
	}
	function secret_name(name,    all, part, n, i) {
		name = tolower(name)
		if (name ~ /_enable$/) return 0
		all = name
		gsub(/[^a-z0-9]/, "", all)
		if (all ~ /passw|passphrase|passcode|secret|token|credential/)
			return 1
		if (all ~ /authorization|bearer|apikey|accesskey|privkey/)
			return 1
		if (all ~ /privatekey|authkey|setkey|wepkey|presharedkey/)
			return 1
		if (name ~ /^-*(set-)?cookies?$/) return 1
		sub(/^.*\./, "", name)
		n = split(name, part, /[^a-z]+/)
		for (i = 1; i <= n; i++) {
			if (part[i] ~ /^(pwd?|pin|auth|keys?|creds?|otp|salt)$/)
				return 1
			if (part[i] ~ /^(community|shared)$/) return 1
			if (part[i] ~ /(pass|pwd|psk)$/ && \
			    part[i] !~ /(by|com|sur|tres)pass$/)
				return 1
		}
		return 0
	}
	function quoted(rest,    lead, quote, at, from) {
		# How sh(1) writes a quote inside quotes.
		if (substr(rest, 1, 4) == "\047\\\047\047") {
			at = index(substr(rest, 5), "\047\\\047\047")
			return at ? at + 7 : length(rest)
		}
		lead = substr(rest, 1, 1) == "\\" ? 1 : 0
		quote = substr(rest, lead + 1, 1)
		if (quote != "\"" && quote != "\047") return 0
		from = lead + 2
		while (at = index(substr(rest, from), quote)) {
			at += from - 1
			from = at + 1
			if (!lead && substr(rest, at - 1, 1) == "\\") continue
			match(substr(rest, from), /^[^] \t"\047;,})]*/)
			return at + (RLENGTH < 0 ? 0 : RLENGTH)
		}
		return length(rest)
	}
	function value_length(rest,    n) {
		if (rest ~ /^["\047\\]*[[]redacted]/) return 0
		n = quoted(rest)
		if (!n) {
			n = length(rest)
			if (match(rest, value_end)) n = RSTART - 1
		}
		return tolower(substr(rest, 1, n)) ~ value_known ? 0 : n
	}
	function secret_length(name, sep, before, text, rest) {
		if (sep ~ /[=:]/)
			return secret_name(name) ? value_length(rest) : 0
		if (rest ~ /^-/) return 0
		if (name ~ /^(-[uU]|--user|--proxy-user)$/)
			return match(rest, /^[^ \t:\/]+:[^ \t]+/) ? RLENGTH : 0
		if (name ~ /^-[pP]$/ || name == "-c" && text ~ /snmp/)
			return value_length(rest)
		if (name ~ /^-/)
			return secret_name(name) ? value_length(rest) : 0
		if (before ~ /[\/$@]/) return 0
		return tolower(name) ~ secret_word ? value_length(rest) : 0
	}
	function looks_like_key(word) {
		if (length(word) < 16) return 0
		if (word ~ /^(AKIA|ASIA)[0-9A-Z]/) return 1
		if (length(word) < 20) return 0
		if (word ~ key_start) return 1
		if (length(word) < 32 || word ~ /^[-\/]/ || word !~ /[0-9]/)
			return 0
		return word !~ /[^0-9a-f]/ || word ~ /[A-Z]/ && word ~ /[a-z]/
	}
	# Cut at single characters, and never matched with a run that may fail
	# at its end: that would take time by the square of what a user can
	# write.
	function mask_user(word,    n, part, i, done, url) {
		n = split(word, part, "@")
		if (n < 2) return word
		url = index(word, "://")
		if (url && url <= length(word) - length(part[n]) - 1) {
			word = substr(word, 1, url - 1) "://[redacted]@" part[n]
			n = split(word, part, "@")
		}
		done = ""
		for (i = 1; i < n; i++) done = done mask_tail(part[i]) "@"
		return done part[n]
	}
	function mask_tail(text,    n, part, tail) {
		n = split(text, part, "/")
		tail = n ? part[n] : ""
		n = index(tail, ":")
		if (!n || n == length(tail)) return text
		return substr(text, 1, length(text) - length(tail)) "[redacted]"
	}
	function mask_words(text,    done) {
		done = ""
		while (match(text, /[^ \t"\047]+/)) {
			done = done substr(text, 1, RSTART - 1) \
			    mask_user(substr(text, RSTART, RLENGTH))
			text = substr(text, RSTART + RLENGTH)
		}
		return done text
	}
	# Sets mask_name, mask_sep and mask_before to what stands at the first
	# separator of the text.
	function next_name(text,    n, part, head) {
		head = substr(text, 1, RSTART - 1)
		mask_sep = ""
		if (head ~ /["\047]$/) {
			mask_sep = substr(head, length(head))
			head = substr(head, 1, length(head) - 1)
		}
		n = split(head, part, /[^A-Za-z0-9_.-]/)
		mask_name = n ? part[n] : ""
		mask_before = length(head) <= length(mask_name) ? "" : \
		    substr(head, length(head) - length(mask_name), 1)
		match(substr(text, RSTART), /^[=: \t]+/)
		mask_sep = mask_sep \
		    substr(text, length(head) + length(mask_sep) + 1, RLENGTH)
		return length(head) + length(mask_sep)
	}
	function mask(text,    whole_text, done, name_end, n) {
		whole_text = text
		text = mask_words(text)
		gsub(/\$(1|2[abxy]?|5|6|7|y)\$[^ \t"\047:]+/, "[redacted]", \
		    text)
		if (whole_text ~ /mysql|maria|sshpass|7z/)
			gsub(/ -p[^ \t-][^ \t]*/, " -p[redacted]", text)
		done = ""
		while (match(text, /[=: \t]/)) {
			name_end = next_name(text)
			done = done substr(text, 1, name_end)
			text = substr(text, name_end + 1)
			n = mask_name == "" ? 0 : secret_length(mask_name, \
			    mask_sep, mask_before, whole_text, text)
			if (!n) continue
			done = done "[redacted]"
			text = substr(text, n + 1)
		}
		text = done text
		done = ""
		while (match(text, /[A-Za-z0-9+\/=_-]+/)) {
			mask_key = substr(text, RSTART, RLENGTH)
			done = done substr(text, 1, RSTART - 1) \
			    (looks_like_key(mask_key) ? "[redacted]" : mask_key)
			text = substr(text, RSTART + RLENGTH)
		}
		return done text
	}
	# The loops above copy the rest of the text for every word of it: the
	# time they take grows by the square of its length, minutes for 256 KB.
	# A text that is too long ends where a word does, for a cut key does not
	# look like one.
	function mask_line(text,    n, part) {
		if (length(text) <= 4000) return mask(text)
		text = substr(text, 1, 4000)
		n = split(text, part, /[ \t]/)
		text = substr(text, 1, length(text) - length(part[n]))
		return mask(text) "[too long]"
	}'
