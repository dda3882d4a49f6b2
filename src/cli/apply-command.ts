import type {FleetOptions, Target} from '../app/apply-plan.js';
import {applyPlan} from '../app/apply-plan.js';
import {applyHost} from '../app/apply-host.js';
import {resumeHost} from '../app/resume-host.js';
import {PlanStore} from '../io/plan-store.js';
import {RunStore} from '../io/run-store.js';
import {readVersion} from '../io/version.js';
import type {AppliedHost, ApplyRun} from '../model/apply-run.js';
import {OperatorError} from '../model/operator-error.js';
import type {Plan, PlannedHost} from '../model/plan.js';
import type {Share} from '../plan/share.js';
import {parseShare} from '../plan/share.js';
import {renderPlan} from '../report/plan-text.js';
import {describeStep} from '../text/describe-step.js';
import {plannedState} from '../text/planned-state.js';
import {newRunId} from '../text/run-id.js';

import {startBoard} from './apply-board.js';
import {changeDeps, loadPlan, operatorOf, planOfRun} from './change-session.js';
import {chooseToChange} from './choose-to-change.js';
import type {ExitCode} from './exit-codes.js';
import {EXIT} from './exit-codes.js';
import {exitCodeOfApply} from './exit-code-of-apply.js';
import {interruption} from './interruption.js';
import type {HostFlags} from './load-hosts.js';
import {loadHosts} from './load-hosts.js';
import {parseOutputs} from './output.js';
import {sshTransport} from './ssh-transport.js';
import {surroundings} from './surroundings.js';
import type {Terminal} from './terminal.js';
import {writeApply} from './write-apply.js';

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
}

/** What is to be done: a plan, on some of its hosts, for the first time or going on with a run. */
interface Task {
  readonly plan: Plan;
  readonly planned: readonly PlannedHost[];
  readonly continues?: {readonly run: string; readonly lost: ReadonlyMap<string, LostHost>};
}

/** A host of an earlier run, with the run under whose name the host keeps the journal. */
type LostHost = AppliedHost & {readonly journal: string};

/** `zbufctl apply`: shows the plan, asks, carries it out, stores the run. */
export async function applyCommand(
  word: string | undefined,
  flags: ApplyFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const around = surroundings(flags['state-dir']);
  const outputs = parseOutputs(flags, ['table', 'json'], 'table');
  const store = new RunStore(around.stateDirectory, {
    onNotice: (text) => {
      terminal.note(text);
    },
  });
  const plans = new PlanStore(around.stateDirectory);
  const dryRun = flags['dry-run'] === true;
  const limits = {
    batch: shareOf(flags.batch, '--batch'),
    maxFailures: shareOf(flags['max-failures'], '--max-failures'),
  };
  const task = await taskOf(word, flags.resume, store, around.stateDirectory);
  if (task.continues === undefined) await refuseUsed(task.plan, plans);
  const names = task.planned.map(({host}) => host);
  const {inventory, hosts} = await loadHosts(names, flags, around, terminal);
  const byName = new Map(hosts.map((host) => [host.name, host]));

  const pending = task.planned.filter((host) => plannedState(host) === 'changes');
  const look = {colour: terminal.colour, width: terminal.width, verbose: terminal.verbose};
  const shown = renderPlan({...task.plan, hosts: task.planned}, look);
  if (!flags.json && !terminal.quiet) process.stderr.write(`${shown}\n`);
  const chosen =
    dryRun || pending.length === 0
      ? pending.map(({host}) => host)
      : await chooseToChange({
          verb: 'change',
          hosts: pending.map((host) => ({host: host.host, summary: summaryOf(host)})),
          yes: flags.yes === true,
        });

  const run = newRunId('apply', new Date(), Math.random);
  // Only from here on something is written: a plan that was looked at and refused is still unused.
  const usedBy = dryRun || task.continues !== undefined ? undefined : await plans.markUsed(task.plan.id, run);
  if (usedBy !== undefined) throw alreadyUsed(task.plan.id, usedBy);
  const stop = interruption(() => {
    board.end();
    terminal.note(
      'Stopping: hosts that are being changed are seen through, no other is started. Ctrl-C again ends at once; such hosts undo by themselves.',
    );
  });
  const board = startBoard(chosen.length, terminal);
  const transport = sshTransport(inventory, board, {around, terminal, interrupting: stop});
  try {
    const writer = dryRun ? undefined : await store.begin(run);
    await writer?.keepPlan(task.plan);
    const deps = await changeDeps({
      hosts,
      store,
      ...(writer === undefined ? {} : {writer}),
      transport,
      board,
      signal: stop.signal,
      folder: around.workingDirectory,
    });
    const options: FleetOptions = {
      run,
      plan: task.plan.id,
      owner: operatorOf(around.user),
      version: readVersion(),
      confirmSeconds: flags['confirm-timeout'],
      timeoutMs: flags.timeout * 1000,
      acceptNew: flags['accept-new'] === true,
      dryRun,
      concurrency: flags.concurrency,
      canaries: flags.canary,
      ...limits,
      ...(task.continues === undefined ? {} : {continues: task.continues.run}),
    };
    const left = new Set(chosen);
    const targets = task.planned
      .filter((host) => plannedState(host) !== 'changes' || left.has(host.host))
      .flatMap((planned): Target[] => {
        const host = byName.get(planned.host);
        const standing = task.continues?.lost.get(planned.host);
        if (host === undefined) return [];
        return [{planned, host, ...(standing === undefined ? {} : {standing})}];
      });
    const result = await applyPlan(targets, options, deps, (target, hostDeps) => {
      const journal = target.standing?.journal;
      return journal === undefined
        ? applyHost(target.host, target.planned, options, hostDeps)
        : resumeHost(target, journal, options, hostDeps);
    });
    board.end();
    await writer?.finish(finished(result));
    await writeApply(result, outputs, terminal);
    return dryRun ? exitCodeOfDryRun(result) : exitCodeOfApply(result);
  } finally {
    board.end();
    transport.close();
    stop.end();
  }
}

async function taskOf(
  word: string | undefined,
  resume: string | undefined,
  store: RunStore,
  stateDirectory: string,
): Promise<Task> {
  if (resume === undefined) {
    if (word === undefined) {
      throw new OperatorError('no plan', 'Name one: an id, a file or latest. zbufctl plan makes one.');
    }
    const plan = await loadPlan(word, stateDirectory);
    return {plan, planned: plan.hosts};
  }
  if (word !== undefined)
    throw new OperatorError('a plan and --resume', 'A run is resumed with its own plan: leave the plan out.');
  const run = await store.resolve(resume, 'apply');
  const {document} = await store.load(run, 'zbufctl.apply/1');
  const plan = await planOfRun(store, run);
  const open = new Map(
    document.hosts.flatMap((entry) =>
      entry.result === 'lost' || entry.result === 'not-started' ? [[entry.host, entry] as const] : [],
    ),
  );
  if (open.size === 0) throw new OperatorError(`run ${run} has nothing left to do`, 'Plan again.');
  return {
    plan,
    planned: plan.hosts.filter(({host}) => open.has(host)),
    continues: {
      run,
      lost: new Map(
        [...open].flatMap(([host, entry]) =>
          entry.result === 'lost' ? [[host, {...entry, journal: entry.journal ?? run}] as const] : [],
        ),
      ),
    },
  };
}

async function refuseUsed(plan: Plan, plans: PlanStore): Promise<void> {
  const usedBy = await plans.usedBy(plan.id);
  if (usedBy !== undefined) throw alreadyUsed(plan.id, usedBy);
}

const alreadyUsed = (plan: string, run: string): OperatorError =>
  new OperatorError(
    `${plan} was used by run ${run}; a plan is used once`,
    `Go on with what that run left: zbufctl apply --resume ${run}. Or plan again.`,
    5,
  );

function shareOf(text: string, flag: string): Share {
  const share = parseShare(text);
  if (share === undefined)
    throw new OperatorError(`${flag} ${text} is no number of hosts`, 'Write e.g. 5 or 25%.');
  return share;
}

const summaryOf = ({steps}: PlannedHost): string =>
  steps
    .filter(({kind}) => kind !== 'verify')
    .map((step) => describeStep(step))
    .join('; ');

const finished = (run: ApplyRun): ApplyRun & {readonly finishedAt: string} => {
  if (run.finishedAt === undefined) throw new Error(`${run.run} is not finished`);
  return {...run, finishedAt: run.finishedAt};
};

/** As for plan: something would be changed. */
const exitCodeOfDryRun = (run: ApplyRun): ExitCode => {
  const pending = run.hosts.some(({reason}) => reason?.startsWith('dry run:') === true);
  const refused = run.hosts.some(({result}) => result === 'refused');
  const unseen = run.hosts.some(
    ({result, reason}) => result === 'not-started' && reason?.startsWith('dry run:') !== true,
  );
  if (refused) return EXIT.refused;
  return unseen ? EXIT.unknown : pending ? EXIT.findings : EXIT.clean;
};
