#!/bin/sh
#
# all.sh
#
# Lints beside building and testing: the linters keep one core busy, the tests
# wait for programs more than they compute. Ends with the first code that is
# not 0.

set -u
said=$(mktemp) || exit 1
trap 'rm -f "$said"' EXIT
npm run -s lint >"$said" 2>&1 &
lint=$!
npm run -s build
built=$?
tested=1
[ "$built" -ne 0 ] || { npm run -s vitest; tested=$?; }
wait "$lint"
linted=$?
cat "$said" >&2
for code in "$built" "$tested" "$linted"; do
	[ "$code" -eq 0 ] || exit "$code"
done
