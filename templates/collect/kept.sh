### What stays on the host

# The rc variables that come with their value: those below of these scripts,
# all *_enable, what rc itself reads, and the names zbufctl was asked for (a
# policy's). Of the others only the name comes.
rc_scripts='argus arpwatch bandwidthd choparp collectd darkstat dhclient dhcpcd'
rc_scripts="$rc_scripts dhcpd dhcrelay dsc fastnetmon fwknopd hostapd httpry"
rc_scripts="$rc_scripts ipcad isc_dhcpd isc_dhcrelay kea knockd ladvd lldpd"
rc_scripts="$rc_scripts ndpmonitor ntopng obspamlogd p0f packetbeat pfflowd"
rc_scripts="$rc_scripts pflog pmacctd ptpd2 rarpd snort softflowd suricata"
rc_scripts="$rc_scripts ucarp wpa_supplicant zeek"
rc_asked=''

# awk: which rc variables come with their value.
# shellcheck disable=SC2016 # awk's own variables
rc_filter='
	BEGIN {
		split(rc_scripts, rc_list, " ")
		for (rc_i in rc_list) rc_of[rc_list[rc_i]] = 1
		split(rc_asked, rc_list, " ")
		for (rc_i in rc_list) rc_named[rc_list[rc_i]] = 1
		rc_suffix = "_(enable|flags|instances|interfaces?|ifaces?|if" \
		    "|dev|program|procname|command|args|options|conf|config" \
		    "|logfile|user|chroot|env|env_file|svcj|netmap" \
		    "|divertport|collector)$"
	}
	function needed(name,    script) {
		if (name in rc_named || name ~ /_enable$/) return 1
		if (name ~ /^(rc_conf_files|local_startup|kld_list)$/) return 1
		if (name ~ /^(cloned|network)_interfaces$/) return 1
		if (name ~ /^(pflog[0-9]*|softflowd|(background_)?dhclient)_/)
			return 1
		if (name ~ /_env$/) return 1
		if (!match(name, rc_suffix)) return 0
		script = substr(name, 1, RSTART - 1)
		return script in rc_of
	}
	# Of an environment only what tells the loader where libraries are.
	function of_loader(value,    done, n, word, i, others) {
		n = split(value, word, /[ \t"\047]+/)
		done = ""
		for (i = 1; i <= n; i++) {
			if (word[i] == "") continue
			if (!match(word[i], /^LD_[A-Z0-9_]+=/)) {
				others++
				continue
			}
			if (word[i] !~ /^[A-Za-z0-9_.,=\/:+-]*$/ || \
			    1000 < length(word[i]))
				word[i] = substr(word[i], 1, RLENGTH) \
				    "[redacted]"
			if (length(done) < 4000) done = done word[i] " "
		}
		if (others) done = done "[redacted]"
		sub(/ $/, "", done)
		return done
	}
	function kept(name, value) {
		if (name ~ /_env$/ && !(name in rc_named))
			return of_loader(value)
		if (!needed(name) || secret_name(name)) return "[redacted]"
		if (name ~ /_enable$/ && 40 < length(value)) return "[redacted]"
		return mask_line(value)
	}'
