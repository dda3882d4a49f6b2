import type {Finding} from '../../model/finding.js';
import type {Report, ReportedHost} from '../../model/report.js';
import type {Quiet} from './oscal-observations.js';
import {isTrouble, quietId, troubleId} from './oscal-observations.js';
import {riskId} from './oscal-risks.js';

/**
 * What the findings about controls refer to, by rule. They stand before it in the document, so the
 * ids are made first, in one pass over the hosts.
 */
export interface Related {
  readonly observations: ReadonlyMap<string, readonly string[]>;
  readonly risks: ReadonlyMap<string, readonly string[]>;
  readonly quiet: readonly Quiet[];
}

export function relatedOf(report: Report): Related {
  const observations = new Map<string, string[]>();
  const risks = new Map<string, string[]>();
  const quiet = new Map<string, Gathering>();
  const addTrouble = (host: string, finding: Finding): void => {
    push(observations, finding.rule, troubleId(host, finding));
    if (finding.verdict === 'fail') push(risks, finding.rule, riskId(host, finding));
  };
  for (const host of report.hosts)
    for (const finding of host.findings) {
      if (isTrouble(finding)) addTrouble(host.host, finding);
      else gather(quiet, host, finding);
    }
  for (const finding of report.policyFindings) addTrouble('', finding);
  const groups = [...quiet.values()].map((group) => ({...group, id: quietId(group)}));
  for (const {rule, id} of groups) push(observations, rule, id);
  return {observations, risks, quiet: groups};
}

type Gathering = Omit<Quiet, 'id' | 'hosts'> & {readonly hosts: ReportedHost[]};

/** A host is once in a group, whatever the number of its findings. */
function gather(quiet: Map<string, Gathering>, host: ReportedHost, {rule, verdict}: Finding): void {
  const result = verdict === 'pass' ? 'pass' : 'not-applicable';
  const key = `${rule} ${result}`;
  const group = quiet.get(key) ?? {rule, result, hosts: []};
  quiet.set(key, group);
  if (group.hosts.at(-1)?.host !== host.host) group.hosts.push(host);
}

function push(lists: Map<string, string[]>, key: string, item: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
