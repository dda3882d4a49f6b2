main()
{
	pause=${1:-2}
	if [ -n "$root" ] && ! plain "$root"; then
		printf 'collect.sh: unusual characters in ZBUFCTL_ROOT\n' >&2
		return 64
	fi
	case $pause${2:-20} in
	*[!0-9]*)
		printf 'usage: collect.sh [seconds [limit [variable ...]]]\n' \
		    >&2
		return 64
		;;
	esac
	for name in "$@"; do
		case $name in
		*[!A-Za-z0-9_]*) ;;
		*) rc_asked="$rc_asked $name" ;;
		esac
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
		look_twice first
		seen_first=$out
		product
		configuration
		oids
		services
		boot_sources
		stored_tunables
		wait_for_packets
		look_twice second
		seen_second=$out
		holders
		processes
		maps
		environments
		libmap
		programs
		modes
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
