import type {MapMode, ServiceStep, Step, VerifyStep} from '../model/step.js';
import {unreachable} from '../model/unreachable.js';

import {sanitize} from './sanitize.js';

/**
 * A step in one line for people, e.g. "net.bpf.zerocopy_enable 1 -> 0". What came from a host is
 * made harmless.
 */
export function describeStep(step: Step): string {
  switch (step.kind) {
    case 'set-running':
      return `${step.oid} ${step.from} -> ${step.to}`;
    case 'write-boot': {
      const what =
        step.from === null ? ' (a new file)' : step.to === null ? ' (the file goes away)' : '';
      return step.bootFrom === step.bootTo
        ? `${step.file}: remove lines that are not in force${what}`
        : `${step.file}: boot value ${step.bootFrom} -> ${step.bootTo}${what}`;
    }
    case 'set-rc':
      return sanitize(
        `${step.file}: ${step.variable} ${setting(step.from)} -> ${setting(step.to)}`,
      );
    case 'install-mode': {
      const what = step.to === null ? 'remove' : step.from === null ? 'install' : 'replace';
      return `${what} the mode ${step.mode}: ${step.file}`;
    }
    case 'map-mode':
      return sanitize(`buffer modes: ${mappedModes(step)}`);
    case 'restart-service':
    case 'start-service':
    case 'stop-service':
      return sanitize(`${VERB[step.kind]} ${step.service}${killing(step)}`);
    case 'verify':
      return sanitize(`verify: ${verified(step)}`);
    default:
      return unreachable(step);
  }
}

/** The value of an rc variable, for people. */
export const setting = (value: string | null): string =>
  value === null ? 'not set' : `"${value}"`;

/** What a step does to a service. */
export const VERB = {
  'restart-service': 'restart',
  'start-service': 'start',
  'stop-service': 'stop',
} as const satisfies Record<ServiceStep['kind'], string>;

const killing = ({kind, mayKill, timeLimit}: ServiceStep): string =>
  mayKill && kind !== 'start-service'
    ? ` (may SIGKILL what still holds /dev/bpf after ${timeLimit} s)`
    : '';

function verified({what, expected}: VerifyStep): string {
  switch (what) {
    case 'running':
      return `it runs with ${expected}`;
    case 'boot':
      return `it boots with ${expected}`;
    case 'captures':
      return `${expected} captures`;
    case 'mode':
      return `${expected}`;
    case 'preload':
      return `${expected}, by LD_PRELOAD`;
  }
}

/** "/sbin/pflogd buffered, ..."; what loses its mode is named, too. */
function mappedModes({from, to}: MapMode): string {
  const [before, after] = [modesIn(from), modesIn(to)];
  const gone = [...before.keys()].filter((program) => !after.has(program));
  return [
    ...[...after].map(([program, mode]) => `${program} ${mode}`),
    ...gone.map((program) => `${program} without`),
  ].join(', ');
}

const modesIn = (text: string | null): ReadonlyMap<string, string> =>
  new Map(
    [...(text ?? '').matchAll(/^\[(\S{1,1000})\]\n\S+ {2}\S*libpcap-(\w{1,20})\.so$/gm)].map(
      ([, program = '', mode = '']) => [program, mode] as const,
    ),
  );
