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
# Two in one: a process less.
mark=$(printf '\001\177ELF')
elf_magic=${mark#?}
mark=${mark%"$elf_magic"}
IFS=$newline

# Counted so that the reader can tell a whole stream from a cut one.
sections=0
# What capture and ask found.
out='' err='' status=''
# What was said of BPF descriptors, to find the processes behind them: the two
# samples, and who holds one.
seen_first='' seen_second='' seen_holders=''
# The time of the next sample, if it is known already.
just_now=''
# Paths, one a line, for later steps: configuration files; programs of enabled
# services; programs and libraries processes have mapped, and of these the
# programs that capture without a libpcap beside them.
readable='' existing='' links='' sysctl_files='' rc_files=''
started='' mapped='' bare='' libraries='' elf='' narrow=''
# Which memory maps to read, "user pid pid ...", in the order that decides most;
# whether that leaves some out; whether a capture appeared between the samples.
map_plan='' unread=no third=no
