#!/bin/sh
#
# build-freebsd.sh [folder]
#
# Builds the static FreeBSD programs, amd64 and arm64, on any system with clang
# and lld, without FreeBSD's headers or libc, and SHA256SUMS beside them.  The
# folder is native/prebuilt unless given.  The same sources give the same bytes.
#
# Environment: CLANG, LLD, STRIP (clang, ld.lld, and nothing: lld strips)

set -u

cd "$(dirname "$0")" || exit 1

CLANG=${CLANG:-clang}
LLD=${LLD:-ld.lld}
FLAGS='-std=c11 -Os -ffreestanding -nostdlibinc -fno-builtin
    -fno-stack-protector -fno-pic -fno-pie -fno-unwind-tables
    -fno-asynchronous-unwind-tables -ffunction-sections -fdata-sections
    -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror'
CORE='bench capture cell channel direction enable inspect json main matrix names
    out packet run supervisor traffic worker'

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
		"$CLANG" --target="$target" $FLAGS "$@" -c "$source.c" -o "$object" || return 1
		objects="$objects $object"
	done
	for source in "$machine" note; do
		object=$work/$machine-$source-s.o
		"$CLANG" --target="$target" -c "freestanding/$source.S" -o "$object" || return 1
		objects="$objects $object"
	done
	# shellcheck disable=SC2086 # as above
	"$LLD" -static -nostdlib -e _start --gc-sections --strip-all --build-id=none \
	    -z noexecstack -z max-page-size=65536 --no-undefined \
	    -o "$work/zbufprobe-freebsd-$machine" $objects
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
	build amd64 x86_64-unknown-freebsd12.0 -mno-red-zone || die 'amd64 failed'
	build arm64 aarch64-unknown-freebsd12.0 -mno-outline-atomics || die 'arm64 failed'
	mkdir -p "$folder" || die "cannot make $folder"
	(cd "$work" && sums zbufprobe-freebsd-amd64 zbufprobe-freebsd-arm64 >SHA256SUMS) || die 'no checksum'
	for file in zbufprobe-freebsd-amd64 zbufprobe-freebsd-arm64 SHA256SUMS; do
		# Whole or not at all: another build may be reading.
		cp "$work/$file" "$folder/.$file.$$" || die "cannot write in $folder"
		mv "$folder/.$file.$$" "$folder/$file" || die "cannot write $folder/$file"
	done
}

main "$@"
