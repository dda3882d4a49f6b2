#!/bin/sh
#
# change.sh what run [plan owner seconds]
#
# Change this host as a plan says, or put back what a run changed.
#
#   begin run plan owner seconds [continues=RUN] [accept=no-boot-guard]
#                     carry out the steps; the sender puts a function "payload"
#                     and the text of this script in front
#   status [run]      tell how it stands; changes nothing
#   confirm run       the change stays
#   undo run          put everything back; any number of times
# and what these start: work, watch, put-back, end-worker, take-lock, free-lock;
#   boot run early|late|at  after a reboot: undo what nobody confirmed (boot.sh)
#
# Prints one record, tab separated (record.sh); before it, from begin, a line
# "did index kind outcome detail" for each step that has ended.  What is meant
# for people goes to stderr.  The record says what happened, not the exit code.
#
# Everything of a run is in /var/db/zbufctl/<run>/ (mode 0700):
#   steps, from.N, to.N     what is to be done
#   backup.N                the old file, byte for byte
#   journal                 what was done, written down before and after it
#   decision                a link to "confirmed" or "undo": the first decides
#   reserve, reserve.N      space for the undo, should the disk be full
#   worker, watcher, ...    pid of the processes of the run
#   worker.lock, ...        held as long as they live (lockf(1)); see is_held
#   boot-guard              what starts the undo after a reboot
#   change.sh, undo.sh      this script; how to undo it by hand
# /var/db/zbufctl/lock is a link to the run that may change this host.
#
# Wants root.  Environment: ZBUFCTL_ROOT, set by the practice fleet and never
# on a host, is a directory that stands in for /; ignored unless there is a .lab
# in it that is the caller's own.

set -u
umask 077
LC_ALL=C
PATH=/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin
root=${ZBUFCTL_ROOT:-}
# shellcheck disable=SC3067 # test(1) of FreeBSD has it, and dash
[ -z "$root" ] || [ -O "$root/.lab" ] || root=''
# The practice fleet counts the calls of each part of a run apart.
if [ -n "$root" ]; then
	PATH=$root/bin:$PATH LAB_ACTOR=${1:-}:$$
	export LAB_ACTOR
fi
export LC_ALL PATH

base=$root/var/db/zbufctl
tab=$(printf '\t')
newline='
'
run='' dir=''
# Why something was not done, one line.
why=''
