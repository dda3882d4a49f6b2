import {sanitize} from './sanitize.js';

/** The part of a Complaint (src/model/host.ts) that is shown. */
interface Shown {
  readonly file: string;
  /** 1-based; 0: the file as a whole. */
  readonly line: number;
  readonly message: string;
  readonly fix: string;
}

/**
 * Complaints as people read them, one `file:line: message` each with its fix indented below, in the
 * order given. Files below `folder` are shown relative to it.
 */
export function listComplaints(complaints: readonly Shown[], folder?: string): string {
  return complaints
    .map(({file, line, message, fix}) => {
      const where = `${sanitize(relative(file, folder))}${line > 0 ? `:${line}` : ''}`;
      return fix === '' ? `${where}: ${message}` : `${where}: ${message}\n    ${fix}`;
    })
    .join('\n');
}

function relative(file: string, folder: string | undefined): string {
  if (folder === undefined) return file;
  const prefix = folder.endsWith('/') ? folder : `${folder}/`;
  return file.startsWith(prefix) ? file.slice(prefix.length) : file;
}
