import type {Descriptor} from '../model/evidence.js';
import type {Result} from '../model/failure.js';
import {fail, ok} from '../model/failure.js';
import type {TwoLooks} from '../model/two-looks.js';

import {parseDescriptors} from './facts/descriptors.js';

/**
 * Reads the answer of templates/test-packet.sh. The host may be hostile: anything odd is an error,
 * in words.
 */
export function parsePacketTest(stdout: Buffer): Result<TwoLooks, string> {
  const lines = stdout.toString('latin1').split('\n');
  const start = lines.indexOf('packets 1');
  const again = lines.indexOf('again');
  const end = lines.lastIndexOf('end');
  if (start < 0 || again < start || end < again) return fail('the answer was cut, or is none');
  const [, words] = /^sent((?: (?:lo0|pflog0))+| -)$/.exec(lines[start + 1] ?? '') ?? [];
  if (words === undefined) return fail('it does not say what was sent');
  const [before, after] = [look(lines.slice(start + 2, again)), look(lines.slice(again + 1, end))];
  if (before === undefined || after === undefined) return fail('netstat -B was not understood');
  return ok({before, after, sent: words.split(' ').filter((word) => word !== '' && word !== '-')});
}

function look(lines: readonly string[]): readonly Descriptor[] | undefined {
  if (lines.some((line) => !line.startsWith('|'))) return undefined;
  const content = lines.map((line) => line.slice(1));
  const section = {name: 'descriptors', words: [], content, complaint: [], status: '0'};
  const read = parseDescriptors(section, true);
  return read.state === 'read' ? read.value : undefined;
}
