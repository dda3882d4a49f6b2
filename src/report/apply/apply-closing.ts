import type {AppliedHost, ApplyRun} from '../../model/apply-run.js';
import {POSTURES} from '../../model/finding.js';
import {sanitize} from '../../text/sanitize.js';

import {cleanName, plural} from '../terminal/page.js';
import {hang} from '../terminal/wrap.js';

/** Hosts named before the rest becomes a number. */
const NAMED = 5;

/**
 * What a run came to: how many hosts had each posture before and have it after, and what is left to
 * people.
 */
export function comeTo(run: ApplyRun, width: number): readonly string[] {
  if (run.dryRun || run.hosts.length === 0) return [];
  return [...postureTable(run.hosts, width), ...leftByHand(run, width), ...standing(run, width)];
}

function postureTable(hosts: readonly AppliedHost[], width: number): readonly string[] {
  const row = width < TABLE_WIDTH ? sentence : columns;
  const rows = POSTURES.flatMap((posture) => {
    const before = hosts.filter(({postureBefore}) => postureBefore === posture).length;
    const after = hosts.filter(({postureAfter}) => postureAfter === posture).length;
    return before + after === 0 ? [] : [row(posture, String(before), String(after))];
  });
  return ['', row('POSTURE', 'BEFORE', 'AFTER'), ...rows];
}

const columns = (word: string, before: string, after: string): string =>
  `${word.padEnd(14)}  ${before.padStart(6)}  ${after.padStart(5)}`;

/** On a narrower terminal there are no columns. */
const TABLE_WIDTH = columns('', '', '').length;

const sentence = (word: string, before: string, after: string): string =>
  `${word}: ${before} -> ${after}`;

/**
 * Hosts that were not started are gone on with, or planned again: what they need is not said here.
 */
function leftByHand({hosts}: ApplyRun, width: number): readonly string[] {
  const left = hosts.filter(({result, byHand}) => byHand.length > 0 && result !== 'not-started');
  if (left.length === 0) return [];
  return [
    '',
    `Still to do by hand (${plural(left.length, 'host')}):`,
    ...left.flatMap(({host, byHand}) =>
      byHand.flatMap(({text, command}) => [
        ...hang(`  ${cleanName(host)}: `, sanitize(text), width),
        ...(command === undefined ? [] : hang('      ', sanitize(command), width)),
      ]),
    ),
  ];
}

/** Why the exit code is not 0 although every step was done. */
function standing({hosts, undoes}: ApplyRun, width: number): readonly string[] {
  const bad = hosts.filter((host) => host.standing.length > 0);
  if (bad.length === 0 || undoes !== undefined) return [];
  const named = bad
    .slice(0, NAMED)
    .map(
      ({host, standing: open}) =>
        `${cleanName(host)} ${[...new Set(open.map(({rule}) => rule))].join(' ')}`,
    );
  const more = bad.length > NAMED ? `; and ${bad.length - NAMED} more` : '';
  return [
    '',
    ...hang(
      '',
      `Critical or high findings stand on ${plural(bad.length, 'host')}: ${named.join('; ')}${more}.`,
      width,
    ),
  ];
}
