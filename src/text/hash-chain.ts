import {createHash, hash} from 'node:crypto';

import type {ChainHead, ChainLink, RunChain} from '../model/stored-run.js';
import {canonicalJson} from './canonical-json.js';

/** SHA-256 as hex of text (as UTF-8) or bytes. */
export const sha256 = (data: string | Uint8Array): string => hash('sha256', data, 'hex');

/** Parts of a text as they pass, and the hash of all that passed. */
export function hashing(parts: Iterable<string>): {
  readonly parts: Iterable<string>;
  /** Once, when all of them have passed. */
  digest(): string;
} {
  const sum = createHash('sha256');
  function* passing(): Iterable<string> {
    for (const part of parts) {
      sum.update(part);
      yield part;
    }
  }
  return {parts: passing(), digest: () => sum.digest('hex')};
}

export interface ChainDocument {
  readonly name: string;
  readonly host?: string;
  /** SHA-256 (hex) of its canonical JSON. */
  readonly document: string;
}

/**
 * Ties a run's documents, in the order of their names, and the run stored before it together: who
 * changes, removes, adds or renames a document, or a whole earlier run, gets another head. It shows
 * tampering to everyone who kept a head (a report prints it); it does not stop somebody who
 * rewrites the whole state directory.
 */
export function chainRun(
  run: string,
  previous: ChainHead | null,
  documents: readonly ChainDocument[],
): RunChain {
  const sequence = (previous?.sequence ?? 0) + 1;
  let head = firstLink(run, sequence, previous);
  const links = [...documents]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({name, host, document}): ChainLink => {
      head = sha256(canonicalJson({previous: head, name, host, document}));
      return {name, ...(host === undefined ? {} : {host}), document, link: head};
    });
  return {schema: 'zbufctl.chain/1', run, sequence, previous, links, head};
}

/**
 * The first thing in a chain file that does not follow from what stands before it; undefined when
 * all does.
 */
export function brokenLink(chain: RunChain): string | undefined {
  const rebuilt = chainRun(chain.run, chain.previous, chain.links);
  if (rebuilt.sequence !== chain.sequence) return 'its number does not follow the run before it';
  const wrong = chain.links.findIndex(({link}, i) => link !== rebuilt.links[i]?.link);
  if (wrong !== -1)
    return `its link ${chain.links[wrong]?.name ?? ''} does not follow from the one before`;
  return chain.head === rebuilt.head ? undefined : 'its head is not its last link';
}

export const headOf = ({sequence, run, head}: ChainHead): ChainHead => ({sequence, run, head});

/** The value every chain starts from: which run, and on top of which other. */
const firstLink = (run: string, sequence: number, previous: ChainHead | null): string =>
  sha256(canonicalJson({schema: 'zbufctl.chain/1', run, sequence, previous}));
