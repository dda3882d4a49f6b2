# stdin: wc -c, then "kind state path" lines. Prints a section a line.
# rc files: only assignments that matter for captures, as "number line"; at the
# end "number lines", and "unended" when the last has no newline.
# shellcheck disable=SC2016 # awk's own variables
print_files='
	function told(reason) { print "!" reason; print "= unreadable" }
	function whole(line,    shown) {
		shown = mask_line(line)
		if (shown != line) hidden++
		print "|" shown
	}
	function assignment(line, number,    at, name, value) {
		if (!match(line, \
		    /^[ \t]*(export[ \t]+)?[A-Za-z_][A-Za-z0-9_]*=/))
			return
		at = RLENGTH
		name = substr(line, 1, at - 1)
		sub(/.*[ \t]/, "", name)
		value = substr(line, at + 1, 2000)
		if (!needed(name)) return
		print "|" number " " substr(line, 1, at) kept(name, value)
	}
	$1 ~ /^[0-9]+$/ { size[$2] = $1; next }
	NF == 3 {
		kind = $1; state = $2; path = $3; file = root path
		if (state == "read" && !(file in size)) state = "unread"
		print "@ " kind " " path " " \
		    (state == "read" ? size[file] : "-")
		if (state == "absent") { print "= absent"; next }
		if (state == "no-permission") {
			told("Permission denied")
			next
		}
		if (state == "untrusted") { told("untrusted path"); next }
		if (state == "unread") {
			told("wc does not tell its size")
			next
		}
		if (state != "read") { told("not a regular file"); next }
		if (262144 < size[file] + 0) {
			told("larger than 262144 bytes")
			next
		}
		hidden = number = bytes = 0
		while (0 < (got = (getline line < file))) {
			number++
			bytes += length(line) + 1
			if (kind == "rc") assignment(line, number)
			else whole(line)
		}
		close(file)
		if (got < 0) { told("cannot be read"); next }
		if (kind == "rc")
			print "|" number " lines" \
			    (bytes == size[file] + 1 ? " unended" : "")
		print "= " (hidden ? "redacted" : 0)
	}'

# Mode, owner, group, flags and size of what exists, the path behind them.
metadata()
{
	section metadata
	out='' err='' status=0
	set -- $existing
	if [ $# -gt 0 ]; then
		out=$($limit stat -f '%Sp %Su %Sg %Sf %z' "$@" 2>&1)
		status=$?
		[ "$status" -eq 0 ] || { err=$out; out=''; }
	fi
	lines=$out out=''
	for line in $lines; do
		[ $# -gt 0 ] || break
		out="$out$newline$line ${1#"$root"}"
		shift
	done
	# A file that went away in between: nobody knows which line is whose.
	[ $# -eq 0 ] || out=''
	finish
	for path in $links; do
		run "link $path" readlink "$root$path"
	done
}
