import {join} from 'node:path';

import type {CollectDeps} from '../../app/audit.js';
import {collect} from '../../app/audit.js';
import {collectorScript} from '../../app/collector-script.js';
import {openLookups} from '../../app/judging.js';
import {eachHost} from '../../app/each-host.js';
import {makeFolder} from '../../io/files/make-folder.js';
import {writeTextFile} from '../../io/files/result-file.js';
import {loadCollectTemplate} from '../../io/package/templates.js';
import type {Evidence} from '../../model/evidence.js';
import type {Result} from '../../model/failure.js';
import type {Host} from '../../model/host.js';
import {OperatorError} from '../../model/operator-error.js';
import {canonicalJson} from '../../text/canonical-json.js';
import {fileNameFor} from '../../text/file-name.js';
import type {ExitCode} from '../exit-codes.js';
import {EXIT} from '../exit-codes.js';
import {noteExitCode} from '../terminal/exit-note.js';
import type {World} from '../world.js';

import {askHosts} from './ask-hosts.js';
import {bareHost} from './kept-hosts.js';
import type {CollectFlags} from './collect-flags.js';
import {concurrencyFor, pacingOf} from './pacing-of.js';

/** `zbufctl collect`: evidence as it is, or the script that collects it. */
export async function collectCommand(
  names: readonly string[],
  flags: CollectFlags,
  world: World,
): Promise<ExitCode> {
  // A policy's own services have rc variables, too: the evidence is to be what an audit collects.
  const scriptFor = async (hosts: readonly Host[]): Promise<string> => {
    const {servicesFor} = await openLookups(hosts, world);
    return collectorScript(loadCollectTemplate(), hosts, servicesFor, flags.timeout * 1000);
  };
  if (flags.print) {
    if (names.length > 0)
      throw new OperatorError('--print takes no host', 'The script is the same for every host.');
    const inventory = await world.inventory(flags, true);
    const any = bareHost('any', 'any', inventory);
    await world.terminal.result(await scriptFor([...inventory.hosts, any]));
    return EXIT.clean;
  }

  const {inventory, hosts} = await world.hosts(names, flags);
  const collector = await scriptFor(hosts);
  if (flags.out !== undefined) await makeFolder(flags.out);
  const concurrency = await concurrencyFor(flags.concurrency, world);
  const results = await askHosts(
    hosts.length,
    {
      stopping: 'Stopping: what is finished is kept.',
      reach: (edge) => world.reach(inventory, edge, flags.transport),
    },
    world.terminal,
    ({transport, signal, onEvent}) => {
      const deps = {
        transport,
        collector,
        now: () => world.now(),
        elapsed: () => world.elapsed(),
        onEvent,
        signal,
        pacing: pacingOf(flags.rate, signal, world),
      };
      return eachHost(
        hosts,
        {concurrency, perJumpHost: flags['per-jump-host']},
        deps,
        async (host) => {
          const result = await collectOne(host, flags, deps, world);
          return {result, again: result.ok ? undefined : result.error.again};
        },
      );
    },
  );
  const open = hosts.filter((_, at) => results[at]?.ok !== true);
  for (const [at, host] of hosts.entries()) {
    const result = results[at];
    if (result?.ok === false)
      world.note(`${host.name}: ${result.error.message}\n  ${result.error.fix}`);
  }
  const code = open.length === 0 ? EXIT.clean : EXIT.unknown;
  noteExitCode(
    code,
    open.map(({name}) => name),
    false,
    world.terminal,
  );
  return code;
}

async function collectOne(
  host: Host,
  flags: CollectFlags,
  deps: CollectDeps,
  {terminal}: World,
): Promise<Result<Evidence>> {
  const timeoutMs = flags.timeout * 1000;
  await deps.pacing.turn();
  const collected = await collect(host, {timeoutMs, acceptNew: flags['accept-new']}, deps);
  if (!collected.ok) return collected;
  const text = `${canonicalJson(collected.value)}\n`;
  if (flags.out === undefined) await terminal.result(text);
  else await writeTextFile(join(flags.out, `${fileNameFor(host.name)}.json`), text);
  return collected;
}
