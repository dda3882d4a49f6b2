import {createInterface} from 'node:readline';
import type {Readable, Writable} from 'node:stream';

import {sanitize} from '../../text/sanitize.js';

import type {Choice} from './interview.js';

/**
 * A menu for terminals that cannot move the cursor (TERM=dumb) and for screen readers: numbered
 * lines, and a number is typed. `undefined`: the input ended.
 */
export async function askByNumber<T extends string>(
  message: string,
  choices: readonly Choice<T>[],
  {input, output}: {readonly input: Readable; readonly output: Writable},
): Promise<T | undefined> {
  const reader = createInterface({input, terminal: false});
  const rows = choices.map(({label}, i) => `${String(i + 1).padStart(3)}  ${sanitize(label)}\n`);
  const ask = (): void => {
    output.write(`${sanitize(message)} (1-${choices.length}): `);
  };
  output.write(rows.join(''));
  ask();
  try {
    for await (const line of reader) {
      const chosen = choices[Number(line.trim()) - 1];
      if (chosen !== undefined) return chosen.value;
      ask();
    }
    return undefined;
  } finally {
    reader.close();
  }
}
