# awk: whether sysctl(8) accepts the lines of the sysctl.conf files, as
# src/rules/zbuf-009-*.ts.
# shellcheck disable=SC2016 # awk's own variables
judge_lines='
	function read_oids(    i, text, known) {
		known = status["oids"] ~ /^[0-9]+$/ && status["oids"] != 127
		for (i = 1; known && i <= lines["oids"]; i++) {
			text = line["oids", i]
			if (!match(text, /: [a-z0-9_ ]+$/)) continue
			type[substr(text, 1, RSTART - 1)] = \
			    substr(text, RSTART + 2)
		}
		if (good("oids-writable"))
			for (i = 1; i <= lines["oids-writable"]; i++)
				writable[line["oids-writable", i]] = 1
		type[zerocopy] = "integer"
		writable[zerocopy] = 1
		oids_known = known
	}
	function judge_line(place,    kind) {
		if (conf == "blank") return
		if (conf == "bad") {
			fails(3, place " is not an assignment")
			return
		}
		if (!(conf_name in type)) {
			if (conf_name !~ /^[A-Za-z0-9_%][A-Za-z0-9_%.-]*$/ || \
			    oids_known && index(complaint["oids"], \
			    "unknown oid \047" conf_name "\047"))
				fails(3, place " names no sysctl")
			else open(3, place " was not asked of sysctl")
			return
		}
		kind = type[conf_name]
		if (kind == "node" || kind == "opaque") {
			fails(3, place " cannot be set")
			return
		}
		if (!(conf_name in writable)) {
			if (good("oids-writable"))
				fails(3, place " is read only")
			else open(3, place " was not asked of sysctl")
			return
		}
		if (kind == "string") return
		if (kind == "unknown") open(3, place " has an unknown type")
		else if (conf_value == "") fails(3, place " has no value")
		else if (conf_value ~ /^[+-]?(0|[1-9][0-9]*)$/ && \
		    length(conf_value) < 18 && \
		    (kind !~ /^u/ || conf_value !~ /^-/))
			return
		else if (conf_value ~ /^[A-Za-z_]/ && conf_value !~ /[ ,]/)
			fails(3, place " has a value that is no number")
		else open(3, place " has a value that is not decided here")
	}
	function judge_conf(path,    key, i) {
		key = "config " path
		if (status[key] == "absent") return
		if (!whole_file(key)) {
			open(3, path ": " why_not(key))
			return
		}
		for (i = 1; i <= lines[key]; i++) {
			read_line(line[key, i])
			if (line[key, i] ~ /\[redacted\]/)
				open(3, path " has a line that was hidden")
			else judge_line(path " line " i)
		}
	}'
