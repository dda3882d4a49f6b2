### Steps: one line each of the table "steps"

# load_step index: sets index, kind, subject, variable, from, to, time_limit, may_kill; and target, the file on this host.
load_step()
{
	while IFS=$tab read -r index kind subject variable from to time_limit may_kill; do
		[ "$index" != "$1" ] || { target=$root$subject; return 0; }
	done <"$dir/steps"
	return 1
}

indexes()
{
	cut -f 1 "$dir/steps"
}

is_at_to()
{
	case $kind in
	set-running) [ "=$(running)" = "$to" ] ;;
	write-boot|set-rc) is_file_at to ;;
	start-service) look && [ "$up" = yes ] ;;
	# A service that does not run has nothing to restart either.
	*) look && [ "$up" = no ] ;;
	esac
}

change_step()
{
	detail=''
	case $kind in
	set-running) change_running ;;
	write-boot|set-rc) change_file ;;
	*) change_service ;;
	esac
}

restore_step()
{
	detail=''
	case $kind in
	set-running) restore_running ;;
	write-boot|set-rc) restore_file ;;
	*) restore_service ;;
	esac
}
