### Services

# What rc starts, and what its files set. No service -e and no sysrc -a: they
# start hundreds of processes, and a slow host needs minutes for them.
services()
{
	scripts='' table='' undecided='' wrong='' slow=no
	list_scripts /etc/rc.d
	list_scripts /usr/local/etc/rc.d
	vet /etc/defaults/rc.conf $scripts
	may=$rc_files
	! trusted /etc/defaults/rc.conf || may=/etc/defaults/rc.conf$newline$may
	read_scripts
	read_rc
	section variables
	err=$wrong status=0
	[ -z "$wrong" ] || status=unreadable
	[ "$slow" = no ] || status=124
	out=$variables
	hide_secrets
	finish
	section enabled
	out=$enabled
	finish
	if [ -n "$undecided" ]; then
		section undecided
		content "$undecided"
		printf '= 0\n'
	fi
	if [ -n "$old_style" ]; then
		section old-style
		out=''
		for script in $old_style; do
			row=${table#*"$newline$script "}
			row=${row%%"$newline"*}
			out="$out$newline$script ${row##* }"
			listed "${row##* }" "$started" ||
			    started=$started${row##* }$newline
		done
		finish
	fi
	section commands
	err='' status=0 out=''
	for script in $enabled; do
		row=${table#*"$newline$script "}
		program=${row%%"$newline"*}
		program=${program##* }
		case $program in
		/*) ;;
		*) continue ;;
		esac
		out=$out$newline"$script $program"
		listed "$program" "$started" || started=$started$program$newline
	done
	finish
}

# list_scripts directory: what rc(8) would run there.
list_scripts()
{
	set +f
	set -- "$root$1"/*
	set -f
	for found in "$@"; do
		[ -f "$found" ] || continue
		[ -x "$found" ] || continue
		case $found in
		*.sample|*.pkgsave|*[~#]|*.OLD|*.bak|*.orig|*,v) continue ;;
		esac
		plain "$found" || continue
		listed "${found#"$root"}" "$scripts" ||
		    scripts=$scripts${found#"$root"}$newline
	done
}
