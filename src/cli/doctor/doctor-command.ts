import {join} from 'node:path';

import type {ControllerFacts} from '../../app/doctor-controller.js';
import {checkController} from '../../app/doctor-controller.js';
import {checkHost} from '../../app/doctor-host.js';
import {pool} from '../../app/pool.js';
import {
  agentFacts,
  knownHostsFacts,
  koffiProblem,
  newestRun,
  nodeFacts,
  packageTime,
  pathFacts,
  programFacts,
  sshVersion,
} from '../../io/facts/controller-facts.js';
import {loadTemplate} from '../../io/package/templates.js';
import {defaultIdentityFiles} from '../../io/ssh/options.js';
import type {Check, CheckedHost, DoctorReport} from '../../model/check.js';
import {OperatorError} from '../../model/operator-error.js';
import {renderDoctor} from '../../report/doctor/doctor-text.js';
import {prettyJson} from '../../text/canonical-json.js';
import {startOfRun} from '../../text/run-id.js';

import {askHosts} from '../audit/ask-hosts.js';
import type {ExitCode} from '../exit-codes.js';
import {EXIT, worst} from '../exit-codes.js';
import type {World} from '../world.js';

import type {DoctorFlags} from './doctor-flags.js';

/**
 * `zbufctl doctor`: this machine, and hosts step by step. Nothing is changed; without a host, only
 * this machine.
 */
export async function doctorCommand(
  names: readonly string[],
  flags: DoctorFlags,
  world: World,
): Promise<ExitCode> {
  const asked = names.length > 0 || (flags.group ?? []).length > 0;
  // What is wrong with the inventory is a finding, unless hosts of it are meant.
  const hosts = asked ? await checkHosts(names, flags, world) : [];
  const report: DoctorReport = {
    schema: 'zbufctl.doctor/1',
    tool: {name: 'zbufctl', version: world.version},
    checkedAt: world.now(),
    controller: checkController(await lookAround(flags, world)),
    hosts,
  };
  const {colour, width, verbose} = world.terminal;
  await world.terminal.result(
    flags.json ? prettyJson(report) : renderDoctor(report, {colour, width, verbose}),
  );
  const bad = (checks: readonly Check[]): boolean => checks.some(({state}) => state === 'problem');
  return worst([
    ...(bad(report.controller) ? [EXIT.findings] : []),
    ...(hosts.some(({checks}) => bad(checks)) ? [EXIT.unknown] : []),
  ]);
}

async function lookAround(flags: DoctorFlags, world: World): Promise<ControllerFacts> {
  const {homeDirectory, stateDirectory, authSock} = world.surroundings;
  const newest = await newestRun(stateDirectory);
  const made = await packageTime();
  const stored = newest === undefined ? 0 : startOfRun(newest);
  return {
    node: await nodeFacts(),
    nativeLibrary: await koffiProblem(),
    programs: programFacts(),
    ssh: await sshVersion(),
    agent: await agentFacts(authSock),
    keyFiles: await Promise.all(
      defaultIdentityFiles(homeDirectory).map(async (path) => ({
        path,
        found: await pathFacts(path),
      })),
    ),
    knownHosts: await knownHostsFacts(join(homeDirectory, '.ssh', 'known_hosts')),
    stateFolder: {path: stateDirectory, found: await pathFacts(stateDirectory)},
    inventory: await inventoryFacts(flags, world),
    clock: {
      now: world.now(),
      after: stored > Date.parse(made) ? new Date(stored).toISOString() : made,
    },
  };
}

async function inventoryFacts(
  flags: DoctorFlags,
  world: World,
): Promise<ControllerFacts['inventory']> {
  try {
    const {files, hosts} = await world.inventory({inventory: flags.inventory}, false);
    return {state: 'found', files, hosts: hosts.length};
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return {state: 'unusable', why: error.message, fix: error.fix};
  }
}

async function checkHosts(
  names: readonly string[],
  flags: DoctorFlags,
  world: World,
): Promise<readonly CheckedHost[]> {
  const {inventory, hosts} = await world.hosts(names, flags);
  const options = {timeoutMs: flags.timeout * 1000, acceptNew: flags['accept-new']};
  const checked = await askHosts(
    hosts.length,
    {
      stopping: 'Stopping: what is finished is shown.',
      reach: (edge) => world.reach(inventory, edge, flags.transport),
    },
    world.terminal,
    ({transport, signal, onEvent}) => {
      const deps = {transport, signal, script: loadTemplate('doctor.sh'), now: () => Date.now()};
      return pool(
        hosts,
        flags.concurrency,
        (host) => {
          onEvent({kind: 'started', host: host.name, stage: 'connecting'});
          return checkHost(host, options, deps);
        },
        signal,
      );
    },
  );
  return checked.flatMap((one) => one ?? []);
}
