import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {inventorySchema} from '../inventory/inventory-schema.js';

import {filePage} from './man-file.js';
import type {PageCommand} from './man-program.js';
import {programPage} from './man-program.js';

/** The day the pages were last read over; a build is to be the same on every day. */
const DATE = 'November 27, 2026';

const DESCRIPTION = `zbufctl tells whether packet captures of FreeBSD hosts are being lost. A program that forks after it opened a zero-copy capture (net.bpf.zerocopy_enable=1) loses its buffers and stops recording, with no error and no drop counter.

It audits hosts over SSH without changing them, proves on a kernel what a fork does, and changes hosts by plans that are shown first, verified after, and undone by the host itself unless they are confirmed. Nothing is installed on a host.`;

/**
 * Writes dist/man from the manifest and the schema of zbufctl.yaml. Without compiled commands there
 * is no manifest, and no page.
 */
export function writeManPages(root: string): void {
  const manifest = join(root, 'oclif.manifest.json');
  if (!existsSync(manifest)) return;
  const {commands} = JSON.parse(readFileSync(manifest, 'utf8')) as {
    readonly commands: Readonly<Record<string, PageCommand>>;
  };
  const folder = join(root, 'dist', 'man');
  mkdirSync(folder, {recursive: true});
  const all = Object.values(commands).sort((a, b) => (a.id < b.id ? -1 : 1));
  writeFileSync(
    join(folder, 'zbufctl.8'),
    programPage(all, {date: DATE, description: DESCRIPTION}),
  );
  writeFileSync(join(folder, 'zbufctl.yaml.5'), filePage(inventorySchema(), DATE));
}
