import type {Target} from '../../app/apply-plan.js';
import {rollbackHost} from '../../app/rollback-host.js';
import type {ApplyRun, HostResult} from '../../model/apply-run.js';
import type {RunStore} from '../../io/store/run-store.js';
import {OperatorError} from '../../model/operator-error.js';
import {renderRollback} from '../../report/apply/rollback-text.js';
import {describeStep} from '../../text/describe-step.js';
import {kindOfRun, newRunId} from '../../text/run-id.js';

import {openStore} from '../open-store.js';
import type {ApplyFlags} from './apply-command.js';
import {shareOf} from './apply-command.js';
import type {FleetChange} from './change-fleet.js';
import {changeFleet} from './change-fleet.js';
import {planOfRun} from './change-session.js';
import {chooseToChange} from './choose-to-change.js';
import type {ExitCode} from '../exit-codes.js';
import {exitCodeOfApply, exitCodeOfDryRun} from './exit-code-of-apply.js';
import {loadHosts} from '../hosts/load-hosts.js';
import {parseOutputs} from '../terminal/output.js';
import {previewRollback} from './rollback-preview.js';
import {surroundings} from '../terminal/surroundings.js';
import type {Terminal} from '../terminal/terminal.js';
import {writeChanged} from './write-apply.js';

export type RollbackFlags = Omit<ApplyFlags, 'resume' | 'confirm-timeout' | 'allowed-signers'>;

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
  const dryRun = flags['dry-run'] === true;
  const limits = {
    canaries: flags.canary,
    batch: shareOf(flags.batch, '--batch'),
    maxFailures: shareOf(flags['max-failures'], '--max-failures'),
  };
  const undoes = word === 'latest' ? await latestChange(store) : await store.resolve(word, 'apply');
  const {document} = await store.load(undoes, 'zbufctl.apply/1');
  const plan = await planOfRun(store, undoes);
  const meant = hostsToUndo(document, names);
  const {inventory, hosts} = await loadHosts(meant, flags, around, terminal);
  if (word === 'latest')
    terminal.note(`The latest apply that changed something is ${undoes}, of ${plan.id}.`);
  const preview = await previewRollback(document, plan, hosts, store, around.workingDirectory);
  const {colour, width, verbose} = terminal;
  const shown = renderRollback(undoes, preview, {colour, width, verbose});
  if (!flags.json && !terminal.quiet) process.stderr.write(`${shown}\n`);
  const chosen = dryRun
    ? meant
    : await chooseToChange({
        verb: 'roll back',
        hosts: meant.map((host) => {
          const steps = preview.find((one) => one.host === host)?.steps ?? [];
          const kinds = steps.map((step) => describeStep(step));
          return {host, summary: kinds.join('; '), kinds};
        }),
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
      dryRun,
      concurrency: flags.concurrency,
      ...limits,
    },
    work: ({host, planned}, options, deps) =>
      rollbackHost(host, planned, journals.get(host.name) ?? undoes, options, deps),
    inFlight: 'rolled back',
  };
  const changed = await changeFleet(change, store, around, terminal);
  const unsaved = await writeChanged(changed, outputs, terminal);
  return dryRun ? exitCodeOfDryRun(changed.run, unsaved) : exitCodeOfApply(changed.run, unsaved);
}

/** The newest apply run that changed a host, or may have. */
async function latestChange(store: RunStore): Promise<string> {
  for (const listed of await store.list()) {
    if (listed.state === 'unreadable' || kindOfRun(listed.run) !== 'apply') continue;
    if (!(await store.hasDocument(listed.run))) continue;
    const {document} = await store.load(listed.run, 'zbufctl.apply/1');
    if (document.hosts.some(({result}) => UNDOABLE.includes(result))) return listed.run;
  }
  throw new OperatorError('no stored apply changed anything', 'zbufctl runs lists what is stored.');
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
