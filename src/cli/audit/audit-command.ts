import {hostname} from 'node:os';

import {createLocalTransport} from '../../io/local-transport.js';
import {loadSchema} from '../../io/package/schemas.js';
import {readStoredFiles} from '../../io/store/stored-evidence.js';
import type {Evidence} from '../../model/evidence.js';
import type {Severity} from '../../model/finding.js';
import type {Host, Inventory} from '../../model/host.js';
import {OperatorError} from '../../model/operator-error.js';
import type {Transport} from '../../model/transport.js';
import {listComplaints} from '../../text/list-complaints.js';

import type {ExitCode} from '../exit-codes.js';
import type {Interruption} from '../terminal/interruption.js';
import {interruption} from '../terminal/interruption.js';
import type {HostFlags} from '../hosts/load-hosts.js';
import {askedOf, loadHosts, readInventory} from '../hosts/load-hosts.js';
import {parseOutputs} from '../terminal/output.js';
import {probePayloads} from '../probe/probe-payloads.js';
import type {Progress} from '../terminal/progress.js';
import {startProgress} from '../terminal/progress.js';
import {runAudit, runAuditOf} from './run-audit.js';
import {sshTransport} from '../evidence/ssh-transport.js';
import type {Surroundings} from '../terminal/surroundings.js';
import {surroundings} from '../terminal/surroundings.js';
import {AUDIT_FORMATS} from './write-results.js';
import type {Terminal} from '../terminal/terminal.js';

export interface AuditFlags extends HostFlags {
  readonly concurrency: number;
  readonly timeout: number;
  readonly 'accept-new'?: boolean;
  readonly json?: boolean;
  readonly output?: readonly string[] | undefined;
  readonly 'fail-on': Severity;
  readonly local?: boolean;
  readonly from?: readonly string[] | undefined;
  readonly 'with-helper'?: boolean;
  readonly program?: string | undefined;
  readonly 'state-dir'?: string | undefined;
}

/** `zbufctl audit`: finds out which hosts, how to reach them and where the result goes, then audits. */
export async function auditCommand(
  names: readonly string[],
  flags: AuditFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const around = surroundings(flags['state-dir']);
  const outputs = parseOutputs(flags, AUDIT_FORMATS, 'table');
  const common = {
    outputs,
    failOn: flags['fail-on'],
    terminal,
    stateDirectory: around.stateDirectory,
    folder: around.workingDirectory,
  };
  if (flags.from !== undefined) return judgeStored(names, flags.from, flags, around, common);
  if (flags.local === true && names.length > 0) {
    throw new OperatorError(
      '--local audits this machine and takes no host',
      'Leave the hosts or --local out.',
    );
  }
  const interrupting = interruption(() => {
    terminal.note('Stopping: what is finished will be shown and stored. Ctrl-C again ends at once.');
  });
  const reached =
    flags.local === true
      ? await thisMachine(flags, around, terminal)
      : await overSsh(names, flags, {around, terminal, interrupting});
  return runAudit({
    ...common,
    ...reached,
    concurrency: flags.concurrency,
    timeoutMs: flags.timeout * 1000,
    acceptNew: flags['accept-new'] === true,
    asked: flags.local === true ? 'named' : askedOf(names, flags),
    interruption: interrupting,
    ...(flags['with-helper'] === true ? {helper: probePayloads(flags.program, terminal)} : {}),
  });
}

interface Reached {
  readonly hosts: readonly Host[];
  readonly transport: Transport;
  readonly progress: Progress;
}

async function overSsh(
  names: readonly string[],
  flags: HostFlags,
  edge: {readonly around: Surroundings; readonly terminal: Terminal; readonly interrupting: Interruption},
): Promise<Reached> {
  const {inventory, hosts} = await loadHosts(names, flags, edge.around, edge.terminal);
  const progress = startProgress(hosts.length, edge.terminal);
  return {hosts, progress, transport: sshTransport(inventory, progress, edge)};
}

/** The policy counts here, too; the inventory's hosts do not. */
async function thisMachine(flags: HostFlags, around: Surroundings, terminal: Terminal): Promise<Reached> {
  const inventory = await readInventory(flags, around, terminal, true);
  const name = hostname();
  return {
    hosts: [bareHost(name, 'localhost', inventory)],
    transport: createLocalTransport(around.user),
    progress: startProgress(1, terminal),
  };
}

/** A host the inventory does not name: it gets what the group `all` gives. */
function bareHost(name: string, address: string, inventory: Inventory): Host {
  const none = {become: 'none', identityFiles: [], knownHosts: [], policy: {}} as const;
  return {...none, ...inventory.defaults, name, address, groups: ['all'], origin: {file: '', line: 0}};
}

async function judgeStored(
  names: readonly string[],
  paths: readonly string[],
  flags: HostFlags,
  around: Surroundings,
  common: {
    readonly outputs: ReturnType<typeof parseOutputs>;
    readonly failOn: Severity;
    readonly terminal: Terminal;
    readonly stateDirectory: string;
    readonly folder: string;
  },
): Promise<ExitCode> {
  const inventory = await readInventory(flags, around, common.terminal, true);
  const files = await readStoredFiles(paths);
  const schema = loadSchema('collect/evidence');
  // Brings the schema validator with it, which an audit of hosts does without.
  const {readEvidence} = await import('../../collect/stored-evidence.js');
  const read = files.map((file) => {
    const name = (file.path.split('/').at(-1) ?? file.path).replace(/\.[a-z]+$/, '');
    return {file, result: readEvidence(file.bytes, {name, readAt: new Date().toISOString()}, schema)};
  });
  const refused = read.flatMap(({file, result}) =>
    result.ok ? [] : [{file: file.path, line: 0, message: result.error.message, fix: result.error.fix}],
  );
  if (refused.length > 0) throw new OperatorError(listComplaints(refused, around.workingDirectory), '');
  const evidence = read
    .flatMap(({result}) => (result.ok ? [result.value] : []))
    .filter(({host}) => names.length === 0 || names.includes(host));
  if (evidence.length === 0) throw new OperatorError('no evidence of the hosts named', 'Check the names.');
  const hostOf = (one: Evidence): Host =>
    inventory.hosts.find((host) => host.name === one.host) ?? bareHost(one.host, one.address, inventory);
  return runAuditOf(evidence, hostOf, common);
}
