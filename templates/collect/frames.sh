### Frames

section()
{
	sections=$((sections + 1))
	printf '@ %s\n' "$1"
}

# content text, complaint text: its lines, framed; blank lines are dropped.
content()
{
	[ -z "$1" ] || printf '|%s\n' $1
}

complaint()
{
	[ -z "$1" ] || printf '!%s\n' $1
}

finish()
{
	content "$out"
	complaint "$err"
	printf '= %s\n' "$status"
}

# refuse name reason: a section that could not be read.
refuse()
{
	section "$1"
	printf '!%s\n= unreadable\n' "$2"
}
