import {hostname} from 'node:os';

import type {ProbeRequest} from '../../app/probe.js';
import {probeHosts} from '../../app/probe.js';
import type {CannotBuild} from '../../io/native/native-build.js';
import {nativeProduct} from '../../io/native/native-build.js';
import {openProbe} from '../../io/native/open-probe.js';
import type {Result} from '../../model/failure.js';
import {SEVERITIES} from '../../model/finding.js';
import {OperatorError} from '../../model/operator-error.js';
import type {ProbeCellId, ProbedHost, ProbeRun} from '../../model/probe.js';
import {compareWithExpected} from '../../probe/compare.js';
import {expectedMatrix} from '../../probe/expected-matrix.js';

import type {ExitCode} from '../exit-codes.js';
import {EXIT, worst} from '../exit-codes.js';
import type {Interruption} from '../terminal/interruption.js';
import {interruption as listenForCtrlC} from '../terminal/interruption.js';
import {parseOutputs} from '../terminal/output.js';
import type {World} from '../world.js';

import type {ProbeFlags} from './probe-flags.js';
import {probePayloads} from './probe-payloads.js';
import {startProgress} from '../terminal/progress.js';
import type {Terminal} from '../terminal/terminal.js';
import {writeProbe} from './write-probe.js';

/** `zbufctl probe`: asks kernels, stores what they said, shows it. */
export async function probeCommand(
  names: readonly string[],
  flags: ProbeFlags,
  world: World,
): Promise<ExitCode> {
  const {store, terminal} = world;
  const outputs = parseOutputs(flags, ['table', 'json'], 'table');
  const local = flags.local || flags.model;
  if (local && names.length > 0) {
    throw new OperatorError(
      '--local probes this machine and takes no host',
      'Leave the hosts or --local out.',
    );
  }
  const request: ProbeRequest = {
    matrix: true,
    bench: flags.bench,
    inspect: false,
    allowEnable: flags['allow-enable'],
    only: flags.only ?? [],
    timeLimit: flags['time-limit'],
    ...(flags.interface === undefined ? {} : {interfaceName: flags.interface}),
  };
  const cells = cellsOf(request.only);
  const stop = listenForCtrlC(() => {
    terminal.note(
      'Stopping: the probe restores what it changed and says what it has. Ctrl-C again ends at once.',
    );
  });
  const startedAt = world.now();
  try {
    const hosts = local
      ? [await probeHere(request, cells, flags.model, stop, terminal)]
      : await probeThere(names, request, flags, {world, interruption: stop});
    const run: ProbeRun = {
      schema: 'zbufctl.probe/1',
      run: world.newRun('probe'),
      startedAt,
      finishedAt: world.now(),
      tool: {name: 'zbufctl', version: world.version},
      hosts,
    };
    await (await store.begin(run.run)).finish(run);
    const complete = cells === undefined;
    await writeProbe(run, complete, outputs, terminal);
    return exitCodeOf(run, complete, flags['fail-on']);
  } finally {
    stop.end();
  }
}

/**
 * A host without a result is unknown; a kernel that does not do what is known of it fails ZBUF-010
 * (medium).
 */
function exitCodeOf(run: ProbeRun, complete: boolean, failOn: ProbeFlags['fail-on']): ExitCode {
  const counts = SEVERITIES.indexOf('medium') <= SEVERITIES.indexOf(failOn);
  return worst(
    run.hosts.flatMap((host): ExitCode[] => [
      ...(host.error === undefined ? [] : [EXIT.unknown]),
      ...(counts &&
      host.error === undefined &&
      compareWithExpected(host.matrix, {complete}).length > 0
        ? [EXIT.findings]
        : []),
    ]),
  );
}

/**
 * Through koffi, in the library's own processes. The model is built with cc when it is not there
 * yet.
 */
async function probeHere(
  request: ProbeRequest,
  cells: readonly ProbeCellId[] | undefined,
  model: boolean,
  stop: Interruption,
  terminal: Terminal,
): Promise<ProbedHost> {
  if (model && process.platform !== 'linux') {
    throw new OperatorError('the model of the kernel runs on Linux only', 'Leave --model out.');
  }
  if (!model && process.platform !== 'freebsd') {
    throw new OperatorError(
      'this machine is not FreeBSD',
      'Name a host, or give --model for the model of the kernel.',
    );
  }
  const library = model ? 'libzbufprobe-model.so' : 'libzbufprobe.so';
  const built = orRefuse(await nativeProduct(library), terminal);
  const probe = orRefuse(await openProbe(built), terminal);
  const {schema: _schema, ...report} = await probe.run(
    {
      matrix: request.matrix,
      bench: request.bench,
      inspect: request.inspect,
      allowEnable: request.allowEnable,
      timeLimit: request.timeLimit,
      ...(cells === undefined ? {} : {cells}),
      ...(request.interfaceName === undefined ? {} : {interfaceName: request.interfaceName}),
    },
    {
      signal: stop.signal,
      onProgress: ({done, total}) => {
        if (terminal.live) process.stderr.write(`\r${done}/${total} `);
      },
    },
  );
  if (terminal.live) process.stderr.write('\r\u001b[K');
  return {host: hostname(), ...report};
}

function orRefuse<T>(result: Result<T, CannotBuild>, terminal: Terminal): T {
  if (result.ok) return result.value;
  const {message, fix, detail} = result.error;
  if (terminal.verbose && detail !== undefined) terminal.note(detail);
  throw new OperatorError(message, fix);
}

async function probeThere(
  names: readonly string[],
  request: ProbeRequest,
  flags: ProbeFlags,
  {world, interruption}: {readonly world: World; readonly interruption: Interruption},
): Promise<readonly ProbedHost[]> {
  const {terminal} = world;
  const {inventory, hosts} = await world.hosts(names, flags);
  const progress = startProgress(hosts.length, terminal);
  const transport = await world.reach(inventory, {progress, interruption}, flags.transport);
  try {
    return await probeHosts(
      hosts,
      request,
      {
        concurrency: flags.concurrency,
        connectMs: flags.timeout * 1000,
        acceptNew: flags['accept-new'],
      },
      {
        transport,
        ...probePayloads(flags.program, terminal),
        onEvent: ({host, stage}) => {
          if (terminal.verbose) terminal.note(`${host}: ${stage}`);
        },
        signal: interruption.signal,
      },
    );
  } finally {
    progress.end();
    transport.close();
  }
}

/** --only MODE[/INHERIT[/SCENARIO]] as cells; undefined: all of them. */
function cellsOf(only: readonly string[]): readonly ProbeCellId[] | undefined {
  if (only.length === 0) return undefined;
  return only.flatMap((pattern) => {
    const [mode = '*', inherit = '*', scenario = '*'] = pattern.split('/');
    const fits = (word: string, value: string): boolean => word === '*' || word === value;
    const cells = expectedMatrix.filter(
      (c) => fits(mode, c.mode) && fits(inherit, c.inherit) && fits(scenario, c.scenario),
    );
    if (cells.length === 0) {
      throw new OperatorError(
        `no cell of the matrix is ${pattern}`,
        'Write MODE/INHERIT/SCENARIO, e.g. zbuf/share/helper-alive; * for all.',
      );
    }
    return cells.map((c) => ({mode: c.mode, inherit: c.inherit, scenario: c.scenario}));
  });
}
