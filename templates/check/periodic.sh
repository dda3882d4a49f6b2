### The answer: periodic(8)
#
# Put it to /usr/local/etc/periodic/daily/480.zbufctl, executable. Its report is
# part of the daily mail; what is well shows with daily_show_success="YES", and
# daily_zbufctl_enable="NO" in periodic.conf switches it off.

wanted()
{
	defaults=$root/etc/defaults/periodic.conf
	[ -r "$defaults" ] || return 0
	enabled=$(
		set +uf
		IFS=" $tab$newline"
		# shellcheck disable=SC1090 # periodic.conf(5)
		. "$defaults" >/dev/null 2>&1
		source_periodic_confs >/dev/null 2>&1
		printf %s "${daily_zbufctl_enable:-YES}"
	)
	case $enabled in [Yy][Ee][Ss]) ;; *) return 1 ;; esac
}

# periodic(8) masks the output of 0 and, if asked to, of 1 and 2; never of 3.
answer()
{
	printf '\nPacket captures (zbufctl):\n%s: %s\n' "$posture" "$why"
	for row in $captures; do
		IFS=$tab
		set -- $row
		IFS=$newline
		[ "$3" != 0 ] || continue
		printf '  %s on %s: %s received, %s dropped, %s bytes held\n' \
		    "$1" "$2" "$4" "$5" "$6"
	done
	case $posture in compliant|not-applicable) return 0 ;; esac
	return 3
}
