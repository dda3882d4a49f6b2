import {readChangePolicies} from '../../app/change-policies.js';
import type {Brought} from '../../app/ingest.js';
import {ingest} from '../../app/ingest.js';
import {openLookups} from '../../app/judging.js';
import {Overflow} from '../../io/files/overflow-file.js';
import {loadSchema} from '../../io/package/schemas.js';
import type {BroughtFile} from '../../io/store/record-files.js';
import {listBroughtFiles, readBroughtFile} from '../../io/store/record-files.js';
import type {AuditRun} from '../../model/audit-run.js';
import {OperatorError} from '../../model/operator-error.js';
import {plural} from '../../report/terminal/page.js';
import type {ExitCode} from '../exit-codes.js';
import {someNames} from '../terminal/exit-note.js';
import {parseOutputs} from '../terminal/output.js';
import type {World} from '../world.js';

import {waive} from './audit-hosts.js';
import {hostsOfFiles, shownPath} from './brought-hosts.js';
import type {Older} from './older-records.js';
import {lastHeard, olderThanStored} from './older-records.js';
import type {IngestFlags} from './ingest-flags.js';
import {bareHost} from './kept-hosts.js';
import {tellResults} from './tell-results.js';
import {AUDIT_FORMATS} from './write-results.js';

/**
 * `zbufctl ingest`: a stored run of records that others collected, shown as an audit is. Throws
 * OperatorError before anything is stored when a file cannot be told to be a host's.
 */
export async function ingestCommand(
  paths: readonly string[],
  flags: IngestFlags,
  world: World,
): Promise<ExitCode> {
  const outputs = parseOutputs(flags, AUDIT_FORMATS, 'table');
  const inventory = await world.inventory(flags, true);
  if (flags.whole && inventory.hosts.length === 0)
    throw new OperatorError('--whole needs an inventory', 'Name one with -i.');
  const known = new Map(inventory.hosts.map((host) => [host.name, host]));
  const files = hostsOfFiles(
    await listBroughtFiles(paths, world.now()),
    known.keys(),
    world.folder,
  );
  const missing = inventory.hosts.filter(({name}) => !files.has(name));
  if (!flags.whole && missing.length > 0)
    world.note(
      `No record of ${plural(missing.length, 'host')} of the inventory (${someNames(missing.map(({name}) => name))}): --whole counts them as unknown.`,
    );
  const strangers = [...files.keys()].filter((name) => !known.has(name));
  if (inventory.hosts.length > 0 && strangers.length > 0)
    world.note(`Not in the inventory, judged by the policy of all: ${someNames(strangers)}.`);
  const brought: Brought[] = [
    ...[...files].map(([name, file]) => ({
      host: known.get(name) ?? bareHost(name, name, inventory),
      file: shownPath(file, world.folder),
    })),
    ...(flags.whole ? missing.map((host) => ({host})) : []),
  ].sort((a, b) => (a.host.name < b.host.name ? -1 : 1));
  const isWhole = inventory.hosts.length > 0 && (flags.whole || missing.length === 0);
  const run = await storeRun(brought, files, isWhole, world);
  const hosts = brought.map(({host}) => host);
  return tellResults({run, hosts: () => hosts, notifiers: []}, outputs, flags['fail-on'], world);
}

async function storeRun(
  brought: readonly Brought[],
  files: ReadonlyMap<string, BroughtFile>,
  isWhole: boolean,
  world: World,
): Promise<AuditRun> {
  const hosts = brought.map(({host}) => host);
  const names = hosts.map(({name}) => name);
  const lookups = await openLookups(hosts, world);
  readChangePolicies(hosts, lookups.servicesFor, world.folder);
  // Brings the schema validator with it.
  const {MOST_BYTES, readRecord} = await import('../../collect/record.js');
  const schemas = {
    evidence: loadSchema('collect/evidence'),
    unreached: loadSchema('collect/unreached'),
  };
  const addresses = new Map(hosts.map(({name, address}) => [name, address]));
  const heard = await lastHeard(names, world.store);
  const older: Older[] = [];
  const run = world.newRun('audit');
  const writer = await world.store.begin(run);
  try {
    const result = await ingest(
      brought,
      {run, version: world.version, asked: isWhole ? 'inventory' : 'named'},
      {
        ...lookups,
        shelf: new Overflow(),
        now: () => world.now(),
        keep: (evidence) => {
          const {host, collectedAt} = evidence;
          const last = heard.get(host);
          if (last !== undefined && collectedAt < last.startedAt)
            older.push({host, collectedAt, last});
          return writer.keepEvidence(evidence);
        },
        read: async (host) => {
          const file = files.get(host);
          if (file === undefined) throw new Error(`no file of ${host}`);
          const {name, writtenAt} = file;
          const about = {host, address: addresses.get(host) ?? host, writtenAt};
          return readRecord(await readBroughtFile(file, MOST_BYTES), name, about, schemas);
        },
      },
    );
    if (older.length > 0) throw olderThanStored(older);
    const waived = waive(result, hosts, lookups.waivers);
    await writer.finish(waived);
    return waived;
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}
