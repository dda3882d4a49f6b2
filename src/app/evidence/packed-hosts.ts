import {deflateRawSync, inflateRawSync} from 'node:zlib';

import type {AuditedHost} from '../../model/audit-run.js';
import type {HostSource, LightHost} from '../../text/host-on-demand.js';
import {lineJson} from '../../text/canonical-json.js';
import {hostOnDemand, lightOf} from '../../text/host-on-demand.js';
import {remembering} from '../../text/remembering.js';

/** Judged hosts on their way into a run: what is large is packed, a few hosts together. */
export interface PackedHosts {
  readonly light: readonly LightHost[];
  readonly pieces: readonly Uint8Array[];
}

/** Where pieces are until somebody asks for one. */
export interface Shelf {
  put(piece: Uint8Array): number;
  /** By what `put` gave. */
  get(at: number): Uint8Array;
}

/** Hosts say much the same: together they are a third as long, and one is found fast enough. */
const TOGETHER = 8;

const FAST = {level: 1} as const;

const MOST_WORDS = 1000;

export function packHosts(hosts: readonly AuditedHost[]): PackedHosts {
  const texts = hosts.map(lineJson);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < texts.length; at += TOGETHER)
    // A copy is as long as it has to be; zlib's own is a view into more.
    pieces.push(Uint8Array.from(deflateRawSync(texts.slice(at, at + TOGETHER).join('\n'), FAST)));
  return {light: hosts.map(lightOf), pieces};
}

/** The hosts of a run that would not fit into memory. */
export class ShelvedHosts implements HostSource {
  readonly hosts: AuditedHost[] = [];
  private readonly words = remembering<string>(MOST_WORDS);
  private readonly groups = remembering<readonly string[]>(MOST_WORDS);
  /** What was asked for last: readers ask several times of a host, and for the next one then. */
  private open: {readonly at: number; readonly texts: readonly string[]} | undefined;
  private last: {readonly text: string; readonly host: AuditedHost} | undefined;

  constructor(private readonly shelf: Shelf) {}

  add({light, pieces}: PackedHosts): void {
    const places = pieces.map((piece) => this.shelf.put(piece));
    light.forEach((one, i) => {
      // The place of a piece, and that of the host in it.
      const at = (places[Math.floor(i / TOGETHER)] ?? 0) * TOGETHER + (i % TOGETHER);
      this.hosts.push(hostOnDemand(this.shared(one), this, at));
    });
  }

  whole(index: number): AuditedHost {
    const text = this.text(index);
    if (this.last?.text !== text) this.last = {text, host: JSON.parse(text) as AuditedHost};
    return this.last.host;
  }

  text(index: number): string {
    const [at, place] = [Math.floor(index / TOGETHER), index % TOGETHER];
    if (this.open?.at !== at)
      this.open = {at, texts: inflateRawSync(this.shelf.get(at)).toString('utf8').split('\n')};
    return this.open.texts[place] ?? '';
  }

  /** Few releases and postures stand for many hosts. */
  private shared(light: LightHost): LightHost {
    const {host} = light;
    const {release, groups} = host;
    return {
      ...light,
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
