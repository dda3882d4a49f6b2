import {execFileSync} from 'node:child_process';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {builtinModules} from 'node:module';
import {posix} from 'node:path';

import {beforeAll, expect, test} from 'vitest';

/** What only the development needs, or what is made anew on the user's machine. */
const NOT_PACKED =
  /^(src|commands)\/.*\.ts$|^(src\/build|native\/build|templates\/port|\.github|test)\/|^native\/\.|(^|\/)\.|^(tsconfig\.json|package-lock\.json)$/;

const MANIFEST = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly version: string;
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
};

const packageOf = (name: string): string => name.split('/', name.startsWith('@') ? 2 : 1).join('/');

/** Paths under a folder, as in the package. */
const under = (folder: string): readonly string[] =>
  readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`);

let packed: readonly string[] = [];

beforeAll(() => {
  if (!existsSync('dist/src/main.cjs')) throw new Error('not built: run npm run build first');
  const told = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {encoding: 'utf8'}),
  ) as readonly [{readonly files: readonly {readonly path: string}[]}];
  packed = told[0].files.map(({path}) => path);
});

/** What a bundled file imports: its own by path, packages by name; comments name others. */
const importsOf = (file: string): readonly string[] => {
  const text = readFileSync(file, 'utf8');
  const forms = [
    /^(?:import|export)\b[^;"]*\bfrom\s*"([^"]+)"/gm,
    /^import\s*"([^"]+)"/gm,
    /\b(?:import|require)\("([^"]+)"\)/g,
  ];
  return forms.flatMap((form) => [...text.matchAll(form)].map(([, name = '']) => name));
};

test('the package has all the program needs', () => {
  const commands = under('commands').map((file) => `dist/${file.slice(0, -'.ts'.length)}.cjs`);
  const data = [...under('src'), ...under('templates'), ...under('native')].filter(
    (file) => !NOT_PACKED.test(file),
  );
  const needed = [
    ...commands,
    ...data,
    'dist/src/main.cjs',
    'dist/src/program.cjs',
    'dist/src/cli/help.cjs',
    'dist/help/zbufctl.txt',
    'dist/help/zbufctl runs show.txt',
    'dist/src/lab/serve.js',
    'dist/services.json',
    'dist/collect.sh',
    'dist/words.json',
    'dist/man/zbufctl.8',
    'dist/man/zbufctl.yaml.5',
    'oclif.manifest.json',
    'package.json',
    'README.md',
    'LICENSE',
    'CHANGELOG.md',
  ];
  expect(needed.filter((file) => !packed.includes(file))).toEqual([]);
});

test('every import of packed code is in the package, in Node or a dependency', () => {
  const known = new Set([
    ...builtinModules,
    // oclif asks for it only where commands are not built.
    'typescript',
    ...Object.keys({...MANIFEST.dependencies, ...MANIFEST.optionalDependencies}),
  ]);
  const lost = packed
    .filter((file) => file.startsWith('dist/') && /\.c?js$/.test(file))
    .flatMap((file) =>
      importsOf(file)
        .filter((name) =>
          name.startsWith('.')
            ? !packed.includes(posix.join(posix.dirname(file), name))
            : !name.startsWith('node:') && !known.has(packageOf(name)),
        )
        .map((name) => `${file}: ${name}`),
    );
  expect(lost).toEqual([]);
  expect(importsOf('dist/src/main.cjs').length).toBeGreaterThan(0);
});

test('the port installs what the package has, and lists what it installs', () => {
  const makefile = readFileSync('templates/port/Makefile', 'utf8');
  const taken = [...makefile.matchAll(/\$\{WRKSRC\}\/(\S+)/g)].map(([, file = '']) => file);
  expect(taken.filter((file) => !packed.includes(file))).toEqual([]);
  const listed = readFileSync('templates/port/pkg-plist', 'utf8').trim().split('\n');
  expect(listed.filter((file) => file.startsWith('share/'))).toHaveLength(taken.length - 1);
  const folders = [...makefile.matchAll(/\$\{STAGEDIR\}\$\{PREFIX\}\/(\S+)/g)];
  const installed = folders.map(([, place = '']) => place.replace('${PORTNAME}', 'zbufctl'));
  const isInstalled = (file: string): boolean =>
    installed.some((place) => file === place || posix.dirname(file) === place);
  expect(listed.filter((file) => !isInstalled(file))).toEqual([]);
});

test('the manifest names commands in an order that is the same in every build', () => {
  const {commands} = JSON.parse(readFileSync('oclif.manifest.json', 'utf8')) as {
    readonly commands: Readonly<Record<string, unknown>>;
  };
  expect(Object.keys(commands)).toEqual(Object.keys(commands).sort());
});

test('the package has nothing else', () => {
  expect(packed.filter((file) => NOT_PACKED.test(file))).toEqual([]);
  // Data stands in src/, beside its readers.
  const stray = packed.filter((file) => file.startsWith('dist/src/') && !/\.c?js$/.test(file));
  expect(stray).toEqual([]);
  const tops = new Set(packed.map((file) => file.split('/')[0]));
  const meant = new Set([
    'package.json',
    ...MANIFEST.files.map((file) => file.replace(/^!/, '').split('/')[0]),
  ]);
  expect([...tops].filter((top) => !meant.has(top))).toEqual([]);
});

test('what is made for the package alone is listed in it', () => {
  for (const file of ['npm-shrinkwrap.json', 'dist/sbom.cdx.json', 'dist/THIRD-PARTY-LICENSES.txt'])
    expect(MANIFEST.files).toContain(file);
});

test('the FreeBSD port is of this version', () => {
  expect(readFileSync('templates/port/Makefile', 'utf8')).toContain(
    `DISTVERSION=\t${MANIFEST.version}\n`,
  );
});
