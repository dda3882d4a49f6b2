import type {Policy} from '../model/policy.js';
import type {Service} from '../model/service.js';

import {awkString} from './awk-string.js';
import {serviceLine} from './service-line.js';

/** Parts of a policy that only a plan can compare with a host. */
const NOT_DECIDED = ['rc', 'disable', 'modes'] as const;

/** Names of what a policy wants that a check on the host does not decide. */
export const undecidedWishes = (policy: Policy): readonly string[] => [
  ...(policy.zerocopy === 'auto' ? ['zerocopy: auto'] : []),
  ...NOT_DECIDED.filter((key) => isAsked(policy[key])),
];

const isAsked = (wish: unknown): boolean =>
  typeof wish === 'object' && wish !== null
    ? Object.keys(wish).length > 0
    : wish !== undefined && wish !== '';

/** The part of a check that holds what is known of services, and what the policy wants. */
export function checkKnowledge(
  services: readonly Service[],
  policy: Policy,
  version: string,
): string {
  const wishes = NOT_DECIDED.filter((key) => isAsked(policy[key])).join(', ');
  const lines = [
    `wish = ${awkString(policy.zerocopy ?? '')}`,
    `more_wishes = ${awkString(wishes)}`,
    ...services.map(serviceLine),
  ];
  return [
    `### What zbufctl ${version} knows of capture programs, and the policy`,
    '',
    "# shellcheck disable=SC2016 # awk's own variables",
    "judge_knowledge='",
    '\tBEGIN {',
    ...lines.map((line) => `\t\t${line}`),
    "\t}'",
    '',
  ].join('\n');
}
