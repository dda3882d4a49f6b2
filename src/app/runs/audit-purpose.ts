import {ASKED} from '../../model/audit-run.js';
import type {AuditPurpose} from '../../model/audit-purpose.js';
import {wordOf} from '../../model/words.js';

/** What the store has of an audit's purpose; undefined: nothing that this version writes. */
export function readAuditPurpose(value: unknown): AuditPurpose | undefined {
  if (!isRecord(value)) return undefined;
  const {startedAt, hosts, meant, shard, withHelper} = value;
  const asked = typeof value['asked'] === 'string' ? wordOf(ASKED, value['asked']) : undefined;
  const isRead =
    asked !== undefined &&
    typeof startedAt === 'string' &&
    isTexts(hosts) &&
    isRecord(meant) &&
    [meant['words'], meant['groups'], meant['inventory']].every(isTexts) &&
    (shard === undefined || (isRecord(shard) && isCount(shard['part']) && isCount(shard['of']))) &&
    typeof withHelper === 'boolean';
  return isRead ? (value as unknown as AuditPurpose) : undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

const isCount = (value: unknown): boolean => Number.isSafeInteger(value);
