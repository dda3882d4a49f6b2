import {applyHost} from '../../app/change/apply-host.js';
import type {Target} from '../../app/change/apply-plan.js';
import {notAssessed} from '../../app/change/not-assessed.js';
import {resumeHost} from '../../app/change/resume-host.js';
import {loadSchema} from '../../io/package/schemas.js';
import type {StoredPlan} from '../../io/store/plan-store.js';
import type {PlannedHost, PlannedStep} from '../../model/plan.js';
import {unreachable} from '../../model/unreachable.js';
import {renderPlan} from '../../report/plan/plan-text.js';
import {describeStep} from '../../text/describe-step.js';

import {alreadyUsed, applyTask} from '../../app/change/apply-task.js';
import type {FleetChange} from './change-fleet.js';
import {changeFleet} from './change-fleet.js';
import {chooseToChange} from './choose-to-change.js';
import {exitCodeOfApply, exitCodeOfDryRun} from './exit-code-of-apply.js';
import type {ExitCode} from '../exit-codes.js';
import {probePayloads} from '../probe/probe-payloads.js';
import {shareOf} from '../share-of.js';
import {noteExitCode} from '../terminal/exit-note.js';
import {parseOutputs} from '../terminal/output.js';
import type {World} from '../world.js';

import type {ApplyFlags} from './apply-flags.js';
import {requireSigner, signerOf} from './plan-signature.js';
import {writeChanged} from './write-apply.js';

/** `zbufctl apply`: shows the plan, asks, carries it out, stores the run. */
export async function applyCommand(
  word: string | undefined,
  flags: ApplyFlags,
  world: World,
): Promise<ExitCode> {
  const {store, plans, terminal} = world;
  const outputs = parseOutputs(flags, ['table', 'json'], 'table');
  const dryRun = flags['dry-run'];
  const limits = {
    batch: shareOf(flags.batch, '--batch'),
    maxFailures: shareOf(flags['max-failures'], '--max-failures'),
  };
  const allowed = flags['allowed-signers'];
  const task = await applyTask(
    {plan: word, resume: flags.resume},
    {
      store,
      plans,
      planSchema: loadSchema('plan/plan'),
      ...(allowed === undefined ? {} : {signerOf: (plan: StoredPlan) => signerOf(plan, allowed)}),
    },
  );
  const names = task.planned.map(({host}) => host);
  const {inventory, hosts} = await world.hosts(names, flags);
  requireSigner(task.plan, hosts, task.signedBy);
  const byName = new Map(hosts.map((host) => [host.name, host]));

  const pending = task.planned.filter(({state}) => state === 'changes');
  const {colour, width, verbose} = terminal;
  const look = {colour, width, verbose, beforeApply: true};
  const shown = renderPlan({...task.plan, hosts: task.planned}, look);
  if (!flags.json && !terminal.quiet) process.stderr.write(`${shown}\n`);
  // Whoever is asked has to see what for, also with --quiet.
  else if (!flags.yes) process.stderr.write(`Plan ${task.plan.id}.\n`);
  const chosen =
    dryRun || pending.length === 0
      ? pending.map(({host}) => host)
      : await chooseToChange({
          verb: 'change',
          hosts: pending.map((host) => ({
            host: host.host,
            summary: summaryOf(host),
            kinds: host.steps.flatMap(kindOf),
          })),
          yes: flags.yes,
        });

  const run = world.newRun('apply');
  // Only from here on something is written: a plan that was looked at and refused is still unused.
  const usedBy =
    dryRun || task.continues !== undefined ? undefined : await plans.markUsed(task.plan.id, run);
  if (usedBy !== undefined) throw await alreadyUsed(task.plan.id, usedBy, store);

  const left = new Set(chosen);
  const targets = task.planned
    .filter(({host, state}) => state !== 'changes' || left.has(host))
    .flatMap((planned): Target[] => {
      const host = byName.get(planned.host);
      const standing = task.continues?.lost.get(planned.host);
      return host === undefined
        ? []
        : [{planned, host, ...(standing === undefined ? {} : {standing})}];
    });
  const change: FleetChange = {
    run,
    plan: task.plan,
    inventory,
    transport: flags.transport,
    hosts,
    targets,
    options: {
      confirmSeconds: flags['confirm-timeout'],
      timeoutMs: flags.timeout * 1000,
      acceptNew: flags['accept-new'],
      dryRun,
      concurrency: flags.concurrency,
      canaries: flags.canary,
      ...limits,
      ...(flags['accept-no-reboot-guard'] ? {acceptNoBootGuard: true} : {}),
      ...(task.signedBy === undefined ? {} : {signedBy: task.signedBy}),
      ...(task.continues === undefined ? {} : {continues: task.continues.run}),
    },
    work: (target, options, deps) => {
      const journal = target.standing?.journal;
      return journal === undefined
        ? applyHost(target.host, target.planned, options, deps)
        : resumeHost(target, journal, options, deps);
    },
    ...(flags['with-helper'] ? {helper: probePayloads(flags.program, terminal)} : {}),
    inFlight: 'changed',
  };
  const changed = await changeFleet(change, world);
  const atHome = await writeChanged(changed, outputs, terminal);
  const result = changed.run;
  const code = dryRun ? exitCodeOfDryRun(result, atHome) : exitCodeOfApply(result, atHome);
  const open = notAssessed(result.hosts);
  noteExitCode(
    code,
    open.map(({host}) => host),
    result.hosts.some(({standing}) => standing.length > 0),
    terminal,
  );
  return code;
}

/** A step without what differs from host to host. */
function kindOf(step: PlannedStep): readonly string[] {
  switch (step.kind) {
    case 'set-running':
      return [`running value to ${step.to}`];
    case 'write-boot':
      return [
        step.bootFrom === step.bootTo ? `clean ${step.file}` : `boot value to ${step.bootTo}`,
      ];
    case 'set-rc':
      return [`set ${step.variable}`];
    case 'install-mode':
      return [`${step.to === null ? 'remove' : 'install'} the mode ${step.mode}`];
    case 'map-mode':
      return ['give programs their buffer modes'];
    case 'restart-service':
    case 'start-service':
    case 'stop-service':
      return [`${step.kind.replace('-service', '')} ${step.service}`];
    case 'verify':
      return [];
    default:
      return unreachable(step);
  }
}

const summaryOf = ({steps}: PlannedHost): string =>
  steps
    .filter(({kind}) => kind !== 'verify')
    .map((step) => describeStep(step))
    .join('; ');
