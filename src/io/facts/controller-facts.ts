import {execFile} from 'node:child_process';
import {constants} from 'node:fs';
import {access, readFile, stat} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {promisify} from 'node:util';

import {errorCode} from '../files/io-error.js';
import {readInputFile} from '../files/input-file.js';
import {namesIn} from '../files/names-in.js';
import {prebuiltProbe} from '../native/prebuilt-probe.js';
import {packageRoot} from '../package/package-root.js';
import {AgentClient} from '../ssh/login/agent-client.js';
import {parseKnownHosts} from '../ssh/trust/known-hosts.js';

const execute = promisify(execFile);
/** A program that says its version takes no longer. */
const PATIENCE_MS = 5000;

/** The version that runs, and the oldest one package.json allows. */
export async function nodeFacts(): Promise<{readonly version: string; readonly least: string}> {
  const text = await readFile(join(packageRoot(), 'package.json'), 'utf8');
  const {engines} = JSON.parse(text) as {readonly engines: {readonly node: string}};
  return {version: process.versions.node, least: engines.node.replace(/^[^\d]*/, '')};
}

/** Why koffi does not load on this machine; '' when it does. */
export async function koffiProblem(): Promise<string> {
  try {
    await import('koffi');
    return '';
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  }
}

/** The FreeBSD programs of the package, with their checksums looked at. */
export const programFacts = () =>
  (['amd64', 'arm64'] as const).map((machine) => {
    const found = prebuiltProbe(machine);
    return {
      name: `zbufprobe-freebsd-${machine}`,
      state: found.ok ? ('ready' as const) : found.error.reason,
    };
  });

/** What `ssh -V` says; undefined when there is no such program. */
export async function sshVersion(): Promise<string | undefined> {
  try {
    const {stdout, stderr} = await execute('ssh', ['-V'], {timeout: PATIENCE_MS});
    return (stderr === '' ? stdout : stderr).trim();
  } catch {
    return undefined;
  }
}

/** Who answers at SSH_AUTH_SOCK, and how many keys they hold. */
export async function agentFacts(socket: string | undefined) {
  if (socket === undefined) return {state: 'none'} as const;
  const agent = new AgentClient(socket);
  try {
    return {state: 'answers', keys: (await agent.list()).length} as const;
  } catch (error) {
    return {
      state: 'silent',
      why: error instanceof Error ? error.message : String(error),
    } as const;
  } finally {
    agent.close();
  }
}

/** A path as it is; of one that is missing, whether it could be made. */
export async function pathFacts(path: string) {
  try {
    const {mode, uid} = await stat(path);
    return {
      state: 'found',
      mode: mode & 0o7777,
      own: uid === process.getuid?.(),
      writable: await isWritable(path),
    } as const;
  } catch (error) {
    if (errorCode(error) === 'ENOENT')
      return {state: 'missing', canBeMade: await isWritable(await nearest(path))} as const;
    return {state: 'unreadable', why: errorCode(error) ?? String(error)} as const;
  }
}

const isWritable = (path: string): Promise<boolean> =>
  access(path, constants.W_OK).then(
    () => true,
    () => false,
  );

/** The folder above that is there. */
async function nearest(path: string): Promise<string> {
  const above = dirname(path);
  if (above === path) return path;
  return stat(above).then(
    () => above,
    () => nearest(above),
  );
}

/** The user's known_hosts, with what is wrong in it. */
export async function knownHostsFacts(path: string) {
  const file = await readInputFile(path);
  if (file.ok) {
    const {keys, complaints} = parseKnownHosts(file.value.text, path);
    return {
      path,
      state: 'read',
      keys: keys.length,
      complaints: complaints.map(({line, message}) => `line ${line}: ${message}`),
    } as const;
  }
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  const nothing = {path, keys: 0, complaints: []} as const;
  return isThere
    ? ({...nothing, state: 'unreadable', why: file.error.message} as const)
    : ({...nothing, state: 'missing'} as const);
}

/** The id of the newest stored run: ids sort by time. */
export const newestRun = async (stateDirectory: string): Promise<string | undefined> =>
  [...(await namesIn(join(stateDirectory, 'runs')))]
    .filter((name) => /^\d{8}T\d{6}Z-/.test(name))
    .sort()
    .at(-1);

/** When the package was made, as far as its files say. ISO 8601 UTC. */
export const packageTime = async (): Promise<string> =>
  (await stat(join(packageRoot(), 'package.json'))).mtime.toISOString();
