import type {ShownReading} from '../../model/finding.js';
import type {Reading} from '../../model/reading.js';

/** A reading as a finding shows it. `show` turns a read value into text; String() when left out. */
export function shownReading<T>(
  reading: string,
  source: string,
  value: Reading<T>,
  show: (value: T) => string = String,
): ShownReading {
  switch (value.state) {
    case 'read':
      return {reading, source, state: 'read', value: show(value.value)};
    case 'absent':
      return {reading, source, state: 'absent'};
    case 'unreadable':
      return {reading, source, state: 'unreadable', why: value.why};
  }
}

/** For a value that is in hand. */
export const shownValue = (
  reading: string,
  source: string,
  value: string | number | boolean,
): ShownReading => ({
  reading,
  source,
  state: 'read',
  value: String(value),
});
