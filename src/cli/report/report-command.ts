import {chooseHosts} from '../../app/choose-hosts.js';
import {makeReport} from '../../app/report/make-report.js';
import {overflowShelf} from '../../io/files/overflow-shelf.js';
import {loadReportAssets} from '../../io/package/report-assets.js';
import type {Severity} from '../../model/finding.js';
import {SEVERITIES} from '../../model/finding.js';
import type {Host} from '../../model/host.js';
import {OperatorError} from '../../model/operator-error.js';
import type {Report} from '../../model/report.js';
import {withoutLocalPaths} from '../../report/compliance/local-paths.js';
import {REPORT_FORMATS} from '../../report/report-renderers.js';
import type {Parts} from '../../text/pieces.js';
import type {ExitCode} from '../exit-codes.js';
import {EXIT, exitCodeOfAudit, worst} from '../exit-codes.js';
import {parseOutputs} from '../terminal/output.js';
import type {World} from '../world.js';

import {rejudgedText} from './rejudge-file.js';
import type {ReportFlags} from './report-flags.js';
import {writeReport} from './write-report.js';

/** `zbufctl report`: stored runs in one document, in any format, signed when asked for. */
export async function reportCommand(
  words: readonly string[],
  flags: ReportFlags,
  world: World,
): Promise<ExitCode> {
  const outputs = parseOutputs(flags, REPORT_FORMATS, 'table');
  const files = [flags.bundle, ...outputs.map(({file}) => file)];
  if (flags.sign !== undefined && files.every((file) => file === undefined))
    throw new OperatorError(
      '--sign needs a file to sign',
      'Give a format a file: -o html:report.html.',
    );

  const meant = await meantHosts(flags, world);
  const made = await makeReport(
    {
      words,
      meant,
      groups: flags.group ?? [],
      baseline: flags.baseline,
      trend: flags.trend,
      title: flags.title,
      controls: loadReportAssets().controls,
    },
    world,
  );
  const {homeDirectory, stateDirectory} = world.surroundings;
  const report = withoutLocalPaths(made, [
    {path: stateDirectory, shown: '(state)'},
    {path: world.folder, shown: '.'},
    {path: homeDirectory, shown: '~'},
  ]);
  const bundle =
    flags.bundle === undefined
      ? undefined
      : {file: flags.bundle, parts: await bundleParts(report, meant, world)};
  await writeReport(report, {outputs, failOn: flags['fail-on'], sign: flags.sign, bundle}, world);
  return exitCodeOfReport(report, flags['fail-on']);
}

/** The bundle; what does not come out again is told before it is handed over. */
async function bundleParts(
  report: Report,
  meant: readonly Host[] | undefined,
  world: World,
): Promise<Parts> {
  const {makeBundle} = await import('../../app/report/make-bundle.js');
  const {parts, again} = await makeBundle(report, meant, world, overflowShelf());
  const lines = again.hosts.some(({state}) => state !== 'same' && state !== 'silent')
    ? rejudgedText(again)
    : [];
  if (lines.length > 0)
    world.note(
      [
        'The bundle does not give the verdicts of the report again:',
        ...lines,
        'The policy or zbufctl changed since the audit, or evidence is gone. Audit again first.',
      ].join('\n'),
    );
  return parts;
}

/** The hosts of the inventory (of the groups named); undefined when there is no inventory. */
async function meantHosts(flags: ReportFlags, world: World): Promise<readonly Host[] | undefined> {
  const inventory = await world.inventory(flags, true);
  if (inventory.hosts.length === 0) return undefined;
  return chooseHosts(inventory, {hosts: [], groups: flags.group ?? []});
}

/** As for an audit; findings about the policy, hosts nobody asked and a broken chain count, too. */
function exitCodeOfReport(report: Report, failOn: Severity): ExitCode {
  const threshold = SEVERITIES.indexOf(failOn);
  const asRun = {
    hosts: report.hosts,
    interrupted: report.runs.some((r) => r.interrupted && r.role === 'subject'),
  };
  const codes: ExitCode[] = [exitCodeOfAudit(asRun, failOn)];
  if (report.policyFindings.some((f) => SEVERITIES.indexOf(f.severity) <= threshold))
    codes.push(EXIT.findings);
  if (report.runs.some((run) => run.chain.state === 'broken')) codes.push(EXIT.findings);
  if (report.scope.missing.length > 0 || report.hosts.some(({laterTry}) => laterTry !== undefined))
    codes.push(EXIT.unknown);
  return worst(codes);
}
