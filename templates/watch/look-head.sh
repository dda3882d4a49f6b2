#!/bin/sh
#
# look.sh [seconds [limit]]
#
# Tell what decides whether a capture that does not move is lost: the part of
# collect.sh that looks at captures and the processes behind them.
#
# Changes nothing. Runs as root; whoever is not reads less.
#   seconds  between the looks at the BPF descriptors (2)
#   limit    seconds a command may take (20)
#
# Prints records as collect.sh does.

# shellcheck disable=SC2034 # words of the collector that are not needed here
