# awk: while zero-copy is on, which programs a fork would cost their capture; as
# src/rules/reading/{forks-at-value,capture-services,libpcap-in-use}.ts. What a
# command line decides is not decided here.
# shellcheck disable=SC2016 # awk's own variables
judge_forks='
	# A service: id, rc script, pattern of its process names, what a fork
	# does to it with the flags variables unset, and whatever they are
	# (breaks, safe, open), whether it asks for zero-copy (libpcap, direct,
	# never), the variables, whether its arguments tell it from others.
	function service(id, script, commands, unset, any, asks, variables, \
	    shared) {
		services++
		id_of[services] = id; script_of[services] = script
		commands_of[services] = commands
		unset_of[services] = unset; any_of[services] = any
		asks_of[services] = asks; variables_of[services] = variables
		shared_of[services] = shared
	}
	# The number of the one service a process can be; 0: none, or several.
	function service_of(command,    i, found, n) {
		for (i = 1; i <= services; i++) {
			if (commands_of[i] == "") continue
			if (command !~ commands_of[i]) continue
			found = i
			n++
		}
		return n == 1 && !shared_of[found] ? found : 0
	}
	function label_of(pid,    found) {
		found = service_of(command_of[pid])
		return found ? id_of[found] : command_of[pid]
	}
	function script_at(name,    i, path) {
		if (name == "") return ""
		for (i = 1; i <= lines["enabled"]; i++) {
			path = line["enabled", i]
			sub(/.*\//, "", path)
			if (path == name) return line["enabled", i]
		}
		return ""
	}
	# What a fork does to a service as rc starts it.
	function pattern_of(i,    n, name, part, flags) {
		n = split(variables_of[i], part, " ")
		if (rc_value(script_of[i] "_instances") != "") return any_of[i]
		for (name = 1; name <= n; name++)
			flags = flags trim(rc_value(part[name]))
		return flags == "" ? unset_of[i] : any_of[i]
	}
	function has_variables(i,    n, text) {
		for (n = 1; n <= lines["variables"]; n++) {
			text = line["variables", n]
			if (index(text, script_of[i]) == 1 && \
			    text ~ /^[A-Za-z0-9_]*_env(_file)?: *[^ ]/)
				return 1
		}
		return 0
	}
	function basename(path) {
		sub(/.*\//, "", path)
		return path
	}
	# What rc may start without being asked, or nobody can tell.
	function judge_starters(    i, j, script, part) {
		if (!good("enabled") || !good("variables"))
			open(2, "what rc starts is not known")
		for (i = 1; i <= lines["undecided"]; i++) {
			script = basename(line["undecided", i])
			for (j = 1; j <= services; j++)
				if (script == script_of[j])
					open(2, "whether rc starts " script)
		}
		for (i = 1; i <= lines["old-style"]; i++) {
			split(line["old-style", i], part, " ")
			script = basename(part[1])
			for (j = 1; j <= services; j++)
				if (script == script_of[j] ".sh" || \
				    commands_of[j] != "" && \
				    basename(part[2]) ~ commands_of[j])
					open(2, script " starts " id_of[j])
		}
	}
	function judge_program(who, can, fork) {
		if (can == "no" || fork == "safe") return
		if (fork == "breaks" && can == "yes")
			fails(2, who " will lose its capture when it starts")
		else open(2, who " may lose its capture when it starts")
	}
	function judge_service(i, can,    script, fork) {
		script = script_at(script_of[i])
		if (asks_of[i] == "never") can = "no"
		else if (asks_of[i] == "direct") can = "yes"
		else if (has_variables(i)) can = "unknown"
		fork = any_of[i]
		if (script != "" && pattern_of(i) == "breaks") fork = "breaks"
		judge_program(id_of[i], can, fork)
	}
	function judge_programs(    i, pid, can, text, command, part, script) {
		if (!good("holders"))
			open(2, "who captures: " why_not("holders"))
		judge_starters()
		for (pid in handles) reads[pid] = 1
		for (pid in reads) {
			i = service_of(command_of[pid])
			can = next_of_process(pid)
			if (i) {
				if (i in runs) can = worse(runs[i], can)
				runs[i] = can
			} else if (can != "no")
				open(2, command_of[pid] " is not known here")
		}
		for (i = 1; i <= lines["commands"]; i++) {
			split(line["commands", i], part, " ")
			command_at[part[1]] = part[2]
		}
		for (i = 1; i <= services; i++) {
			script = script_at(script_of[i])
			if (i in runs) judge_service(i, runs[i])
			else if (script != "") {
				can = next_of_program(command_at[script])
				text = pattern_of(i)
				if (asks_of[i] == "never") can = "no"
				else if (asks_of[i] == "direct") can = "yes"
				else if (has_variables(i)) can = "unknown"
				judge_program(id_of[i], can, text)
			}
		}
		judge_effect()
	}
	# On, and nothing here can use it.
	function judge_effect(    key, n, can, all) {
		all = "no"
		for (key in status) {
			if (key !~ /^strings /) continue
			can = can_do(substr(key, 9))
			if (can == "unknown" && key !~ is_library) continue
			n++
			if (can == "yes") return
			if (can != "no") all = "unknown"
		}
		if (n && all == "no")
			fails(4, "zero-copy is on, and no libpcap can do it")
		else open(4, "whether a libpcap can do zero-copy")
	}'
