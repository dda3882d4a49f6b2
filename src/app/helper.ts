import type {DescriptorStats, Evidence} from '../model/evidence.js';
import type {NativeDescriptor} from '../model/probe.js';
import type {Reading} from '../model/reading.js';
import {absent, read, unreadable} from '../model/reading.js';
import type {Session} from '../model/transport.js';

import type {ProbeDeps, ProbeRequest} from './probe.js';

export type HelperDeps = Pick<
  ProbeDeps,
  'factsScript' | 'probeTemplate' | 'schema' | 'programFor' | 'sources' | 'practiceProgram'
>;

/**
 * The evidence with what the kernel says of every descriptor (net.bpf.stats). The helper reads what
 * only root may read, and only on FreeBSD; anywhere else nothing is sent.
 */
export async function withHelper(
  session: Session,
  evidence: Evidence,
  helper: HelperDeps,
  signal: AbortSignal,
): Promise<Evidence> {
  const {system, uid} = evidence.identity;
  if (system.state !== 'read' || system.value !== 'FreeBSD') return evidence;
  const isRoot = uid.state === 'read' && uid.value === 0;
  const descriptorStats = isRoot
    ? await askHelper(session, helper, signal, evidence)
    : unreadable('the helper needs root');
  return {...evidence, descriptorStats};
}

/** net.bpf.stats through the native program, over the connection that is open anyway. */
async function askHelper(
  session: Session,
  helper: HelperDeps,
  signal: AbortSignal,
  {practice}: Evidence,
): Promise<Reading<readonly DescriptorStats[]>> {
  // Brings the schema validator with it, which every other audit does without.
  const [{probeThrough}, {describeProbeError, describeRemoteProblem}] = await Promise.all([
    import('./probe.js'),
    import('../probe/describe-error.js'),
  ]);
  const report = await probeThrough(session, INSPECT, {...helper, signal});
  if (!report.ok) return unreadable(describeRemoteProblem(report.error.error, 'the helper'));
  const {descriptors, error, model} = report.value;
  if (model && practice) return absent;
  if (model) return unreadable('the helper answered for a model, not for this kernel');
  if (descriptors === undefined)
    return unreadable(
      error === undefined
        ? 'the helper reported no descriptors'
        : describeProbeError(error).message,
    );
  return read(descriptors.map(statsOf));
}

/** What evidence keeps of a record; the program says more. */
const statsOf = ({
  direction: _d,
  promiscuous: _p,
  immediate: _i,
  locked: _l,
  ...stats
}: NativeDescriptor): DescriptorStats => stats;

const INSPECT: ProbeRequest = {
  matrix: false,
  bench: false,
  inspect: true,
  allowEnable: false,
  only: [],
  timeLimit: 10,
};
