# Renders open files (mode files), memory maps (mode vm) or programs (mode
# binary) as procstat(1).
#
# The environment table (mode env): 1 pid, 2 command, 3 and on: NAME=value.
# Variables: mode, style (text or json), header (1 or 0), pids (blank
# separated; empty: all), calls.
# Columns of the files table: 1 pid, 2 command, 3 fd, 4 type letter, 5 vnode
# letter, 6 flags, 7 references, 8 offset, 9 bytes the offset grows a netstat
# call, 10 protocol, 11 path, 12 value of `calls` when it was opened.
# Columns of a map: 1 start, 2 end, 3 protection, 4 resident, 5 private,
# 6 references, 7 shadows, 8 flags, 9 type, 10 path; the file is named after the
# pid.

BEGIN {
	FS = "\t"
	wanted_count = split(pids, list, " ")
	for (i = 1; i <= wanted_count; i++)
		wanted[list[i]] = 1
	type["v"] = "vnode"; type["p"] = "pipe"; type["s"] = "socket"
	vnode["r"] = "regular"; vnode["d"] = "directory"
	vnode["c"] = "character"
	word["r"] = "read"; word["w"] = "write"; word["a"] = "append"
	word["n"] = "nonblocking"; word["l"] = "lock_held"
	if (style == "json") {
		printf "{\"__version\": \"1\", \"procstat\": {\"%s\": {", \
		    (mode == "env" ? "environment" : mode)
	} else if (header && mode == "files") {
		printf "%5s %-16s %5s %1s %1s %-8s %3s %7s %-3s %-12s\n", \
		    "PID", "COMM", "FD", "T", "V", "FLAGS", "REF", "OFFSET", \
		    "PRO", "NAME"
	} else if (header && mode == "vm") {
		printf "%5s %18s %18s %3s %4s %4s %3s %3s %-5s %-2s %s\n", \
		    "PID", "START", "END", "PRT", "RES", "PRES", "REF", \
		    "SHD", "FLAG", "TP", "PATH"
	} else if (header && mode == "env") {
		printf "%5s %-16s %s\n", "PID", "COMM", "ENVIRONMENT"
	} else if (header && mode == "binary") {
		printf "%5s %-19s %8s %s\n", "PID", "COMM", "OSREL", "PATH"
	}
}

function words(flags,    i, c, out)
{
	for (i = 1; i <= length(flags); i++) {
		c = substr(flags, i, 1)
		if (c != "-")
			out = out (out == "" ? "" : ",") "\"" word[c] "\""
	}
	return out
}

# Begins the list of a process, after the one before it.
function begin_process(pid, command, list)
{
	printf "%s\"%s\": {\"process_id\":%s,\"command\":%s, \"%s\": [", \
	    (current == "" ? "" : "]}, "), pid, pid, quoted(command), list
	current = pid
}

function owner(pid, command)
{
	if (pid == current)
		return
	begin_process(pid, command, "files")
	items = 0
}

# Where the kernel knows no number, the dash is a string.
function number(text)
{
	return text == "-" ? "\"-\"" : text
}

mode == "files" && (wanted_count == 0 || ($1 in wanted)) {
	offset = $8
	if (offset != "-" && calls > $12)
		offset += $9 * (calls - $12)
	if (style == "json") {
		owner($1, $2)
		printf "%s{\"fd\":%s,\"fd_type\":\"%s\"", \
		    (items++ ? ", " : ""), \
		    ($3 ~ /^[0-9]+$/ ? $3 : quoted($3)), type[$4]
		if ($5 in vnode)
			printf ",\"vode_type\":\"%s\"", vnode[$5]
		printf ", \"fd_flags\": [%s],\"ref_count\":%s,\"offset\":%s", \
		    words($6), number($7), number(offset)
		printf ",\"protocol\":\"%s\",\"path\":%s}", $10, quoted($11)
		next
	}
	printf "%5d %-16s %5s %1s %1s %-8s %3s %7s %-3s %-18s\n", $1, $2, $3, \
	    $4, $5, $6, $7, offset, $10, $11
}

mode == "env" && ($1 in wanted) {
	if (style == "json") {
		begin_process($1, $2, "environment")
		for (i = 3; i <= NF; i++)
			printf "%s%s", (i > 3 ? "," : ""), quoted($i)
		next
	}
	printf "%5d %-16s", $1, $2
	for (i = 3; i <= NF; i++)
		printf " %s", $i
	printf "\n"
}

mode == "binary" && $3 == "text" && (wanted_count == 0 || ($1 in wanted)) {
	printf "%5d %-19s %8s %s\n", $1, $2, osreldate, $11
}

mode == "vm" && !/^#/ {
	if (FNR == 1) {
		parts = split(FILENAME, path, "/")
		pid = path[parts]
	}
	printf "%5d %18s %18s %s %4d %4d %3d %3d %-5s %-2s %s\n", pid, \
	    "0x" $1, "0x" $2, $3, $4, $5, $6, $7, $8, $9, $10
}

END {
	if (style == "json")
		printf "%s}}}\n", (current == "" ? "" : "]}")
}
