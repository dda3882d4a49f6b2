#compdef zbufctl
# zbufctl completion for zsh; made by: zbufctl completion zsh

_zbufctl()
{
	local -a typed out candidates shown
	local line
	typed=("${(@Q)words[2,CURRENT - 1]}" "${(Q)PREFIX}")
	out=("${(@f)$(zbufctl __complete "${(@)typed}" 2>/dev/null)}")
	for line in "${(@)out[3,-1]}"; do
		[[ -n $line ]] || continue
		candidates+=("${line%%$'\t'*}")
		shown+=("${line%%$'\t'*}${${line#*$'\t'}:+  -- ${line#*$'\t'}}")
	done
	(( $#candidates )) && compadd -l -d shown -a candidates
	case ${out[1]} in
	files) compset -P "${(b)out[2]}"; _files ;;
	folders) compset -P "${(b)out[2]}"; _files -/ ;;
	esac
}

# Sourced, or loaded from a folder of fpath.
if [[ $funcstack[1] = _zbufctl ]]; then
	_zbufctl "$@"
else
	(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
	compdef _zbufctl zbufctl
fi
