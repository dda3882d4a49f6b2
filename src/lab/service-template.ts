import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {OBJECT_MODES} from '../model/mode.js';

import {descriptorTable, mapTable, openFileTable, processTable} from './kernel-tables.js';
import type {Startable, Unit} from './machine.js';
import {withObject} from './moded.js';

/** Stand for the pids a start will give; no process has such numbers. */
const PLACEHOLDERS = [9_000_001, 9_000_002] as const;

/**
 * Writes how a service's processes look after a start, in both modes
 * (templates/lab/sh/processes.sh, start_unit).
 */
export function writeServiceTemplate(folder: string, startable: Startable, jid: number): void {
  mkdirSync(folder, {recursive: true});
  writeFileSync(join(folder, 'libpcap'), `${startable.libpcap}\n`);
  for (const mode of ['buffered', 'zerocopy'] as const) {
    writeMode(join(folder, mode), startable[mode](PLACEHOLDERS), jid);
  }
  if (startable.program === undefined) return;
  writeFileSync(join(folder, 'program'), `${startable.program}\n`);
  for (const given of OBJECT_MODES) {
    const buffered = withObject(startable.buffered(PLACEHOLDERS), given);
    const on = startable.moded?.[given] ?? startable.zerocopy;
    const zerocopy = given === 'buffered' ? buffered : withObject(on(PLACEHOLDERS), given);
    writeMode(join(folder, `buffered-${given}`), buffered, jid);
    writeMode(join(folder, `zerocopy-${given}`), zerocopy, jid);
  }
}

function writeMode(folder: string, unit: Unit, jid: number): void {
  mkdirSync(folder, {recursive: true});
  const named = (text: string): string =>
    text.replaceAll(String(PLACEHOLDERS[0]), '@1@').replaceAll(String(PLACEHOLDERS[1]), '@2@');
  const write = (name: string, text: string): void => {
    writeFileSync(join(folder, name), named(text), 'latin1');
  };
  write(
    'proc',
    processTable(unit.processes, jid, () => '@started@'),
  );
  write('bpf', descriptorTable(unit.descriptors, '@since@'));
  write('files', openFileTable(unit.openFiles, '@since@'));
  PLACEHOLDERS.forEach((pid, index) => {
    const map = unit.maps.get(pid);
    if (map !== undefined) write(`map.${index + 1}`, mapTable(map));
  });
}
