### The answer: Nagios, Icinga and whatever runs their plugins
#
# One line with performance data; exits with 0 OK, 1 WARNING, 2 CRITICAL or
# 3 UNKNOWN. Run it as root, through NRPE or sudo for instance:
#   command[check_zbufctl]=/usr/local/bin/sudo /usr/local/libexec/check.sh

wanted()
{
	return 0
}

answer()
{
	case $posture in
	compliant|not-applicable) word=OK code=0 ;;
	at-risk|drift|ineffective) word=WARNING code=1 ;;
	broken) word=CRITICAL code=2 ;;
	*) word=UNKNOWN code=3 ;;
	esac
	measured "$running"
	data="running=$shown"
	measured "$boot"
	data="$data boot=$shown"
	for row in $captures; do
		IFS=$tab
		set -- $row
		IFS=$newline
		name=$1_$2 stalled=$3
		[ "$stalled" != NaN ] || stalled=U
		data="$data '${name}_stalled'=$stalled;;0"
		data="$data '${name}_received'=${4}c '${name}_dropped'=${5}c"
		data="$data '${name}_held'=${6}B"
	done
	printf 'ZBUFCTL %s: %s: %s | %s\n' "$word" "$posture" "$why" "$data"
	return "$code"
}

# measured value: sets shown, U for what is no number.
measured()
{
	shown=$1
	case $1 in *[!0-9-]*) shown=U ;; esac
}
