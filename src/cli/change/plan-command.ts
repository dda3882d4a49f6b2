import {inputFor} from '../../app/audit.js';
import {PlanStore} from '../../io/store/plan-store.js';
import {writeTextFile} from '../../io/files/result-file.js';
import {fingerprint, PLAN_NAMESPACE} from '../../io/signing/sshsig-format.js';
import type {Signer} from '../../io/signing/sshsig.js';
import {signMessage} from '../../io/signing/sshsig.js';
import type {RunStore} from '../../io/store/run-store.js';
import {readVersion} from '../../io/package/version.js';
import type {ChangePolicy} from '../../model/change-policy.js';
import type {Plan, PlannedState} from '../../model/plan.js';
import {windowAt} from '../../plan/in-window.js';
import type {HostToPlan} from '../../plan/make-plan.js';
import {makePlan} from '../../plan/make-plan.js';
import {planText} from '../../plan/plan-document.js';
import {renderPlan} from '../../report/plan/plan-text.js';
import {prettyJson} from '../../text/canonical-json.js';

import {openStore} from '../open-store.js';
import type {ExitCode} from '../exit-codes.js';
import {EXIT, worst} from '../exit-codes.js';
import {noteExitCode} from '../terminal/exit-note.js';
import {freshAudit} from '../evidence/fresh-audit.js';
import type {HostFlags} from '../hosts/load-hosts.js';
import {readInventory} from '../hosts/load-hosts.js';
import {openLookups} from '../evidence/lookups.js';
import type {Output} from '../terminal/output.js';
import {parseOutputs} from '../terminal/output.js';
import {readChangePolicies} from '../hosts/read-change-policies.js';
import {signerFor} from '../signer-for.js';
import type {Audited} from '../evidence/stored-audit.js';
import {storedAudit} from '../evidence/stored-audit.js';
import {surroundings} from '../terminal/surroundings.js';
import type {Terminal} from '../terminal/terminal.js';

export interface PlanFlags extends HostFlags {
  readonly concurrency: number;
  readonly timeout: number;
  readonly 'accept-new'?: boolean;
  readonly json?: boolean;
  readonly output?: readonly string[] | undefined;
  readonly 'state-dir'?: string | undefined;
  readonly from?: string | undefined;
  readonly sign?: string | undefined;
  readonly 'clean-duplicates'?: boolean;
}

/** `zbufctl plan`: audits afresh (or takes a stored audit), decides, saves the plan and shows it. Changes nothing. */
export async function planCommand(
  names: readonly string[],
  flags: PlanFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const around = surroundings(flags['state-dir']);
  const outputs = parseOutputs(flags, ['table', 'json'], 'table');
  const store = openStore(around.stateDirectory, terminal);
  // The key comes first: a plan that should be signed and can not be is not made.
  const signer = flags.sign === undefined ? undefined : await signerFor(flags.sign, around);
  const audited =
    flags.from === undefined
      ? await freshAudit(names, flags, {around, terminal, store})
      : await storedAudit(flags.from, names, await readInventory(flags, around, terminal, true), {
          store,
          terminal,
        });
  const {plan, changes} = await planFor(audited, store, {
    folder: around.workingDirectory,
    cleanDuplicates: flags['clean-duplicates'] === true,
  });
  const plans = new PlanStore(around.stateDirectory);
  await plans.save(plan);
  if (signer !== undefined) await plans.saveSignature(plan.id, await signed(planText(plan), signer));
  await writePlan(plan, outputs, terminal, signer);
  for (const note of windowNotes(plan, changes)) terminal.note(note);
  const code = exitCodeOfPlan(plan);
  const open = plan.hosts.filter(({state}) => state === 'unknown' || state === 'unreachable');
  const fails = plan.hosts.some(({state}) => state === 'changes' || state === 'by-hand');
  noteExitCode(
    code,
    open.map(({host}) => host),
    fails,
    terminal,
  );
  return code;
}

async function planFor(
  {run, hosts, evidence: stored}: Audited,
  store: RunStore,
  options: {readonly folder: string; readonly cleanDuplicates: boolean},
): Promise<{readonly plan: Plan; readonly changes: ReadonlyMap<string, ChangePolicy>}> {
  const lookups = await openLookups(hosts, store, options.folder);
  const madeAt = new Date().toISOString();
  const judging = {...lookups, now: () => madeAt};
  const changes = readChangePolicies(hosts, lookups.servicesFor, options.folder);
  const seen = new Map<string, HostToPlan>();
  for await (const evidence of stored()) {
    const host = hosts.find(({name}) => name === evidence.host);
    if (host === undefined) continue;
    seen.set(host.name, {state: 'evidence', ...inputFor(host, evidence, judging)});
  }
  const audited = new Map(run.hosts.map((one) => [one.host, one]));
  const plan = makePlan({
    hosts: hosts.map(
      (host): HostToPlan =>
        seen.get(host.name) ?? {
          state: 'failure',
          host: host.name,
          address: host.address,
          policy: host.policy,
          posture: audited.get(host.name)?.posture === 'unreachable' ? 'unreachable' : 'unknown',
          failure: audited.get(host.name)?.failure ?? NO_EVIDENCE,
        },
    ),
    madeFrom: run.run,
    madeAt,
    version: readVersion(),
    cleanDuplicates: options.cleanDuplicates,
  });
  return {plan, changes};
}

/** Where the maintenance window of hosts to change is closed now, and when it opens; a line a window. */
function windowNotes(plan: Plan, changes: ReadonlyMap<string, ChangePolicy>): readonly string[] {
  const now = new Date(plan.madeAt);
  const notes = plan.hosts.flatMap((host) => {
    const window = changes.get(host.host)?.window ?? [];
    const state = windowAt(window, now);
    if (state.open || host.state !== 'changes') return [];
    const ranges = window.map(({text}) => text).join(', ');
    return [
      `The maintenance window (${ranges}) is closed; it opens at ${state.opens.toISOString().slice(0, 16)}Z.`,
    ];
  });
  return [...new Set(notes)];
}

const NO_EVIDENCE = {message: 'the run has no evidence of it', fix: 'Audit the host again.'};

async function writePlan(
  plan: Plan,
  outputs: readonly Output[],
  terminal: Terminal,
  signer: Signer | undefined,
): Promise<void> {
  const render = (format: string, colour: boolean, width: number): string =>
    format === 'json' ? prettyJson(plan) : renderPlan(plan, {colour, width, verbose: terminal.verbose});
  for (const {format, file} of outputs) {
    if (file === undefined) await terminal.result(render(format, terminal.colour, terminal.width));
    else {
      const text = render(format, false, Infinity);
      await writeTextFile(file, text);
      if (signer === undefined) continue;
      await writeTextFile(`${file}.sig`, await signed(text, signer));
      terminal.note(
        `Signed ${file} with ${fingerprint(signer.publicKey)} for ${PLAN_NAMESPACE}: ${file}.sig`,
      );
    }
  }
}

const signed = (text: string, signer: Signer): Promise<string> =>
  signMessage(Buffer.from(text), signer, PLAN_NAMESPACE);

const CODE: Readonly<Record<PlannedState, ExitCode>> = {
  nothing: EXIT.clean,
  'by-hand': EXIT.findings,
  changes: EXIT.findings,
  unknown: EXIT.unknown,
  unreachable: EXIT.unknown,
  refused: EXIT.refused,
};

/** Something to do, hosts nobody knows enough of, hosts that are refused: the largest that applies. */
export const exitCodeOfPlan = (plan: Plan): ExitCode => worst(plan.hosts.map(({state}) => CODE[state]));
