import {execFileSync} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

import {packageRoot} from '../io/package/package-root.js';

import {licencesText, readLicences} from './licences.js';
import type {Lock} from './licences.js';
import {reproducibleSbom} from './sbom.js';

/** What `npm pack` adds to the build: what a user installs, exactly, and under which licences. */
export const PACKAGE_FILES = {
  lock: 'npm-shrinkwrap.json',
  sbom: 'dist/sbom.cdx.json',
  licences: 'dist/THIRD-PARTY-LICENSES.txt',
} as const;

/**
 * Writes the files only a package has. They are made from package-lock.json without what only the
 * development needs, by npm itself: `npm sbom --omit dev` in the checkout leaves out packages that
 * both sides need. The checkout keeps one lock, package-lock.json: a shrinkwrap beside it would win
 * silently, so `postpack` removes it.
 */
export function writePackageFiles(root: string): void {
  const work = mkdtempSync(join(tmpdir(), 'zbufctl-pack-'));
  try {
    // The SBOM calls the component by the name of the folder.
    const stage = join(work, 'zbufctl');
    mkdirSync(stage);
    const {
      devDependencies: _development,
      scripts: _scripts,
      ...manifest
    } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>;
    writeFileSync(join(stage, 'package.json'), JSON.stringify(manifest));
    cpSync(join(root, 'package-lock.json'), join(stage, 'package-lock.json'));
    npm(stage, ['install', '--package-lock-only', '--ignore-scripts', '--offline']);
    const lock = readFileSync(join(stage, 'package-lock.json'), 'utf8');
    const sbom = npm(stage, ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only']);
    const licences = licencesText(readLicences(root, JSON.parse(lock) as Lock));

    writeFileSync(join(root, PACKAGE_FILES.lock), lock);
    writeFileSync(join(root, PACKAGE_FILES.sbom), reproducibleSbom(sbom));
    writeFileSync(join(root, PACKAGE_FILES.licences), licences);
  } finally {
    rmSync(work, {recursive: true, force: true});
  }
}

function npm(cwd: string, args: readonly string[]): string {
  // Inside `npm pack` the environment names the checkout's settings: they are not meant here.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.toLowerCase().startsWith('npm_')),
  );
  return execFileSync('npm', [...args, '--no-audit', '--no-fund'], {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

// Run as a program by `npm pack`; imported by its test.
if (process.argv[1] === fileURLToPath(import.meta.url)) writePackageFiles(packageRoot());
