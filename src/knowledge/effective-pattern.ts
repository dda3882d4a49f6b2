import type {
  ForkPattern,
  OtherSide,
  RequestsZerocopy,
  Service,
  ServiceVariant,
} from '../model/service.js';

import {remembering} from '../text/remembering.js';
import {oncePer} from '../text/once-per.js';

import {holds} from './holds.js';
import type {Invocation} from './invocation.js';
import {optionsOf} from './invocation.js';
import type {ParsedOptions} from './options.js';
import type {Outlook} from './outlook.js';
import {isWorse, outlook} from './outlook.js';
import {forkClause} from './phrases.js';

/**
 * A setting that may hold, though the command line does not show it, and that would change the
 * outlook.
 */
export interface Doubt {
  readonly when: string;
  readonly outlook: Outlook;
  readonly direction: 'worse' | 'better';
}

/** What a program does with fork, as far as its command line tells. */
export interface EffectivePattern {
  readonly pattern: ForkPattern;
  readonly otherSide: OtherSide;
  readonly requestsZerocopy: RequestsZerocopy;
  /**
   * For this program as a whole: `safe` when it never asks for zero-copy, `unknown` when its source
   * was not read.
   */
  readonly outlook: Outlook;
  /**
   * False when something we cannot see would make it worse, or nothing is known: then it must not
   * pass. What would make it better does not count here, since a warning that proves too strict
   * does less harm than a pass that was none.
   */
  readonly certain: boolean;
  /** The worst it can be, given what cannot be seen. */
  readonly worst: Outlook;
  readonly doubts: readonly Doubt[];
  /** One sentence without a full stop. */
  readonly why: string;
}

/**
 * The fork pattern of a service as it was or will be started: its first variant whose condition
 * holds, else its default. Variants that cannot be decided become doubts.
 */
export function effectivePattern(service: Service, invocation: Invocation): EffectivePattern {
  return patternsOf(service)(JSON.stringify(invocation), () => patternAnew(service, invocation));
}

const patternsOf = oncePer((_: Service) => remembering<EffectivePattern>(100));

function patternAnew(service: Service, invocation: Invocation): EffectivePattern {
  const options = optionsOf(service, invocation);
  const chosen = service.variants.find(
    (v) => v.condition !== undefined && holds(v.condition, options) === 'yes',
  );
  const here = outlookOf(service, chosen);
  const doubts = openVariants(service, chosen, options).flatMap((variant): Doubt[] => {
    const there = outlookOf(service, variant);
    if (there === here) return [];
    return [
      {when: variant.when, outlook: there, direction: isWorse(there, here) ? 'worse' : 'better'},
    ];
  });
  const worst = doubts.reduce((a, d) => (isWorse(d.outlook, a) ? d.outlook : a), here);
  const {pattern, otherSide} = chosen ?? service;
  return {
    pattern,
    otherSide,
    requestsZerocopy: chosen?.requestsZerocopy ?? service.requestsZerocopy,
    outlook: here,
    certain: worst === here && here !== 'unknown',
    worst,
    doubts,
    why: explain(service, chosen, doubts),
  };
}

/** The outlook of a service in its default start. */
export const serviceOutlook = (service: Service): Outlook => outlookOf(service, undefined);

/** The outlook of a service under one of its variants; `undefined`: in its default start. */
export function outlookOf(service: Service, variant: ServiceVariant | undefined): Outlook {
  const requests = variant?.requestsZerocopy ?? service.requestsZerocopy;
  if (requests === 'never') return 'safe';
  const {pattern, otherSide} = variant ?? service;
  const found = outlook(pattern, otherSide);
  // Nobody read the source: what was heard can warn, but not reassure.
  return service.verified || found === 'breaks' ? found : 'unknown';
}

/**
 * Variants that may hold: hidden ones, and those before the chosen one that the command line does
 * not decide.
 */
function openVariants(
  service: Service,
  chosen: ServiceVariant | undefined,
  options: ParsedOptions,
): readonly ServiceVariant[] {
  const end = chosen === undefined ? service.variants.length : service.variants.indexOf(chosen);
  return service.variants.filter((variant, at) => {
    if (variant.condition !== undefined)
      return at < end && holds(variant.condition, options) === 'maybe';
    return variant.possible === undefined || holds(variant.possible, options) !== 'no';
  });
}

function explain(
  service: Service,
  chosen: ServiceVariant | undefined,
  doubts: readonly Doubt[],
): string {
  const {pattern, otherSide} = chosen ?? service;
  const start = chosen === undefined ? 'in its default start' : `started with "${chosen.when}"`;
  const worse = doubts.filter((d) => d.direction === 'worse').map((d) => `"${d.when}"`);
  const unseen =
    worse.length === 0
      ? ''
      : `; it would be worse with ${worse.join(' or ')}, which cannot be ruled out from outside`;
  return `${service.id} ${start}: ${forkClause(pattern, otherSide)}${unseen}`;
}
