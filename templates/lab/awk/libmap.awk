# What libmap.conf(5) makes of a library, as rtld reads it
# (libexec/rtld-elf/libmap.c, reading): the newest section that fits a program
# is the only one that counts, then the one without a constraint.
# Expects: root.

function libmap_fits(constraint, program,    base)
{
	if (constraint ~ /\/$/)
		return index(program, constraint) == 1
	if (index(constraint, "/"))
		return program == constraint
	base = program
	sub(/.*\//, "", base)
	return base == constraint
}

function libmap_section(program,    i)
{
	for (i = sections; i > 0; i--)
		if (libmap_fits(section[i], program))
			return i
	return 0
}

function libmap_read(path,    line, word, count, constraint, name, files, i, \
    list, command)
{
	if ((path in libmap_seen) || system("test -f '" root path "'") != 0)
		return
	libmap_seen[path] = 1
	constraint = "$DEFAULT$"
	while ((getline line < (root path)) > 0) {
		sub(/#.*/, "", line)
		if (line ~ /^[ \t]*\[[^\]]*\][ \t]*$/) {
			gsub(/[][ \t]/, "", line)
			constraint = line
			continue
		}
		count = split(line, word, " ")
		if (count != 2)
			continue
		if (word[1] == "include") {
			libmap_read(word[2])
		} else if (word[1] == "includedir") {
			files = 0
			command = "ls -f '" root word[2] "' 2>/dev/null"
			while ((command | getline name) > 0)
				if (name ~ /\.conf$/)
					list[++files] = name
			close(command)
			for (i = 1; i <= files; i++)
				libmap_read(word[2] "/" list[i])
		} else {
			i = libmap_section(constraint)
			if (!i)
				section[i = ++sections] = constraint
			mapping[i, word[1]] = word[2]
		}
	}
	close(root path)
}

function libmap_find(program, name,    i)
{
	i = libmap_section(program)
	if (i && (i, name) in mapping)
		return mapping[i, name]
	i = libmap_section("$DEFAULT$")
	return (i && (i, name) in mapping) ? mapping[i, name] : ""
}
