# Renders the process table as ps(1) -o: a column is as wide as its longest
# entry.
#
# Variables: fields (comma separated, "name" or "name=header"), style (text or
# json), pids (comma separated; empty: all), release (13.2 or 15.1), and for the
# row of ps itself: self (first eight columns of the table, "|" separated) and
# selfargs. Columns of the table: 1 pid, 2 ppid, 3 pgid, 4 jid, 5 user, 6 stat,
# 7 started, 8 tty, 9 unit, 10 command, 11 arguments.

function define(name, header, column, right, json)
{
	headers[name] = header
	columns[name] = column
	rights[name] = right
	jsons[name] = json
}

function keep(    c)
{
	if (npids && !($1 in want))
		return
	rows++
	for (c = 1; c <= 11; c++)
		cell[rows, c] = $c
	rank[rows] = sprintf("%-8s%07d", $8, $1)
	order[rows] = rows
}

BEGIN {
	FS = "\t"
	define("pid", "PID", 1, 1, "pid")
	define("ppid", "PPID", 2, 1, "ppid")
	define("pgid", "PGID", 3, 1, "process-group")
	define("jid", "JID", 4, 1, "jail-id")
	define("user", "USER", 5, 0, "user")
	define("stat", "STAT", 6, release == "15.1", "state")
	define("state", "STAT", 6, release == "15.1", "state")
	define("lstart", "STARTED", 7, 0, "start-time")
	define("tty", "TTY", 8, 0, "terminal-name")
	define("comm", "COMMAND", 10, 0, "command")
	define("ucomm", "UCOMM", 10, 0, "ucommand")
	define("args", "COMMAND", 11, 0, "arguments")
	define("command", "COMMAND", 11, 0, "command")
	n = split(fields, field, ",")
	for (i = 1; i <= n; i++) {
		at = index(field[i], "=")
		name[i] = at ? substr(field[i], 1, at - 1) : field[i]
		if (!(name[i] in headers)) {
			print "ps: " name[i] ": keyword not found" \
			    > "/dev/stderr"
			bad = 1
			exit 1
		}
		head[i] = at ? substr(field[i], at + 1) : headers[name[i]]
		if (head[i] != "")
			titled = 1
	}
	npids = split(pids, list, ",")
	for (i = 1; i <= npids; i++)
		want[list[i]] = 1
	if (self != "") {
		split(self, cells, "|")
		row = cells[1]
		for (i = 2; i <= 8; i++)
			row = row FS cells[i]
		$0 = row FS FS "ps" FS selfargs
		keep()
	}
}

{ keep() }

# Entry of a column in a row, as the rows are ordered.
function shown(row, column)
{
	return cell[order[row], columns[name[column]]]
}

function separator(column)
{
	return column == n ? "\n" : " "
}

END {
	if (bad)
		exit 1
	for (i = 2; i <= rows; i++) {
		for (j = i; j > 1 && rank[order[j]] < rank[order[j - 1]]; j--) {
			swap = order[j]
			order[j] = order[j - 1]
			order[j - 1] = swap
		}
	}
	if (style == "json") {
		printf "{\"process-information\": {\"process\": ["
		for (j = 1; j <= rows; j++) {
			printf "%s{", (j > 1 ? ", " : "")
			for (i = 1; i <= n; i++)
				printf "%s\"%s\":%s", (i > 1 ? "," : ""), \
				    jsons[name[i]], quoted(shown(j, i))
			printf "}"
		}
		printf "]}}\n"
		exit rows == 0
	}
	for (i = 1; i <= n; i++) {
		width = length(head[i])
		for (j = 1; j <= rows; j++)
			if (length(shown(j, i)) > width)
				width = length(shown(j, i))
		form[i] = rights[name[i]] ? "%" width "s" : "%-" width "s"
		if (i == n)
			form[i] = "%s"
	}
	if (titled)
		for (i = 1; i <= n; i++)
			printf form[i] "%s", head[i], separator(i)
	for (j = 1; j <= rows; j++)
		for (i = 1; i <= n; i++)
			printf form[i] "%s", shown(j, i), separator(i)
	exit rows == 0
}
