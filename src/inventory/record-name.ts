import {fileNameFor} from '../text/file-name.js';

import type {Defect} from './host-names.js';
import {hostNameDefect} from './host-names.js';

/** What a record of a host may end in; the rest of the name is the host. */
const ENDS = /\.(?:txt|json)$/;

/**
 * Which host the record in a file is of: its name decides, since what stands in it may be the work
 * of a host. Names are those `zbufctl collect --out` gives (fileNameFor), or plain.
 * @param known hosts of the inventory
 */
export function hostOfRecord(fileName: string, known: ReadonlySet<string>): string | Defect {
  const base = fileName.replace(ENDS, '');
  if (known.has(base)) return base;
  const written = base.replace(/%([0-9A-F]{4})/g, (_, code: string) =>
    String.fromCharCode(parseInt(code, 16)),
  );
  for (const name of known) if (fileNameFor(name) === base) return name;
  return hostNameDefect(written) ?? written;
}
