import type {BufferMode} from '../model/mode.js';
import {MODE_FOLDER, MODE_MAP} from '../model/mode.js';

/** The modes in a sentence each; measured: facts per-program-modes.md, fork-truth-table.md. */
export const MODE_SAYS: Readonly<Record<BufferMode, string>> = {
  buffered:
    'Zero-copy is refused to the program, which then captures with read(2). Right for every program, also one that forks; and it stops at once on a quiet interface, which a zero-copy pflogd does not.',
  inherit:
    'Zero-copy, and a child shares the buffers. Right for a child that captures. Whoever has the buffers can read the packets in them (ZBUF-012).',
  private:
    'Zero-copy, and a child does not have the buffers. Right where a helper is forked that must not hold them, as by tcpdump without -n. A child that captures would die.',
  zbuf: 'Zero-copy as libpcap asks for it, with nothing in between. Right for a program that does not fork once its capture is open.',
};

/** What `explain modes` says. */
export const modesText = (): string =>
  [
    'Buffer modes: what one program does while net.bpf.zerocopy_enable is on (policy.modes).',
    ...Object.entries(MODE_SAYS).map(([mode, text]) => `  ${mode}: ${text}`),
    '',
    'policy:',
    '  zerocopy: on',
    '  modes: auto        # what fits how each program forks, or:',
    '  # modes: {pflogd: buffered, /usr/sbin/tcpdump: private, suricata: zbuf}',
    '  # preload: [plugtapd]   # services that load libpcap by dlopen(3)',
    '',
    `How: an object in ${MODE_FOLDER} takes the place of libpcap.so.8 for that program (libmap.conf(5), in`,
    `${MODE_MAP}). It needs the real libpcap and changes what ioctl(2) does for BPF; the program`,
    'is not touched, and it holds however the program is started. It counts from the next start on: a plan restarts what rc',
    'starts, and says what it cannot. ZBUF-014 tells whether a mode is in force, ZBUF-015 whether it is the one you want.',
    'A static program and one in a jail are not reached; a plan refuses them. Nor does a mapping reach a program that gets',
    'libpcap by dlopen(3): for a service named under policy.preload the object is put into NAME_env (LD_PRELOAD), which rc puts',
    'before its program and nothing else; never into NAME_env_file. What counts is what is in the memory of the process then.',
    'By hand, undo it in this order: take the file away, restart the programs, then remove the objects.',
    '',
  ].join('\n');

/** What `explain PR-163370` says. */
export const pullRequestText = (): string =>
  [
    'FreeBSD PR 163370: zero-copy BPF captures and fork(2).',
    '',
    'bpf(4) can write packets straight into memory of the program that captures. A fork makes that memory copy-on-write: the',
    'first of the two processes that writes to it, to give a buffer back, gets a copy of its own, and the kernel goes on with',
    'the old one. The capture ends without an error. pflogd forks so at every start, and tcpdump without -n for its resolver.',
    'The PR asked for three modes a program can choose: buffered, zero-copy, and zero-copy with buffers a child inherits',
    '(minherit(2), INHERIT_SHARE). They were never added; the feature has been off by default, and for years no libpcap could',
    'use it. Since libpcap 1.10.6 (FreeBSD 15.1) it can again, and whoever sets net.bpf.zerocopy_enable=1 meets the old bug.',
    '',
    'zbufctl gives these modes to programs as they are: zbufctl explain modes. To see it on your own kernel: zbufctl probe.',
    'What to change upstream, as small diffs: native/mode/upstream in the sources.',
    '',
  ].join('\n');
