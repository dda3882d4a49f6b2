### Buffer modes

# What zbufctl puts in front of libpcap, and what decides whether it can:
#   object PATH DIGEST|untrusted|unreadable
#   setid PATH, elf32 PATH    programs that are so
#   veriexec STATE            mac_veriexec(4) is there
#   mount LINE                as fstab(5) has it
modes()
{
	section modes
	out='' err='' status=0
	set --
	for found in buffered inherit private; do
		found=/usr/local/lib/zbufctl/libpcap-$found.so
		if [ -e "$root$found" ] || [ -h "$root$found" ]; then
			set -- "$@" "$found"
		fi
	done
	[ $# -eq 0 ] || vet "$@"
	for found in "$@"; do
		if ! trusted "$found"; then
			said=untrusted
		else
			said=$($limit sha256 -q "$root$found" 2>/dev/null) ||
			    said=unreadable
		fi
		out="$out${newline}object $found $said"
	done
	for found in $elf; do
		if [ -u "$root$found" ] || [ -g "$root$found" ]; then
			out="$out${newline}setid $found"
		fi
	done
	for found in $narrow; do
		out="$out${newline}elf32 $found"
	done
	said=$($limit sysctl -n security.mac.veriexec.state 2>/dev/null) &&
	    out="$out${newline}veriexec $said"
	if said=$($limit mount -p 2>&1); then
		for line in $said; do
			out="$out${newline}mount $line"
		done
	else
		status=1 err=$said
	fi
	finish
}
