import {expect, test} from 'vitest';

import type {ControllerFacts} from '../../src/app/doctor-controller.js';
import {checkController} from '../../src/app/doctor-controller.js';
import {checkHost} from '../../src/app/doctor-host.js';
import {fail, ok} from '../../src/model/failure.js';
import type {FailureKind} from '../../src/model/failure.js';
import type {Host} from '../../src/model/host.js';
import type {ConnectStage, Session, Transport} from '../../src/model/transport.js';

const FINE: ControllerFacts = {
  node: {version: '22.1.0', least: '20.19'},
  nativeLibrary: '',
  programs: [{name: 'zbufprobe-freebsd-amd64', state: 'ready'}],
  ssh: 'OpenSSH_9.9',
  agent: {state: 'answers', keys: 2},
  keyFiles: [
    {path: '/h/.ssh/id_ed25519', found: {state: 'found', mode: 0o600, own: true, writable: true}},
  ],
  knownHosts: {path: '/h/.ssh/known_hosts', state: 'read', keys: 3, complaints: []},
  stateFolder: {path: '/s', found: {state: 'found', mode: 0o700, own: true, writable: true}},
  inventory: {state: 'found', files: ['zbufctl.yaml'], hosts: 2},
  clock: {now: '2026-11-27T04:00:00.000Z', after: '2026-11-27T03:00:00.000Z'},
};

const worse = (facts: Partial<ControllerFacts>): string =>
  checkController({...FINE, ...facts})
    .filter(({state}) => state !== 'ok')
    .map(({state, name, fix}) => `${state} ${name}${fix === '' ? ' without a fix' : ''}`)
    .join(', ');

const folder = (mode: number, writable = true) => ({
  path: '/s',
  found: {state: 'found' as const, mode, own: true, writable},
});

test.each<[string, Partial<ControllerFacts>, string]>([
  ['all is well', {}, ''],
  ['the oldest Node there may be', {node: {version: '20.19.0', least: '20.19'}}, ''],
  ['an older one', {node: {version: '20.9.3', least: '20.19'}}, 'problem node'],
  ['a much older one', {node: {version: '18.99.0', least: '20.19'}}, 'problem node'],
  ['no koffi', {nativeLibrary: 'cannot open'}, 'note native library'],
  ['no program', {programs: [{name: 'a', state: 'not-built'}]}, 'note programs'],
  ['a damaged one', {programs: [{name: 'a', state: 'damaged'}]}, 'problem programs'],
  ['no ssh', {ssh: undefined}, 'note ssh'],
  ['no agent', {agent: {state: 'none'}}, 'note ssh agent'],
  ['a dead agent', {agent: {state: 'silent', why: 'ENOENT'}}, 'problem ssh agent'],
  ['an empty agent', {agent: {state: 'answers', keys: 0}}, 'note ssh agent'],
  ['keys in the agent only', {keyFiles: []}, ''],
  ['no key at all', {keyFiles: [], agent: {state: 'none'}}, 'note ssh agent, note keys'],
  [
    'a key others may read',
    {keyFiles: [{path: '/k', found: {state: 'found', mode: 0o640, own: true, writable: true}}]},
    'problem keys',
  ],
  [
    'no known_hosts',
    {knownHosts: {path: '/k', state: 'missing', keys: 0, complaints: []}},
    'note known_hosts',
  ],
  [
    'one that cannot be read',
    {knownHosts: {path: '/k', state: 'unreadable', why: 'x', keys: 0, complaints: []}},
    'problem known_hosts',
  ],
  [
    'one with a line nobody understands',
    {knownHosts: {path: '/k', state: 'read', keys: 1, complaints: ['line 2: cut short']}},
    'note known_hosts',
  ],
  [
    'no state folder yet',
    {stateFolder: {path: '/s', found: {state: 'missing', canBeMade: true}}},
    '',
  ],
  [
    'none that could be made',
    {stateFolder: {path: '/s', found: {state: 'missing', canBeMade: false}}},
    'problem state folder',
  ],
  ['one others may read', {stateFolder: folder(0o755)}, 'problem state folder'],
  ['one that is read-only', {stateFolder: folder(0o700, false)}, 'problem state folder'],
  ['no inventory', {inventory: {state: 'unusable', why: 'none', fix: 'init'}}, 'note inventory'],
  [
    'a clock that went back',
    {clock: {now: '2020-01-01T00:00:00.000Z', after: '2026-11-27T03:00:00.000Z'}},
    'problem clock',
  ],
])('this machine, %s', (_what, facts, expected) => {
  expect(worse(facts)).toBe(expected);
});

const HOST: Host = {
  name: 'fw01',
  address: '192.0.2.1',
  become: 'none',
  identityFiles: [],
  knownHosts: [],
  groups: ['all'],
  policy: {},
  origin: {file: 'x', line: 1},
};
const NOW = 1_800_000_000_000;

/** A host that answers as it is told to. */
function answering(shell: string, look: string): Transport {
  const session: Session = {
    connection: {
      user: 'root',
      port: 22,
      hostKeyFingerprint: 'SHA256:x',
      hostKeyType: 'ssh-ed25519',
      authentication: 'publickey',
      via: [],
    },
    run: (script) =>
      Promise.resolve(
        ok({
          stdout: Buffer.from(script === 'LOOK' ? look : shell),
          stderr: Buffer.alloc(0),
          exitCode: 0,
          durationMs: 1,
        }),
      ),
    quietMs: () => 0,
    close: () => undefined,
  };
  return {connect: () => Promise.resolve(ok(session)), close: () => undefined};
}

const failing = (kind: FailureKind, stages: readonly ConnectStage[]): Transport => ({
  connect: (_, {onStage}) => {
    for (const stage of stages) onStage?.(stage);
    return Promise.resolve(fail({kind, message: 'm', fix: 'f'}));
  },
  close: () => undefined,
});

async function stateOf(transport: Transport): Promise<string> {
  const {checks} = await checkHost(
    HOST,
    {timeoutMs: 1000, acceptNew: false},
    {transport, script: 'LOOK', signal: new AbortController().signal, now: () => NOW},
  );
  return checks
    .filter(({state}) => state !== 'ok' && state !== 'skipped')
    .map(({state, name}) => `${state} ${name}`)
    .join(', ');
}

const look = (more: string, seconds: number | string = NOW / 1000): string =>
  `zbufctl-doctor\nuid=0\nsystem=FreeBSD\n${more}seconds=${seconds}\n`;

test.each([
  ['well', 'zbufctl-doctor\n', look(''), ''],
  ['a talking shell', 'Welcome!\nzbufctl-doctor\n', `Welcome!\n${look('')}`, 'note shell'],
  ['a missing program', 'zbufctl-doctor\n', look('missing=procstat\n'), 'problem tools'],
  ['another time', 'zbufctl-doctor\n', look('', NOW / 1000 - 3600), 'note clock'],
  ['no time', 'zbufctl-doctor\n', look('', ''), 'problem clock'],
  ['nothing said', 'zbufctl-doctor\n', '', 'note tools, problem clock'],
])('a host, %s', async (_what, shell, answer, expected) => {
  expect(await stateOf(answering(shell, answer))).toBe(expected);
});

test.each<[FailureKind, readonly ConnectStage[], string]>([
  ['unresolved', [], 'problem resolve'],
  ['timed-out', [], 'problem connect'],
  ['timed-out', ['resolved'], 'problem connect'],
  ['timed-out', ['resolved', 'connected'], 'problem connect'],
  ['timed-out', ['resolved', 'connected', 'trusted'], 'problem auth'],
  ['host-key-changed', ['resolved', 'connected'], 'problem host key'],
  ['cut', ['connected', 'trusted'], 'problem auth'],
])('a connection that ends as %s after %j', async (kind, stages, expected) => {
  expect(await stateOf(failing(kind, stages))).toBe(expected);
});
