# awk: the posture, as src/rules/posture.ts makes it, and what is told of it, a
# line each, cut at tabs:
#   posture WORD; running VALUE; boot VALUE; why TEXT; time SECONDS
#   capture SERVICE INTERFACE STALLED RECEIVED DROPPED HELD
#   end
# shellcheck disable=SC2016 # awk's own variables
judge_host='
	function values(    on, want) {
		if (running_state != "read")
			open(2, "the running value was not read: " \
			    why_not("bpf"))
		if (!is_jail && gap != "") {
			open(2, "the boot value is not known: " gap)
			boot = "unknown"
		}
		if (running_state == "read" && running != 0) on = 1
		if (!is_jail && boot != "unknown" && boot != 0) on = 1
		if (on) judge_programs()
		if (!is_jail && running_state == "read" && gap == "" && \
		    running != boot)
			fails(3, "runs with " running ", but boots with " boot)
		if (wish == "auto") open(3, "policy auto is not decided here")
		else if (wish != "" && running_state == "read") {
			want = wish == "on"
			if ((running != 0) != want || \
			    !is_jail && gap == "" && (boot != 0) != want)
				fails(3, "the policy says " wish)
			else if (gap != "" && !is_jail)
				open(3, "the boot value is not known: " gap)
		}
		if (more_wishes != "")
			open(3, "policy " more_wishes " is not decided here")
		judge_conf("/etc/sysctl.conf")
		judge_conf("/etc/sysctl.conf.local")
		if ("given-modes" in status)
			open(4, "programs have buffer modes, which only " \
			    "zbufctl audit judges")
	}
	function verdict(    group, name) {
		split("broken at-risk drift ineffective", name, " ")
		if (!whole) {
			why = "the look did not come to its end"
			return "unknown"
		}
		if (status["system"] != "0" || !lines["system"]) {
			why = "uname: " why_not("system")
			return "unknown"
		}
		if (line["system", 1] != "FreeBSD") {
			why = "this is not FreeBSD"
			return "not-applicable"
		}
		read_running()
		if (running_state == "absent") {
			running = "absent"
			why = "this kernel has no bpf(4)"
			return "not-applicable"
		}
		jailed = line["jailed", 1]
		is_jail = status["jailed"] == "0" && jailed == "1"
		read_processes()
		read_ldd()
		mapped = is_mapped()
		read_oids()
		read_boot()
		judge_captures()
		values()
		for (group = 1; group <= 4; group++) {
			why = failed[group]
			if (why != "") return name[group]
			why = opened[group]
			if (why != "") return "unknown"
		}
		why = (captures + 0) " captures, none stalled; runs with " \
		    running ", boots with " boot
		return "compliant"
	}
	END {
		running = boot = "unknown"
		posture = verdict()
		print "posture\t" posture
		print "running\t" running
		print "boot\t" (is_jail ? "unknown" : boot)
		print "why\t" why
		if (size["descriptors second"] ~ /^[0-9]+$/)
			print "time\t" size["descriptors second"]
		for (i = 1; i <= tellers; i++) {
			who = teller[i]
			print "capture\t" who "\t" told[who] "\t" sum[who, 1] \
			    "\t" sum[who, 2] "\t" sum[who, 3]
		}
		print "end"
	}'
