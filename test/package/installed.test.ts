import {execFile} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, dirname, join} from 'node:path';
import {promisify} from 'node:util';

import {afterAll, beforeAll, describe, expect, test} from 'vitest';

import {EVERY} from '../tools/sampled.js';

const execute = promisify(execFile);

const NOT_COPIED = new Set(['.git', 'dist', 'native/build', 'native/prebuilt']);

/** Two packs, three releases of Node and six installations from the registry: minutes. */
describe.skipIf(!EVERY)('the package, installed as the README says', () => {
  let root = '';
  let tarball = '';

  /** Runs a program with `node` first in PATH, and no setting of the checkout. */
  const run = async (
    node: string,
    file: string,
    args: readonly string[],
    cwd: string,
  ): Promise<string> => {
    const home = join(root, 'home');
    // What the machine needs to reach the registry stays; what npm says to its scripts does not.
    const inherited = Object.entries(process.env).filter(
      ([name]) => !name.startsWith('npm_') && name !== 'NODE_ENV',
    );
    const env = {
      ...Object.fromEntries(inherited),
      PATH: [dirname(node), process.env['PATH'] ?? ''].join(delimiter),
      HOME: home,
      npm_config_cache: join(root, 'cache'),
      npm_config_update_notifier: 'false',
    };
    return (await execute(file, args, {cwd, env, maxBuffer: 2 ** 26})).stdout;
  };

  const folder = (...names: readonly string[]): string => {
    const made = join(root, ...names);
    mkdirSync(made, {recursive: true});
    return made;
  };

  /** The Node of this machine, or another major version from the npm package `node`. */
  const nodeOf = async (major: number): Promise<string> => {
    if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
    const there = folder(`node-${major}`);
    await run(
      process.execPath,
      'npm',
      ['install', '--prefix', there, '--no-audit', '--no-fund', `node@${major}`],
      there,
    );
    return join(there, 'node_modules', 'node', 'bin', 'node');
  };

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'zbufctl-package-'));
    folder('home');
    // Packing builds: the other tests need the build of the checkout meanwhile. The bundler writes
    // down where a module stands: a link to the modules would show in the package.
    const copy = folder('checkout');
    cpSync('.', copy, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (file) => !NOT_COPIED.has(file),
    });
    for (const pack of ['first', 'second'])
      await run(process.execPath, 'npm', ['pack', '--pack-destination', folder(pack)], copy);
    const [name = ''] = readdirSync(join(root, 'first'));
    tarball = join(root, 'first', name);
  });

  afterAll(() => {
    rmSync(root, {recursive: true, force: true});
  });

  test('two packs give the same bytes, and leave no second lock in the checkout', () => {
    const again = tarball.replace(join(root, 'first'), join(root, 'second'));
    expect(readFileSync(again).equals(readFileSync(tarball))).toBe(true);
    expect(readdirSync(join(root, 'checkout'))).not.toContain('npm-shrinkwrap.json');
  });

  test('it holds the SBOM, the licences and the lock of what a user gets, and no more', async () => {
    const there = folder('unpacked');
    await execute('tar', ['-xzf', tarball, '-C', there, '--strip-components', '1']);
    const json = (file: string): unknown => JSON.parse(readFileSync(join(there, file), 'utf8'));
    const {packages} = json('npm-shrinkwrap.json') as {
      readonly packages: Readonly<
        Record<string, {readonly dev?: boolean; readonly version: string}>
      >;
    };
    const {components} = json('dist/sbom.cdx.json') as {
      readonly components: readonly {readonly name: string; readonly version: string}[];
    };
    const locked = Object.entries(packages)
      .filter(([place]) => place !== '')
      .map(([place, {version}]) => `${place.replace(/^.*node_modules\//, '')}@${version}`);
    expect(locked).not.toEqual(expect.arrayContaining([expect.stringMatching(/^vitest@/)]));
    expect(Object.values(packages).filter(({dev}) => dev)).toEqual([]);
    const listed = components.map(({name, version}) => `${name}@${version}`);
    expect([...new Set(listed)].sort()).toEqual([...new Set(locked)].sort());
    const licences = readFileSync(join(there, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
    for (const each of locked) expect(licences).toContain(`${each.replace(/(.)@/, '$1 ')} (`);
    // Nothing of the machine it was made on.
    for (const place of [process.cwd(), root]) {
      const found = await execute('grep', ['-rlF', place, there]).catch(() => ({stdout: ''}));
      expect(found.stdout).toBe('');
    }
  });

  const ways = [20, 22, 24].flatMap((major) =>
    [[], ['--ignore-scripts', '--omit=optional']].map((flags) => ({major, flags})),
  );

  test.each(ways)('Node $major installs it ($flags) and audits a host', async ({major, flags}) => {
    const node = await nodeOf(major);
    const there = folder(`installed-${major}-${flags.length}`);
    await run(
      node,
      'npm',
      ['install', '-g', '--prefix', there, '--no-audit', '--no-fund', ...flags, tarball],
      folder('empty'),
    );
    const zbufctl = async (...args: readonly string[]): Promise<string> =>
      run(node, join(there, 'bin', 'zbufctl'), args, there);

    expect(await zbufctl('--version')).toContain(`node-v${major}.`);
    const installed = readdirSync(join(there, 'lib/node_modules/zbufctl/node_modules'));
    expect(installed).not.toContain('vitest');
    // As where no prebuilt part fits and nothing can be compiled: npm keeps them even so, here.
    if (flags.length > 0)
      for (const name of ['koffi', '@koromix', 'cpu-features', 'nan', 'buildcheck'])
        rmSync(join(there, 'lib/node_modules/zbufctl/node_modules', name), {
          recursive: true,
          force: true,
        });

    await zbufctl('lab', 'up', '--hosts', '1', '--dir', 'lab');
    try {
      const audit = await zbufctl('audit', '-i', 'lab/zbufctl.yaml', '--json');
      expect(JSON.parse(audit)).toMatchObject({hosts: [{posture: 'compliant'}]});
      expect(await zbufctl('report', '-i', 'lab/zbufctl.yaml', '-o', 'html')).toContain('</html>');
    } finally {
      await zbufctl('lab', 'down', '--dir', 'lab');
    }
    const probe = zbufctl(
      'probe',
      '--local',
      '--model',
      '--only',
      'buffer/default/no-fork',
      '--json',
    );
    if (flags.length === 0) expect(JSON.parse(await probe)).toMatchObject({hosts: [{model: true}]});
    else await expect(probe).rejects.toThrow('koffi is not installed');
  });
});
