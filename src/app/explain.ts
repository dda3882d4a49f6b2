import {adviceLines, zerocopyText} from '../knowledge/advice.js';
import {describeService} from '../knowledge/describe-service.js';
import {modesText, pullRequestText} from '../knowledge/modes-text.js';
import {releasesText} from '../knowledge/releases.js';
import type {Service} from '../model/service.js';
import {RULES} from '../rules/index.js';
import type {Rule} from '../rules/rule.js';
import {WAIVER_RULES} from '../rules/waivers.js';
import {nearMisses} from '../text/near-misses.js';

import {explainOwnWord, OWN_WORDS} from './explain-words.js';

export type Explanation =
  | {readonly kind: 'found'; readonly id: string; readonly text: string}
  /** `near`: ids that look alike, nearest first. */
  | {readonly kind: 'not-found'; readonly near: readonly string[]};

/** Words that are neither a rule nor a service. */
const TOPICS: Readonly<Record<string, () => string>> = {
  releases: releasesText,
  modes: modesText,
  'pr-163370': pullRequestText,
  'net.bpf.zerocopy_enable': () => zerocopyText(releasesText()),
};

/** What can be explained beside services: topics and the words zbufctl prints. */
export const EXPLAINED_WORDS: readonly string[] = [...Object.keys(TOPICS), ...OWN_WORDS];

type RuleToExplain = Omit<Rule, 'evaluate' | 'remedyAt' | 'looksAt'> & {readonly looksAt?: string};
export const EXPLAINED_RULES: readonly RuleToExplain[] = [...RULES, ...WAIVER_RULES];

/**
 * A word zbufctl prints (postures, failures, steps, fork patterns ...), the value itself, the
 * releases, a rule (by id, number or slug) or a service (by id, process or rc script name) in plain
 * words.
 */
export function explain(word: string, services: readonly Service[]): Explanation {
  const wanted = word.trim().toLowerCase();
  const topic = Object.hasOwn(TOPICS, wanted) ? TOPICS[wanted] : undefined;
  if (topic !== undefined) return {kind: 'found', id: wanted, text: topic()};
  const rule = EXPLAINED_RULES.find(
    (r) => [r.id.toLowerCase(), r.slug].includes(wanted) || sameNumber(r, wanted),
  );
  if (rule !== undefined) return {kind: 'found', id: rule.id, text: describeRule(rule)};
  const service = services.find(
    (s) =>
      s.id === wanted || s.rcScript === wanted || s.commands.some((command) => command === wanted),
  );
  if (service !== undefined) return {kind: 'found', id: service.id, text: describeService(service)};
  const own = explainOwnWord(wanted);
  if (own !== undefined) return {kind: 'found', id: wanted, text: `${own}\n`};
  const words = [
    ...EXPLAINED_WORDS,
    ...EXPLAINED_RULES.flatMap((r) => [r.id, r.slug]),
    ...services.map((s) => s.id),
  ];
  return {kind: 'not-found', near: nearMisses(word, words)};
}

/** "1", "001" and "zbuf-1" mean ZBUF-001. */
function sameNumber(rule: Pick<Rule, 'id'>, wanted: string): boolean {
  const number = /^(?:zbuf-)?0*(\d{1,3})$/.exec(wanted)?.[1];
  return number !== undefined && Number(number) === Number(rule.id.slice('ZBUF-'.length));
}

function describeRule(rule: RuleToExplain): string {
  return [
    `${rule.id} ${rule.title}: ${rule.slug} (${rule.severity})`,
    '',
    `Claim     ${rule.claim}`,
    `Matters   ${rule.matters}`,
    ...(rule.looksAt === undefined ? [] : [`Evidence  ${rule.looksAt}`]),
    `Fix       ${rule.remedy}`,
    ...(rule.id === 'ZBUF-002' ? [`Advice    ${adviceLines.join('\n          ')}`] : []),
    `Sources   ${rule.sources.join('\n          ')}`,
    '',
  ].join('\n');
}
