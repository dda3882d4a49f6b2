import type {Rejudged, RejudgedHost, Rejudgement} from '../../app/report/rejudge.js';
import {readGivenFile} from '../../io/files/given-file.js';
import {loadSchema} from '../../io/package/schemas.js';
import {plural} from '../../report/terminal/page.js';
import {sanitize} from '../../text/sanitize.js';

import {EXIT, worst} from '../exit-codes.js';
import type {ExitCode} from '../exit-codes.js';
import type {World} from '../world.js';

/** Judges a bundle again, from nothing but the file. Throws OperatorError. */
export async function rejudgeFile(
  file: string,
  {services, version}: Pick<World, 'services' | 'version'>,
): Promise<Rejudgement> {
  // Brings the schema validator with it, which every other check does without.
  const [{bundleValidator, readBundle, BUNDLE_SCHEMAS}, {rejudge}] = await Promise.all([
    import('../../app/report/read-bundle.js'),
    import('../../app/report/rejudge.js'),
  ]);
  const validate = bundleValidator(BUNDLE_SCHEMAS.map(loadSchema));
  const bundle = readBundle(await readGivenFile(file), file, validate);
  return rejudge(bundle, {services: await services(), version});
}

const CODE: Readonly<Record<Rejudged, ExitCode>> = {
  same: EXIT.clean,
  changed: EXIT.findings,
  silent: EXIT.clean,
  'no-evidence': EXIT.unknown,
  'other-evidence': EXIT.findings,
};

export const codeOfRejudged = ({hosts}: Rejudgement): ExitCode =>
  worst(hosts.map(({state}) => CODE[state]));

/** What came of it, in lines. */
export function rejudgedText({hosts, rules}: Rejudgement): readonly string[] {
  const counts = new Map<Rejudged, number>();
  for (const {state} of hosts) counts.set(state, (counts.get(state) ?? 0) + 1);
  const same = counts.get('same') ?? 0;
  const silent = counts.get('silent') ?? 0;
  const changed = counts.get('changed') ?? 0;
  return [
    `judged again: the same verdicts on ${same} of ${plural(hosts.length - silent, 'host')} with verdicts`,
    ...(silent === 0 ? [] : [`${plural(silent, 'host')} had not answered: nothing to judge`]),
    ...hosts.flatMap(linesOf),
    ...rulesText(rules, changed > 0),
  ].map((line) => `  ${line}`);
}

function linesOf({host, state, changes}: RejudgedHost): readonly string[] {
  const name = sanitize(host);
  switch (state) {
    case 'same':
    case 'silent':
      return [];
    case 'no-evidence':
      return [`${name}: there is no evidence in the bundle, so its verdicts cannot be checked`];
    case 'other-evidence':
      return [`${name}: the evidence in the bundle is not what the report was made from`];
    case 'changed':
      return changes.map(({rule, of, reported, now}) => {
        const what = rule === undefined ? 'posture' : [rule, of].filter(Boolean).join(' of ');
        return `${name}: ${sanitize(what)} was reported as ${sanitize(reported)}, and is ${sanitize(now)}`;
      });
  }
}

function rulesText(
  {same, reported, here}: Rejudgement['rules'],
  changed: boolean,
): readonly string[] {
  if (same) return [];
  const which =
    reported === here
      ? `the report was judged by other rules or knowledge, though both are zbufctl ${here}`
      : `the report was judged by the rules of zbufctl ${sanitize(reported)}, this is ${here}`;
  return [changed ? `${which}: what changed may come from that` : which];
}
