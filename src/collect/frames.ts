import type {Failure, MetFailure, Result} from '../model/failure.js';
import {fail, ok} from '../model/failure.js';
import {NO_SHELL, saidInstead} from '../text/said-instead.js';
import {sanitize} from '../text/sanitize.js';

import {LIMITS} from './limits.js';
import type {Section} from './section.js';
import {decode} from './section.js';

const FIRST = /^zbufctl-evidence (\d{1,9})$/;
const AGAIN = 'Run it again; if it happens again, run with -v and look at what the host prints.';

/**
 * Splits the collector's stream (templates/collect/head.sh says how it is framed). All or nothing:
 * a stream that lacks its closing record, or whose records do not fit together, may lack anything.
 *
 * What a shell prints before and after it is noise, as long as it is little: start-up files, EXIT
 * traps, session loggers.
 *
 * @param complaint what came on stderr, to be quoted when there is no record at all
 *
 * Failures: `cut` (no closing record, wrong count, broken frame), `flooded` (beyond the limits),
 * `protocol` (another version).
 */
export function splitFrames(
  bytes: Uint8Array,
  complaint: Uint8Array = new Uint8Array(),
): Result<readonly Section[]> {
  if (bytes.byteLength > LIMITS.stream) return fail(flooded(`more than ${LIMITS.stream} bytes`));
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (countLines(buffer) > LIMITS.allLines)
    return fail(flooded(`more than ${LIMITS.allLines} lines`));
  const stream = buffer.toString('latin1');
  const lines = stream.split('\n');
  const start = firstRecord(lines);
  if (start === undefined) return fail(noRecord(bytes, complaint));
  const version = FIRST.exec(lines[start] ?? '')?.[1];
  if (version !== '1') return fail({...otherVersion(version), line: start + 1});
  return sections(lines, start + 1);
}

function countLines(bytes: Buffer): number {
  let found = 0;
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) found += 1;
  return found;
}

/** A shell's start-up files may print before the collector does: nothing there is believed. */
function firstRecord(lines: readonly string[]): number | undefined {
  let noise = 0;
  for (const [index, line] of lines.entries()) {
    if (FIRST.test(line)) return index;
    noise += line.length + 1;
    if (noise > LIMITS.noise) return undefined;
  }
  return undefined;
}

function sections(lines: readonly string[], from: number): Result<readonly Section[]> {
  const found: Section[] = [];
  let at = from;
  for (;;) {
    const line = lines[at];
    if (line === undefined) return fail(cut('the closing record is missing', lines.length));
    if (line.startsWith('end ')) break;
    const next = section(lines, at);
    if (!next.ok) return next;
    found.push(next.value.section);
    if (found.length > LIMITS.sections)
      return fail(flooded(`more than ${LIMITS.sections} sections`));
    at = next.value.next;
  }
  if (lines[at] !== `end ${found.length}`)
    return fail(
      cut(`${found.length} sections arrived, the closing record is "${shown(lines[at])}"`, at + 1),
    );
  // Of the last line nobody knows whether it has ended: `end 1` may be the beginning of `end 12`.
  if (at === lines.length - 1) return fail(cut('the stream ends in the middle of a line', at + 1));
  const second = lines.findIndex((text, index) => index > at && FIRST.test(text));
  if (second !== -1) return fail(cut('a second stream follows the closing record', second + 1));
  const after = lines.slice(at + 1).reduce((sum, text) => sum + text.length + 1, 0);
  if (after > LIMITS.noise)
    return fail(flooded(`more than ${LIMITS.noise} bytes follow the closing record`));
  return ok(found);
}

/** Reads one section from its header on; `next` is the line after it. */
function section(
  lines: readonly string[],
  start: number,
): Result<{readonly section: Section; readonly next: number}> {
  const header = /^@ ([a-z][a-z-]{0,39})((?: [^ ]+)*)$/.exec(lines[start] ?? '');
  if (header === null) return fail(broken(lines, start));
  const content: string[] = [];
  const complaint: string[] = [];
  for (let at = start + 1; ; at += 1) {
    const line = lines[at];
    if (line === undefined) return fail(cut('the stream ends inside a section', at));
    if (line.length > LIMITS.line)
      return fail(flooded(`a line of more than ${LIMITS.line} bytes`, at + 1));
    if (at - start > LIMITS.lines)
      return fail(flooded(`a section of more than ${LIMITS.lines} lines`, start + 1));
    const text = line.slice(1);
    if (line.startsWith('|') && complaint.length === 0) content.push(text);
    else if (line.startsWith('!')) complaint.push(text);
    else {
      const status = /^= ([a-z]+|\d{1,3})$/.exec(line)?.[1];
      if (status === undefined) return fail(broken(lines, at));
      const words = (header[2] ?? '').split(' ').slice(1).map(decode);
      return ok({
        section: {name: header[1] ?? '', words, content, complaint, status},
        next: at + 1,
      });
    }
  }
}

const shown = (line: string | undefined): string => sanitize(line ?? '', {limit: 80});

const cut = (what: string, line?: number): MetFailure => ({
  kind: 'cut',
  message: `The host's answer is not whole: ${what}.`,
  fix: AGAIN,
  ...(line === undefined ? {} : {line}),
});

/** The host did not run what it was sent: a shell for guests (nologin), a ForceCommand, a menu. */
function noRecord(stdout: Uint8Array, stderr: Uint8Array): Failure {
  const said = saidInstead(stdout, stderr);
  if (said.length === 0) return cut('the collector printed nothing');
  return {
    kind: 'cut',
    message: `The host ran something else than the /bin/sh it was asked for; it said "${said[0] ?? ''}".`,
    fix: NO_SHELL,
    said,
  };
}

const broken = (lines: readonly string[], at: number): MetFailure =>
  cut(`record ${at + 1} is not one the collector writes: "${shown(lines[at])}"`, at + 1);

export const flooded = (what: string, line?: number): MetFailure => ({
  kind: 'flooded',
  message: `The host's answer is too long: ${what}.`,
  fix: 'Look at the host: no FreeBSD host has that much to say about its captures.',
  ...(line === undefined ? {} : {line}),
});

const otherVersion = (version: string | undefined): Failure => ({
  kind: 'protocol',
  message: `The collector speaks zbufctl-evidence ${version ?? '?'}; this zbufctl reads zbufctl-evidence 1.`,
  fix: 'Use the zbufctl the evidence was collected with, or a newer one.',
});
