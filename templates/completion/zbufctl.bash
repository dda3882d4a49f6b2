# zbufctl completion for bash; made by: zbufctl completion bash
#
# Nothing is evaluated: candidates are taken line by line, as they are.

_zbufctl()
{
	local line=${COMP_LINE:0:COMP_POINT} cur=${COMP_WORDS[COMP_CWORD]}
	local -a words out
	local full candidate

	# bash breaks words at = and :, zbufctl does not.
	read -r -a words <<<"$line"
	case $line in *[[:blank:]]) words+=('') ;; esac
	full=${words[${#words[@]} - 1]}
	case $cur in = | :) cur= ;; esac

	mapfile -t out < <("${words[0]}" __complete "${words[@]:1}" 2>/dev/null)
	COMPREPLY=()
	case ${out[0]} in
	files) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); compopt -o filenames ;;
	folders) mapfile -t COMPREPLY < <(compgen -d -- "$cur"); compopt -o filenames ;;
	esac
	for candidate in "${out[@]:2}"; do
		candidate=${candidate%%$'\t'*}
		COMPREPLY+=("${candidate:${#full} - ${#cur}}")
	done
}

complete -F _zbufctl zbufctl
