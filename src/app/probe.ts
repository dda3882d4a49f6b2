import type {Failure, Result} from '../model/failure.js';
import {fail, forTheRecord, ok} from '../model/failure.js';
import type {Host} from '../model/host.js';
import type {NativeReport, ProbedHost, RemoteProbeError, RemoteProblem} from '../model/probe.js';
import type {Reply, Session, Transport} from '../model/transport.js';
import {describeRemoteProblem} from '../probe/describe-error.js';
import {parseNativeOutput} from '../probe/native-output.js';
import type {Payload} from '../probe/probe-script.js';
import {probeScript} from '../probe/probe-script.js';
import type {ProbeFacts, RemoteOutput} from '../probe/remote-output.js';
import {parseProbeFacts, parseRemoteOutput} from '../probe/remote-output.js';
import {NO_SHELL, saidInstead} from '../text/said-instead.js';

import {pool} from './pool.js';

/** What to ask of the native probe, as its program takes it. */
export interface ProbeRequest {
  readonly matrix: boolean;
  readonly bench: boolean;
  readonly inspect: boolean;
  readonly allowEnable: boolean;
  /** MODE[/INHERIT[/SCENARIO]], * for all. */
  readonly only: readonly string[];
  readonly interfaceName?: string;
  /** Seconds, 1 to 60. */
  readonly timeLimit: number;
}

export interface ProbeDeps {
  readonly transport: Transport;
  /** templates/probe-facts.sh and templates/probe.sh. */
  readonly factsScript: string;
  readonly probeTemplate: string;
  /** src/probe/probe.schema.json */
  readonly schema: object;
  /** The program for a machine; undefined: none is shipped for it. */
  programFor(facts: ProbeFacts): Payload | undefined;
  /** The sources, for a host that has a compiler. */
  sources(facts: ProbeFacts): Payload;
  /** The model of the kernel as a program, for practice hosts. */
  practiceProgram(): Promise<Result<Payload, NoPracticeProgram>>;
  onEvent(event: ProbeEvent): void;
  readonly signal: AbortSignal;
}

/** Why there is no model to send. */
export interface NoPracticeProgram {
  readonly message: string;
  readonly fix: string;
  readonly detail?: string;
}

export interface ProbeEvent {
  readonly host: string;
  readonly stage: 'connecting' | 'probing' | 'done' | 'failed';
}

export interface ProbeLimits {
  readonly concurrency: number;
  readonly connectMs: number;
  readonly acceptNew: boolean;
}

/** Beyond the probe's own limit: the upload, a compiler, the clean-up. */
const MARGIN_MS = 60_000;
const MAX_BYTES = 2 * 1024 * 1024;

/** Probes every host; what kept one from answering stands in its entry. */
export async function probeHosts(
  hosts: readonly Host[],
  request: ProbeRequest,
  limits: ProbeLimits,
  deps: ProbeDeps,
): Promise<readonly ProbedHost[]> {
  const probed = await pool(
    hosts,
    limits.concurrency,
    (host) => probeHost(host, request, limits, deps),
    deps.signal,
  );
  return hosts.map(
    (host, at) =>
      probed[at] ??
      noResult(
        host.name,
        problem('unreachable', 'the run was stopped before this host', 'Run it again.'),
      ),
  );
}

async function probeHost(
  host: Host,
  request: ProbeRequest,
  limits: ProbeLimits,
  deps: ProbeDeps,
): Promise<ProbedHost> {
  deps.onEvent({host: host.name, stage: 'connecting'});
  const first = await probeOnce(host, request, limits, deps);
  // Over a dead connection nobody knows how far it came; a new one may ask again where nothing can
  // have been set.
  return first.silent && !request.allowEnable
    ? (await probeOnce(host, request, limits, deps)).probed
    : first.probed;
}

async function probeOnce(
  host: Host,
  request: ProbeRequest,
  limits: ProbeLimits,
  deps: ProbeDeps,
): Promise<{readonly probed: ProbedHost; readonly silent: boolean}> {
  const connected = await deps.transport.connect(host, {
    connectTimeoutMs: limits.connectMs,
    authTimeoutMs: limits.connectMs,
    acceptNew: limits.acceptNew,
    signal: deps.signal,
  });
  if (!connected.ok) {
    deps.onEvent({host: host.name, stage: 'failed'});
    return {probed: noResult(host.name, fromFailure(connected.error)), silent: false};
  }
  const session = connected.value;
  try {
    deps.onEvent({host: host.name, stage: 'probing'});
    const report = await probeThrough(session, request, deps);
    deps.onEvent({host: host.name, stage: report.ok ? 'done' : 'failed'});
    if (!report.ok) {
      const {error, facts, failure} = report.error;
      return {probed: noResult(host.name, error, facts), silent: failure?.kind === 'silent'};
    }
    const {schema: _schema, ...rest} = report.value;
    return {probed: {host: host.name, ...rest}, silent: false};
  } finally {
    session.close();
  }
}

/** A host's report, and whether it is one of the practice fleet. */
export type Answer = NativeReport & {readonly practice?: true};

export interface NoReport {
  readonly error: RemoteProbeError;
  readonly facts?: ProbeFacts;
  /** Present when it is the connection that failed. */
  readonly failure?: Failure;
}

/** What it takes to run the native program on a host. */
export type RemoteDeps = Pick<
  ProbeDeps,
  | 'factsScript'
  | 'probeTemplate'
  | 'schema'
  | 'programFor'
  | 'sources'
  | 'practiceProgram'
  | 'signal'
>;

/**
 * Runs the native probe on the other side of a connection: asks what it is, sends what fits, reads
 * what it says.
 */
export async function probeThrough(
  session: Session,
  request: ProbeRequest,
  deps: RemoteDeps,
): Promise<Result<Answer, NoReport>> {
  const run = (script: string, timeoutMs: number): ReturnType<Session['run']> =>
    session.run(script, {timeoutMs, maxBytes: MAX_BYTES, signal: deps.signal});

  const asked = await run(deps.factsScript, MARGIN_MS);
  if (!asked.ok) return fail({error: fromFailure(asked.error), failure: forTheRecord(asked.error)});
  const parsed = parseProbeFacts(asked.value.stdout);
  if (!parsed.ok) return fail({error: noFacts(parsed.error, asked.value)});
  const facts = parsed.value;

  const chosen = await choosePayload(facts, deps);
  if (!chosen.ok) return fail({error: chosen.error, facts});
  const script = probeScript(deps.probeTemplate, chosen.value.payload, argumentsOf(request));
  const sent = await run(script, request.timeLimit * 1000 + MARGIN_MS);
  if (!sent.ok)
    return fail({error: fromFailure(sent.error), failure: forTheRecord(sent.error), facts});
  const output = parseRemoteOutput(sent.value.stdout);
  if (!output.ok) {
    return fail({
      error: problem(
        'unreachable',
        output.error,
        'Run it again: the next contact removes what was left.',
      ),
      facts,
    });
  }
  const report = reportOf(output.value, deps.schema);
  if (!report.ok) return fail({error: report.error, facts});
  // What was sent is the model; whoever answers as a kernel in its place is not believed.
  if (chosen.value.kind === 'model' && !report.value.model) {
    return fail({
      error: problem('bad-output', 'a model was sent, and a kernel answered', LOOK),
      facts,
    });
  }
  return ok({...report.value, ...(facts.practice ? {practice: true} : {})});
}

const LOOK = 'Something on the host answers in its place; look at it before you trust it.';

/** What the host said instead is most of the explanation. */
function noFacts(why: string, {stdout, stderr}: Reply): RemoteProbeError {
  const [said] = saidInstead(stdout, stderr);
  return said === undefined
    ? problem('unreachable', why, 'Run it again.')
    : problem('unreachable', `${why}; it said "${said}"`, NO_SHELL);
}

/** `model`: what is sent can say nothing of a kernel. */
interface Chosen {
  readonly kind: 'native' | 'model';
  readonly payload: Payload;
}

async function choosePayload(
  facts: ProbeFacts,
  deps: Pick<ProbeDeps, 'programFor' | 'sources' | 'practiceProgram'>,
): Promise<Result<Chosen, RemoteProbeError>> {
  const native = (payload: Payload): Result<Chosen, RemoteProbeError> =>
    ok({kind: 'native', payload});
  const program = deps.programFor(facts);
  if (program !== undefined) return native(program);
  if (facts.system !== 'FreeBSD') {
    return fail(
      problem(
        'not-freebsd',
        `the host says it is ${facts.system}`,
        'The probe asks a FreeBSD kernel.',
      ),
    );
  }
  if (facts.practice) {
    const model = await deps.practiceProgram();
    if (model.ok) return ok({kind: 'model', payload: model.value});
    const {message, ...rest} = model.error;
    return fail({
      code: 'no-program',
      message: `a practice host answers from a model: ${message}`,
      ...rest,
    });
  }
  if (facts.compiler !== undefined) return native(deps.sources(facts));
  return fail(
    problem(
      'no-program',
      `no probe is shipped for ${facts.machine}, and the host has no cc`,
      'No built program for it here: in a checkout run sh native/build-freebsd.sh, or give one with --program FILE.',
    ),
  );
}

/** The arguments of the zbufprobe program (native/main.c). */
function argumentsOf(request: ProbeRequest): readonly string[] {
  return [
    ...(request.matrix ? ['matrix'] : []),
    ...(request.bench ? ['bench'] : []),
    ...(request.inspect ? ['inspect'] : []),
    ...request.only.flatMap((cell) => ['--only', cell]),
    ...(request.interfaceName === undefined ? [] : ['--interface', request.interfaceName]),
    ...(request.allowEnable ? ['--allow-enable'] : []),
    '--time-limit',
    String(request.timeLimit),
  ];
}

function reportOf(output: RemoteOutput, schema: object): Result<NativeReport, RemoteProbeError> {
  if (output.kind === 'refused') {
    const tried = output.skipped.length === 0 ? '' : ` (${output.skipped.join('; ')})`;
    // What a compiler prints is long, and full of paths of that host: it is for the operator who
    // asks for it.
    return output.why === 'compiler'
      ? fail({
          ...problem(
            'compiler',
            'the sources could not be compiled on the host',
            REFUSAL_FIX.compiler,
          ),
          detail: output.text + tried,
        })
      : fail(problem(output.why, output.text + tried, REFUSAL_FIX[output.why]));
  }
  const report = parseNativeOutput(output.printed, schema);
  if (report.ok) return report;
  const ended = `exit ${output.status}${output.complaint === '' ? '' : `, ${output.complaint}`}`;
  // 126 and 127: the shell could not start it, e.g. a program for another machine; above, a signal
  // ended it.
  return output.status >= FIRST_NOT_ITS_OWN
    ? fail(problem('cannot-run', ended, 'Give another program with --program FILE.'))
    : fail(problem('bad-output', `${report.error.message} (${ended})`, report.error.fix));
}

/** Exit codes from here on are the shell's, not the program's. */
const FIRST_NOT_ITS_OWN = 126;

const REFUSAL_FIX: Readonly<Record<Extract<RemoteOutput, {kind: 'refused'}>['why'], string>> = {
  'no-place': 'Free some space, or allow programs in one of the folders.',
  checksum:
    'Something changed the bytes on the way or on the disk; look at the host before you trust it.',
  compiler:
    'No built program in this checkout: run sh native/build-freebsd.sh, or give one with --program FILE.',
  'cannot-run': 'Give another program with --program FILE.',
};

const problem = (code: RemoteProblem, message: string, fix: string): RemoteProbeError => ({
  code,
  message,
  fix,
});

const fromFailure = ({kind, message, fix}: Failure): RemoteProbeError =>
  problem('unreachable', `${kind}: ${message}`, fix);

function noResult(host: string, error: RemoteProbeError, facts?: ProbeFacts): ProbedHost {
  return {
    host,
    ...(facts?.practice === true ? {practice: true} : {}),
    kernel: facts?.release ?? '',
    machine: facts?.machine ?? '',
    model: false,
    interface: '',
    zerocopyBefore: null,
    zerocopyAfter: null,
    elapsedMilliseconds: 0,
    error: {...error, message: describeRemoteProblem(error, 'the program')},
    matrix: [],
  };
}
