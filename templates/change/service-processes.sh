### The processes of a service, and which of them hold a capture

# bpf_of pid: numbers of the descriptors by which it holds a capture, on one
# line.  From JSON (FreeBSD has it since 11): in text a file name can read like
# the columns of a descriptor, or end the line.  A record begins with {, and in
# a string a quote is escaped, so no name begins one of these.  A file that
# somebody called /dev/bpf is no character device; wherever one of that name
# lies (a jail's /dev), it is a capture.
bpf_of()
{
	rows=$(procstat --libxo json -f "$1" 2>/dev/null) || return 1
	awk -v pid="$1" '
		BEGIN { RS = "{" }
		/^"process_id":[0-9]/ {
			split($0, part, /[:,]/)
			mine = part[2] + 0 == pid + 0
		}
		mine &&
		/^"fd":[0-9]+,"fd_type":"vnode","vn?ode_type":"character"/ {
			at = index($0, "\"path\":\"")
			path = substr($0, at + 8)
			if (at == 0 || !match(path, /^([^"\\]|\\.)*"/)) next
			path = substr(path, 1, RLENGTH - 1)
			if (path !~ /\/dev\/bpf[0-9]*$/) next
			split($0, part, /[:,]/)
			fds = fds (fds == "" ? "" : " ") part[2] + 0
		}
		END { if (fds != "") print fds }' <<END
$rows
END
}

# processes_now: sets table, a line each: pid, parent, user.  No names: a
# newline in one would begin a line that says what it likes of any process.
processes_now()
{
	table=$(ps -ax -o pid= -o ppid= -o user=) && [ -n "$table" ] && return 0
	why='ps does not list the processes'
	return 1
}

# name_of pid: what the process calls itself, on one line; fails when gone.
name_of()
{
	called=$(ps -o comm= -p "$1" 2>/dev/null) && squeezed "$called"
}

# is_gone pid: ps lists the processes, and it is not among them.
is_gone()
{
	processes_now && awk -v pid="$1" '$1 == pid { exit 1 }' <<END
$table
END
}

# family: of the table, pids and what they started: pid, user, tab separated;
# what was started later first, as a rule.
family()
{
	rows=$(awk -v pids="$1" '
		BEGIN {
			n = split(pids, list, " ")
			for (i = 1; i <= n; i++) mine[list[i]] = 1
		}
		{ parent[$1] = $2; user[$1] = $3; order[++rows] = $1 }
		END {
			do {
				again = 0
				for (i = 1; i <= rows; i++)
					if (!(order[i] in mine) &&
					    (parent[order[i]] in mine))
						again = mine[order[i]] = 1
			} while (again)
			for (i = 1; i <= rows; i++)
				if (order[i] in mine)
					print order[i] "\t" user[order[i]]
		}' <<END
$table
END
	) || return 1
	printf '%s\n' "$rows" | sort -rn
}

# are_ours: each process that status names is the service: root's or its user's,
# and it holds a capture, or its parent or a child does.  Anybody can call a
# process as the service's, and rc(8) without a pid file would wait for it.
are_ours()
{
	[ -n "$pids" ] || return 0
	processes_now || return 1
	for pid in $pids; do
		is_ours "$pid" || return 1
	done
}

is_ours()
{
	# Owner; then itself, its parent, its children.
	near=$(awk -v pid="$1" '
		{ parent[$1] = $2 }
		$1 == pid { user = $3 }
		END {
			if (!(pid in parent)) exit 1
			print user; list = pid
			if (parent[pid] > 1) list = list " " parent[pid]
			for (other in parent)
				if (parent[other] == pid) list = list " " other
			print list
		}' <<END
$table
END
	) || { why="pid $1, which $subject calls its own, is gone"; return 1; }
	{ read -r user; read -r relatives; } <<END
$near
END
	name=$(name_of "$1")
	who="pid $1 ($(line "$name"), of $user), which $subject calls its own"
	holds=''
	for other in $relatives; do
		[ -z "$(bpf_of "$other")" ] || holds=$other
		[ -z "$holds" ] || break
	done
	[ -n "$holds" ] || { why="$who, holds no capture"; return 1; }
	[ "$user" != root ] && [ "$user" != "$(service_user)" ] || return 0
	# Many daemons drop to an account of the system by themselves; who holds
	# the capture itself was root when it opened it.
	uid=$(id -u "$user" 2>/dev/null)
	is_number "$uid" && [ "$holds" = "$1" ] && { [ "$uid" -lt 1000 ] ||
	    [ "$uid" -eq 65534 ]; } && return 0
	why="$who, is not root's nor its user's"
	return 1
}

# The user rc(8) starts it as, where it says one.
service_user()
{
	find_script || return 0
	called=$(sed -n 's/^name=["'\'']*\([A-Za-z0-9_]*\).*/\1/p' "$script")
	called=${called%%"$newline"*}
	sysrc -n "${called}_user" 2>/dev/null && return
	set_to="^[:[:space:]]*[\$]*{*${called}_user:*="
	sed -n "s/${set_to}[\"']*\([A-Za-z0-9_-]*\).*/\1/p" "$script"
}

# note_processes file: what it takes to know them again, of those in pids and
# what they started: pid, user, name, descriptors of captures.
note_processes()
{
	why="the processes of $subject cannot be noted"
	processes_now || return 1
	noted=$(family "$pids") || return 1
	# Some were named, so some have to be there.
	[ -z "$pids" ] || [ -n "$noted" ] || return 1
	{
		while IFS=$tab read -r pid user; do
			[ -n "$pid" ] || continue
			if ! name=$(name_of "$pid"); then
				is_gone "$pid" && continue || exit 1
			fi
			printf '%s\t%s\t%s\t%s\n' "$pid" "$user" \
			    "$name" "$(bpf_of "$pid")" || exit 1
		done <<END
$noted
END
	} >"$1.part" 2>/dev/null && fsync "$1.part" && mv -f "$1.part" "$1"
}

# is_same pid user name: still that process.
is_same()
{
	now=$(ps -o user= -o comm= -p "$1" 2>/dev/null) || return 1
	[ "$(squeezed "$now")" = "$(squeezed "$2 $3")" ]
}

# Blanks between words only, one each.
squeezed()
{
	# shellcheck disable=SC2086 # words
	set -f -- $1
	set +f
	printf '%s' "$*"
}

# The processes noted before the step are all there.
is_as_noted()
{
	[ -s "$dir/processes.$index" ] || return 1
	while IFS=$tab read -r pid user name fds; do
		is_same "$pid" "$user" "$name" &&
		    [ "$(bpf_of "$pid")" = "$fds" ] || return 1
	done <"$dir/processes.$index"
	return 0
}
