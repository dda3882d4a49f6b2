import type {AuditedHost} from '../model/audit-run.js';
import type {Finding} from '../model/finding.js';
import {remembering} from '../text/remembering.js';

/** Enough for what differs among the hosts of a fleet. */
const FINDINGS = 1000;
const READINGS = 2000;
const LONGEST_FINDING = 4096;

/**
 * Gives a host with the values of an earlier one where both say the same: the findings of a fleet
 * are mostly alike, and a run holds all of them to its end. Everything kept is a copy: V8 cuts a
 * text out of a long one by pointing into it, and so one release name held all a host had said.
 */
export function sharing(): (host: AuditedHost) => AuditedHost {
  const findings = remembering<Finding>(FINDINGS, LONGEST_FINDING);
  const readings = remembering<unknown>(READINGS);
  const reading = <T>(value: T): T => {
    const text = JSON.stringify(value);
    return readings(text, () => JSON.parse(text) as unknown) as T;
  };
  const finding = (value: Finding): Finding =>
    findings(JSON.stringify(value), () => {
      const {because, ...rest} = value;
      return {because: because.map(reading), ...copyOf(rest)};
    });
  return ({findings: found, captures, doThis, ...host}) => ({
    findings: found.map(finding),
    ...(captures === undefined ? {} : {captures: reading(captures)}),
    ...(doThis === undefined ? {} : {doThis: doThis.map(reading)}),
    ...copyOf(host),
  });
}

/**
 * What JSON can hold of it, as every member of a run can be held. Stands last where an object is
 * put together: in Node 20 a copy that gets members afterwards takes three times as much.
 */
const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
