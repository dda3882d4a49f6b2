import type {Asked, AuditedHost, AuditRun, MergedSource, Shard} from '../../model/audit-run.js';
import type {MergeRemark} from '../../model/merge.js';
import {isSilent} from '../../report/findings/assessment.js';
import {groupBy} from '../../text/group-by.js';
import {assembleRun} from '../audit.js';

/** A finished audit, and its head in the chain of its store. */
export interface AuditToMerge {
  readonly document: AuditRun;
  readonly head: string;
}

export interface MergedAudit {
  readonly run: AuditRun;
  /** Which run each host's entry, and so its evidence, is of. */
  readonly from: ReadonlyMap<string, string>;
  readonly remarks: readonly MergeRemark[];
}

/**
 * One audit of several: each host as the run has it that heard it last. What two runs say of one
 * host, and what keeps the whole from being one, is told.
 */
export function mergeAudits(
  audits: readonly AuditToMerge[],
  about: {readonly run: string; readonly version: string},
): MergedAudit {
  const runs = audits.map(({document}) => document);
  const entries = runs.flatMap((document) => document.hosts.map((host) => ({document, host})));
  const byHost = groupBy(entries, ({host}) => host.host);
  const chosen = [...byHost.values()].flatMap((all) => [...all].sort(lastHeard).slice(0, 1));
  chosen.sort((a, b) => (a.host.host < b.host.host ? -1 : 1));
  const from = new Map(chosen.map(({document, host}) => [host.host, document.run]));
  const sources = audits.flatMap(sourcesOf);
  const shards = remarksOnShards(sources);
  const hosts = chosen.map(({host}) => host);
  const run = assembleRun(hosts, {
    ...about,
    startedAt: runs.map(({startedAt}) => startedAt).sort()[0] ?? '',
    finishedAt:
      runs
        .map(({finishedAt}) => finishedAt)
        .sort()
        .at(-1) ?? '',
    interrupted: hosts.some(({failure}) => failure?.kind === 'interrupted'),
    asked: askedTogether(runs, sources, shards.length === 0),
    ...(runs.every(({origin}) => origin === 'ingested') ? {origin: 'ingested'} : {}),
  });
  return {
    run: {...run, mergedFrom: sources},
    from,
    remarks: [
      ...shards,
      ...[...byHost].flatMap(([host, all]): MergeRemark[] => {
        if (all.length < 2) return [];
        const counts = from.get(host) ?? '';
        return [{kind: 'twice', host, runs: all.map(({document}) => document.run), counts}];
      }),
    ],
  };
}

interface Entry {
  readonly document: AuditRun;
  readonly host: AuditedHost;
}

/** A host that answered counts before one that did not; then the later run. */
const lastHeard = (a: Entry, b: Entry): number =>
  Number(isSilent(a.host)) - Number(isSilent(b.host)) ||
  (a.document.startedAt === b.document.startedAt
    ? compare(b.document.run, a.document.run)
    : compare(b.document.startedAt, a.document.startedAt));

const compare = (a: string, b: string): number => (a < b ? -1 : 1);

/** Of a merged run: what that one was made of. */
const sourcesOf = ({document, head}: AuditToMerge): readonly MergedSource[] =>
  document.mergedFrom ?? [
    {
      run: document.run,
      head,
      ...(document.shard === undefined ? {} : {shard: document.shard}),
    },
  ];

const shardsOf = (sources: readonly MergedSource[]): readonly (Shard & MergedSource)[] =>
  sources.flatMap((source) =>
    source.shard === undefined ? [] : [{...source, part: source.shard.part, of: source.shard.of}],
  );

/** What keeps the shards from making a whole. */
function remarksOnShards(sources: readonly MergedSource[]): readonly MergeRemark[] {
  const shards = shardsOf(sources);
  const sizes = [...new Set(shards.map(({of}) => of))].sort((a, b) => a - b);
  const [of] = sizes;
  if (of === undefined) return [];
  if (sizes.length > 1) return [{kind: 'different-shards', of: sizes}];
  const byPart = groupBy(shards, ({part}) => String(part));
  const missing = Array.from({length: of}, (_, at) => at + 1).filter(
    (part) => !byPart.has(String(part)),
  );
  return missing.length === 0 ? [] : [{kind: 'missing-shards', missing, of}];
}

/**
 * All of an inventory when one of the runs asked all of it, or when the shards of one that did are
 * all there.
 */
function askedTogether(
  runs: readonly AuditRun[],
  sources: readonly MergedSource[],
  isWhole: boolean,
): Asked {
  if (runs.some(({asked}) => asked === 'inventory')) return 'inventory';
  const shards = sources.flatMap(({shard}) => shard ?? []);
  const ofInventory = shards.length > 0 && shards.every(({asked}) => asked === 'inventory');
  return ofInventory && isWhole ? 'inventory' : 'named';
}
