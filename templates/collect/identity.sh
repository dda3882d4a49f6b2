### Who is this

identity()
{
	ask uname uname -KUmrsp
	ask versions freebsd-version -kru
	ask hostname hostname
	ask bpf sysctl net.bpf
	jail_level_and_boot
	ask kenv kenv -q net.bpf.zerocopy_enable
}

# Three settings in one call: sysctl prints a line for each, in this order. Each
# by itself where one of them cannot be had.
jail_level_and_boot()
{
	set -- security.jail.jailed kern.securelevel kern.boottime
	out=$($limit sysctl -n "$@" 2>&1)
	status=$? err=''
	[ "$status" -ne 0 ] || set -- $out
	if [ "$status" -ne 0 ] || [ $# -ne 3 ]; then
		ask jailed sysctl -n security.jail.jailed
		jailed=$out
		ask securelevel sysctl -n kern.securelevel
		ask boottime sysctl -n kern.boottime
		return 0
	fi
	jailed=$1
	for name in jailed securelevel boottime; do
		section "$name"
		out=$1
		finish
		shift
	done
}

# What appliances built on FreeBSD are known by: "path exists", "path: line".
product()
{
	section product
	set --
	for product in /etc/platform /etc/version \
	    /usr/local/opnsense/version/core; do
		[ ! -e "$root$product" ] || set -- "$@" "$product"
	done
	vet "$@"
	for product in "$@"; do
		printf '|%s exists\n' "$product"
		! trusted "$product" || first_lines "$product"
	done
	for product in /usr/local/sbin/opnsense-version /etc/nanobsd.conf \
	    /conf/base /usr/local/bin/midclt /usr/bin/midclt \
	    /boot/lua/brand-bsdrp.lua /boot/brand-bsdrp.4th; do
		[ ! -e "$root$product" ] || printf '|%s exists\n' "$product"
	done
	printf '= 0\n'
}

first_lines()
{
	[ -f "$root$1" ] || return 0
	[ -r "$root$1" ] || return 0
	count=0
	while [ "$count" -lt 20 ] && { read -r line || [ -n "$line" ]; }; do
		printf '|%s: %s\n' "$1" "$line"
		count=$((count + 1))
	done <"$root$1"
}
