import {readFileSync} from 'node:fs';
import {join} from 'node:path';

import type {CheckFormat} from '../../model/check-format.js';

import {packageRoot} from './package-root.js';

/**
 * The text of a script in templates/, e.g. `loadTemplate('probe.sh')`. Works from src/ and from
 * dist/.
 *
 * @throws Error when there is no such template: the package is incomplete or the name is a typo
 */
export function loadTemplate(name: string): string {
  if (!/^[a-z][a-z0-9-]*\.sh$/.test(name)) throw new Error(`not a template name: ${name}`);
  return readFileSync(join(packageRoot(), 'templates', name), 'utf8');
}

/** The parts of the collector, in the order they are joined; main.sh last: it calls main. */
const COLLECT_PARTS = [
  'head',
  'setup',
  'kept',
  'mask',
  'frames',
  'commands',
  'opening',
  'trust',
  'identity',
  'files',
  'print-files',
  'oids',
  'services',
  'rc-scripts',
  'rc-files',
  'rc-program',
  'variables',
  'boot',
  'boot-calls',
  'tunables',
  'descriptors',
  'samples',
  'environments',
  'processes',
  'maps',
  'libmap',
  'programs',
  'modes',
  'versions',
  'main',
] as const;

/** What a check on the host itself has of its own, or does not judge by. */
const NOT_CHECKED: ReadonlySet<string> = new Set([
  ...['head', 'opening', 'variables', 'modes', 'main'],
]);
const CHECKED_PARTS = COLLECT_PARTS.filter((part) => !NOT_CHECKED.has(part));
const JUDGE_PARTS = [
  'look',
  'judge-frames',
  'judge-values',
  'judge-boot',
  'judge-lines',
  'judge-stalls',
  'judge-libraries',
  'judge-forks',
  'judge',
] as const;

/**
 * The parts of the script that changes a host, in the order they are joined; main.sh last: it calls
 * main.
 */
const CHANGE_PARTS = [
  'head',
  'words',
  'processes',
  'journal',
  'lock',
  'files',
  'file-steps',
  'mode-step',
  'sysctl-step',
  'service-step',
  'service-processes',
  'service-stop',
  'step',
  'check',
  'persistent',
  'boot',
  'work',
  'undo',
  'watch',
  'record',
  'state',
  'prepare',
  'begin',
  'decide',
  'main',
] as const;

/** The parts of a folder of templates/ as one text. */
function joined(folder: string, parts: readonly string[]): string {
  return parts
    .map((part) => readFileSync(join(packageRoot(), 'templates', folder, `${part}.sh`), 'utf8'))
    .join('\n');
}

/**
 * The script that tells what a host looks like, and changes nothing: the parts in
 * templates/collect/ as one text.
 *
 * @throws Error when a part is missing: the package is incomplete
 */
export function loadCollectTemplate(): string {
  return joined('collect', COLLECT_PARTS);
}

/**
 * The collector that also looks at what is on the way of a firewall's log (zbufctl trace).
 *
 * @throws Error when a part is missing: the package is incomplete
 */
export const loadTraceTemplate = (): string =>
  [
    joined('collect', COLLECT_PARTS.slice(0, -1)),
    joined('trace', ['firewall']),
    joined('collect', COLLECT_PARTS.slice(-1)),
  ].join('\n');

/**
 * A check that runs on the host itself: parts of the collector, those in templates/check/ that
 * judge, what is known (src/export), and the answer in this format.
 *
 * @throws Error when a part is missing: the package is incomplete
 */
export const loadCheckTemplate = (format: CheckFormat, knowledge: string): string =>
  [
    joined('check', ['head']),
    joined('collect', CHECKED_PARTS),
    joined('check', JUDGE_PARTS),
    knowledge,
    joined('check', [format, 'main']),
  ].join('\n');

/** What sampling takes of the collector, and what a second look at captures does not. */
const SAMPLE_PARTS = ['setup', 'frames', 'commands', 'opening'] as const;
const NOT_LOOKED_AT: ReadonlySet<string> = new Set([
  ...['head', 'identity', 'files', 'print-files', 'oids', 'services', 'rc-scripts', 'rc-files'],
  ...['rc-program', 'variables', 'boot', 'boot-calls', 'tunables', 'main'],
]);

/**
 * The two scripts of `zbufctl watch`: one that samples captures again and again, and one that looks
 * at those that do not move.
 *
 * @throws Error when a part is missing: the package is incomplete
 */
export const loadWatchTemplates = (): {readonly sample: string; readonly look: string} => ({
  sample: [
    joined('watch', ['sample-head']),
    joined('collect', SAMPLE_PARTS),
    joined('watch', ['sample-main']),
  ].join('\n'),
  look: [
    joined('watch', ['look-head']),
    joined(
      'collect',
      COLLECT_PARTS.filter((part) => !NOT_LOOKED_AT.has(part)),
    ),
    joined('watch', ['look-main']),
  ].join('\n'),
});

/**
 * The script that changes a host, and undoes it: the parts in templates/change/ as one text.
 *
 * @throws Error when a part is missing: the package is incomplete
 */
export function loadChangeTemplate(): string {
  return joined('change', CHANGE_PARTS);
}
