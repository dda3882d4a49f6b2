# Sourced by sudo, doas and su of the practice fleet: may this user become root,
# and with which password?
# Expects: lab. Sets: become (from the line "<program> <password|nopasswd>" of
# the state folder; or empty).

: "${lab:?}"

# allowed program: sets become to password or nopasswd; fails when the host does
# not have the program.
allowed()
{
	become=''
	while read -r name how; do
		[ "$name" = "$1" ] && become=$how
	done <"$lab/become"
	[ -n "$become" ]
}

# Reads one line of stdin, byte by byte as read(1) does, so that what follows is
# left for the command.
right_password()
{
	IFS= read -r typed || return 2
	read -r expected <"$lab/password"
	[ "$typed" = "$expected" ]
}

as_root()
{
	LAB_UID=0 LAB_USER=root USER=root LOGNAME=root HOME=$ZBUFCTL_ROOT/root
	export LAB_UID LAB_USER USER LOGNAME HOME
	exec "$@"
}
