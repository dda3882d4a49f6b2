import type {Notifier} from '../../model/notify.js';
import type {WatchEnd, WatchEvent} from '../../model/watch.js';
import {noticeOfWatch} from '../../report/watch/watch-notice.js';
import {watchLine} from '../../report/watch/watch-text.js';
import {Alerts} from '../../watch/alerts.js';
import {notifyAll} from '../audit/notify.js';
import type {World} from '../world.js';

/** How often it is looked whether somebody is to be told. */
const TICK_MS = 1000;

/** Tells what changes: on stdout as it comes, and to the notifiers what they are to hear. */
export class WatchTeller {
  private readonly alerts: Alerts;
  private readonly over = new AbortController();
  private readonly ticking: Promise<void>;
  private written: Promise<void> = Promise.resolve();

  constructor(
    private readonly world: World,
    private readonly means: {
      readonly json: boolean;
      readonly notifiers: readonly Notifier[];
      /** Seconds between two samples. */
      readonly interval: number;
    },
  ) {
    this.alerts = new Alerts(2 * means.interval * 1000);
    this.ticking = means.notifiers.length === 0 ? Promise.resolve() : this.tick();
  }

  event(event: WatchEvent): void {
    const {world, means} = this;
    const text = means.json ? `${JSON.stringify(event)}\n` : watchLine(event, world.terminal);
    if (text !== undefined) this.written = world.terminal.result(text);
    if (means.notifiers.length > 0) this.alerts.take(event, world.elapsed());
  }

  /** Tells what is left. What has not lasted yet is told, too, unless somebody stopped us. */
  async end(why: WatchEnd): Promise<void> {
    this.over.abort();
    await this.ticking;
    await this.notify(why === 'stopped' ? this.world.elapsed() + TICK_MS : Infinity);
    await this.written;
  }

  private async tick(): Promise<void> {
    const isOver = (): boolean => this.over.signal.aborted;
    while (!isOver()) {
      await this.world.wait(TICK_MS, this.over.signal);
      if (!isOver()) await this.notify(this.world.elapsed());
    }
  }

  private async notify(now: number): Promise<void> {
    const {world, means} = this;
    if (means.notifiers.length === 0) return;
    const events = this.alerts.due(now);
    if (events.length === 0) return;
    await notifyAll(means.notifiers, noticeOfWatch(events), {
      uid: process.getuid?.() ?? 0,
      now: () => world.now(),
      note: (text) => {
        world.note(text);
      },
    });
  }
}
