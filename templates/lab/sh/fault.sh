# Sourced by a program of the practice fleet when $lab/fault/<program> exists:
# makes it fail on purpose.
#
# Line 1 of that file is the message (the program prints "<program>: <message>"
# and exits 1), or the word hang.
# Line 2, when there, is the number of calls that still succeed.
# Expects: lab, program.

: "${lab:?}" "${program:?}"

{ read -r message; read -r spared || :; } <"$lab/fault/$program"
if [ "${spared:-0}" -gt 0 ]; then
	printf '%s\n%d\n' "$message" $((spared - 1)) >"$lab/fault/$program"
elif [ "$message" = hang ]; then
	while :; do sleep 1; done
else
	printf '%s: %s\n' "$program" "$message" >&2
	exit 1
fi
