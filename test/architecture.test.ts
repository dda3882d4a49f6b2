import {readdirSync, readFileSync} from 'node:fs';
import {posix} from 'node:path';

import {expect, test} from 'vitest';

/**
 * Who may import whom; a folder may always import itself. The arrows tell the story of the data:
 * inventory -> evidence (collect) -> findings (rules) -> plan -> outcome -> report.
 */
const MAY_IMPORT: Record<string, readonly string[]> = {
  'src/model': [],
  'src/text': ['src/model'],
  // What FreeBSD's own files mean: sysctl.conf, rc variables, libmap.conf.
  'src/freebsd': ['src/model', 'src/text'],
  'src/inventory': ['src/model', 'src/text', 'src/freebsd'],
  'src/knowledge': ['src/model', 'src/text'],
  'src/collect': ['src/model', 'src/text'],
  'src/rules': ['src/model', 'src/text', 'src/freebsd', 'src/knowledge', 'src/probe'],
  'src/trace': ['src/model', 'src/text', 'src/rules'],
  'src/watch': ['src/model', 'src/text', 'src/collect', 'src/rules'],
  'src/steps': ['src/model', 'src/text', 'src/freebsd'],
  'src/plan': ['src/model', 'src/text', 'src/freebsd', 'src/steps', 'src/rules', 'src/knowledge'],
  'src/probe': ['src/model', 'src/text'],
  'src/report': ['src/model', 'src/text'],
  // Files made for other tools.
  'src/export': ['src/model', 'src/text', 'src/knowledge'],
  'src/app': [
    'src/model',
    'src/text',
    'src/inventory',
    'src/collect',
    'src/knowledge',
    'src/rules',
    'src/plan',
    'src/steps',
    'src/probe',
    'src/report',
    'src/trace',
    'src/watch',
  ],
  'src/io': ['src/model', 'src/text'],
  // The practice fleet stands in for hosts, so it may know only what a host knows.
  'src/lab': ['src/model', 'src/text'],
  'src/cli': [
    'src/model',
    'src/text',
    'src/app',
    'src/io',
    'src/lab',
    'src/rules',
    'src/knowledge',
    'src/inventory',
    'src/collect',
    'src/probe',
    'src/plan',
    'src/steps',
    'src/report',
    'src/export',
    'src/watch',
  ],
  // The bench measures what one host's answer costs.
  'src/build': [
    'src/model',
    'src/text',
    'src/app',
    'src/inventory',
    'src/knowledge',
    'src/collect',
    'src/rules',
    'src/plan',
    'src/cli',
    'src/io',
  ],
  commands: ['src/model', 'src/text', 'src/app', 'src/cli', 'src/report'],
};

/**
 * Which rooms of its own folder a room may use; files that stand in the folder itself are 'top'.
 * A folder that is not here has no rooms. `top` of src/cli is what all commands share.
 */
const ROOMS: Record<string, Record<string, readonly string[]>> = {
  'src/collect': {top: ['facts'], facts: ['top']},
  'src/rules': {top: ['reading'], reading: ['top']},
  'src/io': {
    top: [],
    caller: [],
    files: [],
    package: [],
    prompt: [],
    // What doctor finds on this machine.
    facts: ['files', 'package', 'native', 'ssh'],
    metrics: [],
    native: ['files', 'package'],
    notify: ['files'],
    signing: ['files'],
    store: ['files'],
    ssh: ['files', 'signing'],
    threads: ['top'],
  },
  'src/io/ssh': {
    top: ['config', 'connect', 'login', 'trust'],
    openssh: ['top', 'config', 'connect', 'login', 'trust'],
    config: ['top'],
    run: ['top'],
    trust: ['top'],
    login: ['top', 'trust'],
    connect: ['top', 'run'],
  },
  // A fleet behind a real sshd, to measure.
  'src/build': {top: ['fleet'], fleet: []},
  'src/report': {
    top: ['audit', 'formats', 'compliance', 'terminal'],
    terminal: [],
    findings: ['terminal'],
    formats: ['top', 'findings'],
    audit: ['top', 'findings', 'terminal'],
    apply: ['top', 'terminal'],
    plan: ['top', 'terminal', 'apply'],
    probe: ['top', 'terminal'],
    doctor: ['top', 'terminal'],
    notify: ['terminal', 'runs'],
    trace: ['top', 'terminal', 'findings'],
    watch: ['terminal'],
    runs: ['top', 'terminal', 'findings'],
    compliance: ['top', 'terminal', 'findings', 'formats', 'audit'],
  },
  'src/app': {
    top: ['change', 'evidence'],
    evidence: ['top'],
    change: ['top'],
    report: ['top', 'evidence'],
    runs: ['top'],
    watch: ['top'],
  },
  'src/cli': {
    top: ['terminal', 'hosts'],
    terminal: ['top'],
    hosts: ['top', 'terminal'],
    completion: ['terminal'],
    doctor: ['top', 'audit'],
    lab: ['terminal'],
    probe: ['top', 'terminal'],
    report: ['top', 'terminal'],
    audit: ['top', 'terminal', 'hosts', 'probe'],
    change: ['top', 'terminal', 'hosts', 'audit', 'probe'],
    export: ['top', 'terminal', 'hosts', 'audit'],
    trace: ['top', 'terminal', 'hosts', 'audit'],
    watch: ['top', 'terminal', 'audit'],
    runs: ['top', 'terminal', 'hosts', 'audit', 'change', 'probe'],
  },
};

/** What touches the world, and the only folders that may touch it. */
const EFFECTS: Record<string, readonly string[]> = {
  'node:fs': ['src/io', 'src/lab', 'src/build'],
  'node:fs/promises': ['src/io', 'src/lab', 'src/build'],
  'node:child_process': ['src/io', 'src/lab', 'src/build'],
  'node:worker_threads': ['src/io'],
  'node:net': ['src/io', 'src/lab', 'src/build'],
  'node:os': ['src/io', 'src/lab', 'src/cli', 'src/build'],
  'node:process': ['src/io', 'src/cli', 'src/lab', 'src/build'],
  koffi: ['src/io'],
  ssh2: ['src/io', 'src/lab', 'src/build'],
  inquirer: ['src/io'],
  '@oclif/core': ['src/cli', 'commands', 'src/build'],
};

const folderOf = (file: string): string =>
  file.startsWith('commands/') ? 'commands' : file.split('/').slice(0, 2).join('/');

const sources = ['src', 'commands']
  .flatMap((dir) =>
    readdirSync(dir, {recursive: true, encoding: 'utf8'})
      .filter((f) => f.endsWith('.ts'))
      .map((f) => posix.join(dir, f)),
  )
  .filter((f) => !['src/main.ts', 'src/program.ts'].includes(f));

/** The room of a file in a folder: undefined when the file is elsewhere. */
function roomIn(folder: string, file: string): string | undefined {
  if (!file.startsWith(`${folder}/`)) return undefined;
  const rest = file.slice(folder.length + 1).split('/');
  return rest.length === 1 ? 'top' : rest[0];
}

/** Complaints about an import that crosses from one room of a folder to another. */
function crossings(file: string, target: string): string[] {
  const folders = Object.keys(ROOMS).filter((folder) => file.startsWith(`${folder}/`));
  return folders.flatMap((folder) => {
    const [here, there] = [roomIn(folder, file), roomIn(folder, target)];
    if (here === undefined || there === undefined || here === there) return [];
    if (ROOMS[folder]?.[here]?.includes(there) === true) return [];
    return [`${file}: ${folder}: ${here} -> ${there}`];
  });
}

/** Complaints about one file's imports, empty when it keeps to the tables. */
function trespasses(file: string, text: string): string[] {
  const here = folderOf(file);
  const complaints: string[] = [];
  if (MAY_IMPORT[here] === undefined)
    complaints.push(`${file}: folder ${here} is not in the table`);
  for (const [, spec] of text.matchAll(/\b(?:from\s+|import\s*\(?\s*)['"]([^'"]+)['"]/g)) {
    if (spec === undefined) continue;
    if (spec.startsWith('.')) {
      const target = posix.join(posix.dirname(file), spec);
      const there = folderOf(target);
      complaints.push(...crossings(file, target));
      if (there !== here && !MAY_IMPORT[here]?.includes(there))
        complaints.push(`${file}: ${here} -> ${there}`);
    } else {
      const allowed = EFFECTS[spec];
      if (allowed !== undefined && !allowed.includes(here))
        complaints.push(`${file}: ${here} -> ${spec}`);
    }
  }
  return complaints;
}

test('every source file imports only what its folder may', () => {
  expect(sources.length).toBeGreaterThan(10);
  expect(sources.flatMap((file) => trespasses(file, readFileSync(file, 'utf8')))).toEqual([]);
});

/** The files each file imports, types included. */
function importsOf(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const file of sources) {
    const specs = readFileSync(file, 'utf8').matchAll(
      /\b(?:from\s+|import\s*\(?\s*)['"](\.[^'"]+)\.js['"]/g,
    );
    found.set(
      file,
      [...specs].map(([, spec = '']) => `${posix.join(posix.dirname(file), spec)}.ts`),
    );
  }
  return found;
}

/** A file that comes back to itself, with the way; one for each file that was first on a circle. */
function circles(imports: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) {
      found.push([...way.slice(way.indexOf(file)), file].join(' -> '));
      return;
    }
    if (done.has(file)) return;
    for (const next of imports.get(file) ?? []) visit(next, [...way, file]);
    done.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  return found;
}

test('no import leads back to where it came from', () => {
  expect(circles(importsOf())).toEqual([]);
  const ring = new Map([
    ['a', ['b']],
    ['b', ['c', 'd']],
    ['c', ['b']],
  ]);
  expect(circles(ring)).toEqual(['b -> c -> b']);
});

/** The C files each C file calls functions of. */
function callsOf(): ReadonlyMap<string, readonly string[]> {
  const texts = ['native', 'native/model'].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.c') && name !== 'sys_freebsd.c')
      .map((name) => {
        const file = posix.join(folder, name);
        return {file, text: readFileSync(file, 'utf8').replace(/\/\*.*?\*\//gs, '')};
      }),
  );
  // style(9): a function's name begins its line, below its type.
  const home = new Map<string, string>();
  for (const {file, text} of texts)
    for (const [, type = '', name = ''] of text.matchAll(/^(.*)\n(\w+)\(/gm))
      if (!type.startsWith('static')) home.set(name, file);
  const called = (file: string, text: string): readonly string[] =>
    [...text.matchAll(/\b(\w+)\(|\b(\w+)(?=[,)])/g)].flatMap(([, call = '', passed = '']) => {
      const there = home.get(call === '' ? passed : call);
      return there === undefined || there === file ? [] : [there];
    });
  return new Map(texts.map(({file, text}) => [file, [...new Set(called(file, text))]]));
}

test('no call between C files leads back to where it came from', () => {
  const calls = callsOf();
  expect(calls.get('native/bench.c')).toContain('native/supervisor.c');
  expect(circles(calls)).toEqual([]);
});

test('the rooms of the table are those there are', () => {
  for (const [folder, rooms] of Object.entries(ROOMS)) {
    const found = new Set(sources.flatMap((file) => roomIn(folder, file) ?? []));
    expect([folder, [...found].sort()]).toEqual([folder, Object.keys(rooms).sort()]);
  }
  const nested = sources.filter((file) => file.startsWith('src/') && file.split('/').length > 3);
  expect(nested.filter((file) => ROOMS[folderOf(file)] === undefined)).toEqual([]);
});

test('the check notices a room that reaches into another', () => {
  const text = "import {a} from '../ssh/dial.js';";
  expect(trespasses('src/io/files/x.ts', text)).toEqual([
    'src/io/files/x.ts: src/io: files -> ssh',
  ]);
  expect(trespasses('src/report/terminal/x.ts', "import {a} from '../audit/b.js';")).toHaveLength(
    1,
  );
});

test('the check notices a rule that reads files, a report that imports a step, and a new folder', () => {
  expect(trespasses('src/rules/x.ts', "import {readFileSync} from 'node:fs';")).toHaveLength(1);
  expect(trespasses('src/rules/x.ts', "const m = await import('ssh2');")).toHaveLength(1);
  expect(trespasses('src/report/x.ts', "import {a} from '../steps/a.js';")).toHaveLength(1);
  expect(trespasses('src/elsewhere/x.ts', '')).toHaveLength(1);
});
