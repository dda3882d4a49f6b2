### The answer: Zabbix
#
#   check.sh            one JSON object with everything, for a master item
#   check.sh lld        the list of captures, for low-level discovery
#
# In zabbix_agentd.conf, with Timeout=30, and sudo for user zabbix:
#   UserParameter=zbufctl.check,sudo /usr/local/libexec/check.sh
#   UserParameter=zbufctl.captures,sudo /usr/local/libexec/check.sh lld
# Values are then dependent items, by JSONPath: $.posture, $.complete and
# $.captures[?(@.service=="{#SERVICE}")].stalled.first()

wanted()
{
	return 0
}

answer()
{
	list='' found=''
	for row in $captures; do
		IFS=$tab
		set -- "${1:-}" $row
		IFS=$newline
		one="\"{#SERVICE}\":\"$2\",\"{#INTERFACE}\":\"$3\""
		found="${found:+$found,}{$one}"
		one="\"service\":\"$2\",\"interface\":\"$3\""
		one="$one,\"stalled\":$(number "$4"),\"received\":$5"
		list="${list:+$list,}{$one,\"dropped\":$6,\"held\":$7}"
	done
	if [ "${1:-}" = lld ]; then
		printf '[%s]\n' "$found"
		return
	fi
	complete=1
	[ "$posture" != unknown ] || complete=0
	printf '{"posture":"%s","complete":%s,"why":"%s",' "$posture" \
	    "$complete" "$why"
	printf '"running":%s,"boot":%s,"timestamp":%s,"captures":[%s]}\n' \
	    "$(number "$running")" "$(number "$boot")" "$looked" "$list"
}

number()
{
	case $1 in
	*[!0-9-]*) printf null ;;
	*) printf %s "$1" ;;
	esac
}
