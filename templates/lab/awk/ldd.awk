# Prints what practice programs need, as ldd(1). In the files: lines NEEDED,
# name, path (- for none), address.

function begin(file)
{
	shown = file
	if (index(file, root "/") == 1)
		shown = substr(file, length(root) + 1)
	headed = 0
	names[++files] = shown
}

# A mapped library: the file, or "not found"; and what it needs by a path, as
# measured on 15.1.
function mapped(name, target, address,    line, word, said)
{
	if (system("test -f '" root target "'") != 0) {
		printf "\t%s => not found (0)\n", name
		return
	}
	printf "\t%s => %s (0x%s)\n", name, target, address
	while ((getline line < (root target)) > 0)
		if (split(line, word, "\t") == 4 && word[1] == "NEEDED" &&
		    word[2] ~ /^\// && ++said)
			printf "\t%s => %s (0x%s)\n", word[2], word[3], word[4]
	close(root target)
	# Machine code, with the name of what it needs in its string table.
	if (!said &&
	    system("grep -q /lib/libpcap.so.8 '" root target "'") == 0)
		printf "\t/lib/libpcap.so.8 (0x%s)\n", address
}

BEGIN { libmap_read("/etc/libmap.conf") }

FNR == 1 { begin(FILENAME) }

$1 == "NEEDED" {
	if (!headed++)
		print shown ":"
	dynamic[files] = 1
	target = libmap_find(shown, $2)
	if (target != "")
		mapped($2, target, $4)
	else if ($3 == "-")
		printf "\t%s (0x%s)\n", $2, $4
	else
		printf "\t%s => %s (0x%s)\n", $2, $3, $4
}

END {
	for (i = 1; i <= files; i++) {
		if (!dynamic[i]) {
			print "ldd: " names[i] \
			    ": not a dynamic ELF executable" > "/dev/stderr"
			failed = 1
		}
	}
	exit failed
}
