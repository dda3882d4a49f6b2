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
	for script in $enabled $old_style $undecided; do
		boot_file "$script"
	done
	# Where it is not known which of them rc starts, each may.
	[ -z "$wrong" ] || for script in $scripts; do
		case $script in /etc/rc.d/*) ;; *) boot_file "$script" ;; esac
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
	follow_calls
	section boot
	out='' err='' status=0
	[ -z "$vetted" ] || out=$($limit awk -v root="$root" \
	    "$mask_text$print_boot" $vetted 2>&1) ||
	    { err=$out out='' status=unreadable; }
	content "$boot_unread"
	if [ -r "$root/etc/rc.subr" ] && trusted /etc/rc.subr; then
		if grep -q '^[^#]*/etc/sysctl\.kld\.d/' \
		    "$root/etc/rc.subr"; then
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
	BEGIN {
		# Behind one of these nobody knows whether a line is run.
		decides = "(^|[ \t;&|(){}])" \
		    "(if|then|elif|else|fi|case|esac|for|while|until" \
		    "|do|done|exit|return|exec)([ \t;&|(){}]|$)"
		command = "(sysctl|SYSCTL[A-Z_]*)[}\"]?[ \t]"
		crontab = "^/etc/crontab$|^(/usr/local)?/etc/cron\\.d/" \
		    "|^/var/cron/tabs/"
	}
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
			if (options && (word == "-e" || word == "-m")) {
				i++
				continue
			}
			sub(/[:~].*/, "", word)
			sub(/.*\//, "", word)
			if (word != "" && ++modules <= 500)
				print "module " word " " shown
		}
	}
	FNR == 1 {
		shown = substr(FILENAME, length(root) + 1)
		cron = shown ~ crontab
		base = shown ~ /^\/etc\/rc\.d\//
		known = shown ~ /^\/etc\/rc\.d\/(sysctl|sysctl_lastload|kld)$/
		straight = cron || shown == "/etc/rc.local"
	}
	known || /^[ \t]*#/ { next }
	cron && !/^[ \t]*@reboot[ \t]/ { next }
	!cron && match($0, /^[ \t]*required_modules=/) {
		loads(substr($0, RSTART + RLENGTH), 0)
	}
	!cron && match($0, /(^|[ \t;&|!({])load_kld[ \t]/) {
		loads(substr($0, RSTART + RLENGTH), 1)
	}
	$0 ~ decides { straight = 0 }
	/&&|\|\||\([ \t]*\)|<<|[{]/ { straight = 0 }
	{
		names = $0 ~ /net[.\/]bpf[.\/]zerocopy_enable["\047]*[ \t]*[=:]/
		calls = $0 ~ ("(^|[^A-Za-z0-9_.-])" command)
		hidden = calls && \
		    ($0 ~ /[ \t]-[A-Za-z]*f/ || $0 ~ (command ".*[$`*?]"))
		if (!names && (base || !hidden)) next
		if (200 < ++found) {
			print "maybe " shown " " FNR " more than 200 lines"
			exit
		}
		text = mask_line($0)
		if (400 < length(text))
			text = substr(text, 1, 389) " [too long]"
		print (straight ? "plain " : "maybe ") shown " " FNR " " text
	}'
