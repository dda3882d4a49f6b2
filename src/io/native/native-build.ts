import {execFile} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {promisify} from 'node:util';

import type {Result} from '../../model/failure.js';
import {fail, ok} from '../../model/failure.js';

import {packageRoot} from '../package/package-root.js';

const execute = promisify(execFile);

/** A compiler that takes longer than this has hung. */
const COMPILE_MS = 120_000;

/** What the native sources can be made into on this machine. */
export type NativeProduct =
  'libzbufprobe.so' | 'zbufprobe' | 'libzbufprobe-model.so' | 'zbufprobe-model';

export interface CannotBuild {
  readonly message: string;
  readonly fix: string;
  /** What the compiler printed; for -v. */
  readonly detail?: string;
}

const FLAGS = ['-std=c11', '-O2', '-Wall', '-Wextra'];
const LIBRARY_FLAGS = ['-fPIC', '-shared', '-fvisibility=hidden'];
/** Only the program prints. */
const PROGRAM_ONLY = new Set(['main.c', 'json.c', 'out.c']);

/**
 * The product's path, built with `cc` if it is missing or older than its sources. The FreeBSD
 * products need FreeBSD; the model's need Linux.
 * @param folder where products are kept; created when missing
 */
export async function nativeProduct(
  product: NativeProduct,
  {
    folder = join(packageRoot(), 'native', 'build'),
    compiler = 'cc',
  }: {readonly folder?: string; readonly compiler?: string} = {},
): Promise<Result<string, CannotBuild>> {
  if (isModel(product) && process.platform !== 'linux') return fail(MODEL_NEEDS_LINUX);
  const sources = sourcesOf(product);
  const target = join(folder, product);
  if (isFresh(target, sources)) return ok(target);

  // Whole or not at all: another process may be loading the old one.
  const fresh = `${target}.${process.pid}`;
  try {
    mkdirSync(folder, {recursive: true});
    await execute(compiler, [...flagsOf(product), '-o', fresh, ...sources], {timeout: COMPILE_MS});
    renameSync(fresh, target);
    return ok(target);
  } catch (error) {
    rmSync(fresh, {force: true});
    return fail(explain(error, product, compiler));
  }
}

const MODEL_NEEDS_LINUX: CannotBuild = {
  message: 'the model of the kernel runs on Linux only',
  fix: 'Ask a FreeBSD kernel instead: zbufctl probe HOST, or probe --local on FreeBSD.',
};

const isModel = (product: NativeProduct): boolean => product.includes('-model');

function sourcesOf(product: NativeProduct): readonly string[] {
  const native = join(packageRoot(), 'native');
  const library = product.startsWith('lib');
  const core = readdirSync(native)
    .filter((name) => name.endsWith('.c') && !(library && PROGRAM_ONLY.has(name)))
    .sort()
    .map((name) => join(native, name));
  if (!isModel(product)) return core;
  const model = join(native, 'model');
  return [
    ...core,
    ...readdirSync(model)
      .filter((name) => name.endsWith('.c'))
      .sort()
      .map((name) => join(model, name)),
  ];
}

const flagsOf = (product: NativeProduct): readonly string[] => [
  ...FLAGS,
  ...(product.startsWith('lib') ? LIBRARY_FLAGS : []),
  ...(isModel(product) ? ['-D_GNU_SOURCE', '-pthread'] : []),
];

/** Headers count as well. */
function isFresh(target: string, sources: readonly string[]): boolean {
  if (!existsSync(target)) return false;
  const native = join(packageRoot(), 'native');
  const headers = [native, join(native, 'model')].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.h'))
      .map((name) => join(folder, name)),
  );
  const built = statSync(target).mtimeMs;
  return [...sources, ...headers].every((file) => statSync(file).mtimeMs <= built);
}

function explain(error: unknown, product: NativeProduct, compiler: string): CannotBuild {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') {
    return {
      message: `${product} is not built yet, and there is no C compiler (${compiler}) here to build it`,
      fix: 'Install one: apt-get install gcc libc6-dev (FreeBSD has cc in base).',
    };
  }
  const said =
    error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
  return {
    message: `${product} could not be built`,
    fix: 'Compile it by hand with the Makefile in native/ to see the compiler’s messages.',
    detail: said.split('\n').slice(0, 3).join(' '),
  };
}
