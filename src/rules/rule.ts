import type {Evidence} from '../model/evidence.js';
import type {ShownReading, Finding, Severity, Verdict} from '../model/finding.js';
import type {Policy} from '../model/policy.js';
import type {BufferMode, ModeObject} from '../model/mode.js';
import type {StoredProbe} from '../model/probe.js';
import type {Service} from '../model/service.js';

import {settingLives} from './reading/setting-lives.js';

/**
 * What a rule judges: one host's evidence, what is known of capture programs, and what the operator
 * wants.
 */
export interface RuleInput {
  readonly evidence: Evidence;
  /** The knowledge base with the policy's services merged in. */
  readonly services: readonly Service[];
  readonly policy: Policy;
  /** The last stored probe of this host, whatever kernel it ran on; absent: none. */
  readonly probe?: StoredProbe;
  /** Objects that give a buffer mode, as the package has them; absent: nobody looked. */
  readonly modeObjects?: readonly ModeObject[];
  /**
   * What the policy comes to on this host, as a plan would carry it out; absent: nobody worked it
   * out.
   */
  readonly wants?: Wants;
}

/**
 * What `auto` and the policy's variables and services come to on a host. Only a plan can tell, so
 * it is worked out there and judged here: audit and plan cannot disagree.
 */
export interface Wants {
  /** Of policy auto: the value it wants here, and why, as the end of a sentence. */
  readonly auto?: {readonly value: 0 | 1; readonly why: string};
  /** What policy.rc and policy.disable ask for and is not so: sentences. */
  readonly unmet: readonly Unmet[];
  /** The buffer mode the policy wants of each program; absent: it says nothing of modes. */
  readonly modes?: readonly WantedMode[];
}

export interface WantedMode {
  /** For people: the service, or the program. */
  readonly label: string;
  /** Its path; absent: not known. */
  readonly program?: string;
  readonly mode: BufferMode;
  /**
   * `preload`: by LD_PRELOAD in the service's rc variable, since libpcap comes by dlopen(3).
   * Absent: by libmap.conf(5).
   */
  readonly by?: 'preload';
  /** One clause. */
  readonly why: string;
  readonly service?: string;
}

export interface Unmet {
  readonly text: string;
  /** It could not be seen whether it is so. */
  readonly hidden: boolean;
}

/** What a rule says of one thing; the frame adds id, slug and severity. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly summary: string;
  readonly matters?: string;
  readonly because: readonly ShownReading[];
  readonly fix?: string;
  readonly service?: string;
  readonly program?: string;
  readonly pid?: number;
}

/**
 * A claim that should hold. Ids and slugs are stable; every rule says something about every host.
 */
export interface Rule {
  readonly id: string;
  readonly slug: string;
  /** The failing state in a few words, for headings: what is wrong, not what should hold. */
  readonly title: string;
  readonly severity: Severity;
  /** The claim in plain words, one sentence. */
  readonly claim: string;
  /** Why anybody should care, for `explain` and for failing findings. */
  readonly matters: string;
  /** What to do when it fails, in general. */
  readonly remedy: string;
  /**
   * The same on a system that keeps the setting elsewhere than in /etc/sysctl.conf; absent: it is
   * no other.
   */
  remedyAt?(place: string): string;
  /** Which readings it is judged from, for `explain`. */
  readonly looksAt: string;
  /** Files, manual pages, PRs the claim rests on. */
  readonly sources: readonly string[];
  evaluate(scene: RuleInput): readonly Judgement[];
}

/** Runs a rule. A rule that says nothing is a defect, not a pass. */
export function judge(rule: Rule, scene: RuleInput): readonly Finding[] {
  const opinions = rule.evaluate(scene);
  if (opinions.length === 0) throw new Error(`${rule.id} has no opinion of ${scene.evidence.host}`);
  return opinions.map((opinion) => findingOf(rule, scene, opinion));
}

/** A rule's opinion with the rule's name to it; its members are in the order they are written. */
export function findingOf(rule: Rule, scene: RuleInput, opinion: Judgement): Finding {
  const {verdict, summary, because, service, program, pid} = opinion;
  const isFailing = verdict === 'fail';
  return {
    because,
    fix: opinion.fix ?? (isFailing ? remedyOf(rule, scene) : ''),
    matters: opinion.matters ?? (isFailing ? rule.matters : ''),
    ...(pid === undefined ? {} : {pid}),
    ...(program === undefined ? {} : {program}),
    rule: rule.id,
    ...(service === undefined ? {} : {service}),
    severity: rule.severity,
    slug: rule.slug,
    summary,
    ...(isFailing ? {title: rule.title} : {}),
    verdict,
  };
}

function remedyOf(rule: Rule, {evidence}: RuleInput): string {
  const place = settingLives(evidence);
  return place === undefined ? rule.remedy : (rule.remedyAt?.(place) ?? rule.remedy);
}

export const pass = (summary: string, because: readonly ShownReading[]): Judgement => ({
  verdict: 'pass',
  summary,
  because,
});

export const notApplicable = (
  summary: string,
  because: readonly ShownReading[] = [],
): Judgement => ({
  verdict: 'not-applicable',
  summary,
  because,
});

/** `decides`: what would turn this into a verdict. */
export const unknown = (
  summary: string,
  because: readonly ShownReading[],
  decides: string,
): Judgement => ({
  verdict: 'unknown',
  summary,
  because,
  fix: decides,
});
