import {recordNames} from '../../inventory/record-name.js';
import type {BroughtFile} from '../../io/store/record-files.js';
import type {Complaint} from '../../model/host.js';
import {OperatorError} from '../../model/operator-error.js';
import {listComplaints} from '../../text/list-complaints.js';
import {sanitize} from '../../text/sanitize.js';

/**
 * The file of every host, by its name. Throws OperatorError with every file that is not the record
 * of a host, or the second of one.
 * @param known hosts of the inventory
 */
export function hostsOfFiles(
  files: readonly BroughtFile[],
  known: Iterable<string>,
  folder: string,
): ReadonlyMap<string, BroughtFile> {
  const hostOf = recordNames(known);
  const byHost = new Map<string, BroughtFile>();
  const complaints: Complaint[] = [];
  const complain = (file: BroughtFile, message: string, fix: string): void => {
    complaints.push({file: file.path, line: 0, message, fix});
  };
  for (const file of files) {
    if (!file.given && !/\.(?:txt|json)$/.test(file.name)) {
      complain(
        file,
        'is not called as a record is',
        'HOST.txt is what the collector printed, HOST.json a document; put other files elsewhere.',
      );
      continue;
    }
    const host = hostOf(file.name);
    if (typeof host !== 'string') {
      complain(file, `is of no host: its name ${host.message}`, host.fix);
      continue;
    }
    const first = byHost.get(host);
    if (first === undefined) byHost.set(host, file);
    else
      complain(
        file,
        `is of ${host}, and so is ${shownPath(first, folder)}`,
        'Bring one record of a host: the newer one.',
      );
  }
  if (complaints.length > 0) throw new OperatorError(listComplaints(complaints, folder), '');
  return byHost;
}

/** A file as messages call it: relative where it stands below the working directory. */
export function shownPath({path}: BroughtFile, folder: string): string {
  const prefix = `${folder}/`;
  return sanitize(path.startsWith(prefix) ? path.slice(prefix.length) : path, {limit: 300});
}
