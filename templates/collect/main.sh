main()
{
	pause=${1:-2}
	usable collect.sh "$pause${2:-20}" '[seconds [limit [variable ...]]]' ||
	    return 64
	for name in "$@"; do
		case $name in
		*[!A-Za-z0-9_]*) ;;
		*) rc_asked="$rc_asked $name" ;;
		esac
	done
	limited "${2:-20}"
	opening
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
