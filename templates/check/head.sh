#!/bin/sh
#
# check.sh: does this FreeBSD host lose packet captures, or will it?
#
# One file that needs no controller, made by zbufctl export check from the parts
# of its collector; make it anew when zbufctl, the policy or the services in it
# change. It changes nothing but what stands under "The answer" at its end, and
# it must run as root: nobody else is told of captures.
#
# What cannot be decided here is unknown, never well: zbufctl audit looks at
# more, and knows waivers, probes and buffer modes.
