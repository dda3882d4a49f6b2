import {resolve} from 'node:path';

import {init} from '../app/init.js';
import type {InitRequest, InitResult} from '../app/init.js';
import {hostsFromSshConfig} from '../inventory/index.js';
import {Interview} from '../io/prompt/interview.js';
import {isThere, writeNewFile} from '../io/files/new-file.js';
import {readSshConfigHosts} from '../io/files/ssh-config-files.js';

import {surroundings} from './terminal/surroundings.js';

/**
 * `zbufctl init` with the world plugged in. @param file as typed, relative to the working directory
 */
export function runInit(
  request: Omit<InitRequest, 'path'> & {readonly file: string},
): Promise<InitResult | undefined> {
  const {homeDirectory, workingDirectory} = surroundings();
  const interview = Interview.with(process.stdin, process.stderr);
  return init(
    {...request, path: resolve(workingDirectory, request.file)},
    {
      ...(interview === undefined ? {} : {interview}),
      sshConfigHosts: () => readSshConfigHosts(homeDirectory, hostsFromSshConfig),
      isThere,
      write: writeNewFile,
    },
  );
}
