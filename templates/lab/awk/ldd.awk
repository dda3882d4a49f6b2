# Prints what practice programs need, as ldd(1): lines NEEDED, name, path (- for none), address in the files.

function begin(file)
{
	shown = index(file, root "/") == 1 ? substr(file, length(root) + 1) : file
	headed = 0
	names[++files] = shown
}

FNR == 1 { begin(FILENAME) }

$1 == "NEEDED" {
	if (!headed++)
		print shown ":"
	dynamic[files] = 1
	if ($3 == "-")
		printf "\t%s (0x%s)\n", $2, $4
	else
		printf "\t%s => %s (0x%s)\n", $2, $3, $4
}

END {
	for (i = 1; i <= files; i++) {
		if (!dynamic[i]) {
			print "ldd: " names[i] ": not a dynamic ELF executable" > "/dev/stderr"
			failed = 1
		}
	}
	exit failed
}
