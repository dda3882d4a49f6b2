import type {Result} from '../model/failure.js';
import {fail, ok} from '../model/failure.js';
import {sanitize} from '../text/sanitize.js';

/** What templates/probe.sh came back with. */
export type RemoteOutput =
  | {
      readonly kind: 'ran';
      readonly status: number;
      readonly printed: Uint8Array;
      readonly complaint: string;
    }
  | {
      readonly kind: 'refused';
      readonly why: RefusalWord;
      readonly text: string;
      readonly skipped: readonly string[];
    };

export const REFUSAL_WORDS = ['no-place', 'checksum', 'compiler', 'cannot-run'] as const;
export type RefusalWord = (typeof REFUSAL_WORDS)[number];

/** Facts of the host, asked before the probe is sent. */
export interface ProbeFacts {
  readonly system: string;
  readonly release: string;
  readonly machine: string;
  readonly uid: number;
  /** Path of a C compiler; absent: none. */
  readonly compiler?: string;
  /**
   * It says that it is a practice host: a model of the kernel answers there, and whatever it says
   * counts nowhere.
   */
  readonly practice: boolean;
}

const CUT = 'the answer was cut off before its end';

/**
 * Reads the answer of templates/probe-facts.sh. The host may be hostile: anything odd is an error,
 * in words.
 */
export function parseProbeFacts(bytes: Uint8Array): Result<ProbeFacts, string> {
  const lines = linesOf(bytes.subarray(0, 4096));
  if (lines.at(-1) !== 'end') return fail(CUT);
  const values = new Map(lines.slice(0, -1).map((line) => split(line, 2) as [string, string]));
  const word = (name: string): string => sanitize(values.get(name) ?? '', {limit: 80});
  const uid = /^\d{1,10}$/.test(values.get('uid') ?? '') ? Number(values.get('uid')) : undefined;
  const [system, release, machine, compiler] = ['system', 'release', 'machine', 'cc'].map(word);
  if (uid === undefined || !system || !machine || release === undefined)
    return fail('the answer makes no sense');
  return ok({
    system,
    release,
    machine,
    uid,
    practice: values.get('practice') === '1',
    ...(compiler?.startsWith('/') === true ? {compiler} : {}),
  });
}

/** Reads the answer of templates/probe.sh. */
export function parseRemoteOutput(bytes: Uint8Array): Result<RemoteOutput, string> {
  const lines = linesOf(bytes);
  if (lines[0] !== 'zbufctl-probe\t1')
    return fail('the host did not answer as the probe script does');
  if (lines.at(-1) !== 'end') return fail(CUT);
  const body = lines.slice(1, -1);
  const last = split(body.at(-1) ?? '', 3);
  const skipped = body
    .filter((l) => l.startsWith('skip\t'))
    .map((l) => sanitize(withoutOurPaths(split(l, 3).slice(1).join(': ')), {limit: 200}));
  if (last[0] === 'refuse') {
    const why = REFUSAL_WORDS.find((w) => w === last[1]) ?? 'cannot-run';
    return ok({
      kind: 'refused',
      why,
      text: sanitize(withoutOurPaths(last[2] ?? ''), {limit: 400}),
      skipped,
    });
  }
  if (last[0] !== 'ran' || !/^\d{1,3}$/.test(last[2] ?? ''))
    return fail('the host did not answer as the probe script does');
  const printed = body.filter((l) => l.startsWith('|')).map((l) => l.slice(1));
  const complaint = body.filter((l) => l.startsWith('!')).map((l) => l.slice(1));
  return ok({
    kind: 'ran',
    status: Number(last[2]),
    printed: Buffer.from(printed.join('\n'), 'latin1'),
    complaint: sanitize(withoutOurPaths(complaint.join(' ')).trim(), {limit: 400}),
  });
}

/** `sh: 12: ` or `/bin/sh: line 12: ` in front of what a shell says. */
const SHELL_LEAD = /(^|\s)(?:\/\S*\/)?-?(?:sh|bash|dash): (?:(?:line )?\d+: )?/g;
/**
 * The folder of templates/probe.sh, whose name changes with every run, and mktemp(1)'s pattern of
 * it.
 */
const OUR_FOLDER = /\S*\/zbufctl-probe\.\d+\.[A-Za-z0-9]{6}(?:\/|\b)/g;

/** What is said of a probe ends in reports: it should be about the host, and the same each time. */
const withoutOurPaths = (text: string): string =>
  text.replace(SHELL_LEAD, '$1').replace(OUR_FOLDER, '').replaceAll('./zbufprobe: ', '');

/** Bytes stay bytes (latin1), so that what the probe printed is decoded strictly later. */
const linesOf = (bytes: Uint8Array): string[] =>
  Buffer.from(bytes).toString('latin1').replace(/\n$/, '').split('\n');

/** Splits at the first tabs, into so many fields. */
function split(line: string, fields: number): string[] {
  const parts = line.split('\t');
  return [...parts.slice(0, fields - 1), parts.slice(fields - 1).join('\t')];
}
