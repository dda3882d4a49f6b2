import type {Target} from '../../app/change/apply-plan.js';
import {rollbackHost} from '../../app/change/rollback-host.js';
import {previewRollback} from '../../app/change/preview-rollback.js';
import {undoTask} from '../../app/change/run-to-undo.js';
import {loadSchema} from '../../io/package/schemas.js';
import {renderRollback} from '../../report/apply/rollback-text.js';
import {describeStep} from '../../text/describe-step.js';

import type {World} from '../world.js';

import type {RollbackFlags} from './rollback-flags.js';
import type {FleetChange} from './change-fleet.js';
import {changeFleet} from './change-fleet.js';
import {chooseToChange} from './choose-to-change.js';
import type {ExitCode} from '../exit-codes.js';
import {exitCodeOfApply, exitCodeOfDryRun} from './exit-code-of-apply.js';
import {shareOf} from '../share-of.js';
import {parseOutputs} from '../terminal/output.js';
import {writeChanged} from './write-apply.js';
import {writePreview} from './write-preview.js';

/**
 * `zbufctl rollback`: undoes what a run did, on all its hosts or on those named, from the journals
 * the hosts keep.
 */
export async function rollbackCommand(
  word: string,
  names: readonly string[],
  flags: RollbackFlags,
  world: World,
): Promise<ExitCode> {
  const {store, terminal} = world;
  const outputs = parseOutputs(flags, ['table', 'json'], 'table');
  const dryRun = flags['dry-run'];
  const limits = {
    canaries: flags.canary,
    batch: shareOf(flags.batch, '--batch'),
    maxFailures: shareOf(flags['max-failures'], '--max-failures'),
  };
  const task = await undoTask(word, names, store, loadSchema('plan/plan'));
  if (task.state === 'nothing') {
    if (!flags.preview) throw task.why;
    terminal.note(task.why.message);
    return await writePreview(task.undoes, [], outputs, terminal);
  }
  const {undoes, document, plan, meant} = task;
  const {inventory, hosts} = await world.hosts(meant, flags);
  if (word === 'latest')
    terminal.note(`The latest apply that changed something is ${undoes}, of ${plan.id}.`);
  const preview = await previewRollback(document, plan, hosts, world);
  if (flags.preview) return await writePreview(undoes, preview, outputs, terminal);
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
        yes: flags.yes,
      });

  const targets = chosen.flatMap((name): Target[] => {
    const host = hosts.find((one) => one.name === name);
    const planned = plan.hosts.find((one) => one.host === name);
    return host === undefined || planned === undefined ? [] : [{host, planned}];
  });
  // What a resumed run settled stands on the host under the name of the run that began it.
  const journals = new Map(document.hosts.map(({host, journal}) => [host, journal ?? undoes]));
  const change: FleetChange = {
    run: world.newRun('rollback'),
    plan,
    inventory,
    transport: flags.transport,
    hosts,
    targets,
    options: {
      undoes,
      confirmSeconds: 0,
      timeoutMs: flags.timeout * 1000,
      acceptNew: flags['accept-new'],
      dryRun,
      concurrency: flags.concurrency,
      ...limits,
    },
    work: ({host, planned}, options, deps) =>
      rollbackHost(host, planned, journals.get(host.name) ?? undoes, options, deps),
    inFlight: 'rolled back',
  };
  const changed = await changeFleet(change, world);
  const unsaved = await writeChanged(changed, outputs, terminal);
  return dryRun ? exitCodeOfDryRun(changed.run, unsaved) : exitCodeOfApply(changed.run, unsaved);
}
