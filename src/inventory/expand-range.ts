import type {Defect} from './host-names.js';

/** Names one entry may stand for. Beyond, a range is a slip of the finger. */
export const MAX_EXPANSION = 65_536;

/**
 * `-` in zbufctl.yaml (fw[01-40]), `:` in Ansible's files (fw[01:40]); a plain list takes either.
 */
export type RangeStyle = '-' | ':' | 'either';

/** A name with its ranges understood, and spelled out only when asked. */
export interface Expansion {
  readonly count: number;
  readonly first: string;
  names(): readonly string[];
}

/**
 * Understands every range in a name: fw[01-40] (zero padding kept), fw[01-40:2] (every second),
 * rack[a-f], and several in one name. A name without brackets is itself.
 */
export function expandRange(pattern: string, style: RangeStyle): Expansion | Defect {
  if (!/[[\]]/.test(pattern)) return {count: 1, first: pattern, names: () => [pattern]};
  // Odd members are the ranges.
  const parts = pattern.split(/(\[[^[\]]*\])/);
  if (parts.some((part, i) => i % 2 === 0 && /[[\]]/.test(part)))
    return {message: 'has a bracket without its partner', fix: `Write ${exampleOf(style)}.`};

  const choices: Range[] = [];
  let count = 1;
  for (const [i, part] of parts.entries()) {
    const choice = i % 2 === 0 ? fixed(part) : readRange(part.slice(1, -1), style);
    if ('message' in choice) return choice;
    choices.push(choice);
    count *= choice.count;
    if (count > MAX_EXPANSION)
      return {
        message: `stands for more than ${MAX_EXPANSION} hosts`,
        fix: 'Make the range smaller.',
      };
  }
  return {
    count,
    first: choices.map((choice) => choice.at(0)).join(''),
    names() {
      let names = [''];
      for (const choice of choices) {
        const tails = Array.from({length: choice.count}, (_, i) => choice.at(i));
        names = names.flatMap((head) => tails.map((tail) => head + tail));
      }
      return names;
    },
  };
}

interface Range {
  readonly count: number;
  /** 0-based. */
  at(index: number): string;
}

const fixed = (text: string): Range => ({count: 1, at: () => text});

const SPELLINGS: Readonly<Record<RangeStyle, RegExp>> = {
  '-': /^([0-9]+|[A-Za-z])-([0-9]+|[A-Za-z])(?::([0-9]+))?$/,
  ':': /^([0-9]+|[A-Za-z]):([0-9]+|[A-Za-z])(?::([0-9]+))?$/,
  either: /^([0-9]+|[A-Za-z])[-:]([0-9]+|[A-Za-z])(?::([0-9]+))?$/,
};

const exampleOf = (style: RangeStyle): string =>
  style === ':'
    ? 'ranges like fw[01:40] or fw[01:40:2]'
    : 'ranges like fw[01-40], fw[01-40:2] or rack[a-f]';

function readRange(text: string, style: RangeStyle): Range | Defect {
  const spelled = SPELLINGS[style].exec(text);
  if (spelled === null) {
    const other = SPELLINGS.either.exec(text);
    if (other === null)
      return {message: `has the range [${text}], which is none`, fix: `Write ${exampleOf(style)}.`};
    const [, from = '', to = '', by] = other;
    const right = `[${from}${style}${to}${by === undefined ? '' : `:${by}`}]`;
    return {message: `has the range [${text}]`, fix: `Write ${right} in this kind of file.`};
  }
  const [, from = '', to = '', by = '1'] = spelled;
  const step = Number(by);
  if (!Number.isSafeInteger(step) || step < 1)
    return {
      message: `has the range [${text}] with a step below 1`,
      fix: 'Write a step of 1 or more.',
    };
  const digits = /^\d/.test(from);
  if (digits !== /^\d/.test(to) || (!digits && isLower(from) !== isLower(to)))
    return {
      message: `has the range [${text}] between different kinds`,
      fix: 'Write two numbers, or two letters of one case.',
    };
  if (digits && isPadded(from, to) && from.length !== to.length)
    return {
      message: `has the range [${text}] with ends of different width`,
      fix: 'Write both ends with as many digits.',
    };

  const first = digits ? Number(from) : from.charCodeAt(0);
  const last = digits ? Number(to) : to.charCodeAt(0);
  if (last < first)
    return {
      message: `has the range [${text}], which runs backwards`,
      fix: `Write the smaller end first.`,
    };
  const count = Math.floor((last - first) / step) + 1;
  return {
    count,
    at(index) {
      const value = first + index * step;
      return digits ? String(value).padStart(from.length, '0') : String.fromCharCode(value);
    },
  };
}

const isLower = (letter: string): boolean => letter >= 'a';

/** 01-40 is padded, 1-40 is not; 1-040 can only be a slip. */
const isPadded = (from: string, to: string): boolean =>
  (from.length > 1 && from.startsWith('0')) || (to.length > 1 && to.startsWith('0'));
