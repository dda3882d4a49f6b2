import {createHash} from 'node:crypto';
import {closeSync, openSync, readSync} from 'node:fs';

import type {AuditedHost} from '../../model/audit-run.js';
import type {HostSource} from '../../text/host-on-demand.js';
import type {Counted} from '../../text/host-on-demand.js';
import {countedIn, hostOnDemand, lightOf} from '../../text/host-on-demand.js';
import {remembering} from '../../text/remembering.js';

import {HostFinder} from './host-finder.js';

/** A stored document whose hosts are read when somebody asks for them. */
export interface LargeDocument {
  /** All of it, without its hosts. */
  readonly text: string;
  readonly hosts: readonly AuditedHost[];
  /** SHA-256 (hex) of the file. */
  readonly hash: string;
}

const BLOCK = 1024 * 1024;

/**
 * Reads the document of an audit of very many hosts: once from the first byte to the last, then
 * host by host. A stored run is never written again, so the file stays open, and what it had when
 * it was hashed is what is read. Undefined: not a document as zbufctl writes it.
 */
export function readLargeDocument(path: string): LargeDocument | undefined {
  const file = openSync(path, 'r');
  const finder = new HostFinder();
  const sum = createHash('sha256');
  const hosts: AuditedHost[] = [];
  const counted = counting();
  const source = new StoredHosts(file);
  const block = Buffer.allocUnsafe(BLOCK);
  try {
    for (;;) {
      const length = readSync(file, block, 0, BLOCK, null);
      if (length === 0) break;
      const bytes = block.subarray(0, length);
      sum.update(bytes);
      for (const {at, text} of finder.take(bytes)) {
        const host = JSON.parse(text.toString('utf8')) as AuditedHost;
        const light = {...lightOf(host), counted: counted(host)};
        hosts.push(hostOnDemand(light, source, source.add(at, text.length)));
      }
    }
    const text = finder.end();
    if (text !== undefined) return {text, hosts, hash: sum.digest('hex')};
  } catch (error) {
    closeSync(file);
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  closeSync(file);
  return undefined;
}

/** Alike hosts share what is counted of them; this many kinds are held. */
const MOST_ALIKE = 5000;
const LONGEST_KEY = 4096;

/** What is counted of hosts: every report counts first, and to parse them again took long. */
function counting(): (host: AuditedHost) => readonly Counted[] {
  const known = remembering<readonly Counted[]>(MOST_ALIKE, LONGEST_KEY);
  return (host) => {
    const counted = countedIn(host);
    return known(JSON.stringify(counted), () => counted);
  };
}

/** Where each host stands in an open file. */
class StoredHosts implements HostSource {
  private readonly places: number[] = [];
  private last: {readonly index: number; readonly host: AuditedHost} | undefined;

  constructor(private readonly file: number) {}

  add(at: number, length: number): number {
    return this.places.push(at, length) / 2 - 1;
  }

  /** Readers ask several times of a host, and for another one then. */
  whole(index: number): AuditedHost {
    if (this.last?.index !== index) this.last = {index, host: this.read(index)};
    return this.last.host;
  }

  private read(index: number): AuditedHost {
    const [at = 0, length = 0] = this.places.slice(index * 2, index * 2 + 2);
    const bytes = Buffer.allocUnsafe(length);
    for (let done = 0; done < length;) {
      const read = readSync(this.file, bytes, done, length - done, at + done);
      if (read === 0) throw new Error('a stored run was cut while it was read');
      done += read;
    }
    return JSON.parse(bytes.toString('utf8')) as AuditedHost;
  }
}
