### The answer: syslogd(8), through logger(1)
#
# One line a run with the tag zbufctl, whatever it says: a host that falls
# silent is seen. Facility daemon; crit for broken, err for unknown, warning for
# what will break or differs, info for well. Run it by cron as root:
#   */15 * * * * root /usr/local/libexec/check.sh

wanted()
{
	return 0
}

answer()
{
	case $posture in
	compliant|not-applicable) level=info ;;
	at-risk|drift|ineffective) level=warning ;;
	broken) level=crit ;;
	*) level=err ;;
	esac
	values="posture=$posture running=$running boot=$boot"
	logger -t zbufctl -p "daemon.$level" -- "$values $why"
}
