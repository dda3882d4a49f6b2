#!/bin/sh
#
# on-freebsd.sh folder
#
# The native probe on a real FreeBSD, as root, with what base has: builds it in
# every way a host would, runs it, and leaves what it printed in the folder, for
# test/native/on-freebsd.test.ts to judge. Needs the prebuilt programs in
# native/prebuilt. Sets net.bpf.zerocopy_enable to 0 at the start; the probe has
# to leave it at that.
#
# Exit: 0 when everything ran and the sysctl is as before.

set -u

OID=net.bpf.zerocopy_enable

die()
{
	printf 'on-freebsd.sh: %s\n' "$*" >&2
	exit 1
}

builds()
{
	make -C native BUILD=build CFLAGS='-O2 -DCHECK_XBPF_D' ||
	    die 'the strict build failed'
	cc -o native/build/plain native/*.c ||
	    die 'cc -o zbufprobe native/*.c failed'
	(
		cd native/prebuilt &&
		    sha256 -c "$(awk '/amd64/ {print $1}' SHA256SUMS)" \
		    zbufprobe-freebsd-amd64
	) || die 'the prebuilt program is damaged'
	cp native/prebuilt/zbufprobe-freebsd-amd64 native/build/static ||
	    die 'no prebuilt program'
	chmod 755 native/build/static
}

# is <value>
is()
{
	value=$(sysctl -n "$OID") || die "cannot read $OID"
	[ "$value" = "$1" ] || die "$OID is $value, not $1"
}

# probe <name> <program>
probe()
{
	"$2" matrix bench inspect --allow-enable --progress --time-limit 60 \
	    >"$folder/$1.json" || die "$1 failed"
	is 0
}

# Nobody is left to put the value back but the watcher.
killed()
{
	native/build/zbufprobe matrix --allow-enable >/dev/null &
	pid=$!
	sleep 1
	kill -9 "$pid"
	wait "$pid"
	sleep 2
	is 0
	pgrep -f native/build/zbufprobe && die 'a process stayed behind'
	return 0
}

main()
{
	[ $# -eq 1 ] || die 'usage: on-freebsd.sh folder'
	folder=$1
	mkdir -p "$folder" || die "cannot make $folder"
	builds
	sysctl "$OID=0" || die "cannot set $OID"
	native/build/static matrix >"$folder/off.json" &&
	    die 'zero-copy is off, and the probe did not mind'
	chmod 644 "$folder/off.json"
	su -m nobody -c "$PWD/native/build/static" >"$folder/nobody.json" &&
	    die 'nobody may probe'
	probe hosted native/build/zbufprobe
	probe plain native/build/plain
	probe static native/build/static
	killed
	sysctl "$OID=1" || die "cannot set $OID"
	native/build/static matrix >"$folder/on.json" ||
	    die 'the probe failed with zero-copy on'
	is 1
	sysctl "$OID=0" || die "cannot set $OID"
	uname -v >"$folder/uname"
}

main "$@"
