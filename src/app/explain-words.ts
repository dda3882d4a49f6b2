import {FORK_PATTERNS, OTHER_SIDES, OTHER_SIDE_SAYS, PATTERN_SAYS} from '../knowledge/phrases.js';
import {MODE_SAYS} from '../knowledge/modes-text.js';
import type {HostResult} from '../model/apply-run.js';
import type {FailureKind} from '../model/failure.js';
import type {Posture, Verdict} from '../model/finding.js';
import type {PlannedState} from '../model/plan.js';
import type {StepKind} from '../model/step.js';

/**
 * A word zbufctl prints, in a sentence or two; what to do about it where there is something to do.
 */
type Words<W extends string> = Readonly<Record<W, string>>;

export const POSTURE_WORDS: Words<Posture> = {
  unreachable:
    'The host gave no evidence: no connection, or no login. zbufctl audit HOST says why.',
  unknown:
    'The evidence is incomplete where it matters, so nothing is claimed. The findings say what would decide it.',
  'not-applicable': 'Not FreeBSD, or a kernel without bpf(4): there is nothing to judge.',
  broken: 'A capture is losing packets now. zbufctl plan shows what stops that.',
  'at-risk':
    'A capture will break at the next start of its service or at the next boot. zbufctl plan shows what prevents it.',
  drift:
    'The running value, the boot value and the policy disagree, or a line of sysctl.conf never loads.',
  ineffective: 'Zero-copy is enabled, but no libpcap on the host can use it.',
  compliant: 'Nothing to do: zbufctl plan has no step for the host, and nothing by hand.',
};

const VERDICT_WORDS: Words<Verdict> = {
  pass: 'The claim of the rule holds on the host.',
  fail: 'The claim of the rule does not hold on the host.',
  unknown: POSTURE_WORDS.unknown,
  'not-applicable': 'The rule has nothing to judge on this host.',
};

const FAILURE_WORDS: Words<FailureKind> = {
  unresolved: 'The name of the host has no address. Check DNS, or set address in the inventory.',
  refused: 'Nothing listens on that port, or there is no route. Check that sshd runs: ssh -v HOST.',
  'timed-out': 'Connecting, logging in or collecting took longer than --timeout allows.',
  'host-key-unknown':
    'known_hosts has no key of the host. Compare the fingerprint on its console, then append the line zbufctl prints, or use --accept-new.',
  'host-key-changed':
    'known_hosts has another key for the host: it was reinstalled, or somebody is in the middle. Find out which before you remove the old key.',
  'host-key-revoked': 'known_hosts marks the key of the host as @revoked. Do not connect.',
  'host-key-weak': 'The RSA key of the host is shorter than 2048 bits and proves nothing.',
  unsupported:
    'The host needs what the SSH library cannot do (certificates, FIDO keys, GSSAPI); the message names it.',
  auth: 'Every authentication method was refused. Try the same with ssh -v HOST: user, key and agent decide.',
  become:
    'Logged in, but sudo, doas or su did not let us through: a wrong password, or the user may not become root.',
  cut: 'The connection ended before the closing record, so what arrived is not used.',
  silent: 'Logged in, but nothing came any more, not even answers to keepalives.',
  flooded: 'The host sent more than the allowed number of bytes; nothing of it is used.',
  protocol: 'What answered does not speak SSH as zbufctl knows it.',
  jump: 'The jump host could not be used; the message says why.',
  interrupted: 'The run was stopped before this host was finished. Audit it again.',
  'no-record': 'zbufctl ingest --whole found no record of the host. Collect it and ingest again.',
};

const PLANNED_WORDS: Words<PlannedState> = {
  changes: 'The plan has steps for the host; zbufctl apply carries them out.',
  'by-hand': 'Something is to be done that only a person can do; the plan says what.',
  nothing: 'Nothing to do on the host.',
  refused:
    'A change is wanted and not allowed; every reason is named, with what would make it safe.',
  unknown: POSTURE_WORDS.unknown,
  unreachable: POSTURE_WORDS.unreachable,
};

const RESULT_WORDS: Words<HostResult> = {
  changed: 'Everything was done, verified over a new connection, and confirmed.',
  already: 'The host was as planned already; nothing was changed.',
  'rolled-back': 'The change was undone; the host is as it was before.',
  refused: 'The host was not touched; the reason is named.',
  'not-started': 'The host was not touched: the run stopped before, or it could not be reached.',
  lost: 'What became of the host is not known. zbufctl apply --resume RUN asks it.',
  failed: 'The undo did not finish; the host is in doubt. Its journal is in /var/db/zbufctl.',
};

const STEP_WORDS: Words<StepKind> = {
  'set-running': 'Sets net.bpf.zerocopy_enable in the running kernel; undo sets the old value.',
  'write-boot': 'Writes the boot value into sysctl.conf(5); undo puts the byte-exact copy back.',
  'set-rc': 'Sets an rc variable with sysrc(8); undo puts the byte-exact copy back.',
  'install-mode':
    'Puts an object that gives a buffer mode at its path, by its SHA-256; undo takes it away, once nothing is mapped to it.',
  'map-mode':
    'Writes the file that gives programs their buffer modes (libmap.conf(5)) and asks ldd(1) what each would load; undo puts the byte-exact copy back.',
  'restart-service':
    'Stops and starts a service with time limits; may end what still holds /dev/bpf with SIGKILL, if the plan says so.',
  'start-service': 'Starts a service.',
  'stop-service': 'Stops a service.',
  verify: 'Looks again over a new connection; the change is confirmed only if this holds.',
};

const patterns = (): string =>
  [
    'When a capture program forks relative to opening its capture (policy.services: pattern):',
    ...FORK_PATTERNS.map((pattern) => `  ${pattern}: ${PATTERN_SAYS[pattern]}`),
    '',
    'What the other process does after the fork (otherSide):',
    ...OTHER_SIDES.flatMap((side) =>
      OTHER_SIDE_SAYS[side] === '' ? [] : [`  ${side}: ${OTHER_SIDE_SAYS[side]}`],
    ),
    '',
    'To find out on the host (as root): truss -f -o /tmp/t COMMAND; then grep -nE "fork|open.*bpf|exec" /tmp/t',
    'An open of /dev/bpf after the last fork is fork-before-open. Describe the program in zbufctl.yaml:',
    '',
    'policy:',
    '  services:',
    '    - {id: NAME, command: COMMAND, pattern: fork-child-captures, otherSide: lives-on}',
  ].join('\n');

const table = (title: string, words: Readonly<Record<string, string>>): string =>
  [title, ...Object.entries(words).map(([word, text]) => `  ${word}: ${text}`)].join('\n');

/** Topics that list a whole family of words. */
const FAMILIES: Readonly<Record<string, () => string>> = {
  postures: () => table('Postures: a host in one word; the first that applies.', POSTURE_WORDS),
  failures: () => table('What can keep a host from giving evidence.', FAILURE_WORDS),
  results: () => table('What became of a host in an apply or rollback.', RESULT_WORDS),
  steps: () => table('What a plan can do on a host.', STEP_WORDS),
  'plan-states': () => table('What a plan says of a host.', PLANNED_WORDS),
  'fork-patterns': patterns,
  otherside: patterns,
};

const SINGLE: readonly Readonly<Record<string, string>>[] = [
  POSTURE_WORDS,
  VERDICT_WORDS,
  RESULT_WORDS,
  PLANNED_WORDS,
  FAILURE_WORDS,
  STEP_WORDS,
  MODE_SAYS,
];

/** `none` and `unknown` mean more elsewhere. */
const PATTERN_WORDS: readonly string[] = [...FORK_PATTERNS, ...OTHER_SIDES].filter(
  (word) => word !== 'none' && word !== 'unknown',
);

/** What a word of zbufctl means: every meaning it has; undefined: it is not one of its words. */
export function explainOwnWord(word: string): string | undefined {
  if (Object.hasOwn(FAMILIES, word)) return FAMILIES[word]?.();
  if (PATTERN_WORDS.includes(word)) return patterns();
  const meanings = SINGLE.flatMap((words) =>
    Object.hasOwn(words, word) ? [words[word] ?? ''] : [],
  );
  return meanings.length === 0
    ? undefined
    : [...new Set(meanings)].map((m) => `${word}: ${m}`).join('\n');
}

/** Every word explainOwnWord knows. */
export const OWN_WORDS: readonly string[] = [
  ...new Set([
    ...Object.keys(FAMILIES),
    ...FORK_PATTERNS,
    ...SINGLE.flatMap((words) => Object.keys(words)),
  ]),
];
