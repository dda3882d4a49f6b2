import type {MetricsAddress} from '../../io/metrics/serve-metrics.js';
import {OperatorError} from '../../model/operator-error.js';

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])$/i;

/**
 * Where --metrics is to listen. Hosts and what runs on them are nobody's business on the network:
 * other addresses are refused.
 */
export function metricsAddress(text: string): MetricsAddress {
  const [, address = '127.0.0.1', digits = ''] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === '' || port > 65_535)
    throw new OperatorError(
      `--metrics: "${text}" is not an address and a port`,
      'Write e.g. --metrics 127.0.0.1:9742.',
    );
  if (!LOOPBACK.test(address))
    throw new OperatorError(
      `--metrics: ${address} is not a loopback address`,
      'Listen on 127.0.0.1, and let a web server that knows who may read pass requests on.',
    );
  // Whatever /etc/hosts says of localhost.
  return {host: address === 'localhost' ? '127.0.0.1' : address.replace(/^\[|\]$/g, ''), port};
}
