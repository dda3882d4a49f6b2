import type {Report, ReportedHost} from '../../model/report.js';
import {byUrgency} from '../findings/audit-view.js';
import {notable} from '../findings/report-view.js';
import {plural} from '../terminal/page.js';

/**
 * Hosts, and rows of a table, that one page has at most. A browser opens a page of this many (some
 * 20 MB) in seconds; of a hundred thousand it would be half a gigabyte, and nobody could read it.
 */
export const MOST_LISTED = 5000;

/** The hosts on a page. */
export interface Listed {
  /** Most urgent first. */
  readonly hosts: readonly ReportedHost[];
  /** Who is not there, and where they are; '': all are there. */
  readonly leftOut: string;
}

/** All hosts; of very many, those that need attention, most urgent first. */
export function listedHosts(report: Report, most = MOST_LISTED): Listed {
  const urgent = byUrgency(report.hosts) as readonly ReportedHost[];
  if (urgent.length <= most) return {hosts: urgent, leftOut: ''};
  const attention = urgent.filter(notable);
  const hosts = attention.slice(0, most);
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
  most = MOST_LISTED,
): {readonly rows: readonly T[]; readonly leftOut: string} {
  if (rows.length <= most) return {rows, leftOut: ''};
  return {
    rows: rows.slice(0, most),
    leftOut: `The first ${most} of ${rows.length} are listed; all are in the same report as json.`,
  };
}
