import {join} from 'node:path';

import type {Audited} from '../../app/evidence/stored-audit.js';
import {storedAudit} from '../../app/evidence/stored-audit.js';
import {planFleet, windowNotes} from '../../app/plan-fleet.js';
import {makeFolder} from '../../io/files/make-folder.js';
import {writeTextFile} from '../../io/files/result-file.js';
import {PLAN_NAMESPACE} from '../../io/signing/sshsig-format.js';
import type {Signer} from '../../io/signing/sshsig.js';
import {signMessage} from '../../io/signing/sshsig.js';
import type {Plan, PlannedState} from '../../model/plan.js';
import {planText} from '../../plan/plan-document.js';
import {splitPlan} from '../../plan/split-plan.js';
import {renderPlan} from '../../report/plan/plan-text.js';
import {plural} from '../../report/terminal/page.js';
import {prettyJson} from '../../text/canonical-json.js';
import {fileNameFor} from '../../text/file-name.js';
import {auditHosts} from '../audit/audit-hosts.js';
import {meantBy} from '../audit/targets.js';
import type {ExitCode} from '../exit-codes.js';
import {EXIT, worst} from '../exit-codes.js';
import {askedOf} from '../hosts/load-hosts.js';
import {signFiles} from '../sign-files.js';
import {signerFor} from '../signer-for.js';
import {noteExitCode} from '../terminal/exit-note.js';
import {parseOutputs} from '../terminal/output.js';
import type {Terminal} from '../terminal/terminal.js';
import {writeOutputs} from '../terminal/write-outputs.js';
import type {World} from '../world.js';

import type {PlanFlags} from './plan-flags.js';

/**
 * `zbufctl plan`: audits afresh (or takes a stored audit), decides, saves the plan and shows it.
 * Changes nothing.
 */
export async function planCommand(
  names: readonly string[],
  flags: PlanFlags,
  world: World,
): Promise<ExitCode> {
  const {terminal, plans} = world;
  const outputs = parseOutputs(flags, ['table', 'json'], 'table');
  // The key comes first: a plan that should be signed and can not be is not made.
  const signer =
    flags.sign === undefined ? undefined : await signerFor(flags.sign, world.surroundings);
  const audited =
    flags.from === undefined
      ? await auditNow(names, flags, world)
      : await storedAudit(flags.from, names, await world.inventory(flags, true), world);
  const {plan, changes} = await planFleet(
    audited,
    {cleanDuplicates: flags['clean-duplicates']},
    world,
  );
  if (flags.each !== undefined) await saveEach(plan, flags.each, signer, terminal);
  else {
    await plans.save(plan);
    if (signer !== undefined)
      await plans.saveSignature(plan.id, await signed(planText(plan), signer));
  }
  await writeOutputs(
    outputs,
    // Of plans for each host the one that is shown is not saved: it is not what comes next.
    (format, look) =>
      format === 'json'
        ? prettyJson(plan)
        : renderPlan(plan, {...look, beforeApply: flags.each !== undefined}),
    terminal,
    signer && signFiles(signer, PLAN_NAMESPACE, terminal),
  );
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

/** A plan for each host, beside each other; the plan of all is not kept: it would be used twice. */
async function saveEach(
  plan: Plan,
  folder: string,
  signer: Signer | undefined,
  terminal: Terminal,
): Promise<void> {
  await makeFolder(folder);
  const split = splitPlan(plan);
  for (const one of split) {
    const file = join(folder, `${fileNameFor(one.hosts[0]?.host ?? '')}.json`);
    const text = prettyJson(one);
    await writeTextFile(file, text);
    if (signer !== undefined) await writeTextFile(`${file}.sig`, await signed(text, signer));
  }
  terminal.note(
    `Wrote ${plural(split.length, 'plan')}: zbufctl apply ${join(folder, 'HOST.json')}`,
  );
}

/** An audit over SSH for the plan to rest on, stored like any other. */
async function auditNow(
  names: readonly string[],
  flags: PlanFlags,
  world: World,
): Promise<Audited> {
  const {inventory, hosts} = await world.hosts(names, flags);
  const run = await auditHosts(
    {
      hosts,
      asked: askedOf(names, flags),
      meant: meantBy(names, flags, world.folder),
      flags,
      stopping: 'Stopping: the plan will hold what is finished.',
      reach: (edge) => world.reach(inventory, edge, flags.transport),
    },
    world,
  );
  return {run, hosts, evidence: () => world.store.evidence(run.run)};
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

/**
 * Something to do, hosts nobody knows enough of, hosts that are refused: the largest that applies.
 */
export const exitCodeOfPlan = (plan: Plan): ExitCode =>
  worst(plan.hosts.map(({state}) => CODE[state]));
