### What a script begins with

# usable script numbers usage: whether this can be printed, and that counted.
usable()
{
	if [ -n "$root" ] && ! plain "$root"; then
		printf '%s: unusual characters in ZBUFCTL_ROOT\n' "$1" >&2
		return 1
	fi
	case $2 in
	*[!0-9]*)
		printf 'usage: %s %s\n' "$1" "$3" >&2
		return 1
		;;
	esac
}

# limited seconds: sets limit, what stands before a command that may take so
# long. timeout(1) is in base since 10.3. It is not for the shell's own words.
limited()
{
	limit=''
	! command -v timeout >/dev/null ||
	    limit="timeout$newline-k${newline}2$newline$1"
}

# The first records; sets out to what the system is called.
opening()
{
	printf 'zbufctl-evidence 1\n'
	if [ -n "$root" ]; then
		section practice
		printf '= 0\n'
	fi
	ask uid id -u
	ask system uname -s
}
