# One JSON string, as libxo writes it. Built by hand: what gsub makes of
# backslashes differs from awk to awk.

function quoted(text,    k, c, out)
{
	if (text !~ /["\\\t]/)
		return "\"" text "\""
	for (k = 1; k <= length(text); k++) {
		c = substr(text, k, 1)
		out = out (c == "\\" ? "\\\\" : c == "\"" ? "\\\"" : \
		    c == "\t" ? "\\t" : c)
	}
	return "\"" out "\""
}
