#!/bin/sh
#
# build-mode-client.sh program
#
# The static amd64 probe whose captures go through the buffered mode, out of
# the machine code that FreeBSD gets (as native/build-freebsd.sh compiles it).

set -eu

program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

compile()
{
	source=$1 object=$2
	shift 2
	clang --target=x86_64-unknown-freebsd12.0 -std=c11 -Os -ffreestanding \
	    -nostdlibinc -fno-builtin -fno-stack-protector -fno-pic \
	    -mno-red-zone -Wall -Wextra -Werror "$@" \
	    -c "$source" -o "$work/$object.o"
}

for name in bench cell channel direction enable inspect json main matrix \
    names out packet progress receive run supervisor traffic worker \
    freestanding/memory freestanding/sys; do
	compile "native/$name.c" "$(basename "$name")"
done
for name in amd64 note; do
	compile "native/freestanding/$name.S" "$name-s"
done
compile native/capture.c capture -Dcapture_open=plain_capture_open \
    -Dsys_ioctl=client_ioctl
compile native/mode/mode.c mode -Dioctl=mode_ioctl -DMODE=MODE_BUFFERED
compile test/native/libpcap-like.c open
ld.lld -static -nostdlib -e _start --no-undefined -o "$program" "$work"/*.o
