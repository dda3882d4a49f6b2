### The second look

# What a program would load at its next start decides nothing here.
load_libraries()
{
	:
}

main()
{
	pause=${1:-2}
	usable look.sh "$pause${2:-20}" '[seconds [limit]]' || return 64
	limited "${2:-20}"
	opening
	if [ "$out" = FreeBSD ]; then
		ask bpf sysctl net.bpf
		sample first
		seen_first=$out
		wait_for_packets
		sample second
		seen_second=$out
		holders
		processes
		maps
		environments
		libmap
		programs
		modes
		versions
	fi
	printf 'end %s\n' "$sections"
}

# In one line with exit: a script cut in transit does nothing, and whatever
# follows it is not run. No command may read the script's stdin.
main "$@" </dev/null; exit
