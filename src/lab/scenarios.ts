import {accessScenarios} from './access-scenarios.js';
import {applianceScenarios} from './appliance-scenarios.js';
import {captureScenarios} from './capture-scenarios.js';
import {linkingScenarios} from './linking-scenarios.js';
import {modeScenarios} from './mode-scenarios.js';
import type {Release} from './machine.js';
import type {Scenario} from './scenario.js';
import {settingScenarios} from './setting-scenarios.js';

const ALL = {
  ...captureScenarios,
  ...linkingScenarios,
  ...modeScenarios,
  ...settingScenarios,
  ...applianceScenarios,
  ...accessScenarios,
};

/** Names of scenarios are part of the interface: `zbufctl lab up --scenario NAME`. */
export type ScenarioName = keyof typeof ALL;
export const SCENARIOS: Readonly<Record<ScenarioName, Scenario>> = ALL;
export const SCENARIO_NAMES = Object.keys(ALL) as readonly ScenarioName[];

/** A host to be: what `lab up` makes of its flags. */
export interface HostRequest {
  readonly name: string;
  readonly scenario: ScenarioName;
  /** Default: the first release of the scenario. */
  readonly release?: Release;
}

/** One of each, in this order, before the weights count: what there is to see. */
const FIRST: readonly ScenarioName[] = [
  'healthy',
  'stalled-pflogd',
  'tcpdump-zerocopy',
  'in-house-stalled',
  'pf-logger-at-boot',
  'drift',
  'no-libpcap-zerocopy',
  'overridden-local',
  'unprivileged',
  'opnsense',
  'jail',
  'refuses',
];

/**
 * How often each comes after that, out of the sum (100): a fleet as one would meet it, mostly well.
 */
const WEIGHTS: readonly (readonly [ScenarioName, number])[] = [
  ['healthy', 50],
  ['csh-login', 12],
  ['tcpdump-zerocopy', 6],
  ['no-libpcap-zerocopy', 6],
  ['in-house-healthy', 4],
  ['daemonized-healthy', 3],
  ['stalled-pflogd', 3],
  ['pf-logger-at-boot', 3],
  ['drift', 3],
  ['loader-conf-only', 2],
  ['overridden-local', 2],
  ['duplicate-lines', 1],
  ['bad-sysctl-conf', 1],
  ['jail', 1],
  ['opnsense', 1],
  ['sudo-nopasswd', 1],
  ['in-house-stalled', 1],
];

/**
 * The default mix: the first twelve hosts are one of each kind worth seeing; from the thirteenth
 * on, always the scenario that is furthest behind its weight. The same every time.
 */
export function defaultMix(hosts: number): readonly ScenarioName[] {
  const mix = FIRST.slice(0, hosts);
  const given = new Map<ScenarioName, number>();
  while (mix.length < hosts) {
    const behind = ([name, weight]: readonly [ScenarioName, number]): number =>
      ((given.get(name) ?? 0) + 1) / weight;
    const [next] = WEIGHTS.reduce((best, each) => (behind(each) < behind(best) ? each : best));
    given.set(next, (given.get(next) ?? 0) + 1);
    mix.push(next);
  }
  return mix;
}

/** Names fw01, fw02 ...; the scenarios in turn, or the default mix when none is named. */
export function requestHosts(
  hosts: number | undefined,
  scenarios: readonly ScenarioName[],
  release?: Release,
): readonly HostRequest[] {
  const count = hosts ?? (scenarios.length > 0 ? scenarios.length : FIRST.length);
  const kinds =
    scenarios.length === 0
      ? defaultMix(count)
      : Array.from({length: count}, (_, i) => scenarios[i % scenarios.length] ?? 'healthy');
  const width = Math.max(2, String(count).length);
  return kinds.map((scenario, i) => ({
    name: `fw${String(i + 1).padStart(width, '0')}`,
    scenario,
    ...(release !== undefined && SCENARIOS[scenario].releases.includes(release) ? {release} : {}),
  }));
}
