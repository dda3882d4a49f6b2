# Sourced by programs of the practice fleet that say which system this is; the
# values are in the state folder.

style_of='' sysname='' osrelease='' version='' machine='' processor=''
kernel_release='' userland_release='' osreldate='' userland_osreldate=''
# Assignments, written when the practice host was made.
# shellcheck source=/dev/null
. "${ZBUFCTL_ROOT:?}/.lab/os"
