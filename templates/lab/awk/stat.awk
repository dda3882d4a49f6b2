# Renders one file as stat(1) -f. Environment: LAB_NAME, LAB_TARGET, LAB_FORMAT; variables: facts (octal mode, size,
# mtime, inode, links, mode as letters), flags (words), newline.

BEGIN {
	split(facts, fact, " ")
	split("schg,131072,uchg,2,sappnd,262144,sunlnk,1048576,nodump,1,uarch,2048", bits, ",")
	number = 0
	count = split(flags, word, ",")
	for (i = 1; i <= count; i++)
		for (j = 1; j in bits; j += 2)
			if (bits[j] == word[i])
				number += bits[j + 1]
	format = ENVIRON["LAB_FORMAT"]
	while (match(format, /%[-+ 0#]*[0-9]*(\.[0-9]+)?[OUDXFS]?[HML]?[a-zA-Z%@n]/)) {
		out = out substr(format, 1, RSTART - 1) datum(substr(format, RSTART + 1, RLENGTH - 1))
		format = substr(format, RSTART + RLENGTH)
	}
	printf "%s%s%s", out, format, newline ? "\n" : ""
}

function datum(spec,    letter, part, text)
{
	letter = substr(spec, length(spec), 1)
	text = spec ~ /S[HML]?.$/
	part = spec ~ /[HML].$/ ? substr(spec, length(spec) - 1, 1) : ""
	if (letter == "%") return "%"
	if (letter == "n") return "\n"
	if (letter == "p") return text ? fact[6] : part == "L" ? substr(fact[1], length(fact[1]) - 2) : \
	    part == "M" ? substr(fact[1], length(fact[1]) - 3, 1) : fact[1]
	if (letter == "u") return text ? "root" : 0
	if (letter == "g") return text ? "wheel" : 0
	if (letter == "f") return text ? (flags == "" ? "-" : flags) : number
	if (letter == "z") return fact[2]
	if (letter ~ /[macB]/) return fact[3]
	if (letter == "i") return fact[4]
	if (letter == "l") return fact[5]
	if (letter == "N") return ENVIRON["LAB_NAME"]
	if (letter == "Y") return (text ? " -> " : "") ENVIRON["LAB_TARGET"]
	if (letter == "T") return part == "H" ? kind(substr(fact[6], 1, 1)) : suffix(substr(fact[6], 1, 1))
	return "?"
}

function kind(c)
{
	return c == "d" ? "Directory" : c == "l" ? "Symbolic Link" : c == "c" ? "Character Device" : "Regular File"
}

function suffix(c)
{
	return c == "d" ? "/" : c == "l" ? "@" : ""
}
