import {OUTLOOKS} from '../knowledge/outlook.js';
import {FORK_PATTERNS} from '../knowledge/phrases.js';
import type {ServiceQuery} from '../knowledge/search-services.js';
import {searchServices} from '../knowledge/search-services.js';
import {renderServices} from '../report/services-table.js';
import {prettyJson} from '../text/canonical-json.js';

import {loadServices} from './hosts/load-services.js';

// For the flags of commands/services.ts, which may not look into the knowledge base itself.
export {FORK_PATTERNS, OUTLOOKS};

export interface ListOptions {
  readonly json: boolean;
  readonly colour: boolean;
  /** Columns; Infinity: not wrapped. */
  readonly width: number;
}

/** `zbufctl services`: the entries of the knowledge base that match, as a table or as JSON. */
export async function listServices(query: ServiceQuery, options: ListOptions): Promise<string> {
  const services = await loadServices();
  const hits = searchServices(services, query);
  if (options.json) {
    return prettyJson({
      schema: 'zbufctl.services/1',
      services: hits.map(({service, outlook}) => ({...service, outlook})),
    });
  }
  const rows = hits.map(({service, outlook}) => ({...service, outlook}));
  return renderServices(rows, services.length, options);
}
