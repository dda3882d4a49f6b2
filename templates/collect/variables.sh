# Of the variables: what is not needed, or secret, becomes a marker. A line
# without "name: " goes on with the value before it.
hide_secrets()
{
	[ -n "$out" ] || return 0
	out=$(printf '%s\n' $out | awk -v rc_scripts="$rc_scripts" \
	    -v rc_asked="$rc_asked" \
	    "$mask_text$rc_filter$print_variables" 2>&1) ||
	    { err=$out out='' status=unreadable; }
}

# shellcheck disable=SC2016 # awk's own variables
print_variables='
	/^[A-Za-z_][A-Za-z0-9_]*:( |$)/ {
		name = substr($0, 1, index($0, ":") - 1)
		value = substr($0, length(name) + 3)
		shown = kept(name, value)
		hiding = shown != value
		print name ": " shown
		next
	}
	!hiding { print mask_line($0) }'
