import type {ApplyRun} from '../../model/apply-run.js';
import type {Host} from '../../model/host.js';
import type {BenchResult, ProbedHost, ProbeRun, StoredProbe} from '../../model/probe.js';
import type {BenchPoint, PolicyStatement, ReportedProbe} from '../../model/report.js';
import {groupBy} from '../../text/group-by.js';
import type {OtherRun} from './assemble.js';

/** How stored runs other than audits, and the policy, come into a report. */

export const probesOf = (run: ProbeRun): readonly ReportedProbe[] =>
  run.hosts.map((host) => probeOf({run: run.run, at: run.startedAt, host}));

/** A stored probe, with the failed try after it. */
export const probeOf = ({run, at, host: probed, laterTry}: StoredProbe): ReportedProbe => {
  const {host, kernel, machine, model, practice, error, matrix, bench} = probed;
  return {
    run,
    at,
    host,
    kernel,
    machine,
    model,
    ...(practice === undefined ? {} : {practice}),
    ...(error === undefined ? {} : {error: errorText(error)}),
    ...(laterTry === undefined
      ? {}
      : {
          laterTry: {
            run: laterTry.run,
            at: laterTry.at,
            error:
              laterTry.host.error === undefined ? 'incomplete' : errorText(laterTry.host.error),
          },
        }),
    matrix,
    bench: (bench ?? []).flatMap(benchPoint),
  };
};

const errorText = (error: NonNullable<ProbedHost['error']>): string =>
  'message' in error
    ? error.message
    : [error.code, error.step ?? ''].filter((s) => s !== '').join(': ');

/** A size at which no run was finished is no point. */
function benchPoint({mode, packetBytes, bufferBytes, runs, median}: BenchResult): BenchPoint[] {
  if (median === undefined) return [];
  const sent = runs.reduce((sum, run) => sum + run.sent, 0) / Math.max(1, runs.length);
  const received = runs.reduce((sum, run) => sum + run.received, 0) / Math.max(1, runs.length);
  return [
    {
      mode,
      packetSize: packetBytes,
      bufferSize: bufferBytes,
      packetsPerSecond: median.packetsPerSecond,
      dropped: sent === 0 ? 0 : Math.min(1, median.dropped / sent),
      ...(received === 0 ? {} : {cpuNanoseconds: (median.cpuMicroseconds * 1000) / received}),
    },
  ];
}

/**
 * An apply or a probe in the list of runs. One whose end was never stored counts as interrupted.
 */
export const otherRun = (
  run: Pick<ApplyRun, 'run' | 'startedAt' | 'finishedAt' | 'tool'> & {
    readonly interrupted?: boolean;
    readonly hosts: readonly unknown[];
  },
  kind: OtherRun['kind'],
): OtherRun => ({
  run: run.run,
  kind,
  startedAt: run.startedAt,
  finishedAt: run.finishedAt ?? run.startedAt,
  toolVersion: run.tool.version,
  interrupted: run.interrupted === true || run.finishedAt === undefined,
  hosts: run.hosts.length,
});

/** What the policy wants, by wish, with a few of the hosts it is wanted of. */
export const policiesOf = (
  hosts: readonly Pick<Host, 'name' | 'policy'>[],
): readonly PolicyStatement[] =>
  [...groupBy(hosts, ({policy}) => policy.zerocopy ?? 'not-set')].map(([zerocopy, group]) => ({
    zerocopy,
    hosts: group.length,
    examples: group.slice(0, 5).map(({name}) => name),
  }));

export {changesOf} from './changes.js';
