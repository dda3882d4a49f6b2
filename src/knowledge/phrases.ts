import type {ForkPattern, OtherSide, RequestsZerocopy} from '../model/service.js';

import type {Outlook} from './outlook.js';

/** Fork patterns, other sides and outlooks as people say them; parts of a sentence. */
export const PATTERN_SAYS: Readonly<Record<ForkPattern, string>> = {
  none: 'it does not fork',
  'fork-before-open': 'it forks before it opens the capture, not after',
  'fork-exec-after-open': 'it forks after opening the capture, to run another program',
  'fork-helper-after-open': 'it forks a helper after opening the capture',
  'fork-child-captures': 'it opens the capture, then forks, and the child reads it',
  'fork-both-capture': 'it opens the capture, then forks, and both processes read it',
  unverified: 'when it forks is not known',
};

export const OTHER_SIDE_SAYS: Readonly<Record<OtherSide, string>> = {
  none: '',
  'exits-at-once': 'the process left behind exits at once',
  'execs-at-once': 'the helper execs straight away',
  'parent-waits': 'the capturing process is blocked until the helper is gone',
  'spawns-without-copy': 'by vfork, popen or posix_spawn, which copy no memory on FreeBSD',
  'execs-late': 'the helper works for a while before it execs',
  'runs-for-seconds': 'the helper runs for seconds and never execs',
  'lives-on': 'the other process stays as long as the capture',
  unknown: 'what the other process does is not known',
};

export const OUTLOOK_SAYS: Readonly<Record<Outlook, string>> = {
  safe: 'nobody shares its buffers, so zero-copy does it no harm',
  race: 'in zero-copy mode its buffers are shared for a moment after the fork: normally fine, but a loaded machine could lose the race',
  breaks:
    'in zero-copy mode it goes silent: at most two buffers of packets arrive, then none, and no error is reported',
  unknown: 'whether zero-copy would harm it is not known',
};

export const REQUESTS_SAYS: Readonly<Record<RequestsZerocopy, string>> = {
  'via-libpcap':
    'It captures through libpcap, so it gets zero-copy when net.bpf.zerocopy_enable is not 0 as it starts and its libpcap can do it.',
  direct: 'It asks the kernel for zero-copy itself, so net.bpf.zerocopy_enable alone decides.',
  never: 'It never asks for zero-copy, so net.bpf.zerocopy_enable does not matter to it.',
  unverified: 'Whether it asks for zero-copy is not known.',
};

/** A pattern and its other side as one clause. */
export function forkClause(pattern: ForkPattern, otherSide: OtherSide): string {
  const other = OTHER_SIDE_SAYS[otherSide];
  const shares = pattern !== 'none' && pattern !== 'fork-before-open' && other !== '';
  return shares ? `${PATTERN_SAYS[pattern]}; ${other}` : PATTERN_SAYS[pattern];
}

export const FORK_PATTERNS = Object.keys(PATTERN_SAYS) as readonly ForkPattern[];
export const OTHER_SIDES = Object.keys(OTHER_SIDE_SAYS) as readonly OtherSide[];
