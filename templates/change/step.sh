### Steps: one line each of the table "steps"

# load_step index: sets index, kind, subject, variable, from, to, time_limit,
# may_kill; and target, the file on this host.
load_step()
{
	while IFS=$tab read -r index kind subject variable from to time_limit \
	    may_kill; do
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
	write-boot|set-rc|install-mode|map-mode) is_file_at to ;;
	start-service) look && [ "$up" = yes ] ;;
	# A service that does not run has nothing to restart either.
	restart-service|stop-service) look && [ "$up" = no ] ;;
	*) unknown_kind ;;
	esac
}

change_step()
{
	detail=''
	case $kind in
	set-running) change_running ;;
	write-boot|set-rc) change_file ;;
	install-mode|map-mode) change_mode ;;
	restart-service|start-service|stop-service) change_service ;;
	*) unknown_kind ;;
	esac
}

restore_step()
{
	detail=''
	case $kind in
	set-running) restore_running ;;
	write-boot)
		restore_file || return 1
		[ -z "$early" ] || set_as_at_boot
		;;
	set-rc) restore_file ;;
	install-mode|map-mode) restore_mode ;;
	restart-service|start-service|stop-service) restore_service ;;
	*) unknown_kind ;;
	esac
}

unknown_kind()
{
	why="this host does not know steps of the kind $(line "$kind")"
	return 1
}
