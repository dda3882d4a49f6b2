import type {WatchedFleet} from '../../app/watch/watch-fleet.js';
import type {MeasuredHost} from '../../report/watch/metrics.js';
import {watchMetrics} from '../../report/watch/metrics.js';
import {isOpen} from '../../watch/watched-host.js';

/** What the fleet is like now, for Prometheus. */
export const metricsOf = ({hosts}: Pick<WatchedFleet, 'hosts'>): string =>
  watchMetrics(
    hosts.map(({host, state, isConnected, isHeard, samples, sampledAt}): MeasuredHost => ({
      host: host.name,
      connected: isConnected,
      complete: isHeard && !isOpen(state),
      samples,
      sampledAt,
      captures: [...state.captures.values()].map((watched) => ({
        service: watched.service,
        interface: watched.descriptor.interfaceName,
        // Of a host that is not connected, or hangs, nothing is known now.
        state: isHeard ? watched.state : 'unknown',
        received: watched.descriptor.received,
        dropped: watched.descriptor.dropped,
        held: watched.descriptor.holdLength,
      })),
    })),
  );
