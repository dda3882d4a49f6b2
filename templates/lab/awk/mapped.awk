# Prints what libmap.conf gives a program in the place of a library.
# Expects: root, program, name.

BEGIN {
	libmap_read("/etc/libmap.conf")
	print libmap_find(program, name)
}
