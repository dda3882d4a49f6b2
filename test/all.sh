#!/bin/sh
#
# all.sh
#
# Checks types, form and what nobody uses beside building and testing: that
# keeps one core busy, the tests wait for programs more than they compute. Ends
# with the first code that is not 0. The linter that knows types takes minutes:
# it is a job of its own (npm run lint, .github/workflows).

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
