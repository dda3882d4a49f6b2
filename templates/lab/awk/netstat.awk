# Renders the bpf table as netstat(1) -B.
# Variables: calls, interface, style (text, json or pretty).

BEGIN {
	FS = "\t"
	direction["-"] = "input"
	direction["o"] = "output"
	direction["s"] = "bidirectional"
	if (style == "text")
		printf "%5s %6s %7s %9s %9s %9s %5s %5s %s\n", "Pid", \
		    "Netif", "Flags", "Recv", "Drop", "Match", "Sblen", \
		    "Hblen", "Command"
	else if (style == "pretty")
		printf "{\n  \"bpf-statistics\": {\n    \"bpf-entry\": ["
	else
		printf "{\"bpf-statistics\": {\"bpf-entry\": ["
}

function member(name, value,    comma)
{
	comma = members++ ? "," : ""
	if (style == "pretty")
		printf "%s\n        \"%s\": %s", comma, name, value
	else
		printf "%s\"%s\":%s", comma, name, value
}

function flag(position, letter, name)
{
	if (substr($3, position, 1) == letter)
		member(name, "true")
}

interface != "" && $2 != interface { next }

style == "text" {
	traffic()
	printf "%5d %6s %7s %9d %9d %9d %5d %5d %s\n", $1, $2, $3, \
	    received, dropped, matched, store, hold, $9
	next
}

{
	traffic()
	members = 0
	if (entries++)
		printf "%s", (style == "pretty" ? "," : ", ")
	printf "%s", (style == "pretty" ? "\n      {" : "{")
	member("pid", $1)
	member("interface-name", quoted($2))
	flag(1, "p", "promiscuous")
	flag(2, "i", "immediate")
	flag(3, "-", "header-complete")
	member("direction", quoted(direction[substr($3, 4, 1)]))
	flag(5, "b", "feedback")
	flag(6, "a", "async")
	flag(7, "l", "locked")
	member("received-packets", received)
	member("dropped-packets", dropped)
	member("filter-packets", matched)
	member("store-buffer-length", store)
	member("hold-buffer-length", hold)
	member("process", quoted($9))
	printf "%s", (style == "pretty" ? "\n      }" : "}")
}

END {
	if (style == "pretty")
		printf "%s]\n  }\n}\n", (entries ? "\n    " : "")
	else if (style == "json")
		printf "]}}\n"
}
