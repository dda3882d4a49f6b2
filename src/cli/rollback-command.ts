import type {Target} from '../app/apply-plan.js';
import {rollbackHost} from '../app/rollback-host.js';
import type {ApplyRun, HostResult} from '../model/apply-run.js';
import {OperatorError} from '../model/operator-error.js';
import {newRunId} from '../text/run-id.js';

import {openStore} from './open-store.js';
import type {ApplyFlags} from './apply-command.js';
import type {FleetChange} from './change-fleet.js';
import {changeFleet} from './change-fleet.js';
import {planOfRun} from './change-session.js';
import {chooseToChange} from './choose-to-change.js';
import type {ExitCode} from './exit-codes.js';
import {exitCodeOfApply} from './exit-code-of-apply.js';
import {loadHosts} from './load-hosts.js';
import {parseOutputs} from './output.js';
import {surroundings} from './surroundings.js';
import type {Terminal} from './terminal.js';
import {writeChanged} from './write-apply.js';

export type RollbackFlags = Omit<
  ApplyFlags,
  'resume' | 'dry-run' | 'canary' | 'batch' | 'max-failures' | 'confirm-timeout'
>;

/** Results after which there is, or may be, something of the run on the host. */
const UNDOABLE: readonly HostResult[] = ['changed', 'lost', 'failed'];

/** `zbufctl rollback`: undoes what a run did, on all its hosts or on those named, from the journals the hosts keep. */
export async function rollbackCommand(
  word: string,
  names: readonly string[],
  flags: RollbackFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const around = surroundings(flags['state-dir']);
  const outputs = parseOutputs(flags, ['table', 'json'], 'table');
  const store = openStore(around.stateDirectory, terminal);
  const undoes = await store.resolve(word, 'apply');
  const {document} = await store.load(undoes, 'zbufctl.apply/1');
  const plan = await planOfRun(store, undoes);
  const meant = hostsToUndo(document, names);
  const {inventory, hosts} = await loadHosts(meant, flags, around, terminal);
  const chosen = await chooseToChange({
    verb: 'roll back',
    hosts: meant.map((host) => ({host, summary: '', kinds: []})),
    yes: flags.yes === true,
  });

  const targets = chosen.flatMap((name): Target[] => {
    const host = hosts.find((one) => one.name === name);
    const planned = plan.hosts.find((one) => one.host === name);
    return host === undefined || planned === undefined ? [] : [{host, planned}];
  });
  // What a resumed run settled stands on the host under the name of the run that began it.
  const journals = new Map(document.hosts.map(({host, journal}) => [host, journal ?? undoes]));
  const change: FleetChange = {
    run: newRunId('rollback', new Date(), Math.random),
    plan,
    inventory,
    hosts,
    targets,
    options: {
      undoes,
      confirmSeconds: 0,
      timeoutMs: flags.timeout * 1000,
      acceptNew: flags['accept-new'] === true,
      dryRun: false,
      concurrency: flags.concurrency,
      canaries: 0,
      batch: undefined,
      maxFailures: undefined,
    },
    work: ({host, planned}, options, deps) =>
      rollbackHost(host, planned, journals.get(host.name) ?? undoes, options, deps),
    inFlight: 'rolled back',
  };
  const changed = await changeFleet(change, store, around, terminal);
  return exitCodeOfApply(changed.run, await writeChanged(changed, outputs, terminal));
}

function hostsToUndo(document: ApplyRun, names: readonly string[]): readonly string[] {
  const strangers = names.filter((name) => !document.hosts.some(({host}) => host === name));
  if (strangers.length > 0)
    throw new OperatorError(
      `run ${document.run} has no host ${strangers.join(', ')}`,
      `zbufctl runs show ${document.run} lists them.`,
    );
  const meant = document.hosts.filter(
    ({host, result}) => UNDOABLE.includes(result) && (names.length === 0 || names.includes(host)),
  );
  if (meant.length === 0)
    throw new OperatorError(`run ${document.run} changed none of these hosts`, 'There is nothing to undo.');
  return meant.map(({host}) => host);
}
