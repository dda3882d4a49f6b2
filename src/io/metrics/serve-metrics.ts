import type {AddressInfo} from 'node:net';
import {createServer} from 'node:http';

/** Where to listen; the host is a loopback address. */
export interface MetricsAddress {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

export interface MetricsServer {
  readonly port: number;
  close(): void;
}

/** Names a client on this machine calls us by. Another is a page that wants to read us by DNS. */
const OURS = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/**
 * Serves GET /metrics as text, and nothing else. Rejects when the address cannot be had.
 * @param metrics made anew for each request
 */
export function serveMetrics(
  {host, port}: MetricsAddress,
  metrics: () => string,
): Promise<MetricsServer> {
  const server = createServer(
    {requestTimeout: 10_000, headersTimeout: 10_000, maxHeaderSize: 8192},
    (request, response) => {
      const [path] = (request.url ?? '').split('?');
      const status = !OURS.test(request.headers.host ?? '')
        ? 403
        : request.method !== 'GET' && request.method !== 'HEAD'
          ? 405
          : path === '/metrics'
            ? 200
            : 404;
      response.statusCode = status;
      response.setHeader(
        'content-type',
        status === 200 ? 'text/plain; version=0.0.4; charset=utf-8' : 'text/plain; charset=utf-8',
      );
      response.end(status === 200 ? metrics() : 'zbufctl watch: GET /metrics\n');
    },
  );
  server.maxConnections = 64;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({host, port}, () => {
      server.removeListener('error', reject);
      server.on('error', () => undefined);
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () => {
          server.close();
          server.closeAllConnections();
        },
      });
    });
  });
}
