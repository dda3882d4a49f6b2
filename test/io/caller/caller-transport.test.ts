import {once} from 'node:events';
import type {AddressInfo} from 'node:net';
import {connect, createServer} from 'node:net';
import type {Socket} from 'node:net';

import {expect, onTestFinished, test} from 'vitest';

import {createCallerTransport} from '../../../src/io/caller/caller-transport.js';
import {Exchange} from '../../../src/io/caller/exchange.js';

const ASK = {do: 'run', host: 'fw01', script: 'x', timeoutMs: 1000, maxBytes: 1000} as const;

/** An exchange, and the caller's end of its line. */
async function line(): Promise<{readonly exchange: Exchange; readonly caller: Socket}> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const ours = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [caller] = await accepted;
  const exchange = new Exchange(ours, ours);
  onTestFinished(() => {
    exchange.close();
    caller.destroy();
    server.close();
  });
  return {exchange, caller};
}

test.each([
  ['{"id":1,"ok":true,"stdout":"YQ==","exitCode":3}', {ok: true, value: {exitCode: 3}}],
  [
    '{"id":1,"ok":false,"kind":"refused","message":"no \\u001b[31mway"}',
    {ok: false, error: {kind: 'refused', message: 'no \\x1b[31mway'}},
  ],
  // What is no answer ends it: whoever says it is not to be relied on.
  ['{"id":1,"ok":false,"kind":"fine","message":""}', {ok: false, error: {kind: 'protocol'}}],
  ['{"id":1,"ok":true,"stdout":"not base64!"}', {ok: false, error: {kind: 'protocol'}}],
  ['{"id":"1","ok":true}', {ok: false, error: {kind: 'protocol'}}],
  ['[1]', {ok: false, error: {kind: 'protocol'}}],
  ['so what', {ok: false, error: {kind: 'protocol'}}],
  // Of another question: nothing was heard, and then the caller is gone.
  ['{"id":7,"ok":true}', {ok: false, error: {kind: 'cut'}}],
])('the answer %s', async (answer, expected) => {
  const {exchange, caller} = await line();
  const asked = exchange.ask(ASK, 60_000);
  const [question] = (await once(caller, 'data')) as [Buffer];
  expect(JSON.parse(question.toString())).toEqual({id: 1, ...ASK});
  caller.end(`${answer}\n`);
  expect(await asked).toMatchObject(expected);
});

test('an answer in pieces is one, and a caller that does not answer is not waited for', async () => {
  const {exchange, caller} = await line();
  const asked = exchange.ask(ASK, 60_000);
  caller.write('{"id":1,"ok":true,');
  caller.write('"stdout":"YWI="}\n');
  const answer = await asked;
  expect(answer.ok && answer.value.stdout.toString()).toBe('ab');
  expect(await exchange.ask(ASK, 1)).toMatchObject({ok: false, error: {kind: 'timed-out'}});
});

test.each([undefined, '', '5', '0,x', '9998,9999'])(
  'without a caller (%s) it is refused',
  (fds) => {
    expect(() => createCallerTransport(fds)).toThrow(/--transport caller is for programs/);
  },
);
