import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';

import {parseCollectorOutput} from '../../src/collect/collector-output.js';
import {loadCollectTemplate} from '../../src/io/package/templates.js';
import type {Machine} from '../../src/lab/machine.js';
import type {Evidence} from '../../src/model/evidence.js';
import {scriptWithArguments} from '../../src/text/shell.js';
import {practiceRoot} from '../lab/practice-root.js';

import {META} from './replay/replay-host.js';

/**
 * What the real collector says of a practice host on disk, with these files besides its own (text
 * as Latin-1).
 */
export function practiceEvidence(
  machine: Machine,
  files: Readonly<Record<string, string>> = {},
  as: 'root' | 'ops' = 'root',
): Evidence {
  const host = practiceRoot(machine);
  try {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(host.root, path)), {recursive: true});
      writeFileSync(join(host.root, path), content, 'latin1');
      // A script is written to be run.
      if (content.startsWith('#!')) chmodSync(join(host.root, path), 0o755);
    }
    const said = host.sh(scriptWithArguments(loadCollectTemplate(), ['0']), as);
    const result = parseCollectorOutput(Buffer.from(said.out, 'latin1'), META);
    if (!result.ok) throw new Error(`${result.error.message}\n${said.err}\n${said.out}`);
    return result.value;
  } finally {
    host.remove();
  }
}
