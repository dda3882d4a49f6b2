### Journal: begin N, end N outcome detail, done time; undo-begin, undo-end,
### undo-done ok|failed

# journal word ...: on disk when it returns.  The newline in front and the dot
# at the end tell a whole line from one that a full disk cut.
journal()
{
	entry=$1
	shift
	for word in "$@"; do
		entry=$entry$tab$word
	done
	printf '\n%s\t.\n' "$entry" >>"$dir/journal" 2>/dev/null || return 1
	fsync "$dir/journal"
}

# entries word: the whole lines that begin with it
entries()
{
	[ -f "$dir/journal" ] || return 0
	awk -F "$tab" -v word="$1" '$1 == word && NF > 1 && $NF == "."' \
	    "$dir/journal"
}

is_done()
{
	[ -n "$(entries "done")" ]
}

# Prints "outcome<tab>detail" of step $3, of the words $1 (begin) and $2 (end).
outcome_of()
{
	[ -f "$dir/journal" ] || { printf 'not-started\t\n'; return 0; }
	awk -F "$tab" -v begin="$1" -v end="$2" -v index_="$3" '
		$NF != "." || $2 != index_ { next }
		$1 == begin {
			outcome = "lost"
			detail = "begun, and no end is written down"
		}
		$1 == end && NF == 5 { outcome = $3; detail = $4 }
		END {
			if (outcome == "") outcome = "not-started"
			print outcome "\t" detail
		}' "$dir/journal"
}

# was_changed index: something of it may have been done.
was_changed()
{
	case $(outcome_of begin end "$1") in
	changed"$tab"*|lost"$tab"*|failed"$tab"*) return 0 ;;
	esac
	return 1
}

# undo_result: ok, failed, or nothing when an undo was begun since, or none was.
undo_result()
{
	[ -f "$dir/journal" ] || return 0
	awk -F "$tab" '
		$NF != "." { next }
		$1 == "undo-start" { result = "" }
		$1 == "undo-done" { result = $2 }
		END { print result }' "$dir/journal"
}
