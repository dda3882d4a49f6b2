import {realpath, stat} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';

import type {Complaint, Inventory} from '../../model/host.js';
import type {InputFile, InventoryContext, ParseInventory} from '../../model/inventory-input.js';
import {OperatorError} from '../../model/operator-error.js';
import {listComplaints} from '../../text/list-complaints.js';

import {readInputFile} from './input-file.js';
import {errorCode} from './io-error.js';

/** What the command line and the environment say about the inventory. */
export interface InventoryRequest {
  /** `--inventory`, as typed; empty: the default places. */
  readonly paths: readonly string[];
  /** `--policy`, as typed. */
  readonly policyPath?: string;
  /** What typed paths are relative to, and the first default place. */
  readonly workingDirectory: string;
  /** `$XDG_CONFIG_HOME/zbufctl`, the second default place. */
  readonly configDirectory: string;
  readonly homeDirectory: string;
  /**
   * True when it is fine to have no inventory, or one without hosts: `--local`, or hosts named on
   * the command line.
   */
  readonly mayBeEmpty: boolean;
}

export interface LoadedInventory {
  readonly inventory: Inventory;
  /** For stderr. */
  readonly warnings: readonly Complaint[];
}

const DEFAULT_NAME = 'zbufctl.yaml';

/**
 * Finds and reads the inventory: the files named, else `./zbufctl.yaml`, else the one in the
 * configuration directory. An inventory given by name that has no policy of its own gets that of
 * the default file, with a warning.
 *
 * @throws OperatorError with every complaint about every file, exit code 2
 */
export async function loadInventory(
  request: InventoryRequest,
  parse: ParseInventory,
): Promise<LoadedInventory> {
  const given = request.paths.map((path) => resolve(request.workingDirectory, path));
  const found = await findDefault(request);
  if (given.length === 0 && found === undefined && !request.mayBeEmpty)
    throw await noInventory(request);
  const paths = given.length > 0 ? given : found === undefined ? [] : [found];

  const reads = await Promise.all(paths.map(readInputFile));
  const files = reads.flatMap((read) => (read.ok ? [read.value] : []));
  const policy = await policyFiles(request, paths, found);
  const unread = [...reads, ...policy.reads].flatMap((read) => (read.ok ? [] : [read.error]));

  const context: InventoryContext = {
    homeDirectory: request.homeDirectory,
    // With a file missing, "no host" would be a second complaint about the same thing.
    mayBeEmpty: request.mayBeEmpty || unread.length > 0,
    ...policy.files,
  };
  const result = await parse(files, context);
  const complaints = [...unread, ...(result.ok ? [] : result.complaints)];
  if (!result.ok || complaints.length > 0) throw refused(complaints, request.workingDirectory);
  const neighbours = await Promise.all(paths.map(warnAboutNeighbours));
  return {inventory: result.inventory, warnings: [...result.warnings, ...neighbours.flat()]};
}

/**
 * The default file, when there is one. One that is there and cannot be read counts: it must not be
 * passed over.
 */
async function findDefault(request: InventoryRequest): Promise<string | undefined> {
  for (const folder of [request.workingDirectory, request.configDirectory]) {
    const path = join(folder, DEFAULT_NAME);
    if (await exists(path)) return path;
  }
  return undefined;
}

async function policyFiles(
  request: InventoryRequest,
  inventory: readonly string[],
  found: string | undefined,
): Promise<{
  readonly reads: Awaited<ReturnType<typeof readInputFile>>[];
  readonly files: {readonly policyFile?: InputFile; readonly fallbackPolicyFile?: InputFile};
}> {
  if (request.policyPath !== undefined) {
    const read = await readInputFile(resolve(request.workingDirectory, request.policyPath));
    return {reads: [read], files: read.ok ? {policyFile: read.value} : {}};
  }
  if (found === undefined || (await isAmong(found, inventory))) return {reads: [], files: {}};
  const read = await readInputFile(found);
  return {reads: [read], files: read.ok ? {fallbackPolicyFile: read.value} : {}};
}

async function isAmong(path: string, others: readonly string[]): Promise<boolean> {
  const real = async (one: string): Promise<string> => realpath(one).catch(() => one);
  return (await Promise.all(others.map(real))).includes(await real(path));
}

/** Ansible reads more than the file itself; what lies beside it and is not read is said by name. */
async function warnAboutNeighbours(path: string): Promise<readonly Complaint[]> {
  const warnings: Complaint[] = [];
  for (const name of ['group_vars', 'host_vars']) {
    if (path.endsWith(`/${DEFAULT_NAME}`) || !(await exists(join(dirname(path), name)))) continue;
    warnings.push({
      file: path,
      line: 0,
      message: `${name} beside it is not read`,
      fix: 'To have it all in one file: ansible-inventory -i FILE --list --yaml > hosts.yaml',
    });
  }
  return warnings;
}

/** False only for what is certainly not there. */
async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    return !['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '');
  }
}

async function noInventory(request: InventoryRequest): Promise<OperatorError> {
  const {workingDirectory, configDirectory} = request;
  const misnamed = join(workingDirectory, 'zbufctl.yml');
  const fix = (await exists(misnamed))
    ? 'zbufctl.yml is there: rename it to zbufctl.yaml, or give it with -i.'
    : 'Run zbufctl init to make one, or give a file with -i FILE.';
  const places = `./${DEFAULT_NAME} nor ${join(configDirectory, DEFAULT_NAME)}`;
  return new OperatorError(`no inventory: there is neither ${places}`, fix);
}

function refused(complaints: readonly Complaint[], folder: string): OperatorError {
  const [first] = complaints;
  if (first !== undefined && complaints.length === 1)
    return new OperatorError(listComplaints([{...first, fix: ''}], folder), first.fix);
  const list = listComplaints(complaints, folder);
  return new OperatorError(`${complaints.length} mistakes to fix first:\n${list}`, '');
}
