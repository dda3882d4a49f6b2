import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {createInterface} from 'node:readline';

import {OperatorError} from '../../model/operator-error.js';
import {explainUnreadable} from '../files/given-file.js';
import type {DigestOf} from './sshsig.js';

/** Reports of very many hosts are longer than a string may be, and a file that Node reads whole. */

const BLOCK = {highWaterMark: 1024 * 1024} as const;

/** What a signature of the file may be over. Throws OperatorError when it can not be read. */
export async function digestsOfFile(file: string): Promise<DigestOf> {
  const hashes = {sha256: createHash('sha256'), sha512: createHash('sha512')};
  try {
    for await (const block of createReadStream(file, BLOCK)) {
      hashes.sha256.update(block as Buffer);
      hashes.sha512.update(block as Buffer);
    }
  } catch (error) {
    throw explainUnreadable(error, file);
  }
  const digests = {sha256: hashes.sha256.digest(), sha512: hashes.sha512.digest()};
  return (hash) => digests[hash];
}

/** The list of hosts in a report, or in the report within a bundle, as zbufctl lays JSON out. */
const HOSTS = /^( {2}| {4})"hosts": \[$/;

/** More than a report without its hosts is: what is longer is another format. */
const LONGEST = 256 * 1024 * 1024;

/**
 * A JSON document of ours without its hosts, so that it is short however many there are. No string
 * of JSON holds the end of a line: what its blanks say of a line's depth is so. A document that is
 * laid out differently comes as it is; '' of another format, which has no runs to be compared.
 * Throws OperatorError when it can not be read.
 */
export async function outlineOf(file: string): Promise<string> {
  const lines: string[] = [];
  let length = 0;
  let end: string | undefined;
  try {
    for await (const line of createInterface({input: createReadStream(file, BLOCK)})) {
      if (end !== undefined && line !== end && line !== `${end},`) continue;
      end = undefined;
      if (lines.length === 0 && !line.trimStart().startsWith('{')) return '';
      // A document a line.
      if (lines.length === 1 && /^\{.*\}$/.test(lines[0] ?? '')) return '';
      lines.push(line);
      length += line.length;
      if (length > LONGEST) return '';
      const [, blanks] = HOSTS.exec(line) ?? [];
      if (blanks !== undefined) end = `${blanks}]`;
    }
  } catch (error) {
    if (error instanceof RangeError) throw tooLong(file);
    throw explainUnreadable(error, file);
  }
  return lines.join('\n');
}

const tooLong = (file: string): OperatorError =>
  new OperatorError(
    `${file} is too long to be looked through for the runs it rests on`,
    'Name the file as zbufctl wrote it: JSON with a line for each member.',
  );
