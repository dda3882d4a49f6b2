import {expect, test} from 'vitest';

import {judgeHost} from '../../../src/app/audit.js';
import {judgeHere} from '../../../src/app/evidence/judge-stretch.js';
import {ShelvedHosts} from '../../../src/app/evidence/packed-hosts.js';
import {bareHost} from '../../../src/cli/audit/kept-hosts.js';
import {loadServices} from '../../../src/cli/hosts/load-services.js';
import {changePolicyOf} from '../../../src/inventory/change-policy-reader.js';
import {withoutSecrets} from '../../../src/collect/without-secrets.js';
import {loadSchema} from '../../../src/io/package/schemas.js';
import {canonicalJson} from '../../../src/text/canonical-json.js';
import {evidenceFor, oneOfEach} from '../../world.js';

const now = '2026-11-24T08:15:00.000Z';

/** Nothing in it can be changed: whoever tries throws. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null)
    for (const member of Object.values(Object.freeze(value))) frozen(member);
  return value;
}

test('hosts that share parts of their evidence come to what each comes to alone', async () => {
  const services = frozen(await loadServices());
  const evidences = oneOfEach().hosts.map((host) => evidenceFor(host));
  const hosts = evidences.map(({host, address}) => bareHost(host, address, {hosts: []} as never));
  const deps = {
    servicesFor: () => services,
    probeFor: () => undefined,
    changesFor: (host: (typeof hosts)[0]) => changePolicyOf(host.policy),
    waivers: [],
    modeObjects: [],
    now: () => now,
  };
  const alone = evidences.map((evidence, i) => {
    const host = hosts[i];
    if (host === undefined) throw new Error('no host');
    return {...judgeHost(host, frozen(withoutSecrets(evidence)), deps), durationMs: 0};
  });

  const schema = loadSchema('collect/evidence');
  const judge = judgeHere({services, modeObjects: [], waivers: [], now, schema});
  const records = evidences.map((evidence) => ({
    name: 'x',
    bytes: Buffer.from(canonicalJson(evidence)),
  }));
  for (let again = 0; again < 2; again += 1) {
    const pieces: Uint8Array[] = [];
    const shelved = new ShelvedHosts({
      put: (piece) => pieces.push(piece) - 1,
      get: (at) => pieces[at] ?? new Uint8Array(),
    });
    const read = await judge.read(records);
    shelved.add(await read.judge(hosts.map((host) => ({host}))));
    expect(shelved.hosts).toEqual(alone);
  }
});
