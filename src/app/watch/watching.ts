import type {Failure, FailureKind} from '../../model/failure.js';
import {COMES_BACK} from '../../model/failure.js';
import type {Host} from '../../model/host.js';
import type {HostChange} from '../../model/watch.js';
import type {Step, WatchedHost} from '../../watch/watched-host.js';
import {NOTHING_SEEN, reconnected} from '../../watch/watched-host.js';

/** When a host is sampled, and how long what was seen counts. */
export interface Beat {
  /** As in beat.ts, at this moment. */
  nextWaits(sampled: number | undefined): readonly number[];
  /** Milliseconds, monotonic. */
  elapsed(): number;
  /** Milliseconds without a sample after which nothing is known of the host. */
  readonly patienceMs: number;
}

/** One host of a watch: what is known of it now, and what it tells when that changes. */
export class Watching {
  private seen: WatchedHost = NOTHING_SEEN;
  private contact: 'never' | 'connected' | 'lost' = 'never';
  /** Why it is lost, as was told last. */
  private lostBy: FailureKind | undefined;
  private taken = 0;
  private lastAt: string | undefined;
  /** Milliseconds of the beat's clock. */
  private heardAt = 0;

  constructor(
    readonly host: Host,
    readonly beat: Beat,
    private readonly onChange: (host: Host, change: HostChange) => void,
  ) {}

  get state(): WatchedHost {
    return this.seen;
  }

  get isConnected(): boolean {
    return this.contact === 'connected';
  }

  /** Whether what is known of it counts: a connection that hangs is not lost at once. */
  get isHeard(): boolean {
    const {beat, heardAt} = this;
    return this.isConnected && beat.elapsed() - heardAt <= beat.patienceMs;
  }

  /** Samples so far, those that could not be taken among them. */
  get samples(): number {
    return this.taken;
  }

  /** When the last sample was taken, ISO 8601 UTC; undefined: never. */
  get sampledAt(): string | undefined {
    return this.lastAt;
  }

  /** A new connection; the host counts as connected with the first sample over it. */
  connecting(): void {
    this.seen = reconnected(this.seen);
  }

  /**
   * Told once, however often it is tried in vain; and again when it turns out that it does not come
   * back by itself: a host that was away may show another key.
   */
  lost(failure: Failure): void {
    const {kind} = failure;
    const isNews = this.contact !== 'lost' || (kind !== this.lostBy && COMES_BACK[kind] === 'late');
    this.contact = 'lost';
    this.seen = reconnected(this.seen);
    if (!isNews) return;
    this.lostBy = kind;
    this.onChange(this.host, {event: 'host-lost', failure});
  }

  sampled(step: Step, at: string): void {
    this.taken += 1;
    this.heardAt = this.beat.elapsed();
    if (this.contact !== 'connected') {
      const again = this.contact === 'lost';
      this.contact = 'connected';
      this.onChange(this.host, {event: 'host-connected', again});
    }
    if (step.host.sampling === 'works') this.lastAt = at;
    this.take(step);
  }

  take({host, changes}: Step): void {
    this.seen = host;
    for (const change of changes) this.onChange(this.host, change);
  }
}
