import {accessSync, constants, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {packageRoot} from '../../io/package/package-root.js';

import type {FloorRequest} from './floor.js';
import type {Command} from './measure.js';
import type {Servers} from './servers.js';

/** Something that asks every host of the fleet. */
export interface Contender {
  readonly name: string;
  /** The program it needs, looked for in PATH. */
  readonly needs?: string;
  /** Its command for one more run: runs share nothing. */
  command(run: number): Command;
  /** As `measure` takes it. */
  readonly leftovers?: string;
  /** It asks the hosts for everything: they, not the controller, set its wall clock. */
  readonly practice?: boolean;
}

/** The one the others are compared with. */
export const YARDSTICK = 'clush true';

export function contenders(servers: Servers, parallel: number, dir: string): readonly Contender[] {
  const {hosts, sshConfig, user} = servers;
  const names = hosts.map(({name}) => name);
  const width = String(parallel);
  // An empty home: nobody's ~/.ssh/config, no agent.
  const home = join(dir, 'controller');
  mkdirSync(home, {recursive: true});
  const plain = {PATH: process.env['PATH'] ?? '', HOME: home, LC_ALL: 'C.UTF-8'};
  const write = (name: string, text: string): string => {
    const path = join(dir, name);
    writeFileSync(path, text);
    return path;
  };
  const list = write('hosts.txt', names.map((name) => `${name}\n`).join(''));
  const floor: FloorRequest = {
    addresses: hosts.map(({address}) => address),
    port: servers.port,
    user,
    key: servers.key,
    parallel,
  };
  const audit =
    (kind: string, key: string) =>
    (run: number): Command => ({
      program: process.execPath,
      args: [
        join(packageRoot(), 'dist/src/main.cjs'),
        'audit',
        ...['-i', write(`${kind}.yaml`, inventory(servers, key))],
        ...['--state-dir', join(dir, `state-${kind}-${run}`)],
        ...['--concurrency', width, '--timeout', '600', '--json', '-q'],
      ],
      env: plain,
    });
  const ansible = (name: string, ...args: readonly string[]): Contender => ({
    name,
    needs: 'ansible',
    // ControlPersist leaves an ssh behind for each host.
    leftovers: join(dir, `cp-${args.length}-`),
    command: (run) => ({
      program: 'ansible',
      args: ['all', '-i', list, '-f', width, ...args],
      env: {
        ...plain,
        ANSIBLE_SSH_COMMON_ARGS: `-F ${sshConfig}`,
        ANSIBLE_SSH_CONTROL_PATH_DIR: join(dir, `cp-${args.length}-${run}`),
      },
    }),
  });
  const simple = (program: string, name: string, args: readonly string[], env = {}): Contender => ({
    name,
    needs: program,
    command: () => ({program, args, env: {...plain, ...env}}),
  });
  return [
    simple('clush', YARDSTICK, [
      '-f',
      width,
      '-o',
      `-F ${sshConfig}`,
      '-w',
      names.join(','),
      'true',
    ]),
    {name: 'zbufctl audit, hosts answer at once', command: audit('replay', servers.replayKey)},
    {
      name: 'zbufctl audit, practice collection',
      command: audit('practice', servers.key),
      practice: true,
    },
    {
      name: 'ssh2 package, exec true (floor)',
      command: () => ({
        program: process.execPath,
        args: [
          join(packageRoot(), 'dist/src/build/fleet/floor.js'),
          write('floor.json', JSON.stringify(floor)),
        ],
        env: plain,
      }),
    },
    simple(
      'pdsh',
      'pdsh true',
      ['-R', 'ssh', '-f', width, '-l', user, '-w', names.join(','), 'true'],
      {
        PDSH_SSH_ARGS_APPEND: `-F ${sshConfig}`,
      },
    ),
    simple('xargs', 'xargs ssh true', [
      ...['-a', list, '-P', width, '-I', '{}', 'ssh', '-n', '-F', sshConfig, '{}', 'true'],
    ]),
    ansible('ansible -m raw -a true', '-m', 'raw', '-a', 'true'),
    ansible('ansible -m command -a true', '-a', 'true'),
  ];
}

/** Whether a program can be started. */
export function isInstalled(program: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const inventory = ({hosts, port, user, knownHosts}: Servers, key: string): string =>
  [
    'groups:',
    '  bench:',
    `    vars: {user: ${user}, port: ${port}, identityFile: ${key}, knownHosts: ${knownHosts}}`,
    '    hosts:',
    ...hosts.map(({name, address}) => `      - {name: ${name}, address: ${address}}`),
    '',
  ].join('\n');
