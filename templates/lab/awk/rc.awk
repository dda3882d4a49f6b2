# Reads rc.conf files the way rc.subr sources them: the last assignment wins.
#
# Arguments: the files, defaults first. Variables: root (cut off the names
# shown), mode and name:
#	all	every variable set outside the defaults: name, tab, value;
#		sorted by name
#	get	the value of `name`; exit 1 when it is set nowhere
#	find	the file with the last assignment of `name`; exit 1 when there
#		is none
#	enabled	scripts of the table `services` (columns: script, rc variable)
#		that are switched on, in its order
# plain: the one file named is read as it is, also one in rc.conf.d, whose
# variables count for one service otherwise

# The word behind the =, as sh joins it: quoted pieces and bare ones, to a blank
# or a semicolon. A carriage return is a character like any other.
function assigned(line,    rest, value, quote, cut)
{
	rest = substr(line, index(line, "=") + 1)
	value = ""
	while (rest != "" && rest !~ /^[ \t;]/) {
		quote = substr(rest, 1, 1)
		if (quote == "\"" || quote == "'") {
			rest = substr(rest, 2)
			cut = index(rest, quote)
			if (!cut)
				return value rest
			value = value substr(rest, 1, cut - 1)
			rest = substr(rest, cut + 1)
		} else {
			match(rest, /^[^"' \t;]+/)
			value = value substr(rest, 1, RLENGTH)
			rest = substr(rest, RLENGTH + 1)
		}
	}
	return value
}

/^[ \t]*(export[ \t]+)?[A-Za-z_][A-Za-z0-9_]*=/ {
	line = $0
	sub(/^[ \t]*(export[ \t]+)?/, "", line)
	variable = substr(line, 1, index(line, "=") - 1)
	shown = substr(FILENAME, length(root) + 1)
	if (!plain && shown ~ /\/rc\.conf\.d\//) {
		service = shown
		sub(/.*\//, "", service)
		own[service, variable] = assigned(line)
		next
	}
	value[variable] = assigned(line)
	file[variable] = shown
	if (shown !~ /\/defaults\//)
		set[variable] = 1
}

function yes(text)
{
	return tolower(text) ~ /^(yes|true|on|1)$/
}

END {
	if (mode == "get" || mode == "find") {
		if (!(name in value))
			exit 1
		print (mode == "get" ? value[name] : file[name])
	} else if (mode == "all") {
		for (variable in set) {
			i = ++count
			for (; i > 1 && sorted[i - 1] > variable; i--)
				sorted[i] = sorted[i - 1]
			sorted[i] = variable
		}
		for (i = 1; i <= count; i++)
			printf "%s\t%s\n", sorted[i], value[sorted[i]]
	} else if (mode == "enabled") {
		while ((getline line < services) > 0) {
			split(line, column, "\t")
			service = column[2]
			sub(/_enable$/, "", service)
			state = value[column[2]]
			if ((service, column[2]) in own)
				state = own[service, column[2]]
			if (yes(state))
				print column[1]
		}
	}
}
