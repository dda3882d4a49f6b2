import {applyHost} from '../../app/apply-host.js';
import type {Target} from '../../app/apply-plan.js';
import {resumeHost} from '../../app/resume-host.js';
import {PlanStore} from '../../io/store/plan-store.js';
import {OperatorError} from '../../model/operator-error.js';
import type {PlannedHost, PlannedStep} from '../../model/plan.js';
import {unreachable} from '../../model/unreachable.js';
import type {Share} from '../../plan/share.js';
import {parseShare} from '../../plan/share.js';
import {renderPlan} from '../../report/plan/plan-text.js';
import {describeStep} from '../../text/describe-step.js';
import {newRunId} from '../../text/run-id.js';

import {openStore} from '../open-store.js';
import {alreadyUsed, applyTask} from './apply-task.js';
import type {FleetChange} from './change-fleet.js';
import {changeFleet} from './change-fleet.js';
import {chooseToChange} from './choose-to-change.js';
import {exitCodeOfApply, exitCodeOfDryRun} from './exit-code-of-apply.js';
import type {ExitCode} from '../exit-codes.js';
import {noteExitCode} from '../terminal/exit-note.js';
import type {HostFlags} from '../hosts/load-hosts.js';
import {loadHosts} from '../hosts/load-hosts.js';
import {parseOutputs} from '../terminal/output.js';
import {requireSigner} from './plan-signature.js';
import {surroundings} from '../terminal/surroundings.js';
import type {Terminal} from '../terminal/terminal.js';
import {writeChanged} from './write-apply.js';

export interface ApplyFlags extends HostFlags {
  readonly concurrency: number;
  readonly timeout: number;
  readonly 'accept-new'?: boolean;
  readonly json?: boolean;
  readonly output?: readonly string[] | undefined;
  readonly 'state-dir'?: string | undefined;
  readonly resume?: string | undefined;
  readonly 'dry-run'?: boolean;
  readonly yes?: boolean;
  readonly canary: number;
  readonly batch: string;
  readonly 'max-failures': string;
  readonly 'confirm-timeout': number;
  readonly 'accept-no-reboot-guard'?: boolean;
  readonly 'allowed-signers'?: string | undefined;
}

/** `zbufctl apply`: shows the plan, asks, carries it out, stores the run. */
export async function applyCommand(
  word: string | undefined,
  flags: ApplyFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const around = surroundings(flags['state-dir']);
  const outputs = parseOutputs(flags, ['table', 'json'], 'table');
  const store = openStore(around.stateDirectory, terminal);
  const plans = new PlanStore(around.stateDirectory);
  const dryRun = flags['dry-run'] === true;
  const limits = {
    batch: shareOf(flags.batch, '--batch'),
    maxFailures: shareOf(flags['max-failures'], '--max-failures'),
  };
  const task = await applyTask(
    {plan: word, resume: flags.resume, allowedSigners: flags['allowed-signers']},
    plans,
    store,
  );
  const names = task.planned.map(({host}) => host);
  const {inventory, hosts} = await loadHosts(names, flags, around, terminal);
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
          yes: flags.yes === true,
        });

  const run = newRunId('apply', new Date(), Math.random);
  // Only from here on something is written: a plan that was looked at and refused is still unused.
  const usedBy = dryRun || task.continues !== undefined ? undefined : await plans.markUsed(task.plan.id, run);
  if (usedBy !== undefined) throw await alreadyUsed(task.plan.id, usedBy, store);

  const left = new Set(chosen);
  const targets = task.planned
    .filter(({host, state}) => state !== 'changes' || left.has(host))
    .flatMap((planned): Target[] => {
      const host = byName.get(planned.host);
      const standing = task.continues?.lost.get(planned.host);
      return host === undefined ? [] : [{planned, host, ...(standing === undefined ? {} : {standing})}];
    });
  const change: FleetChange = {
    run,
    plan: task.plan,
    inventory,
    hosts,
    targets,
    options: {
      confirmSeconds: flags['confirm-timeout'],
      timeoutMs: flags.timeout * 1000,
      acceptNew: flags['accept-new'] === true,
      dryRun,
      concurrency: flags.concurrency,
      canaries: flags.canary,
      ...limits,
      ...(flags['accept-no-reboot-guard'] === true ? {acceptNoBootGuard: true} : {}),
      ...(task.signedBy === undefined ? {} : {signedBy: task.signedBy}),
      ...(task.continues === undefined ? {} : {continues: task.continues.run}),
    },
    work: (target, options, deps) => {
      const journal = target.standing?.journal;
      return journal === undefined
        ? applyHost(target.host, target.planned, options, deps)
        : resumeHost(target, journal, options, deps);
    },
    inFlight: 'changed',
  };
  const changed = await changeFleet(change, store, around, terminal);
  const atHome = await writeChanged(changed, outputs, terminal);
  const result = changed.run;
  const code = dryRun ? exitCodeOfDryRun(result, atHome) : exitCodeOfApply(result, atHome);
  const open = result.hosts.filter((one) => one.result === 'not-started' && one.would === undefined);
  noteExitCode(
    code,
    open.map(({host}) => host),
    result.hosts.some(({standing}) => standing.length > 0),
    terminal,
  );
  return code;
}

/** Reads --batch or --max-failures. Throws OperatorError when it is no number of hosts. */
export function shareOf(text: string, flag: string): Share {
  const share = parseShare(text);
  if (share === undefined)
    throw new OperatorError(`${flag} ${text} is no number of hosts`, 'Write e.g. 5 or 25%.');
  return share;
}

/** A step without what differs from host to host. */
function kindOf(step: PlannedStep): readonly string[] {
  switch (step.kind) {
    case 'set-running':
      return [`running value to ${step.to}`];
    case 'write-boot':
      return [step.bootFrom === step.bootTo ? `clean ${step.file}` : `boot value to ${step.bootTo}`];
    case 'set-rc':
      return [`set ${step.variable}`];
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
