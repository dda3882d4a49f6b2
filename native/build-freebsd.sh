#!/bin/sh
#
# build-freebsd.sh [folder]
#
# Builds the static FreeBSD programs and the buffer modes, amd64 and arm64, on
# any system with clang and lld, without FreeBSD's headers or libc, and
# SHA256SUMS beside them.  The folder is native/prebuilt unless given.  The same
# sources give the same bytes.
#
# Environment: CLANG, LLD, STRIP (clang, ld.lld, and nothing: lld strips)

set -u

cd "$(dirname "$0")" || exit 1

CLANG=${CLANG:-clang}
LLD=${LLD:-ld.lld}
FLAGS='-std=c11 -Os -ffreestanding -nostdlibinc -fno-builtin
    -fno-stack-protector -fno-unwind-tables
    -fno-asynchronous-unwind-tables -ffunction-sections -fdata-sections
    -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror'
STATIC='-fno-pic -fno-pie'
SHARED='-fPIC -fvisibility=hidden'
CORE='bench capture cell channel direction enable inspect json main matrix names
    out packet progress receive run supervisor traffic worker'
MODES='buffered inherit private'
# The library a mode stands in front of, by a name rtld does not map again.
LIBPCAP=/lib/libpcap.so.8

die()
{
	printf 'build-freebsd.sh: %s\n' "$*" >&2
	exit 1
}

# build <machine> <target triple> <more flags>
build()
{
	machine=$1 target=$2
	shift 2
	objects=
	for source in $CORE freestanding/memory freestanding/sys; do
		object=$work/$machine-$(basename "$source").o
		# shellcheck disable=SC2086 # one word a flag is what is meant
		"$CLANG" --target="$target" $FLAGS $STATIC "$@" -c "$source.c" \
		    -o "$object" || return 1
		objects="$objects $object"
	done
	for source in "$machine" note; do
		object=$work/$machine-$source-s.o
		"$CLANG" --target="$target" -c "freestanding/$source.S" \
		    -o "$object" || return 1
		objects="$objects $object"
	done
	# shellcheck disable=SC2086 # as above
	"$LLD" -static -nostdlib -e _start --gc-sections --strip-all \
	    --build-id=none -z noexecstack -z max-page-size=65536 \
	    --no-undefined \
	    -o "$work/zbufprobe-freebsd-$machine" $objects
}

# build_modes <machine> <target triple> <more flags>
build_modes()
{
	machine=$1 target=$2
	shift 2
	stub=$work/$machine-libpcap
	"$CLANG" --target="$target" -x c -c /dev/null -o "$stub.o" || return 1
	"$LLD" -shared -soname "$LIBPCAP" -o "$stub.so" "$stub.o" || return 1
	for mode in $MODES; do
		object=$work/$machine-$mode.o
		define=MODE_$(printf '%s' "$mode" | tr '[:lower:]' '[:upper:]')
		# shellcheck disable=SC2086 # as above
		"$CLANG" --target="$target" $FLAGS $SHARED "$@" \
		    -DMODE="$define" -c mode/mode.c -o "$object" || return 1
		"$LLD" -shared -soname "libpcap-$mode.so" -z interpose -z now \
		    -z noexecstack -z max-page-size=65536 --hash-style=both \
		    --gc-sections --strip-all --build-id=none \
		    -o "$work/libpcap-$mode-freebsd-$machine.so" \
		    "$object" "$stub.so" || return 1
	done
}

sums()
{
	if command -v sha256sum >/dev/null 2>&1; then
		sha256sum "$@"
	else
		for file in "$@"; do
			printf '%s  %s\n' "$(sha256 -q "$file")" "$file"
		done
	fi
}

main()
{
	folder=${1:-prebuilt}
	command -v "$CLANG" >/dev/null 2>&1 || die "$CLANG is missing"
	command -v "$LLD" >/dev/null 2>&1 || die "$LLD is missing"
	work=$(mktemp -d) || die 'no temporary folder'
	trap 'rm -rf "$work"' EXIT
	trap 'exit 1' HUP INT TERM
	amd64='amd64 x86_64-unknown-freebsd12.0 -mno-red-zone'
	arm64='arm64 aarch64-unknown-freebsd12.0 -mno-outline-atomics'
	# shellcheck disable=SC2086 # as above
	{ build $amd64 && build_modes $amd64; } || die 'amd64 failed'
	# shellcheck disable=SC2086 # as above
	{ build $arm64 && build_modes $arm64; } || die 'arm64 failed'
	products=$(cd "$work" && echo zbufprobe-freebsd-* libpcap-*-freebsd-*)
	mkdir -p "$folder" || die "cannot make $folder"
	# shellcheck disable=SC2086 # as above
	(cd "$work" && sums $products >SHA256SUMS) || die 'no checksum'
	for file in $products SHA256SUMS; do
		# Whole or not at all: another build may be reading.
		cp "$work/$file" "$folder/.$file.$$" ||
		    die "cannot write in $folder"
		mv "$folder/.$file.$$" "$folder/$file" ||
		    die "cannot write $folder/$file"
	done
}

main "$@"
