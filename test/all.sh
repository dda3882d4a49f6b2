#!/bin/sh
#
# all.sh
#
# Checks types, and what nobody uses, beside building and testing. Form and the
# linter that knows types take minutes: they are a job of their own (npm run
# lint, .github/workflows). Ends with the first code that is not 0.

set -u
said=$(mktemp) || exit 1
trap 'rm -f "$said"' EXIT
npm run -s check >"$said" 2>&1 &
checks=$!
npm run -s build
built=$?
tested=1
[ "$built" -ne 0 ] || { npm run -s vitest; tested=$?; }
wait "$checks"
checked=$?
cat "$said" >&2
for code in "$built" "$tested" "$checked"; do
	[ "$code" -eq 0 ] || exit "$code"
done
