# Sets variables, enabled, undecided; wrong, when the rc files cannot be read.
# The rc files name further files and folders: these are vetted in turn.
read_rc()
{
	variables='' enabled='' old_style='' rounds_left=4 names='' named=''
	for found in $rc_files /etc/defaults/rc.conf; do
		trusted "$found" || [ "$why" = absent ] ||
		    wrong="untrusted path $found"
	done
	case $newline$wanted in
	*"${newline}rc untrusted "*)
		wrong=${wanted#*"rc untrusted "}
		wrong="untrusted path ${wrong%%"$newline"*}"
		;;
	*"${newline}rc no-permission "*)
		wrong=${wanted#*"rc no-permission "}
		wrong="${wrong%%"$newline"*}: Permission denied"
		;;
	esac
	while [ -z "$wrong" ]; do
		rounds_left=$((rounds_left - 1))
		rc_names
		said=$($limit /bin/sh -c "$rc_program" rc "$root" "$may" \
		    "$names" "$table" 2>/dev/null)
		status=$?
		further=''
		case $said in
		*"$newline"done) ;;
		done) ;;
		*)
			wrong='the shell that read the rc files did not come'
			wrong="$wrong to the end"
			case $status in 124|137) slow=yes ;; esac
			break
			;;
		esac
		for line in $said; do
			case $line in
			'need '*|'startup '*)
				further=$further${line#* }$newline
				;;
			esac
		done
		[ -n "$further" ] || break
		if [ "$rounds_left" -le 0 ]; then
			wrong='the rc files name more and more files'
			break
		fi
		more_rc
	done
	[ -z "$wrong" ] || return 0
	for line in $said; do
		case $line in
		v*) variables=$variables${line#v}$newline ;;
		e*) enabled=$enabled${line#e}$newline ;;
		u*) decide "${line#u}" ;;
		o*) old_style=$old_style${line#o}$newline ;;
		esac
	done
}

# What the rc files named: files to read, or folders of scripts.
more_rc()
{
	vet_these='' folders=no
	for found in $further; do
		plain "$found" || { wrong="untrusted path $found"; return 0; }
		if [ -d "$root$found" ]; then
			folders=yes
			list_scripts "$found"
			vet_these=$scripts$vet_these
		else
			vet_these=$vet_these$found$newline
		fi
	done
	vet $vet_these
	for found in $further; do
		[ ! -d "$root$found" ] || { may=$may$found$newline; continue; }
		trusted "$found" || { wrong="untrusted path $found"; return 0; }
		may=$may$found$newline
	done
	[ "$folders" = yes ] || return 0
	undecided=''
	read_scripts
}

# Adds to names what the rc files set that were not asked yet, for its value.
rc_names()
{
	set --
	for found in $may; do
		case $found in
		/etc/defaults/rc.conf|*/rc.conf.d/*) continue ;;
		esac
		[ -f "$root$found" ] || continue
		! listed "$found" "$named" || continue
		named=$named$found$newline
		set -- "$@" "$root$found"
	done
	[ $# -gt 0 ] || return 0
	# shellcheck disable=SC2016 # awk's own variables
	names=$names$newline$($limit awk '
	BEGIN {
		assigned = "^[ \t]*(export[ \t]+)?[A-Za-z_][A-Za-z0-9_]*="
		# A plain value, and a semicolon: more may follow on the line.
		value = "^(\"[^\"]*\"|\047[^\047]*\047|[^\"\047; \t]*)[ \t]*;"
	}
	{
		line = $0
		while (match(line, assigned)) {
			name = substr(line, 1, RLENGTH - 1)
			sub(/.*[ \t]/, "", name)
			if (!(name in seen) && n++ < 5000) print name
			seen[name]
			line = substr(line, RLENGTH + 1)
			if (!match(line, value)) break
			line = substr(line, RLENGTH + 1)
		}
	}' "$@")
}

# decide script: its rc variable is computed, so the script itself is asked.
decide()
{
	if [ "${asked_alone:=0}" -ge 4 ]; then
		undecided=$undecided$1$newline
		return 0
	fi
	asked_alone=$((asked_alone + 1))
	$limit service "${1##*/}" enabled >/dev/null 2>&1
	case $? in
	0) enabled=$enabled$1$newline ;;
	1) ;;
	*) undecided=$undecided$1$newline ;;
	esac
}
