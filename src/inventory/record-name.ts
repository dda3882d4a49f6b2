import {fileNameFor} from '../text/file-name.js';

import type {Defect} from './host-names.js';
import {hostNameDefect} from './host-names.js';

/** What a record of a host may end in; other dots are the host's own. */
const ENDS = /\.(?:txt|json|out|log)$/;

/** The name of a file without what says its kind: `fw01.example.net` has nothing to lose. */
export const baseOfRecord = (fileName: string): string => fileName.replace(ENDS, '');

/**
 * Which host the record in a file is of: its name decides, since what stands in it may be the work
 * of a host. Names are those `zbufctl collect --out` gives (fileNameFor), or plain.
 * @param known hosts of the inventory
 */
export function hostOfRecord(fileName: string, known: ReadonlySet<string>): string | Defect {
  const base = baseOfRecord(fileName);
  if (known.has(base)) return base;
  const written = base.replace(/%([0-9A-F]{4})/g, (_, code: string) =>
    String.fromCharCode(parseInt(code, 16)),
  );
  for (const name of known) if (fileNameFor(name) === base) return name;
  return hostNameDefect(written) ?? written;
}
