import {join, resolve} from 'node:path';

import {init} from '../app/init.js';
import type {InitRequest, InitResult} from '../app/init-ports.js';
import {entriesOf, hostsFromKnownHosts, hostsFromSshConfig} from '../inventory/index.js';
import type {InventoryEntry, KnownHostNames} from '../inventory/index.js';
import {parseInventory} from '../inventory/parse-inventory.js';
import {readInputFile} from '../io/files/input-file.js';
import {isThere, writeNewFile} from '../io/files/new-file.js';
import {readSshConfigHosts} from '../io/files/ssh-config-files.js';
import {Interview} from '../io/prompt/interview.js';

import {OperatorError} from '../model/operator-error.js';
import {listComplaints} from '../text/list-complaints.js';

import {loadServices} from './hosts/load-services.js';
import {surroundings} from './terminal/surroundings.js';

/**
 * `zbufctl init` with the world plugged in. @param file as typed, relative to the working directory
 */
export async function runInit(
  request: Omit<InitRequest, 'path'> & {readonly file: string},
): Promise<InitResult | undefined> {
  const {homeDirectory, workingDirectory} = surroundings();
  const interview = Interview.with(process.stdin, process.stderr);
  return init(
    {...request, path: resolve(workingDirectory, request.file)},
    {
      ...(interview === undefined ? {} : {interview}),
      services: await loadServices(),
      sshConfigHosts: () => readSshConfigHosts(homeDirectory, hostsFromSshConfig),
      knownHosts: () => knownHosts(homeDirectory),
      ansibleHosts,
      isThere,
      write: writeNewFile,
    },
  );
}

/** A file that is not there, or cannot be read, names nobody. */
async function knownHosts(homeDirectory: string): Promise<KnownHostNames> {
  const file = await readInputFile(join(homeDirectory, '.ssh', 'known_hosts'));
  return hostsFromKnownHosts(file.ok ? file.value.text : '');
}

/** Read by its structure, as every inventory: nothing in it is executed. */
async function ansibleHosts(path: string): Promise<readonly InventoryEntry[]> {
  const {workingDirectory, homeDirectory} = surroundings();
  const typed = path.startsWith('~/') ? join(homeDirectory, path.slice(2)) : path;
  const file = await readInputFile(resolve(workingDirectory, typed));
  if (!file.ok) throw new OperatorError(`${path}: ${file.error.message}`, file.error.fix);
  const read = parseInventory([file.value], {homeDirectory, mayBeEmpty: true});
  if (read.ok) return entriesOf(read.inventory.hosts);
  throw new OperatorError(
    listComplaints(read.complaints, workingDirectory),
    'Fix it, or let Ansible write it out: ansible-inventory -i FILE --list --yaml > hosts.yaml',
  );
}
