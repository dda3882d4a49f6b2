# What OPNsense and pfSense set at boot: the tunables of their config.xml. Of
# that file nothing leaves the host but the values given to the one asked for,
# and the number of other places that name it (a shell command, for instance).
stored_tunables()
{
	for path in /cf/conf/config.xml /conf/config.xml; do
		[ -e "$root$path" ] || continue
		section "tunables $path"
		err='' status=unreadable out='' store=$path
		vet "$store"
		if [ ! -f "$root$store" ] || [ ! -r "$root$store" ]; then
			err='Permission denied'
		elif ! trusted "$store"; then
			err=$why
		else
			out=$($limit awk "$print_tunables" "$root$store" 2>&1)
			status=$?
			[ "$status" -eq 0 ] || { err=$out out=''; }
		fi
		finish
		return 0
	done
}

# Follows the tags; says "value line text" for each <item> of <sysctl>, which
# stands right below the root, that has the name, and "elsewhere n".
# shellcheck disable=SC2016 # awk's own variables
print_tunables='
	BEGIN { RS = "\076"; wanted = "net.bpf.zerocopy_enable"; line = 1 }
	function give_up(why) { failed = why; exit }
	function plain(text,    code) {
		gsub(/&lt;/, "<", text); gsub(/&gt;/, "\076", text)
		gsub(/&quot;/, "\"", text); gsub(/&apos;/, "\047", text)
		while (match(text, /&#[0-9]+;/)) {
			code = substr(text, RSTART + 2, RLENGTH - 3) + 0
			if (code < 32 || 126 < code || code == 38) code = 63
			text = substr(text, 1, RSTART - 1) \
			    sprintf("%c", code) substr(text, RSTART + RLENGTH)
		}
		gsub(/&#x[0-9A-Fa-f]+;/, "?", text); gsub(/&amp;/, "\\&", text)
		gsub(/^[ \t\r\n]+|[ \t\r\n]+$/, "", text)
		return text
	}
	function ends(text, with) {
		return substr(text, length(text) - length(with) + 1) == with
	}
	function in_item() { return tag[2] == "sysctl" && tag[3] == "item" }
	# What an element holds was read: count the name where it is no tunable.
	function weigh() {
		if (index(text, "zerocopy_enable") && \
		    !(in_item() && 4 <= depth))
			elsewhere++
		text = ""
	}
	function enter(name) {
		weigh()
		tag[++depth] = name
		if (depth == 1 && root++) give_up("more than one root")
		if (200 < depth) give_up("nested too deep")
		if (depth == 3) tunable = value = ""
	}
	function leave(name,    held) {
		if (depth == 0 || tag[depth] != name)
			give_up("a closing tag that closes nothing")
		if (depth == 4 && in_item()) {
			held = plain(text)
			if (name == "tunable") { tunable = held; at = line }
			if (name == "value") value = held
		}
		if (depth == 3 && in_item() && tunable == wanted) {
			if (64 < length(value) || \
			    value !~ /^[0-9A-Za-z_.,+ -]*$/)
				value = "?"
			print "value " at " " value
		}
		weigh()
		delete tag[depth--]
	}
	{
		piece = held $0
		held = ""
		line += gsub(/\n/, "\n", $0)
		if (comment) { comment = !ends(piece, "--"); next }
		if (data) {
			text = text piece "\076"
			if (ends(piece, "]]")) {
				data = 0
				text = substr(text, 1, length(text) - 3)
			}
			next
		}
		at_tag = index(piece, "<")
		if (!at_tag) { text = text piece "\076"; next }
		said = substr(piece, at_tag + 1)
		if (substr(said, 1, 3) == "!--") {
			text = text substr(piece, 1, at_tag - 1)
			comment = !(5 <= length(said) && ends(said, "--"))
			next
		}
		if (substr(said, 1, 8) == "![CDATA[") {
			text = text substr(piece, 1, at_tag - 1) substr(said, 9)
			if (ends(said, "]]"))
				text = substr(text, 1, length(text) - 2)
			else { text = text "\076"; data = 1 }
			next
		}
		if (substr(said, 1, 1) == "!") give_up("a document type")
		bare = said
		gsub(/"[^"]*"/, "", bare); gsub(/\047[^\047]*\047/, "", bare)
		if (bare ~ /["\047]/ && substr(said, 1, 1) != "?") {
			if (65536 < length(piece))
				give_up("an attribute without an end")
			held = piece "\076"
			next
		}
		if (index(bare, "<")) give_up("a < in a tag")
		text = text substr(piece, 1, at_tag - 1)
		if (substr(said, 1, 1) == "?") next
		name = said
		sub(/^\//, "", name); sub(/[ \t\r\n\/].*/, "", name)
		if (name !~ /^[A-Za-z_][A-Za-z0-9_.:-]*$/)
			give_up("a tag that is none")
		if (substr(said, 1, 1) == "/") leave(name)
		else { enter(name); if (ends(bare, "/")) leave(name) }
	}
	END {
		if (failed == "" && \
		    (depth || !root || comment || data || held != ""))
			failed = "it ends too early"
		if (failed != "") {
			print "not understood near line " line ": " failed
			exit 1
		}
		print "elsewhere " elsewhere + 0
	}'
