import type {Posture} from '../model/finding.js';
import {allTroubles, countBySeverity, isOpenFailure, noteworthy, SEVERITIES, URGENCY} from './audit-view.js';
import {cleanName, plural} from './page.js';
import type {Page} from './page.js';
import {POSTURE_TONE} from './paint.js';
import {wrap} from './wrap.js';

/** How many hosts of each posture, how many findings, what is not shown, and which run this was. */
export function closingLines(page: Page): readonly string[] {
  const {run} = page;
  const present = URGENCY.filter((posture) => (run.totals[posture] ?? 0) > 0);
  const totals = present.map((posture) => `${run.totals[posture] ?? 0} ${posture}`);
  const severities = countBySeverity(run);
  const findings = SEVERITIES.filter((s) => severities.has(s)).map((s) => `${severities.get(s) ?? 0} ${s}`);
  const seconds = ((Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1000).toFixed(1);
  return [
    ...toned(page, [`${plural(run.hosts.length, 'host')}: `, ...join(totals)], present),
    ...wrap(findings.length === 0 ? 'no open findings' : `open findings: ${findings.join(', ')}`, page.width),
    ...hiddenLines(page),
    ...interruptedLines(page),
    ...wrap(`run ${cleanName(run.run)}, ${seconds} s`, page.width),
  ];
}

const join = (parts: readonly string[]): readonly string[] =>
  parts.map((part, i) => (i === parts.length - 1 ? part : `${part}, `));

/** The totals line, each count in its posture's colour; wrapped before it is coloured, so that widths stay true. */
function toned(page: Page, parts: readonly string[], postures: readonly Posture[]): readonly string[] {
  return wrap(parts.join(''), page.width).map((line) =>
    postures.reduce(
      (text, posture) =>
        text.replace(
          new RegExp(`(^|[ ])(\\d+ ${posture})(?=,|$)`),
          (_, before: string, count: string) => before + page.paint(POSTURE_TONE[posture], count),
        ),
      line,
    ),
  );
}

/** Nothing is left out silently. */
function hiddenLines(page: Page): readonly string[] {
  if (page.verbose) return [];
  const all = page.run.hosts.flatMap((host) => allTroubles(host));
  const shown = new Set(page.run.hosts.flatMap((host) => noteworthy(host)));
  const hidden = all.filter((finding) => !shown.has(finding));
  const waived = hidden.filter((f) => f.verdict === 'fail' && !isOpenFailure(f)).length;
  const unknown = hidden.length - waived;
  const parts = [
    ...(waived === 0 ? [] : [`${waived} waived`]),
    ...(unknown === 0 ? [] : [`${unknown} unknown of lesser severity`]),
  ];
  return parts.length === 0 ? [] : wrap(`not shown without -v: ${parts.join(', ')}`, page.width);
}

function interruptedLines(page: Page): readonly string[] {
  if (!page.run.interrupted) return [];
  const cut = page.run.hosts.filter(({failure}) => failure?.kind === 'interrupted').length;
  const text = `interrupted: ${plural(cut, 'host was', 'hosts were')} not finished`;
  return wrap(text, page.width).map((line) => page.paint('doubt', line));
}

export const MEANING: Readonly<Record<Posture, string>> = {
  broken: 'a capture is losing packets now',
  'at-risk': 'a capture will break at the next start of its service or at the next boot',
  unknown: 'the evidence is incomplete where it matters',
  unreachable: 'the host gave no evidence',
  drift: 'the setting is not what the policy, or the next boot, says',
  ineffective: 'zero-copy is on, and nothing on the host can use it',
  'not-applicable': 'not FreeBSD, or a kernel without bpf',
  compliant: 'nothing to do',
};

/** What the words on this page mean; only those that occur. */
export function legendLines(page: Page): readonly string[] {
  const {run} = page;
  const words = URGENCY.filter((posture) => (run.totals[posture] ?? 0) > 0).map(
    (posture) => `${posture} = ${MEANING[posture]}`,
  );
  const values =
    'run/boot = net.bpf.zerocopy_enable now, and after the next boot (- not set, ? could not be read)';
  const stalled = 'stalled = captures that no longer receive packets';
  const zerocopy =
    'zero-copy = the kernel hands packets to a program through shared memory, which a fork can cut off unnoticed';
  return wrap([...words, values, stalled, zerocopy].join('; '), page.width).map((line) =>
    page.paint('dim', line),
  );
}
