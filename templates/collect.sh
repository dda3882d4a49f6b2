#!/bin/sh
#
# collect.sh [seconds [limit [variable ...]]]
#
# Tell what this host's packet captures, services and boot settings look like.
#
# Changes nothing: no file is written, nothing is set, started or stopped.
# Runs as any user under a clean "/bin/sh -s"; whoever is not root reads less.
#   seconds  least time between the looks at the BPF descriptors (2)
#   limit    seconds a command may take (20)
#   variable rc variables to bring besides those of captures
#
# As root it opens only what root alone can change (see "Trust"): whatever a
# user can name, own or start is data about that user's process, and about
# nothing else.
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
# with its bin. Ignored unless there is a .lab in it that is the caller's own.

# shellcheck disable=SC2086,SC2317 # IFS is a newline: unquoted means one word a
# line; and "hold" calls functions by name

set -uf
umask 077
LC_ALL=C
PATH=/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin
root=${ZBUFCTL_ROOT:-}
# shellcheck disable=SC3067 # test(1) of FreeBSD has it, and dash
[ -z "$root" ] || [ -O "$root/.lab" ] || root=''
[ -z "$root" ] || PATH=$root/bin:$PATH
export LC_ALL PATH
unset LIBXO_OPTIONS PS_FORMAT

newline='
'
mark=$(printf '\001')
elf_magic=$(printf '\177ELF')
IFS=$newline

# Counted so that the reader can tell a whole stream from a cut one.
sections=0
# What capture and ask found.
out='' err='' status=''
# What was said of BPF descriptors, to find the processes behind them: the two
# samples, and who holds one.
seen_first='' seen_second='' seen_holders=''
# Paths, one a line, for later steps: configuration files; programs of enabled
# services; programs and libraries processes have mapped, and of these the
# programs that capture without a libpcap beside them.
readable='' existing='' links='' sysctl_files='' rc_files=''
started='' mapped='' bare='' libraries=''
# Which memory maps to read, "user pid pid ...", in the order that decides most;
# whether that leaves some out; whether a capture appeared between the samples.
map_plan='' unread=no third=no

### What stays on the host

# The rc variables that come with their value: those below of these scripts,
# all *_enable, what rc itself reads, and the names zbufctl was asked for (a
# policy's). Of the others only the name comes.
rc_scripts='argus arpwatch bandwidthd choparp collectd darkstat dhclient dhcpcd'
rc_scripts="$rc_scripts dhcpd dhcrelay dsc fastnetmon fwknopd hostapd httpry"
rc_scripts="$rc_scripts ipcad isc_dhcpd isc_dhcrelay kea knockd ladvd lldpd"
rc_scripts="$rc_scripts ndpmonitor ntopng obspamlogd p0f packetbeat pfflowd pflog"
rc_scripts="$rc_scripts pmacctd ptpd2 rarpd snort softflowd suricata ucarp"
rc_scripts="$rc_scripts wpa_supplicant zeek"
rc_asked=''

# awk: which rc variables come with their value.
# shellcheck disable=SC2016 # awk's own variables
rc_filter='
	BEGIN {
		split(rc_scripts, rc_list, " ")
		for (rc_i in rc_list) rc_of[rc_list[rc_i]] = 1
		split(rc_asked, rc_list, " ")
		for (rc_i in rc_list) rc_named[rc_list[rc_i]] = 1
		rc_suffix = "_(enable|flags|instances|interfaces?|ifaces?|if|dev|program|procname|command|args|options|conf|config|logfile|user|chroot|env|env_file|svcj|netmap|divertport|collector)$"
	}
	function needed(name,    script) {
		if (name in rc_named || name ~ /_enable$/) return 1
		if (name ~ /^(rc_conf_files|local_startup|kld_list|cloned_interfaces|network_interfaces)$/) return 1
		if (name ~ /^(pflog[0-9]*|softflowd|dhclient|background_dhclient)_/) return 1
		if (name ~ /_env$/) return 1
		if (!match(name, rc_suffix)) return 0
		script = substr(name, 1, RSTART - 1)
		return script in rc_of
	}
	# Of an environment only what tells the loader where libraries are.
	function of_loader(value,    done, n, word, i, others) {
		n = split(value, word, /[ \t"\047]+/)
		done = ""
		for (i = 1; i <= n; i++) {
			if (word[i] == "") continue
			if (!match(word[i], /^LD_[A-Z0-9_]+=/)) { others++; continue }
			if (word[i] !~ /^[A-Za-z0-9_.,=\/:+-]*$/ || 1000 < length(word[i]))
				word[i] = substr(word[i], 1, RLENGTH) "[redacted]"
			if (length(done) < 4000) done = done word[i] " "
		}
		if (others) done = done "[redacted]"
		sub(/ $/, "", done)
		return done
	}
	function kept(name, value) {
		if (name ~ /_env$/ && !(name in rc_named)) return of_loader(value)
		if (!needed(name) || secret_name(name)) return "[redacted]"
		if (name ~ /_enable$/ && 40 < length(value)) return "[redacted]"
		return mask_line(value)
	}'

# awk: mask(text), the text without secrets. src/text/mask-secrets.ts does the
# same, and says what counts as one.
# shellcheck disable=SC2016 # awk's own variables
mask_text='
	function secret_name(name,    all, part, n, i) {
		name = tolower(name)
		if (name ~ /_enable$/) return 0
		all = name
		gsub(/[^a-z0-9]/, "", all)
		if (all ~ /passw|passphrase|passcode|secret|token|credential|authorization|bearer/) return 1
		if (all ~ /apikey|accesskey|privkey|privatekey|authkey|setkey|wepkey|presharedkey/) return 1
		if (name ~ /^-*(set-)?cookies?$/) return 1
		sub(/^.*\./, "", name)
		n = split(name, part, /[^a-z]+/)
		for (i = 1; i <= n; i++) {
			if (part[i] ~ /^(pwd?|pin|auth|keys?|creds?|community|shared|otp|salt)$/) return 1
			if (part[i] ~ /(pass|pwd|psk)$/ && part[i] !~ /(by|com|sur|tres)pass$/) return 1
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
			if (match(rest, /[ \t]-|[ \t][A-Za-z_][A-Za-z0-9_]*=|[ \t][;&|#]|;[ \t]|["\047][] \t;#,})]|["\047]$/)) n = RSTART - 1
		}
		if (tolower(substr(rest, 1, n)) ~ /^["\047]?(yes|no|true|false|on|off|none|auto|[0-9])["\047]?$/) return 0
		return n
	}
	function secret_length(name, sep, before, text, rest) {
		if (sep ~ /[=:]/) return secret_name(name) ? value_length(rest) : 0
		if (rest ~ /^-/) return 0
		if (name ~ /^(-[uU]|--user|--proxy-user)$/) return match(rest, /^[^ \t:\/]+:[^ \t]+/) ? RLENGTH : 0
		if (name ~ /^-[pP]$/ || name == "-c" && text ~ /snmp/) return value_length(rest)
		if (name ~ /^-/) return secret_name(name) ? value_length(rest) : 0
		if (before ~ /[\/$@]/) return 0
		return tolower(name) ~ /^(password|passwd|passphrase|passcode|wepkey|psk|secret|token|pwd|bearer)$/ ? value_length(rest) : 0
	}
	function looks_like_key(word) {
		if (length(word) < 16) return 0
		if (word ~ /^(AKIA|ASIA)[0-9A-Z]/) return 1
		if (length(word) < 20) return 0
		if (word ~ /^(gh[opsur]_|github_pat_|glpat-|xox[abpr]-|sk[-_]|eyJ|hf_|npm_|AGE-SECRET-KEY)/) return 1
		if (length(word) < 32 || word ~ /^[-\/]/ || word !~ /[0-9]/) return 0
		return word !~ /[^0-9a-f]/ || word ~ /[A-Z]/ && word ~ /[a-z]/
	}
	# Cut at single characters, and never matched with a run that may fail at
	# its end: that would take time by the square of what a user can write.
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
			done = done substr(text, 1, RSTART - 1) mask_user(substr(text, RSTART, RLENGTH))
			text = substr(text, RSTART + RLENGTH)
		}
		return done text
	}
	# Sets mask_name, mask_sep and mask_before to what stands at the first separator of the text.
	function next_name(text,    n, part, head) {
		head = substr(text, 1, RSTART - 1)
		mask_sep = ""
		if (head ~ /["\047]$/) {
			mask_sep = substr(head, length(head))
			head = substr(head, 1, length(head) - 1)
		}
		n = split(head, part, /[^A-Za-z0-9_.-]/)
		mask_name = n ? part[n] : ""
		mask_before = substr(head, length(head) - length(mask_name), length(mask_name) < length(head) ? 1 : 0)
		match(substr(text, RSTART), /^[=: \t]+/)
		mask_sep = mask_sep substr(text, length(head) + length(mask_sep) + 1, RLENGTH)
		return length(head) + length(mask_sep)
	}
	function mask(text,    whole_text, done, name_end, n) {
		whole_text = text
		text = mask_words(text)
		gsub(/\$(1|2[abxy]?|5|6|7|y)\$[^ \t"\047:]+/, "[redacted]", text)
		if (whole_text ~ /mysql|maria|sshpass|7z/) gsub(/ -p[^ \t-][^ \t]*/, " -p[redacted]", text)
		done = ""
		while (match(text, /[=: \t]/)) {
			name_end = next_name(text)
			done = done substr(text, 1, name_end)
			text = substr(text, name_end + 1)
			n = mask_name == "" ? 0 : secret_length(mask_name, mask_sep, mask_before, whole_text, text)
			if (!n) continue
			done = done "[redacted]"
			text = substr(text, n + 1)
		}
		text = done text
		done = ""
		while (match(text, /[A-Za-z0-9+\/=_-]+/)) {
			mask_key = substr(text, RSTART, RLENGTH)
			done = done substr(text, 1, RSTART - 1) (looks_like_key(mask_key) ? "[redacted]" : mask_key)
			text = substr(text, RSTART + RLENGTH)
		}
		return done text
	}
	# The loops above copy the rest of the text for every word of it: the time
	# they take grows by the square of its length, minutes for 256 KB. A text
	# that is too long ends where a word does, for a cut key does not look like
	# one.
	function mask_line(text,    n, part) {
		if (length(text) <= 4000) return mask(text)
		text = substr(text, 1, 4000)
		n = split(text, part, /[ \t]/)
		return mask(substr(text, 1, length(text) - length(part[n]))) "[too long]"
	}'

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

# hold command [argument ...]: sets out, err and status.
# The inner shell sends stdout on through descriptor 3 and holds stderr back, so
# that the two do not mix; then come stderr and status, each behind a mark.
hold()
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

# capture command [argument ...]: the same, under the time limit.
capture()
{
	hold $limit "$@"
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
	out=$($limit "$@" 2>&1)
	status=$?
	[ "$status" -eq 0 ] || { err=$out; out=''; }
	finish
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

### Trust

# What stat(1) said, "uid octal-mode path" a line, and where links lead, "path
# target" a line. Both begin with a newline.
facts=$newline targets=$newline

# vet path ...: learns what "trusted" needs to know of these, links followed.
# A stat(1) a round, and a round more where links lead elsewhere.
vet()
{
	rounds=0
	while [ "$rounds" -lt 4 ]; do
		lacking='' lacking_targets=''
		for path in "$@"; do
			trusted "$path" || :
		done
		[ -n "$lacking$lacking_targets" ] || break
		rounds=$((rounds + 1))
		[ -z "$lacking" ] || learn $lacking
		[ -z "$lacking_targets" ] || learn_targets $lacking_targets
	done
}

learn()
{
	IFS=$newline
	facts=$facts$($limit stat -f '%u %p %N' "$@" 2>/dev/null)$newline
	# What it said nothing of is known to be unknown.
	for name in "$@"; do
		case $facts in
		*" $name$newline"*) ;;
		*) facts="${facts}- - $name$newline" ;;
		esac
	done
}

# Only root's own links, in root's own folders, get here: the lines fit.
learn_targets()
{
	said=$($limit readlink "$@" 2>/dev/null)
	for target in $said; do
		[ $# -gt 0 ] || break
		targets="$targets$1 $target$newline"
		shift
	done
	for name in "$@"; do
		targets="$targets$name $newline"
	done
}

# trusted path: whether root alone can change what is there: a regular file of
# root's that nobody else may write, in folders of which the same holds. Sets
# real, the path without links, and why: untrusted, absent. What is not known
# yet goes on the lists of "vet".
trusted()
{
	remaining=${1#/} real='' hops=0 why='untrusted path'
	folder_is_safe "$root/" "$root/$remaining" || return 1
	while [ -n "$remaining" ]; do
		part=${remaining%%/*}
		case $remaining in
		*/*) remaining=${remaining#*/} ;;
		*) remaining='' ;;
		esac
		case $part in
		''|.) continue ;;
		..) real=${real%/*}; continue ;;
		esac
		real=$real/$part
		case $facts in
		*"${newline}0 10"[0-7][0-7][0145][0145]" $root$real$newline"*)
			[ -z "$remaining" ]
			return
			;;
		*"${newline}0 12"[0-7][0-7][0-7][0-7]" $root$real$newline"*)
			hops=$((hops + 1))
			[ "$hops" -le 8 ] && follow || return 1
			;;
		*)
			folder_is_safe "$root$real" "$root$real/$remaining" || return 1
			;;
		esac
	done
	return 1
}

# folder_is_safe folder whole-path: whether only root can change what it holds.
folder_is_safe()
{
	case $facts in
	*"${newline}0 4"[0-7][0-7][0145][0145]" $1$newline"*) return 0 ;;
	*"$newline- - $1$newline"*) why=absent; return 1 ;;
	*" $1$newline"*) return 1 ;;
	esac
	# Nothing is known of it, nor of what follows on the way.
	wanting=$1 after=${2#"$1"}
	while :; do
		listed "$wanting" "$lacking" ||
		    case $facts in
		    *" $wanting$newline"*) ;;
		    *) lacking=$lacking$wanting$newline ;;
		    esac
		after=${after#/}
		[ -n "$after" ] || return 1
		wanting=${wanting%/}/${after%%/*}
		case $after in
		*/*) after=${after#*/} ;;
		*) after='' ;;
		esac
	done
}

# Sets remaining and real to where the link in real leads.
follow()
{
	case $targets in
	*"$newline$root$real "*) ;;
	*)
		listed "$root$real" "$lacking_targets" ||
		    lacking_targets=$lacking_targets$root$real$newline
		return 1
		;;
	esac
	target=${targets#*"$newline$root$real "}
	target=${target%%"$newline"*}
	case $target in
	''|*[!A-Za-z0-9._/@%+,:=~-]*) return 1 ;;
	/*) real='' ;;
	*) real=${real%/*} ;;
	esac
	remaining=${target#/}${remaining:+/$remaining}
}

### Who is this

identity()
{
	ask uname uname -KUmrsp
	ask versions freebsd-version -kru
	ask hostname hostname
	ask bpf sysctl net.bpf
	ask jailed sysctl -n security.jail.jailed
	jailed=$out
	ask securelevel sysctl -n kern.securelevel
	ask boottime sysctl -n kern.boottime
	ask kenv kenv -q net.bpf.zerocopy_enable
}

# What appliances built on FreeBSD are known by: "path exists", "path: line".
product()
{
	section product
	set --
	for product in /etc/platform /etc/version /usr/local/opnsense/version/core; do
		[ ! -e "$root$product" ] || set -- "$@" "$product"
	done
	vet "$@"
	for product in "$@"; do
		printf '|%s exists\n' "$product"
		! trusted "$product" || first_lines "$product"
	done
	for product in /usr/local/sbin/opnsense-version /etc/nanobsd.conf /conf/base \
	    /usr/local/bin/midclt /usr/bin/midclt \
	    /boot/lua/brand-bsdrp.lua /boot/brand-bsdrp.4th; do
		[ ! -e "$root$product" ] || printf '|%s exists\n' "$product"
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
	want_others
	want rc /etc/defaults/vendor.conf
	want rc /etc/rc.conf
	want rc /etc/rc.conf.local
	want_all rc /etc/rc.conf.d ''
	want_all rc /usr/local/etc/rc.conf.d ''
	keep_trusted
	# awk frames what was wanted, a section each.
	sections=$((sections + count))
	{ $limit wc -c /dev/null $readable; printf '%s' "$wanted"; } |
	    $limit awk -v root="$root" -v rc_scripts="$rc_scripts" -v rc_asked="$rc_asked" \
	    "$mask_text$rc_filter$print_files"
	metadata
}

# Files that are never loaded, and yet believed in; and, of NanoBSD, those that
# /etc is made of at boot. Only what is there.
want_others()
{
	want_all config /etc/sysctl.d ''
	want_all config /etc/sysctl.conf.d ''
	want_all config /usr/local/etc/sysctl.d ''
	[ ! -e "$root/usr/local/etc/sysctl.conf" ] || want config /usr/local/etc/sysctl.conf
	[ -d "$root/conf/base" ] || return 0
	for name in sysctl.conf sysctl.conf.local; do
		want config "/cfg/$name"
		want config "/conf/base/etc/$name"
	done
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
	fi
	[ ! -e "$file" ] || existing=$existing$file$newline
	[ ! -h "$file" ] || { links=$links$2$newline; listed "$file" "$existing" || existing=$existing$file$newline; }
	wanted="$wanted$1 $state $2$newline"
	count=$((count + 1))
}

# Of what is wanted and can be read, only what root alone can change is.
keep_trusted()
{
	lines=$wanted wanted=''
	set --
	for line in $lines; do
		case $line in *' read '*) set -- "$@" "${line##* }" ;; esac
	done
	vet "$@"
	for line in $lines; do
		found=${line##* } kind=${line%% *}
		case $line in
		*' read '*)
			if trusted "$found"; then
				readable=$readable$root$found$newline
				case $kind:$found in
				rc:*) rc_files=$rc_files$found$newline ;;
				config:/etc/sysctl.*)
					sysctl_files=$sysctl_files$root$found$newline
					;;
				esac
			else
				line="$kind untrusted $found"
			fi
			;;
		esac
		wanted=$wanted$line$newline
	done
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
		if (!match(line, /^[ \t]*(export[ \t]+)?[A-Za-z_][A-Za-z0-9_]*=/)) return
		at = RLENGTH
		name = substr(line, 1, at - 1)
		sub(/.*[ \t]/, "", name)
		value = substr(line, at + 1, 2000)
		if (needed(name)) print "|" number " " substr(line, 1, at) kept(name, value)
	}
	$1 ~ /^[0-9]+$/ { size[$2] = $1; next }
	NF == 3 {
		kind = $1; state = $2; path = $3; file = root path
		if (state == "read" && !(file in size)) state = "unread"
		print "@ " kind " " path " " (state == "read" ? size[file] : "-")
		if (state == "absent") { print "= absent"; next }
		if (state == "no-permission") { told("Permission denied"); next }
		if (state == "untrusted") { told("untrusted path"); next }
		if (state == "unread") { told("wc does not tell its size"); next }
		if (state != "read") { told("not a regular file"); next }
		if (262144 < size[file] + 0) { told("larger than 262144 bytes"); next }
		hidden = number = bytes = 0
		while (0 < (got = (getline line < file))) {
			number++
			bytes += length(line) + 1
			if (kind == "rc") assignment(line, number)
			else whole(line)
		}
		close(file)
		if (got < 0) { told("cannot be read"); next }
		if (kind == "rc") print "|" number " lines" (bytes == size[file] + 1 ? " unended" : "")
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

# What the kernel knows of the names in the sysctl.conf files: the type of each
# (sysctl -t; it complains of names it does not know), which can be written (-W)
# and which the loader sets (-T). Names only, so nothing is set. Asked is every
# name of printable characters: sysctl(8) takes what stands before the = or :.
oids()
{
	names=''
	# shellcheck disable=SC2016 # awk's own variables
	[ -z "$sysctl_files" ] || names=$($limit awk '
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
	ask oids-writable sysctl -NW -- $leaves
	ask oids-tunable sysctl -NT -- $leaves
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

# What rc starts, and what its files set. No service -e and no sysrc -a: they
# start hundreds of processes, and a slow host needs minutes for them.
services()
{
	scripts='' table='' undecided='' wrong='' slow=no
	list_scripts /etc/rc.d
	list_scripts /usr/local/etc/rc.d
	vet /etc/defaults/rc.conf $scripts
	may=$rc_files
	! trusted /etc/defaults/rc.conf || may=/etc/defaults/rc.conf$newline$may
	read_scripts
	read_rc
	section variables
	err=$wrong status=0
	[ -z "$wrong" ] || status=unreadable
	[ "$slow" = no ] || status=124
	out=$variables
	hide_secrets
	finish
	section enabled
	out=$enabled
	finish
	if [ -n "$undecided" ]; then
		section undecided
		content "$undecided"
		printf '= 0\n'
	fi
	section commands
	err='' status=0 out=''
	for script in $enabled; do
		row=${table#*"$newline$script "}
		program=${row%%"$newline"*}
		program=${program##* }
		case $program in
		/*) ;;
		*) continue ;;
		esac
		out=$out$newline"$script $program"
		listed "$program" "$started" || started=$started$program$newline
	done
	finish
}

# list_scripts directory: what rc(8) would run there.
list_scripts()
{
	set +f
	set -- "$root$1"/*
	set -f
	for found in "$@"; do
		[ -f "$found" ] || continue
		[ -x "$found" ] || continue
		case $found in
		*.sample|*.pkgsave|*[~#]|*.OLD|*.bak|*.orig|*,v) continue ;;
		esac
		plain "$found" || continue
		listed "${found#"$root"}" "$scripts" ||
		    scripts=$scripts${found#"$root"}$newline
	done
}

# Sets table: a line a script, in start order: script, name, rc variable (- none,
# ? computed), what the script itself takes for unset, program. Needs "vet".
read_scripts()
{
	table=$newline
	set --
	for found in $scripts; do
		if trusted "$found"; then
			set -- "$@" "$root$found"
		else
			undecided=$undecided$found$newline
		fi
	done
	[ $# -gt 0 ] || return 0
	skip=''
	[ "${jailed:-0}" != 1 ] || skip="-s${newline}nojail"
	ordered=$($limit rcorder -s nostart $skip "$@" 2>/dev/null)
	[ -n "$ordered" ] || ordered=$*
	table=$newline$($limit awk -v root="$root" "$print_scripts" $ordered)$newline
}

# stdin: rc.d scripts. As service(8) does, only lines that begin with name= and
# rcvar= count, the last of each; a program is told where it is said plainly.
# shellcheck disable=SC2016 # awk's own variables
print_scripts='
	function plain(value) {
		sub(/^[ \t]*[a-z]+=/, "", value)
		sub(/[ \t]+(#.*)?$/, "", value)
		if (value ~ /^".*"$/ || value ~ /^\047.*\047$/)
			value = substr(value, 2, length(value) - 2)
		value = value "\n"
		gsub(/\$\{name\}/, name, value)
		while (match(value, /\$name[^A-Za-z0-9_]/))
			value = substr(value, 1, RSTART - 1) name \
			    substr(value, RSTART + 5)
		sub(/\n$/, "", value)
		return value
	}
	function variable(value) {
		if (value == "") return "-"
		if (value ~ /^(`set_rcvar`|\$\(set_rcvar\))$/)
			return name ~ /^[A-Za-z_][A-Za-z0-9_]*$/ ? name "_enable" : "?"
		return value ~ /^[A-Za-z_][A-Za-z0-9_]*$/ ? value : "?"
	}
	function told() {
		if (file == "" || (local && !provides)) return
		print file " " (name ~ /^[A-Za-z0-9_.-]+$/ ? name : "-") " " rcvar \
		    " " ((rcvar in unset) ? unset[rcvar] : "-") " " program
	}
	FNR == 1 {
		told()
		file = substr(FILENAME, length(root) + 1)
		local = file !~ /^\/etc\/rc\.d\//
		name = ""; rcvar = program = "-"; provides = 0
		split("", unset)
	}
	/^# PROVIDE:/ { provides = 1 }
	/^[ \t]*name=/ { name = plain($0) }
	/^rcvar=/ { rcvar = variable(plain($0)) }
	/^[ \t]*command=/ && program == "-" {
		value = plain($0)
		if (value ~ /^\/[A-Za-z0-9._\/+-]*$/) program = value
	}
	/^[ \t]*: *\$\{[A-Za-z0-9_]+:?=[^}]*\}/ {
		value = $0
		sub(/^[ \t]*: *\$\{/, "", value)
		at = index(value, "=")
		key = substr(value, 1, at - 1)
		sub(/:$/, "", key)
		value = substr(value, at + 1)
		sub(/\}.*/, "", value)
		gsub(/["\047]/, "", value)
		if (value ~ /^[A-Za-z0-9]+$/ && !(key in unset)) unset[key] = value
	}
	END { told() }'

# Sets variables, enabled, undecided; wrong, when the rc files cannot be read.
# The rc files name further files and folders: these are vetted in turn.
read_rc()
{
	variables='' enabled='' rounds_left=4 names='' named=''
	for found in $rc_files /etc/defaults/rc.conf; do
		trusted "$found" || [ "$why" = absent ] || wrong="untrusted path $found"
	done
	case $newline$wanted in
	*"${newline}rc untrusted "*)
		wrong=${wanted#*"rc untrusted "}
		wrong="untrusted path ${wrong%%"$newline"*}"
		;;
	*"${newline}rc no-permission "*)
		wrong=${wanted#*"rc no-permission "}
		wrong="${wrong%%"$newline"*}: Permission denied"
		;;
	esac
	while [ -z "$wrong" ]; do
		rounds_left=$((rounds_left - 1))
		rc_names
		said=$($limit /bin/sh -c "$rc_program" rc "$root" "$may" "$names" \
		    "$table" 2>/dev/null)
		status=$?
		further=''
		case $said in
		*"$newline"done) ;;
		done) ;;
		*)
			wrong='the shell that read the rc files did not come to the end'
			case $status in 124|137) slow=yes ;; esac
			break
			;;
		esac
		for line in $said; do
			case $line in
			'need '*|'startup '*) further=$further${line#* }$newline ;;
			esac
		done
		[ -n "$further" ] || break
		[ "$rounds_left" -gt 0 ] || { wrong='the rc files name more and more files'; break; }
		more_rc
	done
	[ -z "$wrong" ] || return 0
	for line in $said; do
		case $line in
		v*) variables=$variables${line#v}$newline ;;
		e*) enabled=$enabled${line#e}$newline ;;
		u*) decide "${line#u}" ;;
		esac
	done
}

# What the rc files named: files to read, or folders of scripts.
more_rc()
{
	vet_these='' folders=no
	for found in $further; do
		plain "$found" || { wrong="untrusted path $found"; return 0; }
		if [ -d "$root$found" ]; then
			folders=yes
			list_scripts "$found"
			vet_these=$scripts$vet_these
		else
			vet_these=$vet_these$found$newline
		fi
	done
	vet $vet_these
	for found in $further; do
		[ ! -d "$root$found" ] || { may=$may$found$newline; continue; }
		trusted "$found" || { wrong="untrusted path $found"; return 0; }
		may=$may$found$newline
	done
	[ "$folders" = yes ] || return 0
	undecided=''
	read_scripts
}

# Adds to names what the rc files set that were not asked yet, for its value.
rc_names()
{
	set --
	for found in $may; do
		case $found in
		/etc/defaults/rc.conf|*/rc.conf.d/*) continue ;;
		esac
		[ -f "$root$found" ] || continue
		! listed "$found" "$named" || continue
		named=$named$found$newline
		set -- "$@" "$root$found"
	done
	[ $# -gt 0 ] || return 0
	# shellcheck disable=SC2016 # awk's own variables
	names=$names$newline$($limit awk '{
		line = $0
		while (match(line, /^[ \t]*(export[ \t]+)?[A-Za-z_][A-Za-z0-9_]*=/)) {
			name = substr(line, 1, RLENGTH - 1)
			sub(/.*[ \t]/, "", name)
			if (!(name in seen) && n++ < 5000) print name
			seen[name]
			line = substr(line, RLENGTH + 1)
			# What follows a plain value and a semicolon on the same line.
			if (!match(line, /^("[^"]*"|\047[^\047]*\047|[^"\047; \t]*)[ \t]*;/)) break
			line = substr(line, RLENGTH + 1)
		}
	}' "$@")
}

# decide script: its rc variable is computed, so the script itself is asked.
decide()
{
	if [ "${asked_alone:=0}" -ge 4 ]; then
		undecided=$undecided$1$newline
		return 0
	fi
	asked_alone=$((asked_alone + 1))
	$limit service "${1##*/}" enabled >/dev/null 2>&1
	case $? in
	0) enabled=$enabled$1$newline ;;
	1) ;;
	*) undecided=$undecided$1$newline ;;
	esac
}

# For a shell of its own: root, files it may read, names to tell, table of
# scripts. Reads the rc files as rc.subr does (load_rc_config, reading), each
# only when it is on the list; says "need file" and "startup folder" of what is
# not, "vname: value", "escript" of what is enabled, "uscript" of what computes
# its variable, and done.
# shellcheck disable=SC2016 # expanded by that shell
rc_program='
	zb_root=$1 zb_may=$2 zb_names=$3 zb_table=$4 zb_line="
"
	exec 3>&1 >/dev/null
	zb_on_list() {
		case $zb_line$zb_may$zb_line in
		*"$zb_line$1$zb_line"*) return 0 ;;
		esac
		return 1
	}
	zb_take() {
		[ -f "$zb_root$1" ] && [ -r "$zb_root$1" ] || return 0
		zb_on_list "$1" || { printf "need %s\n" "$1" >&3; return 0; }
		. "$zb_root$1"
	}
	zb_service() {
		for zb_folder in /etc ${local_startup%*/rc.d}; do
			zb_conf=$zb_folder/rc.conf.d/$1
			if [ -f "$zb_root$zb_conf" ]; then
				zb_take "$zb_conf"
			elif [ -d "$zb_root$zb_conf" ]; then
				for zb_file in "$zb_root$zb_conf"/*; do
					zb_take "${zb_file#"$zb_root"}"
				done
			fi
		done
	}
	zb_has_own() {
		for zb_folder in /etc ${local_startup%*/rc.d}; do
			[ ! -e "$zb_root$zb_folder/rc.conf.d/$1" ] || return 0
		done
		return 1
	}
	if [ -r "$zb_root/etc/defaults/rc.conf" ]; then
		[ ! -f "$zb_root/etc/defaults/vendor.conf" ] ||
		    zb_on_list /etc/defaults/vendor.conf || exit 1
		zb_take /etc/defaults/rc.conf
		[ -n "${source_rc_confs_defined-}" ] ||
		    zb_take /etc/defaults/vendor.conf
		zb_read=" "
		for zb_again in 1 2; do
			for zb_file in ${rc_conf_files-/etc/rc.conf /etc/rc.conf.local}; do
				case $zb_read in *" $zb_file "*) continue ;; esac
				zb_read="$zb_read$zb_file "
				zb_take "$zb_file"
			done
		done
	else
		zb_take /etc/rc.conf
	fi
	: "${local_startup=/usr/local/etc/rc.d}"
	for zb_folder in $local_startup; do
		case $zb_folder in
		/usr/local/etc/rc.d) ;;
		*)
			[ ! -d "$zb_root$zb_folder" ] || zb_on_list "$zb_folder" ||
			    printf "startup %s\n" "$zb_folder" >&3
			;;
		esac
	done
	set -f
	for zb_name in $zb_names; do
		eval "zb_value=\${$zb_name-} zb_set=\${$zb_name+1}"
		[ -n "$zb_set" ] || continue
		IFS=$zb_line
		set -- $zb_value
		IFS=" 	$zb_line"
		printf "v%s: %s\n" "$zb_name" "${1-}" >&3
		[ $# -lt 2 ] || { shift; printf "v%s\n" "$@" >&3; }
	done
	IFS=$zb_line
	for zb_row in $zb_table; do
		IFS=" 	$zb_line"
		set -- $zb_row
		case $3 in
		-) continue ;;
		\?) printf "u%s\n" "$1" >&3; continue ;;
		esac
		if zb_has_own "$2"; then
			zb_value=$(
				set +f
				zb_service "$2" >/dev/null
				eval "printf %s \"\${$3-}\""
			)
		else
			eval "zb_value=\${$3-}"
		fi
		[ -n "$zb_value" ] || zb_value=$4
		case $zb_value in
		[Yy][Ee][Ss]|[Tt][Rr][Uu][Ee]|[Oo][Nn]|1) printf "e%s\n" "$1" >&3 ;;
		esac
	done
	echo done >&3'

# Of the variables: what is not needed, or secret, becomes a marker. A line without
# "name: " goes on with the value before it.
hide_secrets()
{
	[ -n "$out" ] || return 0
	out=$(printf '%s\n' $out | awk -v rc_scripts="$rc_scripts" \
	    -v rc_asked="$rc_asked" "$mask_text$rc_filter$print_variables" 2>&1) ||
	    { err=$out out='' status=unreadable; }
}

# shellcheck disable=SC2016 # awk's own variables
print_variables='
	/^[A-Za-z_][A-Za-z0-9_]*:( |$)/ {
		name = substr($0, 1, index($0, ":") - 1)
		value = substr($0, length(name) + 3)
		shown = kept(name, value)
		hiding = shown != value
		print name ": " shown
		next
	}
	!hiding { print mask_line($0) }'

### What else sets values at boot

# What the boot runs besides rc.d/sysctl, as far as it may set the value:
#   kld.d yes|no             whether rc.subr loads /etc/sysctl.kld.d
#   module name script       a module that an enabled rc script loads; * for
#                            what only sh(1) would know
#   plain|maybe path n text  a line of a script or an @reboot of a crontab that
#                            sets the value, or calls sysctl(8) in a way that
#                            cannot be read; plain: nothing decides whether
#   unread path              run at boot, and may not be read
#   cfg hidden|visible       NanoBSD: whether what was saved to /cfg is seen
boot_sources()
{
	boot_files='' boot_unread=''
	boot_file /etc/rc.local
	boot_file /etc/rc.conf
	boot_file /etc/rc.conf.local
	for script in $enabled; do
		boot_file "$script"
	done
	boot_folder /usr/local/etc/rc.syshook.d/import
	boot_folder /usr/local/etc/rc.syshook.d/early
	boot_folder /usr/local/etc/rc.syshook.d/start
	[ ! -f "$root/etc/pfSense-rc" ] || boot_folder /usr/local/etc/rc.d
	boot_file /etc/crontab
	boot_folder /etc/cron.d
	boot_folder /usr/local/etc/cron.d
	if [ -d "$root/var/cron" ] && [ ! -x "$root/var/cron" ]; then
		boot_unread="${boot_unread}unread /var/cron/tabs$newline"
	else
		boot_folder /var/cron/tabs
	fi
	vet $boot_files /etc/rc.subr
	vetted=''
	for path in $boot_files; do
		if trusted "$path"; then
			vetted=$vetted$root$path$newline
		else
			boot_unread="${boot_unread}unread $path$newline"
		fi
	done
	section boot
	out='' err='' status=0
	[ -z "$vetted" ] || out=$($limit awk -v root="$root" -v secret='passw|passphrase|secret|psk=|token=|bearer' \
	    "$print_boot" $vetted 2>&1) ||
	    { err=$out out='' status=unreadable; }
	content "$boot_unread"
	if [ -r "$root/etc/rc.subr" ] && trusted /etc/rc.subr; then
		if grep -q '^[^#]*/etc/sysctl\.kld\.d/' "$root/etc/rc.subr"; then
			content 'kld.d yes'
		else
			content 'kld.d no'
		fi
	fi
	if [ -d "$root/cfg" ]; then
		saved=hidden
		set +f
		for file in "$root"/cfg/*; do
			[ ! -e "$file" ] || saved=visible
		done
		set -f
		content "cfg $saved"
	fi
	finish
}

# boot_file path: on the list of what boot_sources reads, when it is there.
boot_file()
{
	[ -e "$root$1" ] || return 0
	if [ -f "$root$1" ] && [ -r "$root$1" ]; then
		listed "$1" "$boot_files" || boot_files=$boot_files$1$newline
	else
		boot_unread="${boot_unread}unread $1$newline"
	fi
}

boot_folder()
{
	[ -d "$root$1" ] || return 0
	if [ ! -r "$root$1" ] || [ ! -x "$root$1" ]; then
		boot_unread="${boot_unread}unread $1$newline"
		return 0
	fi
	set +f
	for file in "$root$1"/*; do
		if [ -d "$file" ]; then
			continue
		elif plain "$file"; then
			boot_file "${file#"$root"}"
		elif [ -e "$file" ]; then
			boot_unread="${boot_unread}unread $1/*$newline"
		fi
	done
	set -f
}

# Files: scripts and crontabs. Of base's own scripts only lines that name the
# value count; rc.d/sysctl and rc.d/kld do what is read elsewhere.
# shellcheck disable=SC2016 # awk's own variables
print_boot='
	function bare(word) {
		gsub(/["\047]/, "", word)
		gsub(/\$[{]?[A-Za-z0-9_]*[}]?|`[^`]*`/, "*", word)
		return word
	}
	function loads(words, options,    part, n, i, word) {
		sub(/[;&|)#].*/, "", words)
		n = split(words, part, /[ \t]+/)
		for (i = 1; i <= n; i++) {
			word = bare(part[i])
			if (options && (word == "-e" || word == "-m")) { i++; continue }
			sub(/[:~].*/, "", word)
			sub(/.*\//, "", word)
			if (word != "" && ++modules <= 500) print "module " word " " shown
		}
	}
	FNR == 1 {
		shown = substr(FILENAME, length(root) + 1)
		cron = shown ~ /\/cron/
		base = shown ~ /^\/etc\/rc\.d\//
		known = shown ~ /^\/etc\/rc\.d\/(sysctl|sysctl_lastload|kld)$/
		straight = cron || shown == "/etc/rc.local"
	}
	known || /^[ \t]*#/ { next }
	cron && !/^[ \t]*@reboot[ \t]/ { next }
	!cron && match($0, /^[ \t]*required_modules=/) { loads(substr($0, RSTART + RLENGTH), 0) }
	!cron && match($0, /(^|[ \t;&|!({])load_kld[ \t]/) { loads(substr($0, RSTART + RLENGTH), 1) }
	/(^|[ \t;&|(){}])(if|then|elif|else|fi|case|esac|for|while|until|do|done|exit|return|exec)([ \t;&|(){}]|$)/ { straight = 0 }
	/&&|\|\||\([ \t]*\)|<<|[{]/ { straight = 0 }
	{
		names = $0 ~ /net[.\/]bpf[.\/]zerocopy_enable["\047]*[ \t]*[=:]/
		calls = $0 ~ /(^|[^A-Za-z0-9_.-])(sysctl|SYSCTL[A-Z_]*)[}"]?[ \t]/
		hidden = calls && ($0 ~ /[ \t]-[A-Za-z]*f/ || $0 ~ /(sysctl|SYSCTL[A-Z_]*)[}"]?[ \t].*[$`*?]/)
		if (!names && (base || !hidden)) next
		if (200 < ++found) { print "maybe " shown " " FNR " more than 200 lines"; exit }
		text = tolower($0) ~ secret ? "[redacted]" : substr($0, 1, 400)
		print (straight ? "plain " : "maybe ") shown " " FNR " " text
	}'

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
			text = substr(text, 1, RSTART - 1) sprintf("%c", code) substr(text, RSTART + RLENGTH)
		}
		gsub(/&#x[0-9A-Fa-f]+;/, "?", text); gsub(/&amp;/, "\\&", text)
		gsub(/^[ \t\r\n]+|[ \t\r\n]+$/, "", text)
		return text
	}
	function ends(text, with) { return substr(text, length(text) - length(with) + 1) == with }
	# What an element holds was read: count the name where it is no tunable.
	function weigh() {
		if (index(text, "zerocopy_enable") && !(tag[2] == "sysctl" && tag[3] == "item" && 4 <= depth)) elsewhere++
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
		if (depth == 0 || tag[depth] != name) give_up("a closing tag that closes nothing")
		if (depth == 4 && tag[2] == "sysctl" && tag[3] == "item") {
			held = plain(text)
			if (name == "tunable") { tunable = held; at = line }
			if (name == "value") value = held
		}
		if (depth == 3 && tag[2] == "sysctl" && name == "item" && tunable == wanted) {
			if (64 < length(value) || value !~ /^[0-9A-Za-z_.,+ -]*$/) value = "?"
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
		if (data) { text = text piece "\076"; if (ends(piece, "]]")) { data = 0; text = substr(text, 1, length(text) - 3) }; next }
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
			if (ends(said, "]]")) text = substr(text, 1, length(text) - 2)
			else { text = text "\076"; data = 1 }
			next
		}
		if (substr(said, 1, 1) == "!") give_up("a document type")
		bare = said
		gsub(/"[^"]*"/, "", bare); gsub(/\047[^\047]*\047/, "", bare)
		if (bare ~ /["\047]/ && substr(said, 1, 1) != "?") {
			if (65536 < length(piece)) give_up("an attribute without an end")
			held = piece "\076"
			next
		}
		if (index(bare, "<")) give_up("a < in a tag")
		text = text substr(piece, 1, at_tag - 1)
		if (substr(said, 1, 1) == "?") next
		name = said
		sub(/^\//, "", name); sub(/[ \t\r\n\/].*/, "", name)
		if (name !~ /^[A-Za-z_][A-Za-z0-9_.:-]*$/) give_up("a tag that is none")
		if (substr(said, 1, 1) == "/") leave(name)
		else { enter(name); if (ends(bare, "/")) leave(name) }
	}
	END {
		if (failed == "" && (depth || !root || comment || data || held != "")) failed = "it ends too early"
		if (failed != "") { print "not understood near line " line ": " failed; exit 1 }
		print "elsewhere " elsewhere + 0
	}'

### BPF descriptors

# sample first|second|third: netstat -B, with the time in the header.
sample()
{
	now=$(date +%s 2>&1)
	case $now in *[!0-9]*|'') now=- ;; esac
	section "descriptors $1 $now"
	capture netstat -B --libxo json
	# FreeBSD before 11 has no libxo. 127: no netstat at all, 124: too slow.
	case $status in
	0|124|127|137) ;;
	*) capture netstat -B ;;
	esac
	finish
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

# Who holds a BPF descriptor, as lines of procstat -f. From JSON, in which a
# name cannot end a line or a field; as text where there is no libxo.
holders()
{
	section holders
	hold holders_from_json
	case $status in
	0|124|127|137) ;;
	*) hold holders_from_text ;;
	esac
	finish
	seen_holders=$out
}

holders_from_json()
{
	{
		$limit procstat --libxo json -f -a
		printf '{=%s' "$?"
	} | awk "$print_holders"
}

holders_from_text()
{
	{
		$limit procstat -f -a
		printf '=%s\n' "$?"
	} | awk '
		/^=[0-9]+$/ { status = substr($0, 2) }
		NR == 1 && !/^=/ { print; next }
		/^ *[0-9]+ .* [0-9]+ +v +c +[-a-z]+ .*\/dev\/bpf[0-9]* *$/ {
			if (++n <= 1024) print
		}
		END { exit status }'
}

# stdin: procstat -f -a as JSON, and its status. A record begins with {: in a
# string a quote is escaped, so no name begins one of these.
# shellcheck disable=SC2016 # awk's own variables
print_holders='
	function text(key,    at, rest) {
		at = index($0, "\"" key "\":\"")
		if (at == 0) return ""
		rest = substr($0, at + length(key) + 4)
		return match(rest, /^([^"\\]|\\.)*"/) ? substr(rest, 1, RLENGTH - 1) : ""
	}
	function number(key,    rest) {
		rest = index($0, "\"" key "\":")
		if (rest == 0) return "-"
		rest = substr($0, rest + length(key) + 3)
		return match(rest, /^[0-9]+/) ? substr(rest, 1, RLENGTH) : "-"
	}
	BEGIN {
		RS = "{"
		print "  PID COMM                FD T V FLAGS    REF  OFFSET PRO NAME"
	}
	/^=[0-9]+$/ { status = substr($0, 2) }
	/^"process_id":[0-9]/ { pid = number("process_id"); command = text("command") }
	/^"fd":[0-9]+,"fd_type":"vnode","vn?ode_type":"character"/ {
		path = text("path")
		if (path !~ /\/dev\/bpf[0-9]*$/ || 1024 < ++n) next
		flags = (index($0, "\"read\"") ? "r" : "-") \
		    (index($0, "\"write\"") ? "w" : "-") "------"
		printf "%5s %-16s %5s v c %s %3s %7s -   %s\n", pid, command, \
		    number("fd"), flags, number("ref_count"), number("offset"), path
	}
	END { exit status }'

# The LD_ variables, and no others, of the processes whose maps are read: a line
# for each process, and one for each variable.
environments()
{
	asked=''
	for group in $map_plan; do
		asked="$asked ${group#* }"
	done
	IFS=' '
	set -- $asked
	IFS=$newline
	section environments
	out='' err='' status=0
	if [ $# -gt 0 ]; then
		out=$($limit procstat --libxo json -e "$@" 2>/dev/null |
		    awk "$print_environments" 2>&1)
		status=$?
	fi
	[ "$unread" = no ] || err='more than 128 related processes; not read: the others'
	finish
}

# stdin: procstat -e as JSON. Strings are told apart by their quotes: a value
# cannot end one, for a quote in it is escaped.
# shellcheck disable=SC2016 # awk's own variables
print_environments='
	# Whether a backslash is left that escapes what follows.
	function escaped(text) {
		gsub(/\\\\/, "", text)
		return text ~ /\\$/
	}
	function ended(text, after) {
		if (text == "process_id" && match(after, /^: *[0-9]+/)) {
			pid = substr(after, 2, RLENGTH - 1) + 0
			print pid
		} else if (pid && after !~ /^:/ && text ~ /^LD_[A-Z0-9_]+=/)
			print pid " " substr(text, 1, 1000)
		if (text == "procstat") whole = 1
	}
	{
		parts = split($0, part, "\"")
		text = part[2]
		for (i = 2; i <= parts; i++) {
			if (i < parts && escaped(part[i])) {
				# No longer than what is told of it.
				if (length(text) < 1000) text = text "\"" part[i + 1]
				continue
			}
			ended(text, part[++i])
			text = part[i + 1]
		}
	}
	END { exit !whole }'

# The processes behind the descriptors, and those that may share memory with
# them: parents, children, the same process group; the same command, when it is
# root's or the same user's (a helper can have another parent, no descriptor).
processes()
{
	section processes
	hold related_processes
	lines=$out out=''
	for line in $lines; do
		case $line in
		l*) out=$out$newline${line#l} ;;
		m*) map_plan=$map_plan${line#m}$newline ;;
		third) third=yes ;;
		unread*) unread=yes ;;
		*) err=$err$newline$line ;;
		esac
	done
	finish
}

related_processes()
{
	{
		printf 'a%s\n' $seen_first
		printf 'b%s\n' $seen_second
		printf 'h%s\n' $seen_holders
		printf '=ps\n'
		$limit ps -axww -o pid,ppid,pgid,jid,user,stat,lstart,comm,args
		printf '=%s\n' "$?"
	} | awk "$mask_text$print_related"
}

# stdin: the samples (a, b in front), the holders (h), "=ps", what ps said, its
# status. Prints, with l in front, the header of ps, the capturing processes and
# those related to them; with m, whose maps to read, "user pid pid ...".
#
# What decides comes first, for limits fall on what comes last: captures whose
# buffer did not move, then whoever has a descriptor, then relatives.
# shellcheck disable=SC2016 # awk's own variables
print_related='
	function capturing(number) { if (1 < number + 0) captures[number + 0] = 1 }
	function masked(text,    at) {
		match(text, /[0-9]:[0-9][0-9]:[0-9][0-9] [0-9][0-9][0-9][0-9] /)
		at = RSTART + RLENGTH + width
		return substr(text, 1, at - 1) mask_line(substr(text, at))
	}
	function member(entry, key,    at) {
		at = index(entry, "\"" key "\":")
		entry = substr(entry, at + length(key) + 3)
		sub(/^ */, "", entry)
		if (at == 0 || !match(entry, /^("[^"]*"|[0-9]+)/)) return ""
		return substr(entry, 1, RLENGTH)
	}
	function descriptor(sample, pid, name, received, held,    key) {
		capturing(pid)
		key = pid + 0 " " name
		keys[key] = pid + 0
		count[sample, key]++
		seen[sample, key, count[sample, key]] = received
		full[sample, key, count[sample, key]] = held
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
			    member(entry, "hold-buffer-length"))
		}
	}
	function sampled(sample, text,    word) {
		if (text ~ /^\{/) json(sample, text)
		else if (text ~ /^ *[0-9]+ +[^ ]+ +[^ ]+ +[0-9]/) {
			split(text, word, " ")
			descriptor(sample, word[1], word[2], word[4], word[8])
		}
	}
	function compare(    key, i) {
		for (key in keys) {
			if (!(("b", key) in count)) continue
			if (count["a", key] != count["b", key]) { third = 1; continue }
			for (i = 1; i <= count["b", key]; i++) {
				if (seen["b", key, i] + 0 < seen["a", key, i] + 0) third = 1
				if (0 < full["b", key, i] + 0 && \
				    full["a", key, i] == full["b", key, i])
					still[keys[key]] = 1
			}
		}
	}
	function known(text,    width) {
		if (text !~ /^ *[0-9]+ +[0-9]+ +[0-9]+ +[0-9]+ +[^ ]+ +[^ ]+ +[A-Z][a-z][a-z] /) {
			odd++
			return
		}
		line[++n] = substr(text, 1, 10000)
		split(line[n], word, " ")
		pid[n] = word[1] + 0; parent[n] = word[2] + 0
		group[n] = word[3] + 0; user[n] = word[5]
		# The command begins behind the start time, wherever a long name
		# pushed that.
		match(line[n], /[0-9]:[0-9][0-9]:[0-9][0-9] [0-9][0-9][0-9][0-9] /)
		command[n] = substr(line[n], RSTART + RLENGTH, wide)
	}
	function chosen(i,    at) {
		if (512 < ++printed) return
		print "l" masked(line[i])
		if (mapped == 128) { unread++; return }
		if (!(user[i] in pids) && users == 12) { unread++; return }
		mapped++
		if (!(user[i] in pids)) order[++users] = user[i]
		pids[user[i]] = pids[user[i]] " " pid[i]
	}
	$0 == "=ps" && !ps { ps = NR; next }
	!ps && /^h *[0-9]/ { split(substr($0, 2), word, " "); capturing(word[1]); next }
	!ps { sampled(substr($0, 1, 1), substr($0, 2)); next }
	NR == ps + 1 {
		header = $0
		wide = index(substr($0, index($0, "COMMAND") + 7), "COMMAND") + 6
		next
	}
	# Only the last line is the status, whatever a process calls itself.
	{ if (held) known(last); held = 1; last = $0 }
	END {
		if (!held) { last = header; header = "" }
		status = last ~ /^=[0-9]+$/ ? substr(last, 2) + 0 : 1
		if (status != 0) exit status
		if (header ~ /PID/) print "l" header
		compare()
		if (third) print "third"
		for (i = 1; i <= n; i++) if (pid[i] in captures) {
			groups[group[i]] = parents[parent[i]] = 1
			commands[command[i] " " user[i]] = 1
			if (user[i] != "root") commands[command[i] " root"] = 1
		}
		delete groups[0]
		for (i = 1; i <= n; i++) if (pid[i] in still) chosen(i)
		for (i = 1; i <= n; i++)
			if (pid[i] in captures && !(pid[i] in still)) chosen(i)
		for (i = 1; i <= n; i++) {
			if (pid[i] <= 1 || pid[i] in captures) continue
			if (pid[i] in parents || parent[i] in captures || \
			    group[i] in groups || (command[i] " " user[i]) in commands)
				chosen(i)
		}
		for (i = 1; i <= users; i++) print "m" order[i] pids[order[i]]
		if (odd) print odd " lines of ps not understood"
		if (512 < printed) print printed - 512 " related processes left out"
		if (unread) print "unread " unread
	}'

# The memory maps, and what is mapped there from files. A call a user: a file
# name can forge lines of a map, but then only of the same user's processes.
maps()
{
	calls=0
	for group in $map_plan; do
		left=${group#* }
		while [ -n "$left" ] && [ "$calls" -lt 24 ]; do
			calls=$((calls + 1))
			hold memory_maps
			left=''
			for line in $out; do
				case $line in
				'left '*) left=${line#left } ;;
				late) calls=$((calls + 8)) ;;
				L*) mapped_library "${line#L}" ;;
				P*) mapped_program "${line#P}" ;;
				B*) mapped_program "${line#B}"; bare_program "${line#B}" ;;
				@*) sections=$((sections + 1)); printf '%s\n' "$line" ;;
				*) printf '%s\n' "$line" ;;
				esac
			done
		done
		[ -z "$left" ] || unread=yes
	done
	[ "$unread" = no ] || refuse more-maps 'more than 128 related processes'
}

memory_maps()
{
	IFS=' '
	set -- $left
	IFS=$newline
	{
		$limit procstat -v "$@"
		printf '=%s\n' "$?"
	} | awk -v pids="$left" "$print_maps"
}

# stdin: procstat -v of these pids, and its status. Prints a section a process,
# and of what is mapped from files: L library, P program, B program without a
# libpcap beside it. procstat gives up at a process that has ended: "left" are
# those behind it. A line of a process that is not next is forged.
# shellcheck disable=SC2016 # awk's own variables
print_maps='
	BEGIN {
		asked = split(pids, pid, " ")
		at = 1
		for (i = 1; i <= asked; i++) place[pid[i]] = i
	}
	NR == 1 && !/^=/ { header = $0; next }
	{ if (held) row(last); held = 1; last = $0 }
	function row(text,    word, path) {
		if (text !~ /^ *[0-9]+ +0x[0-9a-f]+ +0x[0-9a-f]+ /) return
		split(text, word, " ")
		if (!(word[1] in place) || place[word[1]] < at) return
		at = place[word[1]]
		if (4096 < ++lines[at] || 40000 < ++all) return
		kept[at, lines[at]] = substr(text, 1, 1500)
		if (!match(text, / vn \/.*/)) return
		path = substr(text, RSTART + 4, RLENGTH - 4)
		sub(/ +$/, "", path)
		if (path ~ /\/libpcap[^\/]*\.so/) { pcap[at] = 1; library[path] = 1 }
		else if (path !~ /\.so(\.[^\/]*)?$/) program[at, path] = path
	}
	END {
		if (!held) last = header
		status = last ~ /^=[0-9]+$/ ? substr(last, 2) + 0 : 1
		slow = status == 124 || status == 137
		# The one it gave up at: the last begun when it was slow, else the next.
		gone = status == 0 ? asked + 1 : slow || !(at in lines) ? at : at + 1
		for (path in library) print "L" path
		for (key in program) {
			split(key, part, SUBSEP)
			print ((part[1] in pcap) ? "P" : "B") program[key]
		}
		for (i = 1; i <= asked && i <= gone; i++) {
			print "@ map " pid[i]
			if (i == gone) {
				if (status == 1 || status == 255)
					print "!the process has ended"
				print "= " status
			} else if (4096 < lines[i] || 40000 < all) {
				print "!more than 4096 mappings\n= unreadable"
			} else {
				print "|" header
				for (j = 1; j <= lines[i]; j++) print "|" kept[i, j]
				print "= 0"
			}
		}
		if (slow) print "late"
		else if (gone < asked) {
			printf "left"
			for (i = gone + 1; i <= asked; i++) printf " %s", pid[i]
			printf "\n"
		}
	}'

mapped_library()
{
	plain "$1" || return 0
	listed "$1" "$libraries" || libraries=$libraries$1$newline
}

mapped_program()
{
	plain "$1" || return 0
	listed "$1" "$mapped" || mapped=$mapped$1$newline
}

bare_program()
{
	plain "$1" || return 0
	listed "$1" "$bare" || bare=$bare$1$newline
}

### What else decides which libpcap is loaded

# libmap.conf(5) with whatever it includes; a folder in the order readdir(3)
# gives, which is the order rtld reads it in.
libmap()
{
	further=/etc/libmap.conf$newline known='' count=0
	depth=4
	while [ "$depth" -gt 0 ]; do
		depth=$((depth - 1))
		wanted=$further further=''
		vet $wanted
		for found in $wanted; do
			listed "$found" "$known" && continue
			known=$known$found$newline
			count=$((count + 1))
			if [ "$count" -gt 64 ] || ! plain "$found"; then
				refuse "libmap /etc/libmap.conf" 'it includes too much'
			elif [ -d "$root$found" ]; then
				libmap_folder "$found"
			else
				libmap_file "$found"
			fi
		done
		[ -n "$further" ] || break
	done
}

libmap_folder()
{
	section "libmap-dir $1"
	err='' lines=$($limit ls -f "$root$1" 2>&1)
	status=$? out=''
	[ "$status" -eq 0 ] || { err=$lines; lines=''; }
	for name in $lines; do
		# rtld reads regular files, and follows no link there.
		case $name in *.conf) ;; *) continue ;; esac
		[ -f "$root$1/$name" ] || continue
		[ ! -h "$root$1/$name" ] || continue
		out=$out$newline$name
		further=$further$1/$name$newline
	done
	finish
}

libmap_file()
{
	section "libmap $1"
	if [ ! -e "$root$1" ]; then
		printf '= absent\n'
	elif ! trusted "$1"; then
		printf '!%s\n= unreadable\n' "$why"
	elif [ ! -r "$root$1" ]; then
		printf '!Permission denied\n= unreadable\n'
	else
		lines=0
		while read -r line || [ -n "$line" ]; do
			lines=$((lines + 1))
			[ "$lines" -le 1000 ] || break
			printf '|%s\n' "$line"
			case $line in *include*) libmap_include "$line" ;; esac
		done <"$root$1"
		[ "$lines" -le 1000 ] && printf '= 0\n' ||
		    printf '!more than 1000 lines\n= unreadable\n'
	fi
}

libmap_include()
{
	IFS=' 	'
	set -- $1
	IFS=$newline
	case ${1:-} in
	include|includedir) [ -z "${2:-}" ] || further=$further$2$newline ;;
	esac
}

### Programs and their libpcap

# What a process or an rc script names is opened only when root alone can change
# it. What is mapped is known from the memory map all the same.
programs()
{
	find_libraries
	vet $started $mapped $libraries
	section programs
	candidates='' err='' status=0 out='' elf=''
	for found in $started $mapped; do
		plain "$found" || continue
		listed "$found" "$candidates" && continue
		candidates=$candidates$found$newline
		if ! trusted "$found"; then
			out="$out$newline${why%% *} $found"
		elif [ ! -r "$root$found" ]; then
			out="$out${newline}unreadable $found"
		else
			elf=$elf$root$found$newline
		fi
	done
	kinds
	finish
	load_libraries
}

# "elf path" or "other path" for each of $elf, from its first four bytes; elf
# becomes those that are. The file names between them are head's.
kinds()
{
	files=$elf elf='' found=''
	[ -n "$files" ] || return 0
	said=$($limit head -c 4 /dev/null $files 2>/dev/null)
	for line in $said; do
		case $line in
		'==> /'*' <==')
			found=${line#==> }
			found=${found% <==}
			continue
			;;
		"$elf_magic"*) [ -z "$found" ] || elf=$elf${found#"$root"}$newline ;;
		esac
		found=''
	done
	for found in $files; do
		found=${found#"$root"}
		if listed "$found" "$elf"; then
			out="$out${newline}elf $found"
		else
			out="$out${newline}other $found"
		fi
	done
}

# ldd starts the program it is asked about: only what root alone can change.
# readelf -d would start nothing, but it tells what one object asks for, and not
# which file rtld takes: that is a search through every library below it, with
# RPATH, ldconfig's hints and libmap.conf, at two processes an object.
# Only for those root runs anyway: what rc starts, and what lies where packages
# and the system put programs.
load_libraries()
{
	asked=''
	for found in $elf; do
		listed "$found" "$started" || case $found in
		/bin/*|/sbin/*|/libexec/*|/usr/bin/*|/usr/sbin/*|/usr/libexec/*) ;;
		/usr/local/bin/*|/usr/local/sbin/*|/usr/local/libexec/*) ;;
		*) continue ;;
		esac
		asked=$asked$found$newline
	done
	[ -n "$asked" ] || return 0
	run ldd ldd $asked
	# Linked statically: what it brings along is in the program itself.
	for line in $err; do
		found=${line#ldd: }
		found=${found%%: not a dynamic*}
		[ "$found" != "$line" ] || continue
		found=${found#"$root"}
		listed "$found" "$started" || continue
		listed "$found" "$bare" || bare=$bare$found$newline
	done
	for line in $out; do
		case $line in *libpcap.so*'=> /'*) ;; *) continue ;; esac
		found=${line#*=> }
		mapped_library "${found%% (*}"
	done
}

find_libraries()
{
	set +f
	for found in "$root"/lib/libpcap.so.* "$root"/usr/local/lib/libpcap.so.*; do
		[ ! -e "$found" ] || mapped_library "${found#"$root"}"
	done
	set -f
}

# The version each libpcap says it is, and each capturing program without one.
versions()
{
	vet $libraries $bare
	count=0
	set --
	for found in $libraries $bare; do
		count=$((count + 1))
		[ "$count" -le 32 ] || break
		if trusted "$found" && [ -r "$root$found" ]; then
			set -- "$@" "$found"
			continue
		fi
		section "strings $found"
		if trusted "$found"; then
			printf '!Permission denied\n= unreadable\n'
		elif [ "$why" = absent ]; then
			printf '= absent\n'
		else
			printf '!%s\n= unreadable\n' "$why"
		fi
	done
	[ $# -gt 0 ] || return 0
	hold version_strings "$@"
	for line in $out; do
		case $line in '@ '*) sections=$((sections + 1)) ;; esac
		printf '%s\n' "$line"
	done
}

# Prints a section a file. Its status is that of strings(1), or 1 when there is
# no such line. The lines between files begin with a character strings never
# prints.
version_strings()
{
	for found in "$@"; do
		printf '\001%s\n' "$found"
		$limit strings "$root$found" 2>&1
		printf '\n\001%s\n' "$?"
	done | awk '
		/^\001\// { print "@ strings " substr($0, 2); n = 0; next }
		/^\001/ { status = substr($0, 2) + 0; print "= " (status ? status : !n); next }
		/libpcap version/ && ++n <= 20 { print "|" substr($0, 1, 300) }'
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
		printf 'usage: collect.sh [seconds [limit [variable ...]]]\n' >&2
		return 64
		;;
	esac
	for name in "$@"; do
		case $name in *[!A-Za-z0-9_]*) ;; *) rc_asked="$rc_asked $name" ;; esac
	done
	# timeout(1) is in base since 10.3. It is not for the shell's own words.
	limit=''
	! command -v timeout >/dev/null ||
	    limit="timeout$newline-k${newline}2$newline${2:-20}"

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
		seen_first=$out
		product
		configuration
		oids
		services
		boot_sources
		stored_tunables
		wait_for_packets
		sample second
		seen_second=$out
		holders
		processes
		maps
		environments
		libmap
		programs
		versions
		# A capture that appeared in between cannot be compared yet.
		if [ "$third" = yes ]; then
			wait_for_packets
			sample third
		fi
	else
		ask uname uname -srm
	fi
	printf 'end %s\n' "$sections"
}

# In one line with exit: a script cut in transit does nothing, and whatever
# follows it is not run. No command may read the script's stdin.
main "$@" </dev/null; exit
