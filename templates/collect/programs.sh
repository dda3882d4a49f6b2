### Programs and their libpcap

# What a process or an rc script names is opened only when root alone can change
# it. What is mapped is known from the memory map all the same.
programs()
{
	find_libraries
	vet $started $mapped $libraries
	section programs
	candidates='' err='' status=0 out='' elf=''
	for found in $started $mapped; do
		plain "$found" || continue
		listed "$found" "$candidates" && continue
		candidates=$candidates$found$newline
		if ! trusted "$found"; then
			out="$out$newline${why%% *} $found"
		elif [ ! -r "$root$found" ]; then
			out="$out${newline}unreadable $found"
		else
			elf=$elf$root$found$newline
		fi
	done
	kinds
	finish
	load_libraries
}

# "elf path" or "other path" for each of $elf, from its first bytes; elf becomes
# those that are, narrow the 32-bit ones. The names between them are head's.
kinds()
{
	files=$elf elf='' narrow='' found=''
	[ -n "$files" ] || return 0
	said=$($limit head -c 5 /dev/null $files 2>/dev/null)
	for line in $said; do
		case $line in
		'==> /'*' <==')
			found=${line#==> }
			found=${found% <==}
			continue
			;;
		"$elf_magic"*)
			[ -z "$found" ] || elf=$elf${found#"$root"}$newline
			;;
		esac
		# EI_CLASS: 1 is ELFCLASS32.
		case $line in
		"$elf_magic$mark"*)
			[ -z "$found" ] ||
			    narrow=$narrow${found#"$root"}$newline
			;;
		esac
		found=''
	done
	for found in $files; do
		found=${found#"$root"}
		if listed "$found" "$elf"; then
			out="$out${newline}elf $found"
		else
			out="$out${newline}other $found"
		fi
	done
}

# ldd starts the loader the program names, in the program: only what root alone
# can change is asked about (all of $elf is trusted), and only what root runs
# anyway: what rc starts, and what lies where packages and the system put
# programs. Nothing a user made is ever run.
#
# readelf -d would start nothing, but it cannot stand in, nor tell what is worth
# asking about: it names what one object asks for (NEEDED), while libpcap may
# come with a library of the program's (libdaq, for Snort), and which file rtld
# takes for a name is a search with RPATH, ldconfig's hints and libmap.conf
# through every library below, at a process each. Statically linked programs,
# which it would tell, ldd names as well.
load_libraries()
{
	asked=''
	for found in $elf; do
		listed "$found" "$started" || case $found in
		/bin/*|/sbin/*|/libexec/*) ;;
		/usr/bin/*|/usr/sbin/*|/usr/libexec/*) ;;
		/usr/local/bin/*|/usr/local/sbin/*|/usr/local/libexec/*) ;;
		*) continue ;;
		esac
		asked=$asked$found$newline
	done
	[ -n "$asked" ] || return 0
	run ldd ldd $asked
	# Linked statically: what it brings along is in the program itself.
	for line in $err; do
		found=${line#ldd: }
		found=${found%%: not a dynamic*}
		[ "$found" != "$line" ] || continue
		found=${found#"$root"}
		listed "$found" "$started" || continue
		listed "$found" "$bare" || bare=$bare$found$newline
	done
	for line in $out; do
		case $line in *libpcap.so*'=> /'*) ;; *) continue ;; esac
		found=${line#*=> }
		mapped_library "${found%% (*}"
	done
}

find_libraries()
{
	set +f
	for found in "$root"/lib/libpcap.so.* \
	    "$root"/usr/local/lib/libpcap.so.*; do
		[ ! -e "$found" ] || mapped_library "${found#"$root"}"
	done
	set -f
}
