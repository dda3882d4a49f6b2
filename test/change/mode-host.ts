import {parseCollectorOutput} from '../../src/collect/collector-output.js';
import {loadCollectTemplate} from '../../src/io/package/templates.js';
import type {ChangePolicy} from '../../src/model/change-policy.js';
import {NO_CHANGE_POLICY} from '../../src/model/change-policy.js';
import type {Evidence} from '../../src/model/evidence.js';
import type {PlannedHost} from '../../src/model/plan.js';
import type {Service} from '../../src/model/service.js';
import type {PlanHostInput} from '../../src/plan/make-plan.js';
import {planHost} from '../../src/plan/make-plan.js';
import {findingsOf} from '../../src/plan/policy-wants.js';
import {withOurObjects} from '../../src/rules/reading/mode-object.js';
import {scriptWithArguments} from '../../src/text/shell.js';
import {MODE_OBJECTS} from '../plan/moded-hosts.js';
import {NOW, probeOf, SERVICES} from '../plan/scene.js';

import type {ChangeHost} from './change-host.js';

/** What the real collector says of the host now; as of a real one, of which a probe counts. */
export async function look(host: ChangeHost): Promise<Evidence> {
  const {out, err} = await host.give(scriptWithArguments(loadCollectTemplate(), ['0']));
  const meta = {host: 'fw01.example.net', address: '192.0.2.9', collectedAt: NOW};
  const parsed = parseCollectorOutput(Buffer.from(out), meta);
  if (!parsed.ok) throw new Error(`${parsed.error.message}\n${err}`);
  return withOurObjects({...parsed.value, practice: false}, MODE_OBJECTS);
}

/** The host under zerocopy: on and these modes: judged, and planned for. */
export function plannedFor(
  evidence: Evidence,
  changes: Partial<ChangePolicy>,
  services: readonly Service[] = SERVICES,
): {readonly input: PlanHostInput; readonly plan: PlannedHost} {
  const {release} = evidence.identity;
  const scene = {
    evidence,
    policy: {zerocopy: 'on' as const},
    services,
    host: evidence.host,
    address: evidence.address,
    changes: {...NO_CHANGE_POLICY, ...changes},
    modeObjects: MODE_OBJECTS,
    now: NOW,
    probe: probeOf(release.state === 'read' ? {kernel: release.value} : {}),
  };
  const input = {...scene, findings: findingsOf(scene)};
  return {input, plan: planHost(input)};
}
