import {parseDescriptors} from '../collect/facts/descriptors.js';
import {splitFrames} from '../collect/frames.js';
import type {Section} from '../collect/section.js';
import type {Descriptor} from '../model/evidence.js';
import type {Result} from '../model/failure.js';
import {ok} from '../model/failure.js';
import type {Reading} from '../model/reading.js';
import {read} from '../model/reading.js';

/** What one sample says. */
export type Sample = Reading<readonly Descriptor[]>;

/** A sample as it came. */
export interface SentSample {
  readonly sample: Sample;
  /** Taken between two samples, to see sooner what does not move. */
  readonly between: boolean;
}

/**
 * One sample of templates/watch/sample-main.sh. It is read as the collector's is: a stream that is
 * not whole is a failure, a list that could not be seen is unreadable.
 *
 * @param complaint what came on stderr, to be quoted when there is no record at all
 */
export function parseSample(bytes: Uint8Array, complaint?: Uint8Array): Result<SentSample> {
  const frames = splitFrames(bytes, complaint);
  if (!frames.ok) return frames;
  const named = (name: string): Section | undefined => {
    const found = frames.value.filter((section) => section.name === name);
    // Said twice is not said: neither is believed.
    return found.length === 1 ? found[0] : undefined;
  };
  const system = named('system')?.content[0];
  // As for an audit: where there is no bpf(4), no capture can be stalled.
  if (system !== undefined && system !== 'FreeBSD' && system !== '')
    return ok({sample: read([]), between: false});
  const descriptors = named('descriptors');
  return ok({
    sample: parseDescriptors(descriptors, named('uid')?.content[0] === '0'),
    between: descriptors?.words[0] === 'check',
  });
}
