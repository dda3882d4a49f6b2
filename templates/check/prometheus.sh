### The answer: a file for the textfile collector of node_exporter
#
#   check.sh [FILE]     default: /var/tmp/node_exporter/zbufctl.prom
#
# Run it by cron as root, every 5 minutes:
#   */5 * * * * root /usr/local/libexec/check.sh
# Written beside FILE and renamed, so that no half of it is ever read. A host
# that cannot look says so in the metrics; one whose file grows old or is gone
# is for the alerts (zbufctl_collect_timestamp_seconds, absent).

wanted()
{
	return 0
}

answer()
{
	file=$root${1:-/var/tmp/node_exporter/zbufctl.prom}
	new=$file.$$
	# A file of its own, whatever somebody left there: never through a link.
	umask 022
	set -C
	if metrics >"$new"; then
		mv -f "$new" "$file" && return 0
		rm -f "$new"
	fi
	return 1
}

metrics()
{
	family bpf_stalled gauge 'Whether a fork took the capture; 1: lost.' 3
	family bpf_received_total counter 'Packets the captures were given.' 4
	family bpf_dropped_total counter 'Packets they had no room for.' 5
	family bpf_held_bytes gauge 'Bytes handed over and not given back.' 6
	describe zerocopy_value gauge 'net.bpf.zerocopy_enable.'
	measured running "$running"
	measured boot "$boot"
	describe posture gauge 'The host in one word: 1 for the one it is in.'
	for word in broken at-risk drift ineffective compliant unknown \
	    not-applicable; do
		is=0
		[ "$word" != "$posture" ] || is=1
		printf 'zbufctl_posture{posture="%s"} %s\n' "$word" "$is"
	done
	complete=1
	[ "$posture" != unknown ] || complete=0
	describe collect_complete gauge 'Whether enough was seen for a verdict.'
	printf 'zbufctl_collect_complete %s\n' "$complete"
	describe collect_timestamp_seconds gauge 'When the host was looked at.'
	printf 'zbufctl_collect_timestamp_seconds %s\n' "$looked"
}

describe()
{
	printf '# HELP zbufctl_%s %s\n# TYPE zbufctl_%s %s\n' \
	    "$1" "$3" "$1" "$2"
}

# family name type help column: a sample for each service and interface.
family()
{
	describe "$1" "$2" "$3"
	metric=$1 column=$4
	for row in $captures; do
		IFS=$tab
		set -- $row
		IFS=$newline
		labels="service=\"$1\",interface=\"$2\""
		shift "$((column - 1))"
		printf 'zbufctl_%s{%s} %s\n' "$metric" "$labels" "$1"
	done
}

measured()
{
	shown=$2
	case $2 in *[!0-9-]*) shown=NaN ;; esac
	printf 'zbufctl_zerocopy_value{where="%s"} %s\n' "$1" "$shown"
}
