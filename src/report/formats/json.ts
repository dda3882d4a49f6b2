import type {AuditRun} from '../../model/audit-run.js';
import {prettyJson} from '../../text/canonical-json.js';

/**
 * The run itself, as stored; schema: audit-run.schema.json. What hosts said stays as they said it.
 */
export const renderJson = (run: AuditRun): string => prettyJson(run);
