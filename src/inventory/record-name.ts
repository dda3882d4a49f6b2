import {fileNameFor} from '../text/file-name.js';

import type {Defect} from './host-names.js';
import {hostNameDefect} from './host-names.js';

/** What a record of a host may end in; other dots are the host's own. */
const ENDS = /\.(?:txt|json|out|log)$/;

/** The name of a file without what says its kind: `fw01.example.net` has nothing to lose. */
export const baseOfRecord = (fileName: string): string => fileName.replace(ENDS, '');

/**
 * Tells which host the record in a file is of: its name decides, since what stands in it may be the
 * work of a host. Names are those `zbufctl collect --out` gives (fileNameFor), or plain.
 * @param known hosts of the inventory
 */
export function recordNames(known: Iterable<string>): (fileName: string) => string | Defect {
  const byFile = new Map<string, string>();
  for (const name of known) byFile.set(fileNameFor(name), name).set(name, name);
  return (fileName) => {
    const base = baseOfRecord(fileName);
    const written = base.replace(/%([0-9A-F]{4})/g, (_, code: string) =>
      String.fromCharCode(parseInt(code, 16)),
    );
    return byFile.get(base) ?? hostNameDefect(written) ?? written;
  };
}
