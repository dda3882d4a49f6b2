import {expect, test} from 'vitest';

import {loadServices} from '../../src/cli/hosts/load-services.js';
import {parseCollectorOutput} from '../../src/collect/collector-output.js';
import {loadCollectTemplate, loadWatchTemplates} from '../../src/io/package/templates.js';
import {captureScenarios} from '../../src/lab/capture-scenarios.js';
import type {ScenarioName} from '../../src/lab/scenarios.js';
import {SCENARIOS} from '../../src/lab/scenarios.js';
import {noCaptureIsStalled} from '../../src/rules/zbuf-001-no-capture-is-stalled.js';
import {scriptWithArguments} from '../../src/text/shell.js';
import {machineOf, practiceRoot} from '../lab/practice-root.js';
import {sampled} from '../tools/sampled.js';

const services = await loadServices();
const scripts = {audit: loadCollectTemplate(), look: loadWatchTemplates().look};

/** What ZBUF-001 says of each capture of a practice host, by what a script brings. */
function saidBy(script: string, name: ScenarioName): readonly unknown[] {
  const host = practiceRoot(machineOf(name, SCENARIOS[name].releases[0]));
  try {
    const {out, err} = host.sh(scriptWithArguments(script, ['0']));
    expect(err).toBe('');
    const about = {host: 'fw', address: 'fw', collectedAt: '2026-11-24T08:15:00.000Z'};
    const parsed = parseCollectorOutput(Buffer.from(out, 'latin1'), about);
    if (!parsed.ok) throw new Error(parsed.error.message);
    return noCaptureIsStalled
      .evaluate({evidence: parsed.value, services, policy: {}})
      .map(({verdict, summary, because, service}) => ({verdict, summary, because, service}));
  } finally {
    host.remove();
  }
}

const names = Object.keys(captureScenarios) as ScenarioName[];

test.each(sampled(names, 4, (name) => name))(
  'a second look sees of %s what an audit sees',
  (name) => {
    expect(saidBy(scripts.look, name)).toEqual(saidBy(scripts.audit, name));
  },
);
