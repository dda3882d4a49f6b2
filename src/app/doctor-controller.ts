import type {Check} from '../model/check.js';
import {sanitize} from '../text/sanitize.js';

/** A folder or file as it was found. `missing` differs from what could not be looked at. */
export type FoundPath =
  | {readonly state: 'missing'; readonly canBeMade: boolean}
  | {readonly state: 'unreadable'; readonly why: string}
  | {
      readonly state: 'found';
      readonly mode: number;
      readonly own: boolean;
      readonly writable: boolean;
    };

/** What a look around on the controller found (io/facts). */
export interface ControllerFacts {
  readonly node: {readonly version: string; readonly least: string};
  /** koffi, which calls the native probe here; '' when it loads. */
  readonly nativeLibrary: string;
  /** The FreeBSD programs of the package. */
  readonly programs: readonly {
    readonly name: string;
    readonly state: 'ready' | 'not-built' | 'damaged' | 'no-such-machine';
  }[];
  /** What `ssh -V` says; undefined: there is no ssh(1). */
  readonly ssh: string | undefined;
  readonly agent:
    | {readonly state: 'none'}
    | {readonly state: 'silent'; readonly why: string}
    | {readonly state: 'answers'; readonly keys: number};
  readonly keyFiles: readonly {readonly path: string; readonly found: FoundPath}[];
  readonly knownHosts: {
    readonly path: string;
    readonly state: 'missing' | 'unreadable' | 'read';
    readonly why?: string;
    readonly keys: number;
    /** Lines nobody understands, e.g. `line 4: the key is cut short`. */
    readonly complaints: readonly string[];
  };
  readonly stateFolder: {readonly path: string; readonly found: FoundPath};
  readonly inventory:
    | {readonly state: 'found'; readonly files: readonly string[]; readonly hosts: number}
    | {readonly state: 'unusable'; readonly why: string; readonly fix: string};
  /** ISO 8601 UTC: now, and the newest thing that was certainly before now. */
  readonly clock: {readonly now: string; readonly after: string};
}

/** Whether this machine is fit to run zbufctl; each check with what to do about it. */
export function checkController(facts: ControllerFacts): readonly Check[] {
  return [
    node(facts.node),
    nativeLibrary(facts.nativeLibrary),
    programs(facts.programs),
    ssh(facts.ssh),
    agent(facts.agent),
    keys(facts),
    knownHosts(facts.knownHosts),
    stateFolder(facts.stateFolder),
    inventory(facts.inventory),
    clock(facts.clock),
  ];
}

const ok = (name: string, detail: string): Check => ({
  state: 'ok',
  name,
  detail: sanitize(detail, {limit: 500}),
  fix: '',
});
const found =
  (state: 'note' | 'problem') =>
  (name: string, detail: string, fix: string): Check => ({
    state,
    name,
    detail: sanitize(detail, {limit: 500}),
    fix: sanitize(fix, {limit: 1000}),
  });
const note = found('note');
const problem = found('problem');

function node({version, least}: ControllerFacts['node']): Check {
  return isAtLeast(version, least)
    ? ok('node', `Node.js ${version}`)
    : problem(
        'node',
        `Node.js ${version} is older than ${least}`,
        `Install Node.js ${least} or newer (FreeBSD: pkg install node22).`,
      );
}

/** Compares 20.19.0 with 20.19, part by part. */
function isAtLeast(version: string, least: string): boolean {
  const parts = (text: string): number[] => text.replace(/^v/, '').split('.').map(Number);
  const [have, want] = [parts(version), parts(least)];
  for (const [i, part] of want.entries()) if ((have[i] ?? 0) !== part) return (have[i] ?? 0) > part;
  return true;
}

const nativeLibrary = (why: string): Check =>
  why === ''
    ? ok('native library', 'koffi loads')
    : note(
        'native library',
        `koffi does not load: ${why}`,
        'Only probe --local needs it. Install zbufctl again on this machine: npm install -g FILE.tgz',
      );

function programs(all: ControllerFacts['programs']): Check {
  const name = 'programs';
  const damaged = all.filter(({state}) => state === 'damaged');
  if (damaged.length > 0)
    return problem(
      name,
      `${listed(damaged)} is not what native/prebuilt/SHA256SUMS says`,
      'Install zbufctl again; in a checkout: sh native/build-freebsd.sh',
    );
  const missing = all.filter(({state}) => state !== 'ready');
  return missing.length === 0
    ? ok(name, `${all.length} programs for FreeBSD hosts, checksums match`)
    : note(
        name,
        `not built: ${listed(missing)}`,
        'probe and --with-helper compile on the host then. To build them: sh native/build-freebsd.sh',
      );
}

const listed = (all: readonly {readonly name: string}[]): string =>
  all.map(({name}) => name).join(', ');

const ssh = (version: string | undefined): Check =>
  version === undefined
    ? note(
        'ssh',
        'there is no ssh(1): ~/.ssh/config is not read',
        'Install an OpenSSH client (Debian: apt-get install openssh-client).',
      )
    : ok('ssh', version);

function agent(facts: ControllerFacts['agent']): Check {
  switch (facts.state) {
    case 'none':
      return note(
        'ssh agent',
        'SSH_AUTH_SOCK is not set: no agent is asked for keys',
        'eval "$(ssh-agent)"; ssh-add',
      );
    case 'silent':
      return problem(
        'ssh agent',
        `SSH_AUTH_SOCK names an agent that does not answer: ${facts.why}`,
        'Start a new one: eval "$(ssh-agent)"; ssh-add. Or: unset SSH_AUTH_SOCK',
      );
    case 'answers':
      return facts.keys === 0
        ? note('ssh agent', 'it answers and holds no key', 'ssh-add')
        : ok('ssh agent', `it holds ${plural(facts.keys, 'key')}`);
  }
}

function keys({keyFiles, agent: held}: ControllerFacts): Check {
  const there = keyFiles.filter(({found: {state}}) => state !== 'missing');
  const open = there.filter(({found: one}) => one.state === 'found' && (one.mode & 0o077) !== 0);
  const [first] = open;
  if (first !== undefined)
    return problem(
      'keys',
      `others may read ${first.path}`,
      `chmod 600 ${open.map(({path}) => path).join(' ')}`,
    );
  if (there.length > 0) return ok('keys', there.map(({path}) => path).join(', '));
  return held.state === 'answers' && held.keys > 0
    ? ok('keys', 'those of the agent; there is no key file in ~/.ssh')
    : note(
        'keys',
        'no key file in ~/.ssh and none in an agent: only a password can log in',
        'ssh-keygen -t ed25519; ssh-copy-id USER@HOST',
      );
}

function knownHosts(facts: ControllerFacts['knownHosts']): Check {
  const {path, state, keys: count, complaints, why = ''} = facts;
  const name = 'known_hosts';
  if (state === 'unreadable')
    return problem(name, `${path} cannot be read: ${why}`, `chmod u+r ${path}`);
  if (state === 'missing')
    return note(
      name,
      `${path} is not there: every host is unknown`,
      'Log in once with ssh and compare the fingerprint, or audit with --accept-new.',
    );
  const [first] = complaints;
  return first === undefined
    ? ok(name, `${path}, ${plural(count, 'key')}`)
    : note(
        name,
        `${path}: ${plural(complaints.length, 'line')} nobody understands (${first})`,
        'Correct or remove them; until then they are ignored.',
      );
}

function stateFolder({path, found: one}: ControllerFacts['stateFolder']): Check {
  const name = 'state folder';
  const other = 'Use another one: --state-dir DIR (ZBUFCTL_STATE_DIR).';
  switch (one.state) {
    case 'missing':
      return one.canBeMade
        ? ok(name, `${path} is made when the first run is stored`)
        : problem(name, `${path} is not there and cannot be made`, other);
    case 'unreadable':
      return problem(name, `${path}: ${one.why}`, other);
    case 'found':
      if (!one.writable) return problem(name, `${path} cannot be written to`, other);
      if ((one.mode & 0o077) !== 0)
        return problem(
          name,
          `others may look into ${path} (${octal(one.mode)})`,
          `chmod 700 ${path}`,
        );
      return ok(name, `${path} (${octal(one.mode)})`);
  }
}

const octal = (mode: number): string => `0${(mode & 0o777).toString(8)}`;

const inventory = (facts: ControllerFacts['inventory']): Check =>
  facts.state === 'found'
    ? ok('inventory', `${facts.files.join(', ')}, ${plural(facts.hosts, 'host')}`)
    : note('inventory', facts.why, facts.fix);

function clock({now, after}: ControllerFacts['clock']): Check {
  return Date.parse(now) >= Date.parse(after)
    ? ok('clock', now)
    : problem(
        'clock',
        `it says ${now}, which is before ${after}, when something here was made`,
        'Set it: runs are ordered by it, and windows and waivers end by it.',
      );
}

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;
