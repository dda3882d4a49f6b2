import type {NotEvidence} from '../../collect/stored-evidence.js';
import {openEvidence} from '../../collect/stored-evidence.js';
import {changePolicyOf} from '../../inventory/change-policy-reader.js';
import type {Evidence} from '../../model/evidence.js';
import type {Result} from '../../model/failure.js';
import {fail, ok} from '../../model/failure.js';
import type {Host} from '../../model/host.js';
import type {ModeObject} from '../../model/mode.js';
import type {StoredProbe} from '../../model/probe.js';
import type {Service} from '../../model/service.js';
import type {Waiver} from '../../model/waiver.js';
import {judgeHost} from '../audit.js';
import {servicesByPolicy} from '../judging.js';

import type {PackedHosts} from './packed-hosts.js';
import {packHosts} from './packed-hosts.js';

/** What all hosts are judged by; it can be sent to another thread. */
export interface Basis {
  readonly services: readonly Service[];
  readonly modeObjects: readonly ModeObject[];
  readonly waivers: readonly Waiver[];
  /** ISO 8601 UTC: the moment all of them are judged at. */
  readonly now: string;
  /** Of an evidence document. */
  readonly schema: object;
}

/** A record somebody kept. */
export interface KeptRecord {
  /** What to call its host when it does not say. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Of whom a record is, or why it is no evidence. */
export type Told = Result<Pick<Evidence, 'host' | 'address'>, NotEvidence>;

/** A host as it is judged; its record is not. */
export interface ToJudge {
  readonly host: Host;
  readonly probe?: StoredProbe | undefined;
}

/** Judges records a stretch at a time: first of whom they are, then what they come to. */
export interface StretchJudge {
  read(records: readonly KeptRecord[]): Promise<ReadStretch>;
}

export interface ReadStretch {
  /** One for each record. */
  readonly results: readonly Told[];
  /**
   * To be called once.
   * @param hosts one for each record; undefined, or none: it is not judged
   */
  judge(hosts: readonly (ToJudge | undefined)[]): Promise<PackedHosts>;
}

/** Judges in the thread it is called in. */
export function judgeHere(basis: Basis): StretchJudge {
  const services = servicesByPolicy(basis.services);
  const deps = {
    servicesFor: services.of,
    changesFor: (host: Host) => changePolicyOf(host.policy),
    waivers: basis.waivers,
    modeObjects: basis.modeObjects,
    now: () => basis.now,
  };
  return {
    read: (records) => {
      // Objects are made of a record where it is judged: then they are soon garbage.
      const read = records.map(({name, bytes}) =>
        openEvidence(bytes, {name, readAt: basis.now}, basis.schema),
      );
      const results = read.map((result): Told => {
        if (!result.ok) return fail(result.error);
        const {host, address} = result.value;
        return ok({host, address});
      });
      const judge = (hosts: readonly (ToJudge | undefined)[]): PackedHosts =>
        packHosts(
          hosts.flatMap((one, i) => {
            const said = read[i];
            if (one === undefined || said?.ok !== true) return [];
            const probeFor = (): StoredProbe | undefined => one.probe;
            return [
              {...judgeHost(one.host, said.value.whole(), {...deps, probeFor}), durationMs: 0},
            ];
          }),
        );
      return Promise.resolve({results, judge: (hosts) => Promise.resolve(judge(hosts))});
    },
  };
}
