import type {Report, ReportedHost} from '../../model/report.js';
import {byUrgency} from '../findings/audit-view.js';
import {notable} from '../findings/report-view.js';
import {plural} from '../terminal/page.js';

/** How much a page holds, so that a browser opens it in seconds, and somebody can read it. */
export interface Bounds {
  /** Up to this many hosts all are listed, and rows of a table. */
  readonly whole: number;
  /** Of more, this many hosts: those that need attention have most to be told of. */
  readonly listed: number;
}

/** Some 20 to 30 MB, either way; of a hundred thousand hosts it would be half a gigabyte. */
export const BOUNDS: Bounds = {whole: 5000, listed: 2000};

/** The hosts on a page. */
export interface Listed {
  /** Most urgent first. */
  readonly hosts: readonly ReportedHost[];
  /** Who is not there, and where they are; '': all are there. */
  readonly leftOut: string;
}

/** All hosts; of very many, those that need attention, most urgent first. */
export function listedHosts(report: Report, {whole, listed}: Bounds): Listed {
  const urgent = byUrgency(report.hosts) as readonly ReportedHost[];
  if (urgent.length <= whole) return {hosts: urgent, leftOut: ''};
  const attention = urgent.filter(notable);
  const hosts = attention.slice(0, listed);
  const more = attention.length - hosts.length;
  const quiet = urgent.length - attention.length;
  const left = [
    ...(more === 0 ? [] : [`${plural(more, 'host')} that need attention, too`]),
    ...(quiet === 0 ? [] : [`${plural(quiet, 'host')} on which nothing was found`]),
  ].join(', and ');
  return {
    hosts,
    leftOut: `This page lists ${hosts.length} of ${urgent.length} hosts: those that need attention, most urgent first. Left out: ${left}. The numbers count all of them, and ${ELSEWHERE}.`,
  };
}

/** Formats that are as long as the fleet is. */
const ELSEWHERE = 'every host is in the same report as csv, json or ndjson (-o csv:FILE)';

/** The first rows of a table, and how many more there are in words; '': none. */
export function firstOf<T>(
  rows: readonly T[],
  most: number,
): {readonly rows: readonly T[]; readonly leftOut: string} {
  if (rows.length <= most) return {rows, leftOut: ''};
  return {
    rows: rows.slice(0, most),
    leftOut: `The first ${most} of ${rows.length} are listed; all are in the same report as json.`,
  };
}
