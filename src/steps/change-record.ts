import type {Result} from '../model/failure.js';
import {fail, ok} from '../model/failure.js';
import type {
  BootGuard,
  ChangeState,
  HostLock,
  HostRecord,
  RecordedStep,
  Refusal,
} from '../model/host-record.js';
import {BOOT_GUARDS, CHANGE_STATES, REFUSALS} from '../model/host-record.js';
import {OUTCOMES, STEP_KINDS} from '../model/step.js';
import {wordOf} from '../model/words.js';
import {isRunId} from '../text/run-id.js';
import {sanitize} from '../text/sanitize.js';

const MAX_BYTES = 262_144;
const MAX_LINES = 1000;
const MAX_DETAIL = 500;
/** A day and a bit: more is no number of seconds the script ever says of what is left. */
const MAX_SECONDS = 200_000;
const MAX_AGE = 4_000_000_000;

const HEADER = 'zbufctl-change\t1';
/**
 * The record every subcommand of the host's script ends with (templates/change/record.sh). Strict,
 * since a host may be hostile or the stream cut: an unknown word, a missing end or anything out of
 * place is an error, never a guess.
 *
 *     zbufctl-change 1
 *     run, plan, owner     one word each, '' when the host does not know the run
 *     state WORD           CHANGE_STATES
 *     before WORD          CHANGE_STATES; from undo: the state when it was asked for
 *     left SECONDS         only while working or waiting; never more than there were
 *     boot-guard WORD      BOOT_GUARDS; from the moment the lock was had and the check passed
 *     step|undone INDEX KIND OUTCOME DETAIL   all changing steps; of those undone, in order
 *     lock RUN OWNER AGE alive|dead           whoever has the host's lock
 *     refused WHY TEXT     what was asked was not done: Refusal
 *     end LINES            between header and end
 *
 * Words are separated by tabs. Before it, from `begin`, stands a line `did INDEX KIND OUTCOME
 * DETAIL` for each step ended.
 */
export function parseChangeRecord(stdout: Buffer): Result<HostRecord, string> {
  if (stdout.length > MAX_BYTES) return fail(`the host's record is longer than ${MAX_BYTES} bytes`);
  const lines = stdout.toString('utf8').split('\n');
  if (lines.pop() !== '') return fail("the host's record was cut");
  if (lines.length > MAX_LINES) return fail(`the host's record has more than ${MAX_LINES} lines`);
  // `begin` says each step as it ends; the record says them all again.
  let start = 0;
  while (lines[start]?.startsWith('did\t') === true) start += 1;
  if (lines[start] !== HEADER)
    return fail(`not a record of a change: ${quoted(lines[start] ?? '')}`);
  const body = lines.slice(start + 1, -1);
  const end = lines.at(-1);
  if (start + 1 >= lines.length || end?.startsWith('end\t') !== true)
    return fail("the host's record was cut");
  if (end !== `end\t${body.length}`) return fail(`the host's record lacks lines: ${quoted(end)}`);
  return readBody(body);
}

/**
 * A line `begin` prints when a step has ended; undefined for every other line. For showing
 * progress, not for belief.
 */
export function parseProgressLine(line: string): RecordedStep | undefined {
  const [word, ...fields] = line.split('\t');
  return word === 'did' ? step(fields) : undefined;
}

function readBody(body: readonly string[]): Result<HostRecord, string> {
  const once = new Map<string, readonly string[]>();
  const steps: RecordedStep[] = [];
  const undone: RecordedStep[] = [];
  for (const line of body) {
    const [word = '', ...fields] = line.split('\t');
    if (word === 'step' || word === 'undone') {
      const read = step(fields);
      if (read === undefined) return fail(`line of the record not understood: ${quoted(line)}`);
      (word === 'step' ? steps : undone).push(read);
      continue;
    }
    if (!ONCE.includes(word) || once.has(word))
      return fail(`line of the record not understood: ${quoted(line)}`);
    once.set(word, fields);
  }

  const run = single(once.get('run'), (text) => text === '' || isRunId(text));
  const plan = single(once.get('plan'), (text) => /^[A-Za-z0-9._-]{0,100}$/.test(text));
  const owner = single(once.get('owner'), (text) => /^[A-Za-z0-9._+@-]{0,120}$/.test(text));
  const state = stateOf(once.get('state') ?? []);
  if (run === undefined || plan === undefined || owner === undefined || state === undefined)
    return fail('the record does not say its run, plan, owner and state');
  const before = optional(once.get('before'), stateOf);
  const left = optional(once.get('left'), (fields) =>
    whole(
      single(fields, () => true),
      MAX_SECONDS,
    ),
  );
  const lock = optional(once.get('lock'), lockOf);
  const refused = optional(once.get('refused'), refusalOf);
  const bootGuard = optional(once.get('boot-guard'), guardOf);
  if (before === null || left === null || lock === null || refused === null || bootGuard === null)
    return fail('the record has a malformed before, left, lock, refused or boot-guard line');
  return ok({
    run,
    plan,
    owner,
    state,
    ...(before === undefined ? {} : {before}),
    ...(left === undefined ? {} : {secondsLeft: left}),
    steps,
    undone,
    ...(lock === undefined ? {} : {lock}),
    ...(refused === undefined ? {} : {refused}),
    ...(bootGuard === undefined ? {} : {bootGuard}),
  });
}

/** Lines that come at most once. */
const ONCE: readonly string[] = [
  'run',
  'plan',
  'owner',
  'state',
  'before',
  'left',
  'lock',
  'refused',
  'boot-guard',
];

const stateOf = (fields: readonly string[]): ChangeState | undefined =>
  fields.length === 1 ? wordOf(CHANGE_STATES, fields[0]) : undefined;

const guardOf = (fields: readonly string[]): BootGuard | undefined =>
  fields.length === 1 ? wordOf(BOOT_GUARDS, fields[0]) : undefined;

function step(fields: readonly string[]): RecordedStep | undefined {
  const [number, kindText, outcomeText, detail, ...rest] = fields;
  const index = whole(number, 1000);
  if (index === undefined || detail === undefined || rest.length > 0) return undefined;
  const [kind, outcome] = [wordOf(STEP_KINDS, kindText), wordOf(OUTCOMES, outcomeText)];
  // The host does no verifying.
  if (kind === undefined || kind === 'verify' || outcome === undefined) return undefined;
  return {index, kind, outcome, detail: harmless(detail)};
}

function lockOf(fields: readonly string[]): HostLock | undefined {
  const [run = '', owner = '', seconds, alive, ...rest] = fields;
  const age = whole(seconds, MAX_AGE);
  if (age === undefined || rest.length > 0 || (alive !== 'alive' && alive !== 'dead'))
    return undefined;
  // What is not one of ours may stand there; it is shown, never used.
  return {run: harmless(run), owner: harmless(owner), age, alive: alive === 'alive'};
}

function refusalOf(fields: readonly string[]): Refusal | undefined {
  const [word, text, ...rest] = fields;
  const why = wordOf(REFUSALS, word);
  if (why === undefined || text === undefined || rest.length > 0) return undefined;
  return {why, text: harmless(text)};
}

/** Undefined when the line is absent, null when it is malformed. */
function optional<T>(
  fields: readonly string[] | undefined,
  read: (fields: readonly string[]) => T | undefined,
): T | undefined | null {
  return fields === undefined ? undefined : (read(fields) ?? null);
}

function single(
  fields: readonly string[] | undefined,
  valid: (text: string) => boolean,
): string | undefined {
  const [text] = fields ?? [];
  return fields?.length === 1 && text !== undefined && valid(text) ? text : undefined;
}

function whole(text: string | undefined, most: number): number | undefined {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= most ? value : undefined;
}

const harmless = (text: string): string => sanitize(text, {limit: MAX_DETAIL});
const quoted = (text: string): string => `"${sanitize(text, {limit: 80})}"`;
