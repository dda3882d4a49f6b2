### Boot: a change that nobody confirmed is undone after a reboot, too

guard_rc=$root/usr/local/etc/rc.d/zbufctl_undo
guard_cron=$root/etc/cron.d/zbufctl-undo

# install_guard: what starts "boot" at the next boot, in the first way that
# works; writes down which: rc.d, cron.d, at, or none.
install_guard()
{
	remove_guard
	if rc_guard; then guard=rc.d
	elif cron_guard; then guard=cron.d
	elif at_guard; then guard='at'
	else guard=none
	fi
	printf '%s\n' "$guard" >"$dir/boot-guard" && fsync "$dir/boot-guard"
}

# Also what another run left: only for who has the lock, or while nobody can
# take it.
remove_guard()
{
	rm -f "$guard_rc" "$guard_cron" \
	    "$guard_rc.zbufctl-"* "$guard_cron.zbufctl-"*
	for left in "$base"/*/at-job; do
		[ -f "$left" ] || continue
		IFS= read -r job <"$left" && atrm "$job" 2>/dev/null
		rm -f "$left"
	done
}

# rc(8) looks for scripts there once the disks are mounted (/etc/rc, reading):
# this one comes before the services that the run restarts.  An appliance may
# have an /etc/rc of its own, which does not.
rc_guard()
{
	[ -d "${guard_rc%/*}" ] && is_persistent "${guard_rc%/*}" || return 1
	[ ! -f "$root/etc/rc" ] || grep -q rcorder "$root/etc/rc" || return 1
	startup=$(sysrc -n local_startup 2>/dev/null) ||
	    startup=/usr/local/etc/rc.d
	case " $startup " in
	*' /usr/local/etc/rc.d '*) ;;
	*) return 1 ;;
	esac
	rc_text >"$dir/guard" 2>/dev/null || return 1
	put_file "$dir/guard" "$guard_rc" '' &&
	    chmod 555 "$guard_rc" 2>/dev/null
}

# rc(8) reads such a script into a shell of its own kind: no exit here.  After
# ALRM it reads rc.conf again, which may be as before now.
rc_text()
{
	cat <<END
#!/bin/sh
#
# PROVIDE: zbufctl_undo
# REQUIRE: FILESYSTEMS
# BEFORE: $(provided)
#
# Written by zbufctl for run $run, which changes this host, and taken away when
# that is over.  Undoes at boot what nobody has confirmed.

case \$1 in
*start) /bin/sh "$dir/change.sh" boot $run early ;;
esac
case \$1 in
faststart|quietstart) kill -ALRM "\${RC_PID:-\$\$}" ;;
esac
END
}

# What the scripts of the run's services provide, as rcorder(8) knows them.
provided()
{
	printf pflog
	for number in $(indexes); do
		load_step "$number" || continue
		case $kind in
		restart-service|start-service|stop-service) ;;
		set-running|write-boot|set-rc|install-mode|map-mode) continue ;;
		*) continue ;;
		esac
		find_script || continue
		words=$(sed -n 's/^# *PROVIDE:[[:space:]]*//p' "$script")
		for word in $words; do
			! is_name "$word" || printf ' %s' "$word"
		done
	done
}

# After the services; cron(8) reads @reboot once, when it starts.
cron_guard()
{
	[ -d "${guard_cron%/*}" ] && is_persistent "${guard_cron%/*}" ||
	    return 1
	timed 10 service cron enabled || return 1
	printf '@reboot root /bin/sh %s/change.sh boot %s late\n' \
	    "$dir" "$run" >"$dir/guard" 2>/dev/null || return 1
	put_file "$dir/guard" "$guard_cron" ''
}

# cron(8) starts atrun(8) every five minutes, also where /etc is read-only.
at_guard()
{
	[ -d "$root/var/at" ] && is_persistent "$root/var/at" || return 1
	timed 10 service cron enabled || return 1
	printf '/bin/sh %s/change.sh boot %s at\n' "$dir" "$run" \
	    >"$dir/guard" 2>/dev/null || return 1
	said=$(at now + 5 minutes <"$dir/guard" 2>&1) || return 1
	job=$(printf '%s\n' "$said" | sed -n 's/^[Jj]ob \([0-9]*\) .*/\1/p')
	[ -n "$job" ] && printf '%s\n' "$job" >"$dir/at-job"
}

# boot when: early (by rc, before the services), late (by cron), or at (which
# may just as well come without any boot).
boot()
{
	# Cron may be started anew, and a script run by hand: still watched.
	if is_held watcher; then
		[ "$1" != at ] || at_guard
		return
	fi
	case $(state) in
	confirmed) finish_confirmed; return ;;
	undone) is_finished; return ;;
	undo-failed) [ "$(lock_holder)" != "$run" ] || remove_guard; return ;;
	esac
	# Without a decision nobody has confirmed, and nobody works on it.
	[ "$(decision)" = undo ] || decide undo || return
	case $1 in
	early)
		timeout -s KILL 90 lockf -k -s -t 30 "$dir/undoer.lock" \
		    /bin/sh "$dir/change.sh" put-back-early "$run"
		;;
	esac
	# The rest, should it not have come to its end.
	[ -n "$(undo_result)" ] || start_part watch watcher
}

# What this boot sets, now that the files are as before; 0 where they do not say
# (facts: the value's default; /etc/rc.d/sysctl reads these two).
value_at_boot()
{
	set -- "$1" "$root/etc/sysctl.conf" "$root/etc/sysctl.conf.local"
	[ -f "$3" ] || set -- "$1" "$2"
	[ -f "$2" ] || set -- "$1" /dev/null "${3:-/dev/null}"
	awk -v oid="$1" '
		{
			sub(/#.*/, "")
			if (!match($0, /[=:]/)) next
			name = substr($0, 1, RSTART - 1)
			value = substr($0, RSTART + 1)
			gsub(/[ \t\r]/, "", name)
			gsub(/[ \t\r"\047]/, "", value)
			if (name == oid && value ~ /^[0-9]+$/) last = value + 0
		}
		END { print last + 0 }' "$2" "${3:-/dev/null}"
}

# The value that runs: what rc has set from the files before they were put back.
set_as_at_boot()
{
	oid=net.bpf.zerocopy_enable
	wanted=$(value_at_boot "$oid")
	now=$(sysctl -n "$oid" 2>&1)
	if [ "$now" != "$wanted" ]; then
		why=$(sysctl "$oid=$wanted" 2>&1)
		now=$(sysctl -n "$oid" 2>&1)
	fi
	[ "$now" = "$wanted" ]
}
