import type {Service} from '../model/service.js';
import {didYouMean} from '../text/near-misses.js';

/** What a policy may call services by: their ids and rc scripts. */
export const serviceNames = (services: readonly Service[]): ReadonlySet<string> =>
  new Set(services.flatMap(({id, rcScript}) => (rcScript === undefined ? [id] : [id, rcScript])));

/** What to do about a name that is none of them. */
export const unknownServiceFix = (name: string, known: ReadonlySet<string>): string =>
  `${didYouMean(name, known)} zbufctl services lists them; describe your own under policy.services.`.trim();
