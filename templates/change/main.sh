### The one way in

usage()
{
	options='[continues=RUN] [accept=no-boot-guard]'
	say "change.sh begin run plan owner seconds $options |\
 status [run] | confirm run | undo run"
	exit 64
}

# What begin may be told besides.
read_options()
{
	continues='' accepted=''
	for option in "$@"; do
		case $option in
		accept=no-boot-guard) accepted=$option ;;
		continues=?*) continues=${option#*=} ;;
		*) usage ;;
		esac
	done
	[ -z "$continues" ] || is_name "$continues" || usage
}

main()
{
	[ $# -ge 1 ] || usage
	what=$1 refused='' why='' stood=''
	if [ $# -ge 2 ]; then
		is_name "$2" || usage
		case $2 in
		lock|guard) usage ;;
		esac
		use_run "$2"
	elif [ "$what" != status ]; then
		usage
	fi
	case $what in
	begin)
		[ $# -ge 5 ] || usage
		if ! is_name "$3" || ! is_name "$4" || ! is_number "$5"; then
			usage
		fi
		plan=$3 owner=$4 seconds=$5
		shift 5
		read_options "$@"
		;;
	status) ;;
	boot)
		[ $# -eq 3 ] || usage
		case $3 in
		early|late|at) moment=$3 ;;
		*) usage ;;
		esac
		;;
	*) [ $# -eq 2 ] || usage ;;
	esac
	case $what in
	work|watch|put-back|put-back-early|end-worker|boot|take-lock|free-lock)
		[ -d "$dir" ] || exit 1
		;;
	esac
	# What is begun goes on when the connection is cut: the dead-man switch
	# decides then.  The signals are caught, not ignored: a service that is
	# started here would ignore them too.
	trap : HUP PIPE
	case $what in
	work) work; exit ;;
	watch) watch; exit ;;
	put-back) put_back; exit ;;
	put-back-early) early=1; put_back; exit ;;
	end-worker) end_worker; exit ;;
	boot) boot "$moment"; exit ;;
	take-lock) take_lock; exit ;;
	free-lock) free_lock; exit ;;
	begin) begin ;;
	status) status ;;
	confirm) confirm ;;
	undo)
		undo
		# By hand (undo.sh) nobody sees the record.
		[ -z "$refused" ] || say "run $run: $refused: $why"
		;;
	*) usage ;;
	esac
	record
}

main "$@" </dev/null; exit
