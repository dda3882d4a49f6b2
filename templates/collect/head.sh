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

# shellcheck disable=SC2086,SC2317 # IFS is a newline: unquoted means one word a
# line; and "hold" calls functions by name

set -uf
umask 077
LC_ALL=C
PATH=/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin
root=${ZBUFCTL_ROOT:-}
# shellcheck disable=SC3067 # test(1) of FreeBSD has it, and dash
[ -z "$root" ] || [ -O "$root/.lab" ] || root=''
[ -z "$root" ] || PATH=$root/bin:$PATH
export LC_ALL PATH
unset LIBXO_OPTIONS PS_FORMAT

newline='
'
mark=$(printf '\001')
elf_magic=$(printf '\177ELF')
IFS=$newline

# Counted so that the reader can tell a whole stream from a cut one.
sections=0
# What capture and ask found.
out='' err='' status=''
# What was said of BPF descriptors, to find the processes behind them: the two
# samples, and who holds one.
seen_first='' seen_second='' seen_holders=''
# Paths, one a line, for later steps: configuration files; programs of enabled
# services; programs and libraries processes have mapped, and of these the
# programs that capture without a libpcap beside them.
readable='' existing='' links='' sysctl_files='' rc_files=''
started='' mapped='' bare='' libraries='' elf='' narrow=''
# Which memory maps to read, "user pid pid ...", in the order that decides most;
# whether that leaves some out; whether a capture appeared between the samples.
map_plan='' unread=no third=no
