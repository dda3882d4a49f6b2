import type {AuditedHost} from '../../model/audit-run.js';
import type {Counted, HostSource, LightHost} from '../../text/host-on-demand.js';
import {lineJson} from '../../text/canonical-json.js';
import {countedIn, hostOnDemand, lightOf} from '../../text/host-on-demand.js';
import {packed, unpacked} from '../../text/packed.js';
import {remembering} from '../../text/remembering.js';

/** Judged hosts on their way into a run: what is large is packed, a few hosts together. */
export interface PackedHosts {
  /** JSON of `PackedLight`, which costs a thread less to send than objects do. */
  readonly light: string;
  /** JSON of what is counted of findings: few texts for many hosts. */
  readonly counted: readonly string[];
  readonly pieces: readonly Uint8Array[];
}

/** `counted`: which of the texts. */
type PackedLight = Omit<LightHost, 'counted'> & {readonly counted: number};

/** Where pieces are until somebody asks for one. */
export interface Shelf {
  put(piece: Uint8Array): number;
  /** By what `put` gave. */
  get(at: number): Uint8Array;
}

/** Hosts say much the same: together they are a third as long, and one is found fast enough. */
const TOGETHER = 8;

const MOST_WORDS = 1000;
const LONGEST_COUNTED = 4096;

export function packHosts(hosts: readonly AuditedHost[]): PackedHosts {
  const lines = hosts.map(lineJson);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < lines.length; at += TOGETHER)
    pieces.push(packed(lines.slice(at, at + TOGETHER).join('\n')));
  const counted = hosts.map((host) => JSON.stringify(countedIn(host)));
  const texts = [...new Set(counted)];
  const light = hosts.map((host, i): PackedLight => ({
    ...lightOf(host),
    counted: texts.indexOf(counted[i] ?? ''),
  }));
  return {light: JSON.stringify(light), counted: texts, pieces};
}

/** The hosts of a run that would not fit into memory. */
export class ShelvedHosts implements HostSource {
  readonly hosts: AuditedHost[] = [];
  private readonly words = remembering<string>(MOST_WORDS);
  private readonly groups = remembering<readonly string[]>(MOST_WORDS);
  private readonly counted = remembering<readonly Counted[]>(MOST_WORDS, LONGEST_COUNTED);
  /** What was asked for last: readers ask several times of a host, and for the next one then. */
  private open: {readonly at: number; readonly texts: readonly string[]} | undefined;
  private last: {readonly text: string; readonly host: AuditedHost} | undefined;

  constructor(private readonly shelf: Shelf) {}

  add({light, counted, pieces}: PackedHosts): void {
    const places = pieces.map((piece) => this.shelf.put(piece));
    (JSON.parse(light) as readonly PackedLight[]).forEach((one, i) => {
      // The place of a piece, and that of the host in it.
      const at = (places[Math.floor(i / TOGETHER)] ?? 0) * TOGETHER + (i % TOGETHER);
      this.hosts.push(hostOnDemand(this.shared(one, counted[one.counted]), this, at));
    });
  }

  whole(index: number): AuditedHost {
    const text = this.text(index);
    if (this.last?.text !== text) this.last = {text, host: JSON.parse(text) as AuditedHost};
    return this.last.host;
  }

  text(index: number): string {
    const [at, place] = [Math.floor(index / TOGETHER), index % TOGETHER];
    if (this.open?.at !== at) this.open = {at, texts: unpacked(this.shelf.get(at)).split('\n')};
    return this.open.texts[place] ?? '';
  }

  /** Few releases and postures stand for many hosts. */
  private shared({counted: _, ...light}: PackedLight, counted = '[]'): LightHost {
    const {host} = light;
    const {release, groups} = host;
    return {
      ...light,
      counted: this.counted(counted, () => JSON.parse(counted) as readonly Counted[]),
      host: {
        ...host,
        posture: this.same(host.posture),
        groups: this.groups(JSON.stringify(groups), () => groups),
        ...(release === undefined ? {} : {release: this.same(release)}),
      },
    };
  }

  private same<T extends string>(word: T): T {
    return this.words(word, () => word) as T;
  }
}
