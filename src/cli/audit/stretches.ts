import type {StoredRecord} from '../../io/store/stored-evidence.js';

/** What goes to a thread at once: enough that sending does not count, little enough to hold. */
const RECORDS = 16;
const BYTES = 256 * 1024;

/** Stored records in stretches, each with its number. */
export async function* stretchesOf(
  records: AsyncIterable<StoredRecord>,
): AsyncIterable<readonly StoredRecord[]> {
  let stretch: StoredRecord[] = [];
  let bytes = 0;
  for await (const record of records) {
    stretch.push(record);
    bytes += record.bytes.length;
    if (stretch.length < RECORDS && bytes < BYTES) continue;
    yield stretch;
    stretch = [];
    bytes = 0;
  }
  if (stretch.length > 0) yield stretch;
}
