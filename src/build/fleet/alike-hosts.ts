import type {Evidence} from '../../model/evidence.js';
import {canonicalJson} from '../../text/canonical-json.js';

/** The document of a host that says the same as another one, as far as two hosts ever do. */
export type Copy = (name: string, number: number) => string;

type Piece = string | ((name: string, number: number) => string);

/**
 * Makes evidence documents of many hosts from that of one. What no two hosts share differs: name,
 * process ids, addresses in memory, times and counters; it is the same for the same number.
 */
export function copiesOf(evidence: Evidence): Copy {
  const text = canonicalJson(evidence);
  const pids = evidence.processes.state === 'read' ? evidence.processes.value : [];
  const known = new Set(pids.map(({pid}) => String(pid)));
  const pieces: Piece[] = [];
  let done = 0;
  for (const match of text.matchAll(
    /"(?:start|end)":"0x([0-9a-f]+)"|"(?:pid|ppid|pgid)":(\d+)|"(\d+)":[{"]|"(?:received|matched)":(\d+)|"bootTime":\{"state":"read","value":(\d+)|"(?:host|hostname)":(?:\{"state":"read","value":)?"([^"]*)"/g,
  )) {
    const [whole, address, pid, key, counter, boot, name] = match;
    const value = address ?? pid ?? key ?? counter ?? boot ?? name ?? '';
    if ((pid ?? key) !== undefined && !known.has(value)) continue;
    const at = match.index + whole.lastIndexOf(value);
    pieces.push(text.slice(done, at), pieceOf(value, {address, name}));
    done = at + value.length;
  }
  pieces.push(text.slice(done));
  return (host, number) =>
    pieces.map((piece) => (typeof piece === 'string' ? piece : piece(host, number))).join('');
}

function pieceOf(
  value: string,
  {address, name}: {readonly address: string | undefined; readonly name: string | undefined},
): Piece {
  if (address !== undefined) {
    const from = parseInt(address, 16);
    return (_, number) => (from + (number % 100_000) * 0x10_0000).toString(16);
  }
  if (name !== undefined) return (host) => host + (/\..*/.exec(name)?.[0] ?? '');
  const from = Number(value);
  return (_, number) => String(from + (number % 20_000));
}
