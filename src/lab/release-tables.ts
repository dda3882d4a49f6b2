import {readFileSync} from 'node:fs';
import {join} from 'node:path';

import type {Mapping, Process, Release, ServiceScript} from './machine.js';
import {labTemplates} from './package-root.js';

/** What a program loads, for ldd(1). */
export interface LoadedLibrary {
  readonly program: string;
  readonly name: string;
  /** '-' for the vdso. */
  readonly path: string;
  /** Hexadecimal, without 0x. */
  readonly address: string;
}

/** Rows of a table of templates/lab/data: tab separated, # starts a comment line. */
function rows(release: Release, name: string): string[][] {
  const text = readFileSync(join(labTemplates(), 'data', release, name), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('\t'));
}

const cell = (row: readonly string[], index: number): string => {
  const value = row[index];
  if (value === undefined) throw new Error(`practice table: too few columns in ${row.join('|')}`);
  return value;
};
const count = (row: readonly string[], index: number): number => Number(cell(row, index));

/** The processes every host of the release has: kernel, init, syslogd, sshd, getty. */
export const baseProcesses = (release: Release): readonly Process[] =>
  rows(release, 'processes').map((row) => ({
    pid: count(row, 0),
    ppid: count(row, 1),
    pgid: count(row, 2),
    user: cell(row, 4),
    stat: cell(row, 5),
    started: count(row, 6),
    tty: cell(row, 7),
    unit: '',
    command: cell(row, 8),
    args: cell(row, 9),
  }));

/** A measured memory map, e.g. pflogd-stalled-priv. */
export const measuredMap = (release: Release, name: string): readonly Mapping[] =>
  rows(release, `${name}.map`).map((row) => ({
    start: cell(row, 0),
    end: cell(row, 1),
    protection: cell(row, 2),
    resident: count(row, 3),
    privateResident: count(row, 4),
    references: count(row, 5),
    shadows: count(row, 6),
    flags: cell(row, 7),
    type: cell(row, 8),
    path: cell(row, 9),
  }));

export const loadedLibraries = (release: Release): readonly LoadedLibrary[] =>
  rows(release, 'libraries').map((row) => ({
    program: cell(row, 0),
    name: cell(row, 1),
    path: cell(row, 2),
    address: cell(row, 3),
  }));

/** rc's start order. */
export const baseServices = (release: Release): readonly ServiceScript[] =>
  rows(release, 'services').map((row) => {
    const command = cell(row, 3);
    return {
      script: cell(row, 0),
      rcVariable: cell(row, 1),
      enabledByDefault: cell(row, 2) === 'YES',
      ...(command === '-' ? {} : {command}),
    };
  });
