#!/bin/sh
#
# sample.sh [seconds [samples [limit [ahead [more [wait ...]]]]]]
#
# Tell again and again how far this host's packet captures have come.
#
# Changes nothing. Starts five processes a sample, two sleep(1) among them, and
# ends by itself after so many samples, or when nobody reads any more.
#   seconds  from one sample to the next (60)
#   samples  how many (1)
#   limit    seconds netstat may take (20)
#   ahead    seconds before the next sample at which captures are seen between
#            two, while the kernel waits for a buffer of one of them (0: not)
#   more     1: others will follow, so also ahead of the next one (0)
#   wait     seconds before the first sample, the second ... (0, then seconds)
#
# Prints for each sample what collect.sh would: a stream of records of its own,
# with its closing record; the descriptors of a look in between are called
# "check". Between samples that are far apart come empty lines, so that a
# connection that is gone is found out.
#
# Environment: ZBUFCTL_ROOT, as in collect.sh. zbufctl_input, set in front of
# this script by whoever wants it to end with him: a descriptor that stays open
# as long as he is there.

# shellcheck disable=SC2034 # words of the collector that are not needed here
