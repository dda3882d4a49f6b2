import type {SignatureCheck} from '../../io/signing/check-signature.js';
import {chainLinksIn, checkSignature, readAllowedSigners} from '../../io/signing/verify-report.js';
import type {ReportedLink} from '../../io/signing/verify-report.js';
import type {ChainCheck} from '../../model/run-documents.js';
import {OperatorError} from '../../model/operator-error.js';
import type {Rejudgement} from '../../app/report/rejudge.js';
import {unreachable} from '../../model/unreachable.js';
import {prunedSentences, summaryOfPruning} from '../../report/runs/prune-text.js';
import {prettyJson} from '../../text/canonical-json.js';
import {sanitize} from '../../text/sanitize.js';

import {EXIT, worst} from '../exit-codes.js';
import type {ExitCode} from '../exit-codes.js';
import type {World} from '../world.js';

import {codeOfRejudged, rejudgedText, rejudgeFile} from './rejudge-file.js';
import type {VerifyFlags} from './verify-flags.js';

interface CheckedReport {
  readonly file: string;
  readonly signature: SignatureCheck;
  /** Runs the report rests on whose stored chain is not the one it was made from. */
  readonly otherChains: readonly string[];
  /**
   * Runs the report rests on that were removed on purpose; the record of it has the chain the
   * report was made from.
   */
  readonly pruned: readonly string[];
  /** Runs the report rests on that are not in this store, so that nobody can compare. */
  readonly notStored: readonly string[];
  /** The report saw this chain when it was longer: its newest runs were cut off. */
  readonly cutOff?: {readonly saw: number; readonly ends: number};
  /** With --rejudge. */
  readonly rejudged?: Rejudgement;
}

/**
 * `zbufctl report verify`: the signatures of reports, the runs they rest on, and the hash chain of
 * all that is stored.
 */
export async function verifyReports(
  files: readonly string[],
  flags: VerifyFlags,
  world: World,
): Promise<ExitCode> {
  const {store, terminal} = world;
  if (flags.rejudge && files.length === 0)
    throw new OperatorError(
      '--rejudge needs a report with its evidence',
      'Name the file that zbufctl report --bundle wrote.',
    );
  const allowedFile = flags['allowed-signers'];
  const allowed = allowedFile === undefined ? undefined : await readAllowedSigners(allowedFile);
  const chain = await store.verifyChain();
  const reports: CheckedReport[] = [];
  for (const file of files) {
    const signature = await checkSignature(file, {
      ...(flags.signature === undefined ? {} : {signature: flags.signature}),
      ...(allowed === undefined ? {} : {allowed}),
      ...(flags.identity === undefined ? {} : {identity: flags.identity}),
      now: Date.now(),
    });
    const rejudged = flags.rejudge ? await rejudgeFile(file, world) : undefined;
    reports.push({
      file,
      signature,
      ...compareChains(await chainLinksIn(file), chain),
      ...(rejudged === undefined ? {} : {rejudged}),
    });
  }
  await terminal.result(flags.json ? asJson(reports, chain) : asText(reports, chain));
  return worst([
    ...reports.map(codeOf),
    chain.firstBroken === undefined ? EXIT.clean : EXIT.findings,
  ]);
}

function compareChains(
  links: ReadonlyMap<string, ReportedLink>,
  chain: ChainCheck,
): Pick<CheckedReport, 'otherChains' | 'pruned' | 'notStored' | 'cutOff'> {
  const otherChains: string[] = [];
  const pruned: string[] = [];
  const notStored: string[] = [];
  const removedHeads = new Map(
    chain.prunings.flatMap(({removed}) =>
      removed.map(({run, chain: link}) => [run, link?.head] as const),
    ),
  );
  for (const [run, {head}] of links) {
    const stored = chain.runs.get(run);
    const removed = removedHeads.get(run);
    if (stored === undefined && removed !== undefined)
      (removed === head ? pruned : otherChains).push(run);
    else if (stored === undefined) notStored.push(run);
    else if (stored.state !== 'intact' || stored.head !== head) otherChains.push(run);
  }
  const cutOff = cutOffIn(links, chain);
  return {otherChains, pruned, notStored, ...(cutOff === undefined ? {} : {cutOff})};
}

/** Whether the report saw a run of this very chain that comes after its present end. */
function cutOffIn(
  links: ReadonlyMap<string, ReportedLink>,
  chain: ChainCheck,
): CheckedReport['cutOff'] {
  const firsts = new Set(
    [...chain.runs.values()].flatMap((s) =>
      s.state === 'intact' && s.first !== undefined ? [s.first] : [],
    ),
  );
  const seen = [...links.values()].flatMap(({sequence, first}) =>
    sequence !== undefined && first !== undefined && firsts.has(first) ? [sequence] : [],
  );
  const [saw, ends] = [Math.max(0, ...seen), chain.head?.sequence ?? 0];
  return chain.head !== null && saw > ends ? {saw, ends} : undefined;
}

function codeOf({signature, otherChains, notStored, cutOff, rejudged}: CheckedReport): ExitCode {
  const again = rejudged === undefined ? EXIT.clean : codeOfRejudged(rejudged);
  if (signature.state === 'bad' || otherChains.length > 0 || cutOff !== undefined)
    return worst([EXIT.findings, again]);
  // A run that is gone, and no record of its removal: nobody can tell what it said. A bundle tells.
  const lost = rejudged === undefined && notStored.length > 0;
  return worst([signature.state !== 'good' || lost ? EXIT.unknown : EXIT.clean, again]);
}

const asJson = (reports: readonly CheckedReport[], chain: ChainCheck): string =>
  prettyJson({
    schema: 'zbufctl.report-verify/1',
    reports,
    store: {
      checked: chain.runs.size,
      head: chain.head,
      ...(chain.firstBroken === undefined ? {} : {firstBroken: chain.firstBroken}),
      ...(chain.prunings.length === 0 ? {} : {prunings: chain.prunings.map(summaryOfPruning)}),
    },
  });

function asText(reports: readonly CheckedReport[], chain: ChainCheck): string {
  const lines = reports.flatMap((report) => [
    ...linesOf(report),
    ...(report.rejudged === undefined ? [] : rejudgedText(report.rejudged)),
  ]);
  const {firstBroken, runs} = chain;
  const store =
    firstBroken === undefined
      ? `store: all ${runs.size} runs are as they were stored, as their own chain says`
      : `store: the first broken link is ${sanitize(firstBroken.run)}: ${sanitize(firstBroken.problem)}`;
  return `${[...lines, store, ...prunedSentences(chain.prunings)].join('\n')}\n`;
}

function linesOf(report: CheckedReport): readonly string[] {
  const {file, signature, otherChains, pruned, notStored, cutOff} = report;
  return [
    `${sanitize(file)}: ${signatureText(signature)}`,
    ...otherChains.map(
      (run) => `  ${sanitize(run)}: what is stored is not what the report was made from`,
    ),
    ...pruned.map(
      (run) =>
        `  ${sanitize(run)}: removed on purpose since; the record of that has the report's chain`,
    ),
    ...(cutOff === undefined
      ? []
      : [
          `  the report saw run ${cutOff.saw} of this chain, the store ends at ${cutOff.ends}: newer runs were removed`,
        ]),
    ...notStored.map((run) => `  ${sanitize(run)}: not in this store, so it was not compared`),
  ];
}

function signatureText(check: SignatureCheck): string {
  switch (check.state) {
    case 'good':
      return `good signature by ${sanitize(check.principals.join(', '))} (${check.fingerprint})`;
    case 'good-unknown-key':
      return `good signature by ${check.fingerprint}, but the signer is not verified: pass --allowed-signers`;
    case 'unsigned':
      return `not signed: there is no ${sanitize(check.path)}, so nobody vouches for it`;
    case 'bad':
      return `BAD SIGNATURE: ${sanitize(check.problem)}`;
    default:
      return unreachable(check);
  }
}
