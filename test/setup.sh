#!/bin/sh
#
# setup.sh
#
# Install what the tests need from the operating system, saying what and why.
# Debian (apt-get) and FreeBSD (pkg). Installs only what is missing, so a second
# run is quick. Where Debian's choice of an awk is left to itself, installing
# gawk makes it awk: it is said when that happened.

set -u

# name of the program | Debian package | FreeBSD package | why
NEEDS='
sshd|openssh-server||a real OpenSSH server to connect to
ssh|openssh-client||"ssh -G" answers what ~/.ssh/config says
shellcheck|shellcheck|hs-ShellCheck|the scripts sent to hosts are checked
sudo|sudo|sudo|become through a real sudo
doas|opendoas|doas|become through a real doas
csh|tcsh||hosts whose root has csh as login shell, and completion
bash|bash|bash|completion is tried with a Tab in the shell itself
zsh|zsh|zsh|completion, as above
fish|fish|fish|completion, as above
mandoc|mandoc||the manual pages are checked, and shown
original-awk|original-awk||the awk FreeBSD has, for scripts that must run there
mawk|mawk|mawk|another awk, that of Debian
gawk|gawk|gawk|another awk, which counts characters where the others count bytes
clang|clang||the native probe, and static FreeBSD programs from Linux
asan|libclang-rt-dev||the native probe runs under the sanitizers of clang
ld.lld|lld||static FreeBSD programs from Linux
gcc|gcc|gcc|the native probe must be clean under a second compiler
xmllint|libxml2-utils|libxml2|JUnit reports have to fit the XSD Jenkins uses
tmux|tmux|tmux|prompts are shown on terminals of real sizes
chromium|chromium|chromium|HTML reports are used and printed in a real browser
promtool|prometheus|prometheus|alert rules are tried; nothing else of it
krb5kdc|krb5-kdc||a Kerberos ticket logs in, to a realm of the test
kadmin.local|krb5-admin-server||the same
kinit|krb5-user||the same
ec.h|libssl-dev||a FIDO key without the hardware signs for ssh
ansible-playbook|ansible-core|py311-ansible-core|the collection is played
'

# is_here program: a program in PATH, or a header of OpenSSL; the sanitizers are
# a library of clang's, so only a link tells.
is_here()
{
	if [ "$1" = ec.h ]; then
		[ -f /usr/include/openssl/ec.h ]
		return
	fi
	if [ "$1" = asan ]; then
		command -v clang >/dev/null 2>&1 &&
		    printf 'int main(void) { return 0; }\n' |
		    clang -fsanitize=address -x c - -o /dev/null 2>/dev/null
		return
	fi
	PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null 2>&1
}

missing_packages()
{
	column=$1
	printf '%s\n' "$NEEDS" |
	    while IFS='|' read -r program debian freebsd why; do
		[ -n "$program" ] || continue
		is_here "$program" && continue
		package=$debian
		[ "$column" = freebsd ] && package=$freebsd
		[ -n "$package" ] || continue
		printf 'setup: %s is missing; installing %s: %s\n' \
		    "$program" "$package" "$why" >&2
		printf '%s\n' "$package"
	done
}

awk_is()
{
	readlink -f "$(command -v awk)" 2>/dev/null
}

as_root()
{
	if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

main()
{
	if command -v apt-get >/dev/null 2>&1; then
		packages=$(missing_packages debian)
		[ -n "$packages" ] || return 0
		as_root apt-get update -qq || return 1
		awk_before=$(awk_is)
		# shellcheck disable=SC2086 # one word a package is meant
		DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq \
		    --no-install-recommends $packages >/dev/null || return 1
		[ "$awk_before" = "$(awk_is)" ] ||
		    printf 'setup: awk is now %s, and was %s; to choose: %s\n' \
		    "$(awk_is)" "${awk_before:-none}" \
		    'update-alternatives --config awk' >&2
	elif command -v pkg >/dev/null 2>&1; then
		packages=$(missing_packages freebsd)
		[ -n "$packages" ] || return 0
		# shellcheck disable=SC2086 # as above
		as_root pkg install -y $packages
	else
		missing=$(missing_packages debian 2>/dev/null)
		[ -z "$missing" ] && return 0
		printf 'setup: no apt-get and no pkg here; %s: %s\n' \
		    'install by hand' "$missing" >&2
		return 1
	fi
}

main "$@"
