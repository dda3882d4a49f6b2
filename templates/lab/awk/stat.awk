# Renders files as stat(1) -f; the arguments are their names.
# Environment: LAB_FACTS and LAB_TARGETS (a line a file), LAB_FORMAT, LAB_ROOT.
# Variable: newline.

BEGIN {
	split("schg,131072,uchg,2,sappnd,262144,sunlnk,1048576,nodump,1," \
	    "uarch,2048", bits, ",")
	split(ENVIRON["LAB_FACTS"], lines, "\n")
	split(ENVIRON["LAB_TARGETS"], targets, "\n")
	root = ENVIRON["LAB_ROOT"]
	table = root "/.lab/flags"
	while ((getline line < table) > 0) {
		split(line, column, "\t")
		flagged[root column[1]] = column[2]
	}
	table = root "/.lab/owners"
	while ((getline line < table) > 0) {
		split(line, column, "\t")
		uid[root column[1]] = column[2]
		user[root column[1]] = column[3]
	}
	for (file = 1; file < ARGC; file++)
		render()
}

function render(    format, out)
{
	split(lines[file], fact, " ")
	fact[1] = octal(fact[1])
	# Folders have the modes of whoever wrote the practice host, whatever
	# his umask.
	if (fact[6] ~ /^d/ && fact[1] ~ /^4077[05]$/)
		fact[1] = "40755"
	flags = flagged[ARGV[file]]
	format = ENVIRON["LAB_FORMAT"]
	while (match(format, \
	    /%[-+ 0#]*[0-9]*(\.[0-9]+)?[OUDXFS]?[HML]?[a-zA-Z%@n]/)) {
		out = out substr(format, 1, RSTART - 1) \
		    datum(substr(format, RSTART + 1, RLENGTH - 1))
		format = substr(format, RSTART + RLENGTH)
	}
	printf "%s%s%s", out, format, (newline ? "\n" : "")
}

function octal(text,    n, k)
{
	if (text !~ /^0x/)
		return text
	for (k = 3; k <= length(text); k++)
		n = n * 16 + index("0123456789abcdef", substr(text, k, 1)) - 1
	return sprintf("%o", n)
}

function flag_bits(    n, i, j, count, word)
{
	count = split(flags, word, ",")
	for (i = 1; i <= count; i++)
		for (j = 1; j in bits; j += 2)
			if (bits[j] == word[i])
				n += bits[j + 1]
	return n + 0
}

function datum(spec,    letter, part, text)
{
	letter = substr(spec, length(spec), 1)
	text = spec ~ /S[HML]?.$/
	part = spec ~ /[HML].$/ ? substr(spec, length(spec) - 1, 1) : ""
	if (letter == "%") return "%"
	if (letter == "n") return "\n"
	if (letter == "p") return text ? fact[6] : permissions(part)
	if (letter == "u") return text ? owner_name() : uid[ARGV[file]] + 0
	if (letter == "g") return text ? "wheel" : 0
	if (letter == "f") return text ? flag_names() : flag_bits()
	if (letter == "z") return fact[2]
	if (letter ~ /[macB]/) return fact[3]
	if (letter == "i") return fact[4]
	if (letter == "l") return fact[5]
	if (letter == "N") return ARGV[file]
	if (letter == "Y") return (text ? " -> " : "") targets[file]
	if (letter == "T") {
		letter = substr(fact[6], 1, 1)
		return part == "H" ? kind(letter) : suffix(letter)
	}
	return "?"
}

# Of the octal mode: L is its last three digits, M the one before them.
function permissions(part)
{
	if (part == "L")
		return substr(fact[1], length(fact[1]) - 2)
	if (part == "M")
		return substr(fact[1], length(fact[1]) - 3, 1)
	return fact[1]
}

function owner_name()
{
	return (ARGV[file] in user) ? user[ARGV[file]] : "root"
}

function flag_names()
{
	return flags == "" ? "-" : flags
}

function kind(c)
{
	return c == "d" ? "Directory" : c == "l" ? "Symbolic Link" : \
	    c == "c" ? "Character Device" : "Regular File"
}

function suffix(c)
{
	return c == "d" ? "/" : c == "l" ? "@" : ""
}
