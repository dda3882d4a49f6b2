import type {RunFormat} from './format-names.js';
import type {Renderer} from './renderer.js';

/**
 * Every output format by name: what `-o FORMAT` may say. Each is loaded when it is asked for, so
 * that start-up does not pay for libraries this run does not need.
 */
export const RENDERERS = {
  table: async () => (await import('./audit/table.js')).renderTable,
  json: async () => (await import('./formats/json.js')).renderJson,
  ndjson: async () => (await import('./formats/ndjson.js')).renderNdjson,
  csv: async () => (await import('./formats/csv.js')).renderCsv,
} as const satisfies Record<RunFormat, () => Promise<Renderer>>;
