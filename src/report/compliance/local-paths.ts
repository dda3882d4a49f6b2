import type {Report} from '../../model/report.js';
import {withMembers} from '../../text/host-on-demand.js';
import {sameFindings} from '../findings/tally.js';

/** A folder of the controller, and what a reader elsewhere sees instead. */
export interface LocalPlace {
  readonly path: string;
  readonly shown: string;
}

/**
 * The report without paths of the controller: whoever reads it elsewhere has no use for them, and
 * they name people. Only what the controller itself wrote is looked at (failures, waivers, probes):
 * what a host said stays as it was said, since verdicts and hashes rest on it.
 */
export function withoutLocalPaths(report: Report, places: readonly LocalPlace[]): Report {
  const hide = hider(places);
  const hideIn = <T>(value: T): T => deep(value, hide) as T;
  return {
    ...report,
    scope: hideIn(report.scope),
    hosts: sameFindings(
      report.hosts,
      report.hosts.map((host) =>
        withMembers(host, {
          ...(host.failure === undefined ? {} : {failure: hideIn(host.failure)}),
          ...(host.laterTry === undefined ? {} : {laterTry: hideIn(host.laterTry)}),
          ...(host.helper === undefined ? {} : {helper: hideIn(host.helper)}),
        }),
      ),
    ),
    policyFindings: hideIn(report.policyFindings),
    waivers: hideIn(report.waivers),
    probes: hideIn(report.probes),
    changes: hideIn(report.changes),
    runs: hideIn(report.runs),
  };
}

/** The longest path first: a home directory is often above the others. */
function hider(places: readonly LocalPlace[]): (text: string) => string {
  const ordered = places
    .map((place) => ({...place, path: place.path.replace(/\/+$/, '')}))
    // The root is everybody's.
    .filter(({path}) => path.startsWith('/') && path !== '')
    .sort((a, b) => b.path.length - a.path.length);
  return (text) =>
    ordered.reduce(
      (left, {path, shown}) => left.replace(new RegExp(`${escaped(path)}(?![\\w.-])`, 'g'), shown),
      text,
    );
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function deep(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => deep(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, deep(item, change)]));
}
