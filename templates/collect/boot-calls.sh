### What the boot's own scripts call

# Adds to vetted, and to boot_unread, the scripts that /etc/rc.local and root's
# @reboot lines call by a plain path, one level deep. What is no script is a
# program like any other that rc starts.
follow_calls()
{
	callers='' follow='' found=''
	for path in $vetted; do
		case ${path#"$root"} in
		/etc/rc.local|*/etc/crontab|*/etc/cron.d/*|/var/cron/tabs/*)
			callers=$callers$path$newline
			;;
		esac
	done
	[ -n "$callers" ] || return 0
	said=$($limit awk -v root="$root" "$print_calls" $callers \
	    2>/dev/null) ||
	    boot_unread="${boot_unread}unread what /etc/rc.local calls$newline"
	for line in $said; do
		path=${line#* }
		case $line in
		unread*) boot_unread=$boot_unread$line$newline ;;
		call*) followed "$path" yes ;;
		word*) followed "$path" no ;;
		esac
	done
	[ -n "$follow" ] || return 0
	vet $follow
	for path in $follow; do
		if trusted "$path" && [ -r "$root$path" ]; then
			found=$found$root$path$newline
		else
			boot_unread="${boot_unread}unread $path$newline"
		fi
	done
	scripts_among
}

# followed path called: on the list when it can be a script: what is called,
# even without the bits that make it executable (sh path), and what a wrapper
# may call (daemon -f path).
followed()
{
	case $1 in
	/bin/*|/sbin/*|/libexec/*|/etc/rc.d/*|/dev/*) return 0 ;;
	/usr/bin/*|/usr/sbin/*|/usr/libexec/*) return 0 ;;
	esac
	! listed "$1" "$boot_files$follow" || return 0
	if [ -f "$root$1" ]; then
		[ "$2" = no ] && [ ! -x "$root$1" ] ||
		    follow=$follow$1$newline
	elif [ "$2" = yes ] && [ ! -e "$root$1" ] && hidden_from_us "$1"; then
		boot_unread="${boot_unread}unread $1$newline"
	fi
}

# hidden_from_us path: whether it may be there, in a folder we may not search.
hidden_from_us()
{
	above=${1%/*}
	while [ -n "$above" ] && [ ! -d "$root$above" ]; do
		above=${above%/*}
	done
	[ -n "$above" ] && [ ! -x "$root$above" ]
}

# Adds to vetted what of $found is no program. The names between the first
# bytes are head's.
scripts_among()
{
	[ -n "$found" ] || return 0
	said=$($limit head -c 4 /dev/null $found 2>/dev/null) || said=''
	if [ -z "$said" ]; then
		vetted=$vetted$found
		return 0
	fi
	path=''
	for line in $said; do
		case $line in
		'==> /'*' <==')
			vetted=$vetted$path
			path=${line#==> }
			path=${path% <==}$newline
			[ "$path" != "/dev/null$newline" ] || path=''
			;;
		"$elf_magic"*) path='' ;;
		esac
	done
	vetted=$vetted$path
}

# Files: rc.local and crontabs. Says "call path" of what stands where a command
# does, or behind sh and the like, "word path" of other words, and "unread what
# ..." of a command only sh(1) would know. A service is the script of its name,
# a bare name a program of /usr/local.
# shellcheck disable=SC2016 # awk's own variables
print_calls='
	BEGIN {
		passing = "^(if|then|elif|else|while|until|do|!|time|exec" \
		    "|eval|command|nohup|env|[{])$"
		shells = "^(/(usr/)?(local/)?bin/)?(sh|bash|ksh|zsh|dash|[.])$"
		no_call = "^(for|case|esac|in|fi|done|return|exit|local|shift)$"
	}
	function say(kind, word) {
		if (200 < ++all) {
			if (all == 201) print "unread what " shown " calls"
			return
		}
		if (word ~ /^\/[A-Za-z0-9._\/@%+,:=~-]*$/ && word !~ /\/\.\.\//)
			print kind " " word
		else if (kind == "call" && word ~ /^[A-Za-z0-9_.+-]+$/) {
			print kind " /usr/local/sbin/" word
			print kind " /usr/local/bin/" word
		} else if (kind == "call" && word ~ /[$]|^\//)
			print "unread what " shown " line " FNR " calls"
	}
	function command(text,    word, words, i, at, is_service) {
		words = split(text, word, /[ \t]+/)
		at = 1
		while (at <= words && (word[at] == "" || word[at] ~ passing || \
		    word[at] ~ /^[A-Za-z_][A-Za-z0-9_]*=/)) at++
		if (words < at || word[at] ~ no_call) return
		if (word[at] ~ shells) {
			at++
			while (at < words && word[at] ~ /^-/) at++
		}
		is_service = word[at] ~ /^(\/usr\/sbin\/)?service$/
		say("call", word[at])
		for (i = at + 1; i <= words; i++) {
			if (word[i] ~ /^\//) say("word", word[i])
			else if (is_service && word[i] ~ /^[A-Za-z0-9_.-]+$/)
				say("word", "/usr/local/etc/rc.d/" word[i])
		}
	}
	FNR == 1 {
		shown = substr(FILENAME, length(root) + 1)
		tab = shown ~ /^\/var\/cron\/tabs\//
		cron = tab || shown != "/etc/rc.local"
		held = ""
		# Another user cannot set the value.
		skip = tab && shown != "/var/cron/tabs/root"
	}
	skip { next }
	{
		line = held $0
		held = ""
		sub(/^[ \t]+/, "", line)
		if (line ~ /^#/) next
		if (!cron && line ~ /\\$/) {
			held = substr(line, 1, length(line) - 1) " "
			if (length(held) < 8000) next
		}
		if (cron && !sub(/^@reboot[ \t]+/, "", line)) next
		if (cron && !tab && \
		    !sub(/^root([:\/][^ \t]*)?[ \t]+/, "", line))
			next
		sub(/[ \t]#.*/, "", line)
		gsub(/["\047]/, "", line)
		gsub(/[0-9]*[\074\076]+&?[ \t]*[^ \t;&|()]*/, " ", line)
		n = split(substr(line, 1, 8000), part, /[;&|()`]+/)
		for (k = 1; k <= n; k++) command(part[k])
	}'
