import type {ConfigFile} from '../model/evidence.js';
import type {Fingerprint} from '../model/plan.js';
import type {Reading} from '../model/reading.js';
import {bootValue, BOOT_FILES, fileAt, runningValue} from '../rules/reading/boot-value.js';
import {givenModes} from '../rules/reading/given-modes.js';
import {foreignLinking} from '../rules/reading/linking.js';
import type {RuleInput} from '../rules/rule.js';
import {flagsVariablesOf} from '../rules/reading/service-flags.js';
import {groupBy} from '../text/group-by.js';
import {sha256} from '../text/hash-chain.js';

import {seenCaptures} from './seen-captures.js';

/** Longer values are replaced by their hash: a fingerprint is read by people. */
const LONGEST = 120;
const CAPTURE = 'captures of ';

/**
 * The facts of a host a plan rests on, each a short text. Two collections of an unchanged host give
 * the same: no pids, no counters, nothing that moves by itself.
 */
export function fingerprintOf(
  facts: Pick<RuleInput, 'evidence' | 'services' | 'policy'>,
): Fingerprint {
  const {evidence, policy} = facts;
  const {identity} = evidence;
  const boot = bootValue(evidence);
  return {
    system: shown(identity.system),
    'kernel release': shown(identity.release),
    product: shown(identity.product, (p) => `${p.name} ${p.detail}`.trim()),
    'in a jail': shown(identity.jailed, (jailed) => (jailed ? 'yes' : 'no')),
    securelevel: shown(identity.securelevel),
    'practice host': evidence.practice ? 'yes' : 'no',
    'running value': shown(runningValue(evidence)),
    'boot value': shown(boot, (b) => String(b.value)),
    'policy zerocopy': policy.zerocopy ?? 'not set',
    ...Object.fromEntries(BOOT_FILES.flatMap((path) => fileFacts(path, fileAt(evidence, path)))),
    ...rcFacts(facts),
    ...captureFacts(facts),
    ...modeFacts(facts),
  };
}

export interface Difference {
  readonly what: string;
  readonly planned: string;
  readonly now: string;
}

/**
 * What is not as it was planned, for people. Where one of the two could not decide in which mode a
 * capture is, that is no difference; another number of captures is.
 */
export function differences(planned: Fingerprint, now: Fingerprint): readonly Difference[] {
  const names = [...new Set([...Object.keys(planned), ...Object.keys(now)])];
  return names.flatMap((what) => {
    const [before = 'none', after = 'none'] = [planned[what], now[what]];
    if (before === after) return [];
    if (what.startsWith(CAPTURE) && sameCaptures(before, after)) return [];
    return [{what, planned: before, now: after}];
  });
}

function sameCaptures(planned: string, now: string): boolean {
  const [before, after] = [planned.split(', '), now.split(', ')];
  if (before.length !== after.length || planned === 'none' || now === 'none') return false;
  return (['stalled', 'zero-copy', 'buffered'] as const).every((state) => {
    const [was, is] = [count(before, state), count(after, state)];
    return was <= is + count(after, 'undecided') && is <= was + count(before, 'undecided');
  });
}

const count = (words: readonly string[], word: string): number =>
  words.filter((w) => w === word).length;

function fileFacts(
  path: string,
  file: ConfigFile | undefined,
): readonly (readonly [string, string])[] {
  const {mode = '?', owner = '?', group = '?', flags = '?', linkTarget} = file ?? {};
  const content =
    file === undefined ? 'not collected' : shown(file.content, (text) => `sha256 ${sha256(text)}`);
  const facts = [[`content of ${path}`, content]] as const;
  if (file?.content.state !== 'read' && linkTarget === undefined) return facts;
  const link = linkTarget === undefined ? '' : `, link to ${linkTarget}`;
  return [
    ...facts,
    [`mode and owner of ${path}`, short(`${mode} ${owner}:${group} ${flags}`.trim() + link)],
  ];
}

/**
 * Of the services the knowledge base and the policy know: the variables, and which of their scripts
 * rc starts.
 */
function rcFacts({
  evidence,
  services,
  policy,
}: Pick<RuleInput, 'evidence' | 'services' | 'policy'>): Fingerprint {
  const {variables, enabled} = evidence.rc;
  const scripts = new Set(services.flatMap((s) => s.rcScript ?? []));
  const names = new Set([
    ...services.flatMap((s) => [
      ...flagsVariablesOf(evidence, s),
      ...(s.rcVariable === undefined ? [] : [s.rcVariable]),
    ]),
    ...Object.keys(policy.rc ?? {}),
  ]);
  const started = shown(enabled, (paths) =>
    paths
      .map((path) => path.split('/').at(-1) ?? path)
      .filter((script) => scripts.has(script))
      .sort()
      .join(' '),
  );
  const set =
    variables.state === 'read'
      ? [...names].sort().flatMap((name) => {
          const value = variables.value[name];
          return value === undefined ? [] : [[`rc ${name}`, short(value)] as const];
        })
      : [['rc variables', shown(variables, () => '')] as const];
  return {'enabled capture services': started, ...Object.fromEntries(set)};
}

/**
 * Where modes are given, or the policy wants some: which, by which objects, and whatever else maps
 * a libpcap.
 */
function modeFacts({evidence, policy}: Pick<RuleInput, 'evidence' | 'policy'>): Fingerprint {
  const given = givenModes(evidence);
  const none = given.state !== 'read' || given.value.size === 0;
  const wanted = policy.modes === 'auto' || Object.keys(policy.modes ?? {}).length > 0;
  if (none && !wanted) return {};
  const objects = evidence.modes?.state === 'read' ? evidence.modes.value.objects : [];
  return {
    'buffer modes given': shown(given, (map) => [...map].map((pair) => pair.join(' ')).join(', ')),
    'objects of buffer modes': short(
      objects.map(({path, sha256}) => `${path} ${shown(sha256)}`).join(', ') || 'none',
    ),
    'mappings of libpcap': short(
      foreignLinking(evidence)
        .map(({text}) => text)
        .join(' ') || 'none',
    ),
  };
}

function captureFacts(facts: Pick<RuleInput, 'evidence' | 'services' | 'policy'>): Fingerprint {
  const seen = seenCaptures(facts);
  if (seen.state !== 'read') return {captures: shown(seen, () => '')};
  const groups = groupBy(seen.value, (c) => `${c.command} on ${c.interfaceName}`);
  return Object.fromEntries(
    [...groups].map(([name, list]) => [
      short(CAPTURE + name),
      list
        .map((c) => c.state)
        .sort()
        .join(', '),
    ]),
  );
}

/**
 * Why something could not be read may be said in other words the next time: only that it could not
 * counts.
 */
function shown<T>(reading: Reading<T>, show: (value: T) => string = String): string {
  if (reading.state === 'read') return short(show(reading.value));
  return reading.state;
}

const short = (text: string): string =>
  text.length <= LONGEST ? text : `${text.slice(0, 40)}... sha256 ${sha256(text)}`;
