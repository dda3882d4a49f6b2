import {request} from 'node:http';

import {afterAll, beforeAll, expect, test} from 'vitest';

import type {MetricsServer} from '../../../src/io/metrics/serve-metrics.js';
import {serveMetrics} from '../../../src/io/metrics/serve-metrics.js';

let server: MetricsServer;
beforeAll(async () => {
  server = await serveMetrics({host: '127.0.0.1', port: 0}, () => 'zbufctl_x 1\n');
});
afterAll(() => {
  server.close();
});

interface Answer {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly body: string;
}

const ask = (path: string, method = 'GET', host = `127.0.0.1:${server.port}`): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request(
      {host: '127.0.0.1', port: server.port, path, method, headers: {host}},
      (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => {
          resolve({status: response.statusCode, type: response.headers['content-type'], body});
        });
      },
    );
    sent.on('error', reject);
    sent.end();
  });

test('GET /metrics is answered as Prometheus reads it', async () => {
  expect(await ask('/metrics?x=1')).toEqual({
    status: 200,
    type: 'text/plain; version=0.0.4; charset=utf-8',
    body: 'zbufctl_x 1\n',
  });
});

test.each([
  ['/', 'GET', undefined, 404],
  ['/metrics', 'POST', undefined, 405],
  ['/metrics', 'GET', 'evil.example:80', 403],
  ['/metrics', 'GET', 'localhost:9742', 200],
  ['/metrics', 'GET', '[::1]:9742', 200],
])('%s %s asked as %s: %i', async (path, method, host, status) => {
  expect((await ask(path, method, host)).status).toBe(status);
});

test('a port that is taken is said', async () => {
  await expect(
    serveMetrics({host: '127.0.0.1', port: server.port}, () => ''),
  ).rejects.toMatchObject({code: 'EADDRINUSE'});
});
