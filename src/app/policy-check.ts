import {mergeServices} from '../knowledge/merge-services.js';
import type {CheckPolicy, PolicyMistake} from '../model/inventory-input.js';
import type {Service} from '../model/service.js';
import {RULES} from '../rules/index.js';
import {didYouMean} from '../text/near-misses.js';

import {serviceNames, unknownServiceFix} from './service-names.js';

/**
 * What is wrong with a policy beyond its shape: a rule, service or control that does not exist,
 * days in the wrong order, a service both kept and disabled. The reader of the file knows the
 * lines.
 * @param controls checks a policy's `controls`; absent: no policy has any
 */
export function policyChecker(
  base: readonly Service[],
  controls: ((value: unknown) => readonly PolicyMistake[]) | undefined,
): CheckPolicy {
  return (described) => {
    const {services} = mergeServices(base, described);
    const known = serviceNames(services);
    return (policy) => [
      ...waiverMistakes(listOf(policy['waivers'])),
      ...nameMistakes(policy, known),
      ...serviceMistakes(listOf(policy['services']), base),
      ...(controls === undefined || policy['controls'] === undefined
        ? []
        : controls(policy['controls'])),
    ];
  };
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const member = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;

function waiverMistakes(waivers: readonly unknown[]): readonly PolicyMistake[] {
  const known = RULES.map(({id}) => id);
  return waivers.flatMap((waiver, at): PolicyMistake[] => {
    const [rule, start, expiry] = ['rule', 'start', 'expiry'].map((key) => member(waiver, key));
    const mistakes: PolicyMistake[] = [];
    if (typeof rule === 'string' && !known.includes(rule))
      mistakes.push({
        path: ['waivers', at, 'rule'],
        message: `there is no rule ${JSON.stringify(rule.slice(0, 40))}`,
        fix: `${didYouMean(rule, known)} The findings of an audit show the ids.`.trim(),
      });
    if (typeof start === 'string' && typeof expiry === 'string' && expiry < start)
      mistakes.push({
        path: ['waivers', at, 'expiry'],
        message: `it ends on ${expiry}, before it starts on ${start}`,
        fix: 'Exchange or correct the days.',
      });
    if (['hosts', 'groups'].every((key) => listOf(member(waiver, key)).length === 0))
      mistakes.push({
        path: ['waivers', at],
        message: 'it covers no hosts',
        fix: 'Add hosts: [name] or groups: [name]; groups: [all] covers the fleet.',
      });
    return mistakes;
  });
}

/** A misspelled `keep` would protect nothing. */
function nameMistakes(
  policy: Readonly<Record<string, unknown>>,
  known: ReadonlySet<string>,
): readonly PolicyMistake[] {
  const keep = listOf(policy['keep']);
  const modes = policy['modes'];
  // A program may be anybody's; it is named by its path.
  const moded =
    typeof modes === 'object' && modes !== null
      ? Object.keys(modes).filter((name) => !name.startsWith('/') && !known.has(name))
      : [];
  const unknownNames = moded.map((name): PolicyMistake => noService(['modes', name], name, known));
  const named = (['disable', 'keep', 'preload'] as const).flatMap((key) =>
    listOf(policy[key]).flatMap((name, at): PolicyMistake[] => {
      if (typeof name !== 'string') return [];
      if (!known.has(name)) return [noService([key, at], name, known)];
      if (key !== 'disable' || !keep.includes(name)) return [];
      return [
        {
          path: [key, at],
          message: `${name} is to be kept and to be disabled`,
          fix: 'Take it out of keep or out of disable.',
        },
      ];
    }),
  );
  return [...named, ...unknownNames];
}

const noService = (
  path: PolicyMistake['path'],
  name: string,
  known: ReadonlySet<string>,
): PolicyMistake => ({
  path,
  message: `there is no service ${JSON.stringify(name.slice(0, 64))}`,
  fix: unknownServiceFix(name, known),
});

function serviceMistakes(
  entries: readonly unknown[],
  base: readonly Service[],
): readonly PolicyMistake[] {
  if (entries.length === 0) return [];
  const {complaints} = mergeServices(base, entries, (line) => ({
    file: '',
    line,
    label: '',
  }));
  return complaints.map(({line, message, fix}) => ({path: ['services', line], message, fix}));
}
