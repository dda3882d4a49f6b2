# Sourced first by every program of the practice fleet when .lab/trace exists:
# counts and writes down the calls a script makes, and makes something happen at
# one of them.
#
# Scripts for hosts set LAB_ACTOR to "part:pid of its shell" on a practice host;
# each part is counted apart, in .lab/trace.<part>: number, tab, program and
# arguments. What a program calls itself is not counted.
# .lab/trace.at, one line: part number before|after what [words]
#	kill-script	SIGKILL for the part's shell; before: the call is not
#			made
#	fail message	the program says so and exits 1; before: without doing
#			its work, after: having done it
#	reuse pid	kill-script, and the number of the worker is that of a
#			stranger's group at once
#	hang		it never returns (to SIGKILL)
#	clock seconds	the clock is set so much ahead, or back (bin/date,
#			bin/ps)
#	decoy name	a stranger's process appears that is called like the
#			service, and ignores SIGTERM
#	hold		.lab/trace.held is made; goes on when .lab/trace.go is
#			there, or after 120 s
# .lab/trace.reached is made when that call came.
# Expects: $0 and $@ of the program.

if [ -n "${LAB_ACTOR:-}" ] && [ -z "${LAB_INSIDE:-}" ]; then
	lab_trace=$ZBUFCTL_ROOT/.lab/trace lab_number=0
	lab_part=${LAB_ACTOR%%:*} lab_shell=${LAB_ACTOR##*:}
	{ read -r lab_number <"$lab_trace.$lab_part.count"; } 2>/dev/null
	lab_number=$((lab_number + 1))
	printf '%s\n' "$lab_number" >"$lab_trace.$lab_part.count"
	printf '%s\t%s %s\n' "$lab_number" "${0##*/}" "$*" \
	    >>"$lab_trace.$lab_part"

	lab_when='' lab_what='' lab_words=''
	if [ -e "$lab_trace.at" ]; then
		read -r lab_who lab_which lab_when lab_what lab_words \
		    <"$lab_trace.at"
		[ "$lab_who $lab_which" = "$lab_part $lab_number" ] ||
		    lab_when=''
	fi

	lab_happen()
	{
		: >"$lab_trace.reached"
		case $lab_what in
		kill-script) kill -KILL "$lab_shell"; exit 137 ;;
		reuse)
			for lab_file in \
			    "$ZBUFCTL_ROOT"/var/db/zbufctl/*/worker; do
				[ ! -f "$lab_file" ] ||
				    printf '%s\n' "$lab_words" >"$lab_file"
			done
			kill -KILL "$lab_shell"
			exit 137
			;;
		fail) printf '%s: %s\n' "${0##*/}" "$lab_words" >&2; exit 1 ;;
		clock) printf '%s\n' "$lab_words" >"$ZBUFCTL_ROOT/.lab/clock" ;;
		decoy)
			printf '%s\n' "$lab_words" \
			    >"$ZBUFCTL_ROOT/.lab/no-pidfile"
			printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' \
			    9001 1 9001 0 mallory S 'Tue Nov 14 23:00:00 2023' \
			    - "like $lab_words" "$lab_words" "$lab_words" \
			    >>"$ZBUFCTL_ROOT/.lab/proc"
			;;
		hang) while :; do sleep 0.2; done ;;
		hold)
			: >"$lab_trace.held"
			lab_waited=0
			while [ ! -e "$lab_trace.go" ] &&
			    [ $lab_waited -lt 1200 ]; do
				sleep 0.1
				lab_waited=$((lab_waited + 1))
			done
			;;
		esac
	}

	[ "$lab_when" != before ] || lab_happen
	if [ "$lab_when" = after ]; then
		LAB_INSIDE=1 "$0" "$@"
		lab_status=$?
		lab_happen
		exit $lab_status
	fi
	LAB_INSIDE=1
	export LAB_INSIDE
fi
