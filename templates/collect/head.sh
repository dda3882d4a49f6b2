#!/bin/sh
#
# collect.sh [seconds [limit [variable ...]]]
#
# Tell what this host's packet captures, services and boot settings look like.
#
# Changes nothing: no file is written, nothing is set, started or stopped.
# Runs as any user under a clean "/bin/sh -s"; whoever is not root reads less.
#   seconds  least time between the looks at the BPF descriptors (2)
#   limit    seconds a command may take (20)
#   variable rc variables to bring besides those of captures
#
# As root it opens only what root alone can change (see "Trust"): whatever a
# user can name, own or start is data about that user's process, and about
# nothing else.
#
# Prints records, and nothing else, on stdout:
#   zbufctl-evidence 1   the first line: protocol and version
#   @ name [words]       a section begins
#   |line                a line of its content
#   !line                a line of stderr, or a reason
#   = status             it ends: an exit status; or absent, unreadable,
#                        redacted (as 0, but for what smells of a secret)
#   end n                the last line: n sections; without it the stream was
#                        cut
# A line of content always has its | in front, so it cannot pass for a frame.
#
# Environment: ZBUFCTL_ROOT, set by the practice fleet and never on a host, is
# a directory that stands in for /: files are read below it, and PATH begins
# with its bin. Ignored unless there is a .lab in it that is the caller's own.
