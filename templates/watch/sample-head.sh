#!/bin/sh
#
# sample.sh seconds samples wait [limit]
#
# Tell again and again how far this host's packet captures have come.
#
# Changes nothing. Starts four processes a sample, sleep(1) among them, and
# ends by itself after so many samples, or when nobody reads any more.
#   seconds  from one sample to the next
#   samples  how many
#   wait     seconds before the first
#   limit    seconds netstat may take (20)
#
# Prints for each sample what collect.sh would: a stream of records of its own,
# with its closing record. Between samples that are far apart come empty lines,
# so that a connection that is gone is found out.

# shellcheck disable=SC2034 # words of the collector that are not needed here
