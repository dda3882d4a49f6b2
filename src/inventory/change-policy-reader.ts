import type {ChangePolicy, WindowRange} from '../model/change-policy.js';
import {DEFAULT_PROBE_AGE} from '../model/change-policy.js';
import type {Complaint, Host} from '../model/host.js';
import type {BufferMode, ModePolicy} from '../model/mode.js';
import {MODES} from '../model/mode.js';
import {rcValueProblem, rcVariableProblem} from '../freebsd/rc-value.js';

import {parseWindowRange} from './window-range.js';

export interface ChangePolicyRead {
  readonly policy: ChangePolicy;
  readonly complaints: readonly Complaint[];
}

const UNIT = {h: 3600, d: 86_400, w: 604_800} as const;

/** Seconds of an age like 30d, 12h or 2w; undefined: it is none. */
export function secondsOfAge(text: string): number | undefined {
  const [, count, unit] = /^([1-9]\d{0,3})([hdw])$/.exec(text) ?? [];
  return unit === undefined ? undefined : Number(count) * UNIT[unit as keyof typeof UNIT];
}

/**
 * What a host's policy says of changes, or everything wrong with it. The shape was checked when the
 * file was read, with lines; what only the merged policy shows (a service both kept and disabled)
 * is told with the host's place.
 */
export function changePolicyOf(host: Pick<Host, 'policy' | 'origin' | 'name'>): ChangePolicyRead {
  const {policy, origin, name} = host;
  const complaints: Complaint[] = [];
  const complain = (message: string, fix: string): void => {
    complaints.push({...origin, message: `policy of ${name}: ${message}`, fix});
  };
  const disable = texts(policy['disable'], 'disable', complain);
  const keep = texts(policy['keep'], 'keep', complain);
  const both = disable.filter((service) => keep.includes(service));
  if (both.length > 0)
    complain(
      `${both.join(', ')} is to be kept and to be disabled`,
      'Take it out of keep or out of disable.',
    );
  const window = texts(policy['window'], 'window', complain).flatMap((text): WindowRange[] => {
    const range = parseWindowRange(text);
    if (range.ok) return [range.value];
    complain(`window: ${JSON.stringify(text)} ${range.error.message}`, range.error.fix);
    return [];
  });
  const age = policy['probeAge'];
  const seconds = typeof age === 'string' ? secondsOfAge(age) : undefined;
  if (age !== undefined && seconds === undefined)
    complain('probeAge is not an age', 'Write e.g. 30d, 12h or 2w.');
  return {
    policy: {
      disable,
      keep,
      rc: variables(policy['rc'], complain),
      modes: modes(policy['modes'], complain),
      window,
      probeAge: seconds ?? DEFAULT_PROBE_AGE,
    },
    complaints,
  };
}

type Complain = (message: string, fix: string) => void;

function texts(value: unknown, key: string, complain: Complain): readonly string[] {
  if (value === undefined) return [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const good = list.filter((item): item is string => typeof item === 'string' && item !== '');
  if (good.length < list.length)
    complain(`${key} is not a list of texts`, `Write ${key}: [one, two].`);
  return [...new Set(good)];
}

function variables(value: unknown, complain: Complain): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    complain('rc is not a mapping of variables', 'Write rc: {pflog_flags: "-s 256"}.');
    return {};
  }
  const good: [string, string][] = [];
  for (const [name, text] of Object.entries(value as Readonly<Record<string, unknown>>)) {
    const problem =
      typeof text !== 'string'
        ? 'has a value that is not text'
        : (rcVariableProblem(name) ?? rcValueProblem(text));
    if (problem === undefined) good.push([name, String(text)]);
    else
      complain(
        `rc: ${JSON.stringify(name.slice(0, 80))} ${problem}`,
        'Write NAME: "value", as in rc.conf(5).',
      );
  }
  return Object.fromEntries(good);
}

function modes(value: unknown, complain: Complain): ModePolicy {
  if (value === undefined) return {};
  if (value === 'auto') return value;
  const fix = `Write modes: auto, or modes: {pflogd: ${MODES.join(' | ')}}.`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    complain('modes is neither auto nor a mapping of programs', fix);
    return {};
  }
  const good: [string, BufferMode][] = [];
  for (const [name, text] of Object.entries(value as Readonly<Record<string, unknown>>)) {
    const mode = MODES.find((word) => word === text);
    if (mode === undefined)
      complain(`modes: ${JSON.stringify(name.slice(0, 80))} has no mode`, fix);
    else good.push([name, mode]);
  }
  return Object.fromEntries(good);
}
