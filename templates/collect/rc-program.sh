# For a shell of its own: root, files it may read, names to tell, table of
# scripts. Reads the rc files as rc.subr does (load_rc_config, reading), each
# only when it is on the list; says "need file" and "startup folder" of what is
# not, "vname: value", "escript" of what is enabled, "uscript" of what computes
# its variable, "oscript" of what rc.d/localpkg runs, and done.
# shellcheck disable=SC2016 # expanded by that shell
rc_program='
	zb_root=$1 zb_may=$2 zb_names=$3 zb_table=$4 zb_line="
"
	exec 3>&1 >/dev/null
	zb_on_list() {
		case $zb_line$zb_may$zb_line in
		*"$zb_line$1$zb_line"*) return 0 ;;
		esac
		return 1
	}
	zb_take() {
		[ -f "$zb_root$1" ] && [ -r "$zb_root$1" ] || return 0
		zb_on_list "$1" || { printf "need %s\n" "$1" >&3; return 0; }
		. "$zb_root$1"
	}
	zb_service() {
		for zb_folder in /etc ${local_startup%*/rc.d}; do
			zb_conf=$zb_folder/rc.conf.d/$1
			if [ -f "$zb_root$zb_conf" ]; then
				zb_take "$zb_conf"
			elif [ -d "$zb_root$zb_conf" ]; then
				for zb_file in "$zb_root$zb_conf"/*; do
					zb_take "${zb_file#"$zb_root"}"
				done
			fi
		done
	}
	zb_has_own() {
		for zb_folder in /etc ${local_startup%*/rc.d}; do
			[ ! -e "$zb_root$zb_folder/rc.conf.d/$1" ] || return 0
		done
		return 1
	}
	if [ -r "$zb_root/etc/defaults/rc.conf" ]; then
		[ ! -f "$zb_root/etc/defaults/vendor.conf" ] ||
		    zb_on_list /etc/defaults/vendor.conf || exit 1
		zb_take /etc/defaults/rc.conf
		[ -n "${source_rc_confs_defined-}" ] ||
		    zb_take /etc/defaults/vendor.conf
		zb_read=" "
		for zb_again in 1 2; do
			for zb_file in ${rc_conf_files-/etc/rc.conf \
			    /etc/rc.conf.local}; do
				case $zb_read in
				*" $zb_file "*) continue ;;
				esac
				zb_read="$zb_read$zb_file "
				zb_take "$zb_file"
			done
		done
	else
		zb_take /etc/rc.conf
	fi
	: "${local_startup=/usr/local/etc/rc.d}"
	for zb_folder in $local_startup; do
		case $zb_folder in
		/usr/local/etc/rc.d) ;;
		*)
			[ ! -d "$zb_root$zb_folder" ] ||
			    zb_on_list "$zb_folder" ||
			    printf "startup %s\n" "$zb_folder" >&3
			;;
		esac
	done
	set -f
	for zb_name in $zb_names; do
		eval "zb_value=\${$zb_name-} zb_set=\${$zb_name+1}"
		[ -n "$zb_set" ] || continue
		IFS=$zb_line
		set -- $zb_value
		IFS=" 	$zb_line"
		printf "v%s: %s\n" "$zb_name" "${1-}" >&3
		[ $# -lt 2 ] || { shift; printf "v%s\n" "$@" >&3; }
	done
	IFS=$zb_line
	for zb_row in $zb_table; do
		IFS=" 	$zb_line"
		set -- $zb_row
		zb_folder=${1%/*}
		case " /etc/rc.d $local_startup " in
		*[" 	"]"$zb_folder"[" 	"]*) ;;
		*) continue ;;
		esac
		case $3 in
		-) continue ;;
		=)
			[ ! -x "$zb_root/etc/rc.d/localpkg" ] ||
			    printf "o%s\n" "$1" >&3
			continue
			;;
		\?) printf "u%s\n" "$1" >&3; continue ;;
		esac
		if zb_has_own "$2"; then
			zb_value=$(
				set +f
				zb_service "$2" >/dev/null
				eval "printf %s \"\${$3-}\""
			)
		else
			eval "zb_value=\${$3-}"
		fi
		[ -n "$zb_value" ] || zb_value=$4
		case $zb_value in
		[Yy][Ee][Ss]|[Tt][Rr][Uu][Ee]|[Oo][Nn]|1)
			printf "e%s\n" "$1" >&3
			;;
		esac
	done
	echo done >&3'
