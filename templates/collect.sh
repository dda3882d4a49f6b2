#!/bin/sh
#
# collect.sh [seconds [limit]]
#
# Tell what this host's packet captures, services and boot settings look like.
#
# Changes nothing: no file is written, nothing is set, started or stopped.
# Runs as any user under a clean "/bin/sh -s"; whoever is not root reads less.
#   seconds  least time between the two looks at the BPF descriptors (2)
#   limit    seconds a command that could hang may take (20)
#
# Prints records, and nothing else, on stdout:
#   zbufctl-evidence 1   the first line: protocol and version
#   @ name [words]       a section begins
#   |line                a line of its content
#   !line                a line of stderr, or a reason
#   = status             it ends: an exit status; or absent, unreadable, redacted
#                        (as 0, but for values that smell of a secret)
#   end n                the last line: n sections; without it the stream was cut
# A line of content always has its | in front, so it cannot pass for a frame.
#
# Environment: ZBUFCTL_ROOT, set by the practice fleet and never on a host, is
# a directory that stands in for /: files are read below it, and PATH begins
# with its bin.

# shellcheck disable=SC2086 # IFS is a newline: unquoted means one word a line

set -uf
umask 077
LC_ALL=C
PATH=/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin
root=${ZBUFCTL_ROOT:-}
[ -z "$root" ] || PATH=$root/bin:$PATH
export LC_ALL PATH
unset LIBXO_OPTIONS PS_FORMAT

newline='
'
mark=$(printf '\001')
IFS=$newline

# Counted so that the reader can tell a whole stream from a cut one.
sections=0
# What capture and ask found.
out='' err='' status=''
# Everything said of BPF descriptors, to find the processes behind them.
seen=''
# Paths, one a line, for later steps: configuration files; programs of enabled
# services; programs and libraries processes have mapped, and of these the
# programs that capture without a libpcap beside them.
readable='' existing='' links='' sysctl_files=''
started='' mapped='' bare='' libraries=''

# Names whose value never leaves the host, and values and arguments that give one away.
secret_name='passw|passphrase|secret|psk|token|key'
secret_value='passw|passphrase|secret|wepkey|psk=|token=|[ \t"]pass '
secret_argument='[a-z_-]*(passw|passphrase|secret|psk|token|apikey|api-key)[a-z_-]*[= ][^ ]+'

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

### Commands

# capture command [argument ...]: sets out, err and status.
# The inner shell sends stdout on through descriptor 3 and holds stderr back, so
# that the two do not mix; then come stderr and status, each behind a mark.
capture()
{
	said=$(
		{ held=$("$@" 2>&1 >&3 3>&-); } 3>&1
		printf '%s%s%s%s' "$mark" "$held" "$mark" "$?"
	)
	IFS=$mark
	set -- $said
	IFS=$newline
	out='' err='control characters in the output' status=unreadable
	[ $# -ne 3 ] || out=$1 err=$2 status=$3
}

# run name command [argument ...]: a section with what the command said.
run()
{
	section "$1"
	shift
	capture "$@"
	finish
}

# ask name command [argument ...]: the same for short answers, with one process
# less: what it says is content after success, and a complaint after failure.
ask()
{
	section "$1"
	shift
	err=''
	out=$("$@" 2>&1)
	status=$?
	[ "$status" -eq 0 ] || { err=$out; out=''; }
	finish
}

# first_number text: sets number to the first run of digits in it.
first_number()
{
	number=${1#"${1%%[0-9]*}"}
	number=${number%%[!0-9]*}
}

# plain path: whether it can stand in a record and in an argument as it is.
plain()
{
	case $1 in
	/*) ;;
	*) return 1 ;;
	esac
	case $1 in
	*[!A-Za-z0-9._/@%+,:=~-]*|*/../*) return 1 ;;
	esac
}

# listed path list: whether the path is in it.
listed()
{
	case $newline$2$newline in
	*"$newline$1$newline"*) return 0 ;;
	esac
	return 1
}

### Who is this

identity()
{
	ask uname uname -KUmrsp
	ask versions freebsd-version -kru
	ask hostname hostname
	ask bpf sysctl net.bpf
	ask jailed sysctl -n security.jail.jailed
	ask securelevel sysctl -n kern.securelevel
	ask boottime sysctl -n kern.boottime
	ask kenv kenv -q net.bpf.zerocopy_enable
}

# What appliances built on FreeBSD are known by: "path exists", "path: line".
product()
{
	section product
	for path in /etc/platform /etc/version /usr/local/opnsense/version/core \
	    /usr/local/sbin/opnsense-version /etc/nanobsd.conf /conf/base \
	    /usr/local/bin/midclt /usr/bin/midclt; do
		[ -e "$root$path" ] || continue
		printf '|%s exists\n' "$path"
		case $path in
		/etc/platform|/etc/version|*/core) first_lines "$path" ;;
		esac
	done
	printf '= 0\n'
}

first_lines()
{
	[ -f "$root$1" ] || return 0
	[ -r "$root$1" ] || return 0
	count=0
	while [ "$count" -lt 20 ] && { read -r line || [ -n "$line" ]; }; do
		printf '|%s: %s\n' "$1" "$line"
		count=$((count + 1))
	done <"$root$1"
}

### Files a boot value or an rc variable can come from

configuration()
{
	wanted='' count=0
	want config /etc/sysctl.conf
	want config /etc/sysctl.conf.local
	want_all config /etc/sysctl.kld.d .conf
	want config /boot/loader.conf
	want config /boot/loader.conf.local
	want_all config /boot/loader.conf.d .conf
	want rc /etc/defaults/vendor.conf
	want rc /etc/rc.conf
	want rc /etc/rc.conf.local
	want_all rc /etc/rc.conf.d ''
	want_all rc /usr/local/etc/rc.conf.d ''
	# awk frames what was wanted, a section each.
	sections=$((sections + count))
	{ wc -c /dev/null $readable; printf '%s' "$wanted"; } |
	    awk -v root="$root" -v secret_name="$secret_name" -v secret_value="$secret_value" "$print_files"
	metadata
}

# want kind path: puts "kind state path" on the list, and the path on others.
want()
{
	file=$root$2
	state="read"
	if [ ! -e "$file" ]; then
		state=absent
		[ ! -d "${file%/*}" ] || [ -x "${file%/*}" ] || state=no-permission
	elif [ ! -f "$file" ]; then
		state=not-a-file
	elif [ ! -r "$file" ]; then
		state=no-permission
	else
		readable=$readable$file$newline
		case $2 in /etc/sysctl.*) sysctl_files=$sysctl_files$file$newline ;; esac
	fi
	[ ! -e "$file" ] || existing=$existing$file$newline
	[ ! -h "$file" ] || { links=$links$2$newline; listed "$file" "$existing" || existing=$existing$file$newline; }
	wanted="$wanted$1 $state $2$newline"
	count=$((count + 1))
}

# want_all kind directory suffix: every file in it, and one level below for rc.
want_all()
{
	directory=$root$2
	[ -d "$directory" ] || return 0
	closed "$1" "$2" "$3" && return 0
	set +f
	set -- "$1" "$directory"/*"$3" "$directory"/*/*"$3"
	set -f
	kind=$1
	shift
	for found in "$@"; do
		case $kind:${found#"$directory"/} in config:*/*) continue ;; esac
		if [ -d "$found" ] && [ "$kind" = rc ] && plain "$found"; then
			closed rc "${found#"$root"}" ''
		fi
		[ -f "$found" ] || [ -h "$found" ] || continue
		if [ "$count" -ge 200 ]; then
			refuse 'more-files' "more than 200 files; not read: those in ${directory#"$root"} and after"
			return 0
		fi
		if plain "$found"; then
			want "$kind" "${found#"$root"}"
		else
			refuse odd-name "a file name with unusual characters in ${directory#"$root"}"
		fi
	done
}

# closed kind directory suffix: whether the directory may not be listed; if so,
# its files go on the list as one that may not be read.
closed()
{
	[ ! -r "$root$2" ] || [ ! -x "$root$2" ] || return 1
	wanted="$wanted$1 no-permission $2/*$3$newline"
	count=$((count + 1))
}

# stdin: wc -c, then "kind state path" lines. Prints a section a line.
# rc files: only assignments that matter for captures, as "number name=value".
# shellcheck disable=SC2016 # awk's own variables
print_files='
	function told(reason) { print "!" reason; print "= unreadable" }
	function hides(name, value) {
		if (name ~ /_enable$/ || name ~ /^[ \t]*#?[ \t]*[A-Za-z0-9_]+_load/) return 0
		return tolower(name) ~ secret_name || tolower(value) ~ secret_value
	}
	function whole(path, line,    at) {
		at = index(line, "=")
		if (path ~ /^\/boot\// && at != 0 && hides(substr(line, 1, at - 1), substr(line, at + 1))) {
			hidden++
			line = substr(line, 1, at) "[redacted]"
		}
		print "|" line
	}
	function matters(name) {
		if (name ~ /_(enable|flags|instances|interfaces?|ifaces?|if|dev|program|procname|command|args)$/) return 1
		if (name ~ /_(options|conf|config|logfile|user|chroot|env|svcj|netmap|divertport|collector)$/) return 1
		return name ~ /^(pflog|softflowd|dhclient|background_dhclient|ifconfig|create_args)_/ ||
		    name ~ /^(rc_conf_files|local_startup|cloned_interfaces|network_interfaces)$/
	}
	function assignment(line, number,    at, name, value) {
		if (line !~ /^[ \t]*(export[ \t]+)?[A-Za-z_][A-Za-z0-9_]*=/) return
		sub(/^[ \t]*(export[ \t]+)?/, "", line)
		at = index(line, "=")
		name = substr(line, 1, at - 1)
		value = substr(line, at + 1, 2000)
		if (!matters(name)) return
		if (hides(name, value)) value = "[redacted]"
		print "|" number " " name "=" value
	}
	$1 ~ /^[0-9]+$/ { size[$2] = $1; next }
	NF == 3 {
		kind = $1; state = $2; path = $3; file = root path
		print "@ " kind " " path " " (state == "read" ? size[file] : "-")
		if (state == "absent") { print "= absent"; next }
		if (state == "no-permission") { told("Permission denied"); next }
		if (state != "read") { told("not a regular file"); next }
		if (262144 < size[file] + 0) { told("larger than 262144 bytes"); next }
		hidden = number = 0
		while (0 < (got = (getline line < file))) {
			number++
			if (kind == "rc") assignment(line, number)
			else whole(path, line)
		}
		close(file)
		if (got < 0) { told("cannot be read"); next }
		print "= " (hidden ? "redacted" : 0)
	}'

# Mode, owner, group, flags and size of what exists, the path behind them.
metadata()
{
	section metadata
	out='' err='' status=0
	[ -z "$existing" ] || capture stat -f '%Sp %Su %Sg %Sf %z' $existing
	set -- $existing
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

# What the kernel knows of the names in the sysctl.conf files: the type of each
# (sysctl -t; it complains of names it does not know), which can be written (-W)
# and which the loader sets (-T). Names only, so nothing is set. Asked is every
# name of printable characters: sysctl(8) takes what stands before the = or :.
oids()
{
	names=''
	[ -z "$sysctl_files" ] || names=$(awk '
		{ sub(/#.*/, ""); if (!match($0, /[=:]/)) next
		  name = substr($0, 1, RSTART - 1); gsub(/^[ \t\r\f\v]+|[ \t\r\f\v]+$/, "", name) }
		name ~ /^[!-~]([ -~]*[!-~])?$/ && length(name) <= 200 && !seen[name]++ { print name }' $sysctl_files 2>&1)
	set -- $names
	if [ $# -eq 0 ]; then
		section oids
		printf '= 0\n'
		return 0
	elif [ $# -gt 300 ]; then
		refuse oids "more than 300 names"
		return 0
	fi
	section oids
	capture sysctl -t -- "$@"
	asked_types
	finish
	[ -n "$leaves" ] || return 0
	run oids-writable sysctl -NW -- $leaves
	run oids-tunable sysctl -NT -- $leaves
}

# Of what sysctl -t said: the lines of the names asked for. It prints a node's
# children in its place, so a name that is neither there nor complained of is one.
asked_types()
{
	lines=$out out='' leaves=''
	for line in $lines; do
		name=${line%%: *}
		listed "$name" "$names" || continue
		out=$out$newline$line
		leaves=$leaves$name$newline
	done
	for name in $names; do
		listed "$name" "$leaves" && continue
		case $err in *"unknown oid '$name'"*) continue ;; esac
		out="$out$newline$name: node"
	done
}

### Services

services()
{
	section variables
	capture $limit sysrc -a
	hide_secrets
	finish
	run enabled $limit service -e
	scripts=''
	for path in $out; do
		plain "$path" && [ -f "$root$path" ] && [ -r "$root$path" ] && scripts=$scripts$root$path$newline
	done
	section commands
	err='' status=0 out=''
	if [ -n "$scripts" ]; then
		out=$(awk -v root="$root" "$print_command" $scripts 2>&1)
		status=$?
	fi
	finish
	for line in $out; do
		program=${line#* }
		listed "$program" "$started" || started=$started$program$newline
	done
}

# Of sysrc -a: values that smell of a secret become a marker. A line without
# "name: " goes on with the value before it.
hide_secrets()
{
	[ -n "$out" ] || return 0
	hiding=no
	lines=$out out=''
	for line in $lines; do
		name=${line%%: *}
		case $line in
		*': '*) case $name in *[!A-Za-z0-9_]*) name='' ;; esac ;;
		*) name='' ;;
		esac
		[ -n "$name" ] || { [ "$hiding" = yes ] || out="$out$newline$line"; continue; }
		hiding=no
		case $name in
		*_enable) ;;
		*[Pp][Aa][Ss][Ss][Ww]*|*[Pp]assphrase*|*[Ss][Ee][Cc][Rr][Ee][Tt]*|*[Pp][Ss][Kk]*|*[Tt][Oo][Kk][Ee][Nn]*|*[Kk][Ee][Yy]*)
			hiding=yes
			;;
		esac
		case $line in
		*' pass '*|*[Pp]assw*|*[Pp]assphrase*|*[Ss]ecret*|*wepkey*|*psk=*|*token=*) hiding=yes ;;
		esac
		[ "$hiding" = no ] || line="$name: [redacted]"
		out="$out$newline$line"
	done
}

# stdin: rc.d scripts. Prints "script program" for a plain command= line.
# shellcheck disable=SC2016 # awk's own variables
print_command='
	function plain(value) {
		sub(/^[ \t]*[a-z]+=/, "", value)
		sub(/[ \t]+(#.*)?$/, "", value)
		if (value ~ /^".*"$/ || value ~ /^\047.*\047$/) value = substr(value, 2, length(value) - 2)
		return value
	}
	FNR == 1 { name = ""; done = 0 }
	/^[ \t]*name=/ { name = plain($0) }
	/^[ \t]*command=/ && !done {
		program = plain($0) "\n"
		gsub(/\$\{name\}/, name, program)
		while (match(program, /\$name[^A-Za-z0-9_]/))
			program = substr(program, 1, RSTART - 1) name substr(program, RSTART + 5)
		sub(/\n$/, "", program)
		if (program !~ /^\/[A-Za-z0-9._\/+-]*$/) next
		done = 1
		print substr(FILENAME, length(root) + 1) " " program
	}'

### BPF descriptors

# sample first|second: netstat -B, with the time in the header.
sample()
{
	now=$(date +%s 2>&1)
	case $now in *[!0-9]*|'') now=- ;; esac
	section "descriptors $1 $now"
	capture netstat -B --libxo json
	# FreeBSD before 11 has no libxo. 127: no netstat at all.
	case $status in
	0|127) ;;
	*) capture netstat -B ;;
	esac
	finish
	seen=$seen$newline$out
}

# Sleep what is left of $pause seconds since the first sample; a second more
# when the clock has ticked since, for it counts whole seconds only.
wait_for_packets()
{
	before=$now
	now=$(date +%s 2>&1)
	case $before$now in
	*[!0-9]*|'') rest=$pause ;;
	*) rest=$((pause - (now - before))) ;;
	esac
	[ "$rest" -eq "$pause" ] || rest=$((rest + 1))
	# A clock set back in between must not make this wait for hours.
	[ "$rest" -le "$pause" ] || rest=$pause
	[ "$rest" -le 0 ] || sleep "$rest"
}

# Who holds a BPF descriptor: the header of procstat, and the lines that name the device.
holders()
{
	section holders
	capture $limit procstat -f -a
	lines=$out out=''
	for line in $lines; do
		case $line in
		*/dev/bpf*|*PID*COMM*FD*) out=$out$newline$line ;;
		esac
	done
	finish
	seen=$seen$newline$out
}

# The processes behind the descriptors, and those that may share memory with
# them: parents, children, the same process group, the same command (a helper
# can have another parent, and no descriptor).
processes()
{
	section processes
	capture $limit ps -axww -o pid,ppid,pgid,jid,user,stat,lstart,comm,args
	related=$(printf '%s\n' $seen =ps $out | awk -v secret="$secret_argument" "$print_related" 2>&1) ||
	    { err=$related related='' status=unreadable; }
	out=''
	for line in $related; do
		[ "$line" = - ] || out=$out$newline$line
	done
	finish
}

# stdin: what was said of descriptors, "=ps", what ps said. Prints the header of
# ps, the capturing processes, "-", and those related to them.
# shellcheck disable=SC2016 # awk's own variables
print_related='
	function capturing(number) { if (1 < number + 0) captures[number + 0] = 1 }
	function masked(text,    done, part) {
		done = ""
		while (match(tolower(text), secret)) {
			part = substr(text, RSTART, RLENGTH)
			sub(/[= ][^ ]+$/, "=[redacted]", part)
			done = done substr(text, 1, RSTART - 1) part
			text = substr(text, RSTART + RLENGTH)
		}
		return done text
	}
	$0 == "=ps" { ps = 1; next }
	!ps && $1 ~ /^[0-9]+$/ { capturing($1); next }
	!ps {
		text = $0
		while (match(text, /"pid": *[0-9]+/)) {
			capturing(substr(text, RSTART + 6, RLENGTH - 6))
			text = substr(text, RSTART + RLENGTH)
		}
		next
	}
	$1 == "PID" {
		from = index($0, "COMMAND")
		width = index(substr($0, from + 7), "COMMAND") + 6
		print
		next
	}
	{
		line[++n] = $0; pid[n] = $1 + 0; parent[n] = $2 + 0; group[n] = $3 + 0
		# The command begins behind the start time, wherever a long name pushed that.
		match($0, /[0-9]:[0-9][0-9]:[0-9][0-9] [0-9][0-9][0-9][0-9] /)
		command[n] = substr($0, RSTART + RLENGTH, width)
	}
	END {
		for (i = 1; i <= n; i++) if (pid[i] in captures) {
			groups[group[i]] = commands[command[i]] = parents[parent[i]] = 1
		}
		delete groups[0]
		for (i = 1; i <= n; i++) if (pid[i] in captures && ++printed <= 512) print masked(line[i])
		print "-"
		for (i = 1; i <= n; i++) {
			if (pid[i] <= 1 || pid[i] in captures) continue
			if (!(pid[i] in parents || parent[i] in captures || group[i] in groups || command[i] in commands)) continue
			if (++printed <= 512) print masked(line[i])
		}
	}'

# The memory maps of these processes, and what is mapped there from files.
maps()
{
	count=0 captures=yes
	for process in $related; do
		[ "$process" != - ] || captures=no
		first_number "$process"
		case $process in *PID*|-) continue ;; esac
		[ -n "$number" ] || continue
		if [ "$count" -ge 64 ]; then
			refuse more-maps 'more than 64 related processes'
			return 0
		fi
		count=$((count + 1))
		run "map $number" procstat -v "$number"
		mapped_files
	done
}

mapped_files()
{
	pcap=no programs=''
	for line in $out; do
		path=/${line#* vn /}
		case $line in *' vn /'*) plain "$path" || continue ;; *) continue ;; esac
		case $path in
		*/libpcap*.so*)
			pcap=yes
			listed "$path" "$libraries" || libraries=$libraries$path$newline
			;;
		*.so|*.so.*) ;;
		*) listed "$path" "$programs" || programs=$programs$path$newline ;;
		esac
	done
	for path in $programs; do
		listed "$path" "$mapped" || mapped=$mapped$path$newline
		[ "$captures$pcap" != yesno ] || listed "$path" "$bare" || bare=$bare$path$newline
	done
}

### Programs and their libpcap

programs()
{
	section programs
	candidates='' err='' status=0 out=''
	for path in $started $mapped; do
		file=$root$path
		plain "$path" || continue
		listed "$file" "$candidates" && continue
		if [ ! -e "$file" ]; then
			out="$out${newline}absent $path"
		elif [ ! -f "$file" ] || [ ! -r "$file" ]; then
			out="$out${newline}unreadable $path"
		else
			candidates=$candidates$file$newline
		fi
	done
	kinds=''
	[ -z "$candidates" ] || kinds=$(awk -v root="$root" "$print_kind" $candidates 2>&1)
	out=$out$newline$kinds
	finish
	load_libraries
}

# Prints "elf path" or "other path" for each file.
# shellcheck disable=SC2016 # awk's own variables
print_kind='
	BEGIN {
		for (i = 1; i < ARGC; i++) {
			line = ""
			(getline line < ARGV[i])
			close(ARGV[i])
			print (substr(line, 1, 4) == "\177ELF" ? "elf" : "other") " " substr(ARGV[i], length(root) + 1)
		}
	}'

# ldd starts the program it is asked about, so only for those root runs anyway:
# what rc starts, and what lies where only root can put it.
load_libraries()
{
	asked=''
	for line in $kinds; do
		path=${line#elf }
		[ "elf $path" = "$line" ] || continue
		listed "$path" "$started" || case $path in
		/bin/*|/sbin/*|/libexec/*|/usr/bin/*|/usr/sbin/*|/usr/libexec/*) ;;
		/usr/local/bin/*|/usr/local/sbin/*|/usr/local/libexec/*) ;;
		*) continue ;;
		esac
		asked=$asked$path$newline
	done
	[ -n "$asked" ] || return 0
	run ldd $limit ldd $asked
	for line in $out; do
		case $line in *libpcap.so*'=> /'*) ;; *) continue ;; esac
		path=${line#*=> }
		path=${path%% (*}
		plain "$path" || continue
		listed "$path" "$libraries" || libraries=$libraries$path$newline
	done
}

# The version each libpcap says it is, and each capturing program without one.
versions()
{
	set +f
	for file in "$root"/lib/libpcap.so.* "$root"/usr/local/lib/libpcap.so.*; do
		path=${file#"$root"}
		[ -e "$file" ] || continue
		plain "$path" || continue
		listed "$path" "$libraries" || libraries=$libraries$path$newline
	done
	set -f
	count=0
	for path in $libraries $bare; do
		count=$((count + 1))
		[ "$count" -le 32 ] || break
		section "strings $path"
		version_in "$path"
		finish
	done
}

version_in()
{
	out='' err='' status=absent
	[ -e "$root$1" ] || return 0
	err='Permission denied' status=unreadable
	[ -r "$root$1" ] || return 0
	err='strings: not found' status=127
	command -v strings >/dev/null || return 0
	err=''
	out=$(strings "$root$1" | grep 'libpcap version')
	status=$?
}

main()
{
	pause=${1:-2}
	if [ -n "$root" ] && ! plain "$root"; then
		printf 'collect.sh: unusual characters in ZBUFCTL_ROOT\n' >&2
		return 64
	fi
	case $pause${2:-20} in
	*[!0-9]*)
		printf 'usage: collect.sh [seconds [limit]]\n' >&2
		return 64
		;;
	esac
	# timeout(1) is in base since 10.3.
	limit=''
	! command -v timeout >/dev/null || limit="timeout$newline-k${newline}2$newline${2:-20}"

	printf 'zbufctl-evidence 1\n'
	if [ -n "$root" ]; then
		section practice
		printf '= 0\n'
	fi
	ask uid id -u
	ask system uname -s
	if [ "$out" = FreeBSD ]; then
		identity
		sample first
		product
		configuration
		oids
		services
		wait_for_packets
		sample second
		holders
		processes
		maps
		programs
		versions
	else
		ask uname uname -srm
	fi
	printf 'end %s\n' "$sections"
}

# In one line with exit: a script cut in transit does nothing, and whatever
# follows it is not run. No command may read the script's stdin.
main "$@" </dev/null; exit
