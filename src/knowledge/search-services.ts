import type {ForkPattern, Service} from '../model/service.js';

import {serviceOutlook} from './effective-pattern.js';
import type {Outlook} from './outlook.js';

/** What to look for; every member given must hold. */
export interface ServiceQuery {
  /** Words that must all occur somewhere in the entry; case does not count. */
  readonly text?: string;
  readonly risk?: Outlook;
  readonly pattern?: ForkPattern;
}

export interface ServiceHit {
  readonly service: Service;
  readonly outlook: Outlook;
}

/** The services that match, in the order of the knowledge base. */
export function searchServices(
  services: readonly Service[],
  query: ServiceQuery,
): readonly ServiceHit[] {
  const words = (query.text ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return services
    .map((service) => ({service, outlook: serviceOutlook(service)}))
    .filter(({service, outlook}) => {
      if (query.risk !== undefined && outlook !== query.risk) return false;
      if (query.pattern !== undefined && service.pattern !== query.pattern) return false;
      const text = searchable(service);
      return words.every((word) => text.includes(word));
    });
}

function searchable(service: Service): string {
  const {id, name, origin, commands, rcScript, pattern, otherSide, notes, captureApi} = service;
  return [id, name, origin, ...commands, rcScript ?? '', pattern, otherSide, captureApi, notes]
    .join('\n')
    .toLowerCase();
}
