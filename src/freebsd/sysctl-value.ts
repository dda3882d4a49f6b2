import type {OidType} from '../model/oid.js';

/** What keeps sysctl(8) from taking a value, or from being known to. */
export interface ValueProblem {
  readonly verdict: 'fail' | 'unknown';
  readonly why: string;
}

const fails = (why: string): ValueProblem => ({verdict: 'fail', why});
const open = (why: string): ValueProblem => ({verdict: 'unknown', why});

type Kind = 'signed' | 'unsigned' | 'text' | 'none' | 'unknown';

/**
 * How sysctl(8) reads a value of each type. Source: sbin/sysctl/sysctl.c, parse() and
 * parse_numeric() (reading).
 */
const KINDS: Readonly<Record<OidType, Kind>> = {
  integer: 'signed',
  'long integer': 'signed',
  int8_t: 'signed',
  int16_t: 'signed',
  int32_t: 'signed',
  int64_t: 'signed',
  'unsigned integer': 'unsigned',
  'unsigned long': 'unsigned',
  uint8_t: 'unsigned',
  uint16_t: 'unsigned',
  uint32_t: 'unsigned',
  uint64_t: 'unsigned',
  string: 'text',
  opaque: 'none',
  node: 'none',
  unknown: 'unknown',
};

/**
 * Why sysctl(8) would not set a value of this type to the text, or why that cannot be told;
 * undefined: it would.
 */
export function valueProblem(name: string, type: OidType, value: string): ValueProblem | undefined {
  const kind = KINDS[type];
  switch (kind) {
    case 'text':
      return undefined;
    case 'none':
      return fails(
        type === 'node'
          ? `oid '${name}' isn't a leaf node`
          : `oid '${name}' is ${type}, cannot set that`,
      );
    case 'unknown':
      return open(`sysctl -t does not know the type of '${name}'`);
    case 'signed':
    case 'unsigned':
      return numbersProblem(type, kind, value);
  }
}

/**
 * Numbers are parted by blanks and commas; each is what strtol(3) or strtoul(3) with base 0 reads
 * to its end.
 */
function numbersProblem(
  type: OidType,
  kind: 'signed' | 'unsigned',
  value: string,
): ValueProblem | undefined {
  if (value === '') return fails('empty numeric value');
  const parts = value.split(/[ ,]/).filter((part) => part !== '');
  if (parts.length === 0) return fails(`'${value}' holds no number, so nothing is set`);
  for (const part of parts) {
    if (numberIsRead(part, kind)) continue;
    if (type === 'integer' && /^[+-]?(\d+\.?\d*|\.\d+)[CFK]$/.test(part))
      return open(
        `'${part}' is set only where the value is a temperature, which sysctl -t does not tell`,
      );
    if (/^[+-]?0b[01]+$/i.test(part))
      return open(`whether this release reads the binary number '${part}' is not known`);
    return fails(`invalid ${type} '${part}'`);
  }
  return parts.length === 1
    ? undefined
    : open(`it gives ${parts.length} numbers, and sysctl -t does not tell how many are taken`);
}

const LARGEST = {signed: 0x7fff_ffff_ffff_ffffn, unsigned: 0xffff_ffff_ffff_ffffn} as const;
const SMALLEST = {signed: -0x8000_0000_0000_0000n, unsigned: -0xffff_ffff_ffff_ffffn} as const;

/**
 * Out of the range of 64 bits is an error; within, sysctl(8) cuts to the size of the type and says
 * nothing.
 */
function numberIsRead(part: string, kind: 'signed' | 'unsigned'): boolean {
  const match = /^[\t\n\v\f\r]*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/.exec(part);
  const digits = match?.[2];
  if (digits === undefined) return false;
  const magnitude = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const number = match?.[1] === '-' ? -magnitude : magnitude;
  return number >= SMALLEST[kind] && number <= LARGEST[kind];
}

/**
 * Whether a name may be that of an oid by its letters: names of the kernel's source and of its
 * devices, with % and _ for some, and with what a ZFS pool may be called. Nothing else is one,
 * whether the kernel was asked or not.
 */
export const mayBeOid = (name: string): boolean => /^[A-Za-z0-9_%][A-Za-z0-9_%.-]*$/.test(name);
