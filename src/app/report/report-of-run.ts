import {waiversOf} from '../../inventory/waiver-reader.js';
import type {AuditRun} from '../../model/audit-run.js';
import type {Host} from '../../model/host.js';
import type {ChainState, Report} from '../../model/report.js';
import {assembleReport} from '../../report/compliance/assemble.js';
import {policiesOf} from '../../report/compliance/from-runs.js';
import {RULES} from '../../rules/index.js';
import {applyWaivers, WAIVER_RULES} from '../../rules/waivers.js';
import {utcDay} from '../../text/iso-date.js';

import type {ControlsSource} from './report-controls.js';
import {readControls} from './report-controls.js';

/** What an audit's hosts and policies are, for formats that tell more than the run itself. */
export interface RunContext {
  /**
   * The hosts audited, with their policies; empty: a stored run, of which the inventory is not
   * known.
   */
  readonly hosts: readonly Host[];
  /** What messages name files relative to. */
  readonly folder: string;
  /** What checking the stored hash chain found; absent: the run was not read from the store. */
  readonly chains?: ReadonlyMap<string, ChainState>;
  readonly controls: ControlsSource;
  /** Of the zbufctl that makes the report. */
  readonly version: string;
}

/**
 * One audit as a report, for the formats an audit shares with `report`: no history, no baseline.
 */
export function reportOfRun(
  run: AuditRun,
  {hosts, folder, chains, controls, version}: RunContext,
): Report {
  const fleet = hosts.map(({name, groups}) => ({host: name, groups}));
  const waived =
    hosts.length === 0
      ? undefined
      : applyWaivers(run.hosts, waiversOf(hosts), utcDay(run.finishedAt), fleet);
  return assembleReport({
    audits: [run],
    ...(waived === undefined ? {} : {waivers: waived.waivers, policyFindings: waived.findings}),
    policies: policiesOf(hosts),
    rules: ruleTexts(),
    controls: readControls(controls, hosts, folder),
    ...(chains === undefined ? {} : {chains}),
    generatedAt: run.finishedAt,
    tool: {name: 'zbufctl', version},
  });
}

/** Every rule as a report tells it. */
export const ruleTexts = (): Parameters<typeof assembleReport>[0]['rules'] =>
  [...RULES, ...WAIVER_RULES].map(
    ({id, slug, title, severity, claim, matters, remedy, sources}) => ({
      id,
      slug,
      title,
      severity,
      claim,
      matters,
      remedy,
      sources,
    }),
  );
