import {createReadStream, createWriteStream, readdirSync, readFileSync} from 'node:fs';
import {once} from 'node:events';
import {join} from 'node:path';
import {createInterface} from 'node:readline';

import {assembleRun} from '../../app/audit.js';
import {packHosts, ShelvedHosts} from '../../app/evidence/packed-hosts.js';
import {Overflow} from '../../io/files/overflow-file.js';
import {RunStore} from '../../io/store/run-store.js';
import type {AuditedHost} from '../../model/audit-run.js';
import type {Evidence} from '../../model/evidence.js';

import type {Copy} from './alike-hosts.js';
import {copiesOf} from './alike-hosts.js';

/** Evidence of very many hosts, made from that of a few. */
export interface StoredFleet {
  readonly hosts: number;
  readonly document: (number: number) => string;
}

/** @param state state directory with one run, of the hosts to copy */
export function fleetLike(state: string, hosts: number): StoredFleet {
  const [run = ''] = readdirSync(join(state, 'runs')).filter((name) => name.includes('-audit-'));
  const folder = join(state, 'runs', run, 'evidence');
  const copies = readdirSync(folder)
    .sort()
    .map((name): Copy =>
      copiesOf(JSON.parse(readFileSync(join(folder, name), 'utf8')) as Evidence),
    );
  return {
    hosts,
    document: (number) => {
      const copy = copies[number % copies.length];
      if (copy === undefined) throw new Error(`no evidence in ${folder}`);
      return copy(`fw${String(number).padStart(6, '0')}`, number);
    },
  };
}

/** A document a line. */
export async function writeLines({hosts, document}: StoredFleet, file: string): Promise<void> {
  const out = createWriteStream(file);
  for (let number = 0; number < hosts; number += 1)
    if (!out.write(`${document(number)}\n`)) await once(out, 'drain');
  out.end();
  await once(out, 'close');
}

/**
 * Stores the fleet as an audit.
 * @param judged what `audit --from -o ndjson` said of the same documents
 */
export async function storeAudit(fleet: StoredFleet, judged: string, state: string): Promise<void> {
  const run = '20261124T081500Z-audit-0001';
  const writer = await new RunStore(state, {onNotice: () => undefined}).begin(run);
  const shelved = new ShelvedHosts(new Overflow());
  let number = 0;
  for await (const line of createInterface({input: createReadStream(judged)})) {
    // What was said on stderr stands there, too.
    if (!line.startsWith('{')) continue;
    const said = JSON.parse(line) as AuditedHost & {readonly schema: string; readonly run: string};
    if (said.schema !== 'zbufctl.audit-host/1') continue;
    const {schema: _schema, run: _run, ...host} = said;
    const evidence = JSON.parse(fleet.document(number)) as Evidence;
    number += 1;
    shelved.add(packHosts([{...host, evidenceHash: await writer.keepEvidence(evidence)}]));
  }
  const at = '2026-11-24T08:15:00.000Z';
  const about = {run, version: '0.1.0', startedAt: at, finishedAt: at, interrupted: false} as const;
  await writer.finish(assembleRun(shelved.hosts, {...about, asked: 'inventory'}));
}
