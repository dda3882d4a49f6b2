import type {ValueSummary} from '../../model/audit-run.js';
import type {ShownReading, Finding} from '../../model/finding.js';
import {sanitize} from '../../text/sanitize.js';

/**
 * Longest text of a name in any report, and of a sentence; what is cut off is counted where it was
 * cut.
 */
const NAME_LIMIT = 255;
const SENTENCE_LIMIT = 2000;

/** A name from a host or an inventory, harmless and short enough for a heading. */
export const safeName = (text: string): string => sanitize(text, {limit: NAME_LIMIT});

/** A sentence, harmless; one line. */
export const safeText = (text: string): string => sanitize(text, {limit: SENTENCE_LIMIT});

/** A reading in one line: what was asked, what came back, of whom. As the host had it. */
export function readingAsTold({reading, source, state, value, why}: ShownReading): string {
  const came =
    state === 'read'
      ? `= ${value ?? ''}`
      : state === 'absent'
        ? 'is absent'
        : `is unreadable: ${why ?? ''}`;
  return `${reading} ${came} (${source})`;
}

/** The same, harmless. */
export const readingText = (reading: ShownReading): string => safeText(readingAsTold(reading));

/**
 * What a finding is about beyond its host: the service (or the program, when it is none we know)
 * and process, or ''.
 */
export function aboutOf({
  service,
  program,
  pid,
}: Pick<Finding, 'service' | 'program' | 'pid'>): string {
  const process = pid === undefined ? '' : `pid ${pid}`;
  return [safeName(service ?? program ?? ''), process].filter((s) => s !== '').join(', ');
}

/** A value in words: absent and unreadable are not zero. */
export function valueText(value: ValueSummary): string {
  if (value === null) return 'absent';
  return String(value);
}

/** What came of a finding, in the words of a report: a waived failure is its own thing. */
export type Result = 'fail' | 'waived' | 'unknown' | 'pass' | 'not-applicable';

export const resultOf = (finding: Pick<Finding, 'verdict' | 'waived'>): Result =>
  finding.verdict === 'fail' && finding.waived !== undefined ? 'waived' : finding.verdict;

/**
 * What a finding is called in a heading: what is wrong, with the stable slug; of anything but a
 * failure the slug.
 */
export const headingOf = ({rule, slug, title}: Pick<Finding, 'rule' | 'slug' | 'title'>): string =>
  safeName(title === undefined ? `${rule} ${slug}` : `${rule} ${title} (${slug})`);
