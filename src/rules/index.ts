import type {Finding} from '../model/finding.js';

import {shownValue} from './reading/shown-reading.js';
import {noForkCaptureWithZerocopyOn} from './zbuf-002-no-fork-capture-with-zerocopy-on.js';
import {bootValueIsSafe} from './zbuf-003-boot-value-is-safe.js';
import {capturedPagesStayPrivate} from './zbuf-012-captured-pages-stay-private.js';
import {capturesAreKnown} from './zbuf-011-captures-are-known.js';
import {inheritedDescriptorsStayBuffered} from './zbuf-008-inherited-descriptors-stay-buffered.js';
import {modeIsEffective} from './zbuf-014-mode-is-effective.js';
import {modeMatchesPolicy} from './zbuf-015-mode-matches-policy.js';
import {noCaptureIsStalled} from './zbuf-001-no-capture-is-stalled.js';
import {probeAgrees} from './zbuf-010-probe-agrees.js';
import {restartWillReturn} from './zbuf-013-restart-will-return.js';
import type {Judgement, Rule, RuleInput} from './rule.js';
import {judge, notApplicable} from './rule.js';
import {runtimeMatchesBoot} from './zbuf-004-runtime-matches-boot.js';
import {settingIsWhereItCounts} from './zbuf-006-setting-is-where-it-counts.js';
import {sysctlConfLoads} from './zbuf-009-sysctl-conf-loads.js';
import {valueMatchesPolicy} from './zbuf-005-value-matches-policy.js';
import {zerocopyTakesEffect} from './zbuf-007-zerocopy-takes-effect.js';

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
  modeIsEffective,
  modeMatchesPolicy,
];

/**
 * What every rule says of a host, in the order of the rules. Of another system they have nothing to
 * say.
 */
export function judgeAll(scene: RuleInput): readonly Finding[] {
  const {system} = scene.evidence.identity;
  if (system.state === 'read' && system.value !== 'FreeBSD') {
    const reading = shownValue('operating system', 'uname -s', system.value);
    const evaluate = (): readonly Judgement[] => [
      notApplicable(`This is ${system.value}, not FreeBSD.`, [reading]),
    ];
    return RULES.flatMap((rule) => judge({...rule, evaluate}, scene));
  }
  return RULES.flatMap((rule) => judge(rule, scene));
}
