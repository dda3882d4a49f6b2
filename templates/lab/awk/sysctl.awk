# sysctl(8) on the table of a practice host. Arguments are sysctl's own;
# environment: LAB_TABLE, LAB_MAY_SET.
# The table has lines "row name kind access 'value'": kind is one of those
# below; access r, rw, rt (read-only tunable) or rwt; a quote in a value stands
# as in sh. How -t, -T and -W answer: sbin/sysctl/sysctl.c, show_var (reading).

BEGIN {
	split("int:integer uint:unsigned_integer long:long_integer " \
	    "ulong:unsigned_long u8:uint8_t u16:uint16_t u32:uint32_t " \
	    "u64:uint64_t s8:int8_t s16:int16_t s32:int32_t s64:int64_t", \
	    pairs, " ")
	for (i in pairs) {
		split(pairs[i], pair, ":")
		sub(/_integer/, " integer", pair[2])
		sub(/_long/, " long", pair[2])
		type[pair[1]] = numeric[pair[1]] = pair[2]
	}
	type["string"] = "string"; type["opaque"] = "opaque"
	table = ENVIRON["LAB_TABLE"]
	while ((getline < table) > 0) {
		count++
		names[count] = $2; at[$2] = count
		kind[count] = $3; access[count] = $4
		start = index($0, "'")
		value[count] = substr($0, start + 1, length($0) - start - 1)
		value[count] = replaced(value[count], "'\\''", "'")
	}
	close(table)
	for (i = 1; i < ARGC && substr(ARGV[i], 1, 1) == "-" &&
	    ARGV[i] != "-"; i++) {
		if (ARGV[i] == "--") {
			i++
			break
		}
		for (j = 2; j <= length(ARGV[i]); j++) {
			letter = substr(ARGV[i], j, 1)
			if (letter == "f" || letter == "B") {
				argument = substr(ARGV[i], j + 1)
				if (argument == "")
					argument = ARGV[++i]
				if (letter == "f")
					conf = argument
				break
			}
			if (index("AabdehiNnoqtTwWxX", letter) == 0)
				usage()
			option[letter] = 1
		}
	}
	if (option["N"] && option["n"])
		usage()
	if (i >= ARGC && (option["a"] || option["A"] || option["X"] ||
	    option["T"] || option["W"])) {
		for (k = 1; k <= count; k++)
			show(k)
		exit 0
	}
	if (i >= ARGC && conf == "")
		usage()
	if (conf != "")
		load(conf)
	for (; i < ARGC; i++)
		failures += parse(ARGV[i], "")
	if (changed)
		store()
	exit failures > 255 ? 255 : failures
}

function usage()
{
	warn("usage: sysctl [-bdehiNnoqtTWx] [ -B <bufsize> ] [-f filename] " \
	    "name[=value] ...\n" \
	    "       sysctl [-bdehNnoqtTWx] [ -B <bufsize> ] -a")
	exit 1
}

function warn(text)
{
	printf "%s\n", text > "/dev/stderr"
}

function shown(k)
{
	if (option["N"])
		return names[k]
	return (option["n"] ? "" : names[k] (option["e"] ? "=" : ": ")) \
	    (option["t"] ? type[kind[k]] : value[k])
}

function show(k)
{
	if (kind[k] == "node" || (option["T"] && access[k] !~ /t/) ||
	    (option["W"] && access[k] !~ /w/))
		return
	print shown(k)
}

function strip(text)
{
	sub(/^[ \t\r\n\v\f]+/, "", text)
	sub(/[ \t\r\n\v\f]+$/, "", text)
	return text
}

# The number strtol(3) with base 0 reads, as a decimal string; "" when there is
# none.
function integer(text,    sign, digits, n, k, base, position)
{
	sign = 1
	if (text ~ /^[+-]/) {
		if (substr(text, 1, 1) == "-")
			sign = -1
		text = substr(text, 2)
	}
	base = 10
	if (text ~ /^0[xX]/) {
		base = 16
		text = tolower(substr(text, 3))
	} else if (text ~ /^0[0-9]/) {
		base = 8
	}
	digits = substr("0123456789abcdef", 1, base)
	if (text == "")
		return ""
	for (k = 1; k <= length(text); k++) {
		position = index(digits, substr(text, k, 1))
		if (position == 0)
			return ""
		n = n * base + position - 1
	}
	return sprintf("%d", sign * n)
}

function parse(text, where,    equal, colon, cut, name, new, k, quote, old, \
    given, part, i, read_numbers)
{
	equal = index(text, "=")
	colon = index(text, ":")
	cut = equal && (!colon || equal < colon) ? equal : colon
	name = strip(cut ? substr(text, 1, cut - 1) : text)
	if (cut && (option["T"] || option["W"])) {
		warn("sysctl: Can't set variables when using -T or -W")
		usage()
	}
	if (!(name in at))
		return subtree(name, cut, where)
	k = at[name]
	if (!cut) {
		show(k)
		return 0
	}
	new = strip(substr(text, cut + 1))
	quote = substr(new, 1, 1)
	if (quote == "\"" || quote == "'") {
		new = substr(new, 2)
		if (substr(new, length(new), 1) == quote)
			new = substr(new, 1, length(new) - 1)
	}
	if (kind[k] == "node") {
		warn("sysctl: oid '" name "' isn't a leaf node" where)
		return 1
	}
	if (access[k] !~ /w/) {
		if (access[k] ~ /t/) {
			warn("sysctl: oid '" name \
			    "' is a read only tunable" where)
			warn("sysctl: Tunable values are set in " \
			    "/boot/loader.conf")
		} else {
			warn("sysctl: oid '" name "' is read only" where)
		}
		return 1
	}
	if (kind[k] in numeric) {
		if (new == "") {
			warn("sysctl: empty numeric value")
			return 1
		}
		given = split(new, part, /[ ,]+/)
		for (i = 1; i <= given; i++) {
			if (part[i] == "")
				continue
			if (integer(part[i]) == "") {
				warn("sysctl: invalid " numeric[kind[k]] \
				    " '" part[i] "'" where)
				return 1
			}
			new = integer(part[i])
			read_numbers++
		}
		if (read_numbers != 1)
			return refused(k, text, where, "Invalid argument")
	} else if (kind[k] != "string") {
		warn("sysctl: oid '" name "' is type 5, cannot set that" where)
		return 1
	}
	if (ENVIRON["LAB_MAY_SET"] != "yes")
		return refused(k, text, where, "Operation not permitted")
	old = shown(k)
	value[k] = new
	changed = 1
	print old " -> " (option["N"] ? names[k] : new)
	return 0
}

# The kernel says no: sysctl(8) has printed what the value is by then.
function refused(k, text, where, why)
{
	print shown(k)
	warn("sysctl: " text where ": " why)
	return 1
}

# A name that is not a leaf: its children, when there are any.
function subtree(name, cut, where,    k, found)
{
	for (k = 1; k <= count; k++) {
		if (name != "" && index(names[k], name ".") == 1) {
			found = 1
			if (!cut)
				show(k)
		}
	}
	if (found && !cut)
		return 0
	if (found) {
		warn("sysctl: oid '" name "' isn't a leaf node" where)
		return 1
	}
	if (option["i"])
		return 0
	if (!option["q"])
		warn("sysctl: unknown oid '" name "'" where)
	return 1
}

function load(file,    line, number, status)
{
	while ((status = (getline line < file)) > 0) {
		number++
		line = strip(uncomment(line))
		if (line != "")
			failures += parse(line, " at line " number)
	}
	if (status < 0) {
		warn("sysctl: " file ": No such file or directory")
		exit 66
	}
	close(file)
}

# A # begins a comment, but not inside quotes, and not after a backslash.
function uncomment(line,    k, c, quote)
{
	for (k = 1; k <= length(line); k++) {
		c = substr(line, k, 1)
		if (quote != "") {
			if (c == quote && index(substr(line, k), "#"))
				return substr(line, 1, k)
			if (c == quote)
				quote = ""
		} else if (c == "\"" || c == "'") {
			quote = c
		} else if (c == "#" && substr(line, k - 1, 1) != "\\") {
			return substr(line, 1, k - 1)
		}
	}
	return line
}

# Not gsub: what it makes of backslashes differs from awk to awk.
function replaced(text, what, by,    at, out)
{
	while ((at = index(text, what)) > 0) {
		out = out substr(text, 1, at - 1) by
		text = substr(text, at + length(what))
	}
	return out text
}

function store(    k, fresh, text)
{
	fresh = table ".new"
	for (k = 1; k <= count; k++) {
		text = replaced(value[k], "'", "'\\''")
		printf "row %s %s %s '%s'\n", \
		    names[k], kind[k], access[k], text > fresh
	}
	close(fresh)
	system("/bin/mv -f '" fresh "' '" table "'")
}
