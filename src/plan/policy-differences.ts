import type {Policy} from '../model/policy.js';
import {canonicalJson} from '../text/canonical-json.js';

import type {Difference} from './fingerprint.js';

type PolicyShown = Readonly<Record<string, unknown>>;

/** A window says when, not what, and counts as it is today; controls are for reports. */
const NOT_OF_THE_STEPS: readonly string[] = ['window', 'controls'];
const LONGEST = 120;

/** What the policy a plan was made with, and the policy of today, want otherwise, key by key. */
export function policyDifferences(planned: PolicyShown, now: Policy): readonly Difference[] {
  const today: PolicyShown = {...now};
  const keys = [...new Set([...Object.keys(planned), ...Object.keys(today)])].sort();
  return keys.flatMap((key) => {
    const [was, is] = [shown(planned[key]), shown(today[key])];
    return was === is || NOT_OF_THE_STEPS.includes(key)
      ? []
      : [{what: `policy ${key}`, planned: short(was), now: short(is)}];
  });
}

const shown = (value: unknown): string => {
  if (value === undefined) return 'not set';
  return typeof value === 'string' ? value : canonicalJson(value);
};

const short = (text: string): string =>
  text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}...`;
