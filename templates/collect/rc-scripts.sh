# Sets table: a line a script, in start order: script, name, rc variable (-
# none, ? computed, = old style), what the script itself takes for unset,
# program. Needs "vet".
read_scripts()
{
	table=$newline
	set --
	for found in $scripts; do
		if trusted "$found"; then
			set -- "$@" "$root$found"
		else
			undecided=$undecided$found$newline
		fi
	done
	[ $# -gt 0 ] || return 0
	skip=''
	[ "${jailed:-0}" != 1 ] || skip="-s${newline}nojail"
	ordered=$($limit rcorder -s nostart $skip "$@" 2>/dev/null)
	[ -n "$ordered" ] || ordered=$*
	table=$($limit awk -v root="$root" "$print_scripts" $ordered)
	table=$newline$table$newline
}

# stdin: rc.d scripts. As service(8) does, only lines that begin with name= and
# rcvar= count, the last of each; a program is told where it is said plainly.
# A local script that provides nothing is not rc(8)'s; those called *.sh
# rc.d/localpkg runs at boot, whatever the variables say (localpkg, and
# find_local_scripts_old of rc.subr, reading).
# shellcheck disable=SC2016 # awk's own variables
print_scripts='
	function plain(value) {
		sub(/^[ \t]*[a-z]+=/, "", value)
		sub(/[ \t]+(#.*)?$/, "", value)
		if (value ~ /^".*"$/ || value ~ /^\047.*\047$/)
			value = substr(value, 2, length(value) - 2)
		value = value "\n"
		gsub(/\$\{name\}/, name, value)
		while (match(value, /\$name[^A-Za-z0-9_]/))
			value = substr(value, 1, RSTART - 1) name \
			    substr(value, RSTART + 5)
		sub(/\n$/, "", value)
		return value
	}
	function variable(value) {
		if (value == "") return "-"
		if (value ~ /^(`set_rcvar`|\$\(set_rcvar\))$/)
			return name ~ /^[A-Za-z_][A-Za-z0-9_]*$/ ? \
			    name "_enable" : "?"
		return value ~ /^[A-Za-z_][A-Za-z0-9_]*$/ ? value : "?"
	}
	function told() {
		if (file == "") return
		if (local && !provides) {
			if (file ~ /\/[^.\/][^\/]*\.sh$/)
				print file " - = - " direct
			return
		}
		print file " " \
		    (name ~ /^[A-Za-z0-9_.-]+$/ ? name : "-") " " rcvar " " \
		    ((rcvar in unset) ? unset[rcvar] : "-") " " program
	}
	FNR == 1 {
		told()
		file = substr(FILENAME, length(root) + 1)
		local = file !~ /^\/etc\/rc\.d\//
		name = ""; rcvar = program = direct = "-"; provides = 0
		split("", unset)
	}
	/^# PROVIDE:/ { provides = 1 }
	/^[ \t]*name=/ { name = plain($0) }
	/^rcvar=/ { rcvar = variable(plain($0)) }
	/^[ \t]*command=/ && program == "-" {
		value = plain($0)
		if (value ~ /^\/[A-Za-z0-9._\/+-]*$/) program = value
	}
	/^[ \t]*\/[A-Za-z0-9._\/+-]+([ \t;&]|$)/ && direct == "-" {
		direct = $1
		sub(/[;&].*/, "", direct)
	}
	/^[ \t]*: *\$\{[A-Za-z0-9_]+:?=[^}]*\}/ {
		value = $0
		sub(/^[ \t]*: *\$\{/, "", value)
		at = index(value, "=")
		key = substr(value, 1, at - 1)
		sub(/:$/, "", key)
		value = substr(value, at + 1)
		sub(/\}.*/, "", value)
		gsub(/["\047]/, "", value)
		if (value ~ /^[A-Za-z0-9]+$/ && !(key in unset))
			unset[key] = value
	}
	END { told() }'
