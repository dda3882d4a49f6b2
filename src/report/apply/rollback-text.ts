import type {HostToUndo} from '../../model/rollback-preview.js';
import {canonicalJson} from '../../text/canonical-json.js';
import {describeStep} from '../../text/describe-step.js';
import {groupBy} from '../../text/group-by.js';
import {sanitize} from '../../text/sanitize.js';

import {cleanName, plural} from '../terminal/page.js';
import {painter} from '../terminal/paint.js';
import type {RenderOptions} from '../renderer.js';
import {diffLines} from './step-diff.js';
import {hang} from '../terminal/wrap.js';

const NAMED = 12;

/**
 * The inverse steps and the differences of the files, hosts of the same together, and what they
 * bring back.
 */
export function renderRollback(
  run: string,
  hosts: readonly HostToUndo[],
  look: RenderOptions,
): string {
  const paint = painter(look.colour);
  const groups = groupBy(hosts, ({host: _, ...rest}) => canonicalJson(rest));
  const blocks = [...groups.values()].flatMap((list) => {
    const [first] = list;
    if (first === undefined) return [];
    const names = list.map(({host}) => cleanName(host));
    const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
    const size = names.length > 1 ? ` (${names.length} hosts)` : '';
    const {steps, isKnown, bringsBack} = first;
    return [
      [
        ...hang(
          '',
          `${names.slice(0, NAMED).join(', ')}${more}${size}: to roll back`,
          look.width,
        ).map((line) => paint('warn', line)),
        ...(isKnown
          ? []
          : hang(
              '  - ',
              'how far the run came is not known: what was begun is undone',
              look.width,
            )),
        ...steps.flatMap((step, i) =>
          hang(`  ${String(i + 1).padStart(2)}. `, describeStep(step), look.width),
        ),
        ...steps.flatMap((step) => diffLines(step, paint).map((line) => `      ${line}`)),
        ...bringsBack.flatMap((text) =>
          hang('  brings back: ', sanitize(text), look.width).map((line) => paint('bad', line)),
        ),
      ].join('\n'),
    ];
  });
  const back = hosts.filter(({bringsBack}) => bringsBack.length > 0).length;
  const warning =
    back === 0 ? '' : ` On ${plural(back, 'host')} it brings critical or high findings back.`;
  const sum = `Rollback of ${cleanName(run)}: ${plural(hosts.length, 'host')}.${warning}`;
  return `${[...blocks, hang('', sum, look.width).join('\n')].join('\n\n')}\n`;
}
