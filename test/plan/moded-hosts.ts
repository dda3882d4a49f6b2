import {createHash} from 'node:crypto';

import {modeObjectFile} from '../../src/lab/mode-object.js';
import type {Machine} from '../../src/lab/machine.js';
import type {ScenarioName} from '../../src/lab/scenarios.js';
import {SCENARIOS} from '../../src/lab/scenarios.js';
import type {Evidence} from '../../src/model/evidence.js';
import type {ModeObject} from '../../src/model/mode.js';
import {OBJECT_MODES} from '../../src/model/mode.js';
import {withOurObjects} from '../../src/rules/reading/mode-object.js';
import {practiceEvidence} from '../collect/practice-evidence.js';

/** The objects of the package, or what stands in for them where they were not built. */
export const MODE_OBJECTS: readonly (ModeObject & {readonly bytes: Buffer})[] = OBJECT_MODES.map(
  (mode) => {
    const bytes = Buffer.from(modeObjectFile(mode).content, 'latin1');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return {mode, machine: 'amd64', sha256, bytes};
  },
);

export const machineOf = (scenario: ScenarioName): Machine =>
  SCENARIOS[scenario].machine({release: '15.1', hostname: 'fw01', bootTime: 1_795_000_000});

const collected = new Map<ScenarioName, Evidence>();

/**
 * What the real collector says of a scenario, asked once; as of a real host, of which a probe
 * counts.
 */
export function modedEvidence(scenario: ScenarioName): Evidence {
  const evidence =
    collected.get(scenario) ??
    withOurObjects(
      {...practiceEvidence(machineOf(scenario)), practice: false, host: 'fw01.example.net'},
      MODE_OBJECTS,
    );
  collected.set(scenario, evidence);
  return evidence;
}
