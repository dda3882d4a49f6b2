import type {Posture, Severity} from '../../model/finding.js';

/**
 * SGR codes. The sixteen basic colours only, so that the terminal's own palette (and contrast)
 * decides.
 */
const CODES = {
  bad: '1;31',
  risk: '31',
  warn: '33',
  doubt: '35',
  note: '36',
  good: '32',
  dim: '2',
  strong: '1',
} as const;
export type Tone = keyof typeof CODES;

/** The most urgent first: what hosts are sorted by. */
export const POSTURE_TONE: Readonly<Record<Posture, Tone>> = {
  broken: 'bad',
  'at-risk': 'risk',
  unknown: 'doubt',
  unreachable: 'doubt',
  drift: 'warn',
  ineffective: 'note',
  'not-applicable': 'dim',
  compliant: 'good',
};

/** The same with a run's own word: it did not get to the host. */
export const STATE_TONE: Readonly<Record<Posture | 'interrupted', Tone>> = {
  ...POSTURE_TONE,
  interrupted: 'doubt',
};

export const SEVERITY_TONE: Readonly<Record<Severity, Tone>> = {
  critical: 'bad',
  high: 'risk',
  medium: 'warn',
  low: 'note',
  info: 'dim',
};

export type Paint = (tone: Tone, text: string) => string;

/** Colours one line of text, or leaves it alone. The text must already be sanitized. */
export const painter =
  (colour: boolean): Paint =>
  (tone, text) =>
    colour && text !== '' ? `\u001b[${CODES[tone]}m${text}\u001b[0m` : text;
