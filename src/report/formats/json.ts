import type {AuditRun} from '../../model/audit-run.js';
import {prettyParts} from '../../text/json-parts.js';

/**
 * The run itself, as stored, host by host; schema: audit-run.schema.json. What hosts said stays as
 * they said it.
 */
export const jsonParts = (run: AuditRun): Iterable<string> => prettyParts(run);

export const renderJson = (run: AuditRun): string => [...jsonParts(run)].join('');
