import type {Finding} from '../model/finding.js';

import {said} from './because.js';
import {bootValueIsSafe, noForkCaptureWithZerocopyOn} from './no-fork-capture.js';
import {capturedPagesStayPrivate} from './captured-pages-stay-private.js';
import {capturesAreKnown} from './captures-are-known.js';
import {inheritedDescriptorsStayBuffered} from './inherited-descriptors.js';
import {noCaptureIsStalled} from './no-capture-is-stalled.js';
import {probeAgrees} from './probe-agrees.js';
import {restartWillReturn} from './restart-will-return.js';
import type {Opinion, Rule, Scene} from './rule.js';
import {judge, notApplicable} from './rule.js';
import {runtimeMatchesBoot} from './runtime-matches-boot.js';
import {settingIsWhereItCounts} from './setting-is-where-it-counts.js';
import {sysctlConfLoads} from './sysctl-conf-loads.js';
import {valueMatchesPolicy} from './value-matches-policy.js';
import {zerocopyTakesEffect} from './zerocopy-takes-effect.js';

/** Every rule, by id. */
export const RULES: readonly Rule[] = [
  noCaptureIsStalled,
  noForkCaptureWithZerocopyOn,
  bootValueIsSafe,
  runtimeMatchesBoot,
  valueMatchesPolicy,
  settingIsWhereItCounts,
  zerocopyTakesEffect,
  inheritedDescriptorsStayBuffered,
  sysctlConfLoads,
  probeAgrees,
  capturesAreKnown,
  capturedPagesStayPrivate,
  restartWillReturn,
];

/** What every rule says of a host, in the order of the rules. Of another system they have nothing to say. */
export function judgeAll(scene: Scene): readonly Finding[] {
  const {system} = scene.evidence.identity;
  if (system.state === 'read' && system.value !== 'FreeBSD') {
    const reading = said('operating system', 'uname -s', system.value);
    const evaluate = (): readonly Opinion[] => [
      notApplicable(`This is ${system.value}, not FreeBSD.`, [reading]),
    ];
    return RULES.flatMap((rule) => judge({...rule, evaluate}, scene));
  }
  return RULES.flatMap((rule) => judge(rule, scene));
}
