import {chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import type {IncomingMessage} from 'node:http';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';

import {notifiersMeant, notifyAll} from '../../../src/cli/audit/notify.js';
import {pipeTo} from '../../../src/io/notify/pipe.js';
import {post} from '../../../src/io/notify/post.js';
import type {Notice, Notifier, NotifierKind} from '../../../src/model/notify.js';

interface Got {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const SECRET = 'T0P-S3CR3T';
const folder = mkdtempSync(join(tmpdir(), 'zbufctl-notify-'));
const got: Got[] = [];
/** A real HTTP server: /status/N answers with N, /never does not answer. */
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    const path = request.url ?? '';
    got.push({path, headers: request.headers, body});
    const [, status] = /\/status\/(\d+)/.exec(path) ?? [];
    response.writeHead(Number(status ?? 200), {location: `http://127.0.0.1:${port}/elsewhere`});
    response.end('x'.repeat(100_000));
  });
});
let port = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({port} = server.address() as AddressInfo);
});
beforeEach(() => {
  got.length = 0;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, {recursive: true});
});

let files = 0;
function file(content: string, mode = 0o600): string {
  const path = join(folder, `file-${(files += 1)}`);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

const NOTICE: Notice = {
  level: 'bad',
  subject: 'zbufctl: 1 broken, ärger',
  text: 'fw01: broken\n  critical ZBUF-001 <@everyone> & ``` lost\n',
  document: {schema: 'zbufctl.notice/1', run: 'r1'},
};

/** What was said on stderr. */
async function tell(notifiers: readonly Notifier[], notice = NOTICE): Promise<string> {
  const notes: string[] = [];
  await notifyAll(notifiers, notice, {
    uid: process.getuid?.() ?? 0,
    now: () => '2026-11-27T04:00:00.000Z',
    note: (text) => notes.push(text),
  });
  return notes.join('\n');
}

const http = (kind: NotifierKind, urlFile: string, more: Partial<Notifier> = {}): Notifier => ({
  name: 'ops',
  kind,
  to: [],
  urlFile,
  ...more,
});
const urlOf = (path: string): string => `http://127.0.0.1:${port}${path}`;

describe('over HTTP', () => {
  test.each<[NotifierKind, (one: Got) => void]>([
    [
      'webhook',
      ({body}) => {
        expect(JSON.parse(body)).toEqual({
          schema: 'zbufctl.notice/1',
          run: 'r1',
          level: 'bad',
          subject: NOTICE.subject,
          text: NOTICE.text,
        });
      },
    ],
    [
      'slack',
      ({body}) => {
        const {text} = JSON.parse(body) as {text: string};
        expect(text).toMatch(/^\*zbufctl: 1 broken, ärger\*\n```\nfw01: broken/);
        expect(text).toContain("&lt;@everyone&gt; &amp; ''' lost");
      },
    ],
    [
      'mattermost',
      ({body}) => {
        const {text} = JSON.parse(body) as {text: string};
        expect(text).toMatch(/^\*\*zbufctl: 1 broken, ärger\*\*\n```\n[^`]*\n```$/);
      },
    ],
    [
      'ntfy',
      ({body, headers}) => {
        expect(body).toBe(NOTICE.text);
        expect([headers['title'], headers['priority']]).toEqual(['zbufctl: 1 broken, ?rger', '5']);
      },
    ],
  ])('%s', async (kind, check) => {
    const tokenFile = file(`${SECRET}\n`);
    const said = await tell([http(kind, file(`${urlOf('/hook/abc')}\n`), {tokenFile})]);

    expect(said).toBe('');
    expect(got.map(({path, headers}) => [path, headers.authorization])).toEqual([
      ['/hook/abc', `Bearer ${SECRET}`],
    ]);
    for (const one of got) check(one);
  });

  test('a long text is cut, and says so', async () => {
    await tell([http('ntfy', file(urlOf('/n')))], {...NOTICE, text: 'x'.repeat(50_000)});
    expect(got[0]?.body).toMatch(/^x{3500}\n\[\.\.\.\]$/);
  });

  test.each<[string, () => Partial<Notifier>, RegExp]>([
    ['refused', () => ({urlFile: file(urlOf(`/status/403/${SECRET}`))}), /HTTP status 403/],
    ['broken', () => ({urlFile: file(urlOf(`/status/500/${SECRET}`))}), /HTTP status 500/],
    [
      'sent elsewhere, with a token',
      () => ({urlFile: file(urlOf(`/status/302/${SECRET}`))}),
      /HTTP status 302/,
    ],
    [
      'nobody there',
      () => ({urlFile: file(`http://127.0.0.1:1/${SECRET}`)}),
      /failed: (ECONNREFUSED|the connection failed)/,
    ],
    [
      'no URL',
      () => ({urlFile: file(`hook ${SECRET}`.replace(' ', '_'))}),
      /not an http or https URL/,
    ],
    [
      'plain http to elsewhere',
      () => ({urlFile: file(`http://example.net/${SECRET}`)}),
      /plain http/,
    ],
    [
      'a password in the URL',
      () => ({urlFile: file(`https://a:${SECRET}@127.0.0.1/`)}),
      /put that into the tokenFile/,
    ],
    ['a file of two lines', () => ({urlFile: file(`${urlOf('/a')}\n${SECRET}`)}), /not one line/],
    ['an empty file', () => ({urlFile: file(' \n')}), /is empty/],
    ['no file', () => ({urlFile: join(folder, 'none')}), /could not be read: ENOENT/],
    ['a folder', () => ({urlFile: folder}), /is not a file/],
    ['a file others may read', () => ({urlFile: file(urlOf(`/${SECRET}`), 0o640)}), /chmod 600/],
    [
      'a token others may write',
      () => ({urlFile: file(urlOf('/a')), tokenFile: file(SECRET, 0o602)}),
      /chmod 600/,
    ],
    [
      'a link to a file others may read',
      () => {
        const link = join(folder, 'link');
        symlinkSync(file(urlOf('/a'), 0o644), link);
        return {urlFile: link};
      },
      /chmod 600/,
    ],
  ])('%s: said, without the secret', async (_, make, words) => {
    const said = await tell([http('webhook', '', make())]);

    expect(said).toMatch(/^Notifier ops \(webhook\) failed: .*; the exit code stays as it is\.$/);
    expect(said).toMatch(words);
    expect(said).not.toContain(SECRET);
    expect(got.filter(({path}) => path === '/elsewhere')).toEqual([]);
  });
});

describe('through programs', () => {
  /** A real script in place of sendmail(8): it keeps its arguments, environment and input. */
  const program = (body = ''): {readonly path: string; readonly read: () => string} => {
    const out = join(folder, `out-${(files += 1)}`);
    const path = file(
      `#!/bin/sh\nprintf '%s\\n' "$@" >${out}\nenv >>${out}\ncat >>${out}\n${body}\n`,
      0o700,
    );
    return {path, read: () => readFileSync(out, 'utf8')};
  };
  const mail = (path: string): Notifier => ({
    name: 'mail',
    kind: 'mail',
    to: ['root', 'ops@example.net'],
    from: 'fw@example.net',
    program: path,
  });

  test('mail: no line of it becomes a header', async () => {
    const {path, read} = program();
    process.env['ZBUFCTL_TEST_SECRET'] = SECRET;
    const evil = {...NOTICE, subject: 'a\nBcc: all@example.net', text: `.\n${'y'.repeat(3000)}\n`};

    expect(await tell([mail(path)], evil)).toBe('');
    const said = read();
    expect(said).toMatch(/^-oi\n-t\n/);
    expect(said).toContain(
      'From: fw@example.net\nTo: root, ops@example.net\nSubject: a?Bcc: all@example.net\nDate: Fri, 27 Nov 2026 04:00:00 +0000\nAuto-Submitted: auto-generated\n',
    );
    expect(Math.max(...said.split('\n').map(({length}) => length))).toBeLessThan(998);
    expect(said).not.toContain(SECRET);
    delete process.env['ZBUFCTL_TEST_SECRET'];
  });

  test('syslog: the text is on stdin, and in no list of processes', async () => {
    const {path, read} = program();
    expect(await tell([{name: 'log', kind: 'syslog', to: [], program: path}])).toBe('');
    expect(read()).toMatch(/^-t\nzbufctl\n-p\ndaemon\.crit\n/);
    expect(read()).toContain(`\n${NOTICE.subject}\n${NOTICE.text}`);
  });

  test('one that fails is said, and stops no other', async () => {
    const bad = program('echo "no such user" >&2; exit 67');
    const good = program();
    const said = await tell([
      mail(bad.path),
      {...mail(join(folder, 'none')), name: 'gone'},
      {...mail(good.path), name: 'good'},
    ]);

    expect(said).toContain('ended with status 67: no such user');
    expect(said).toContain('Notifier gone (mail) failed: ');
    expect(said).toContain('could not be run: ENOENT');
    expect(said).not.toContain('Notifier good');
    expect(good.read()).toContain('To: root');
  });
});

test('whoever never answers is given up', async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const to = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/${SECRET}`;

  expect(await post(to, undefined, {headers: {}, body: ''}, 100)).toEqual({
    ok: false,
    error: 'no answer within 0.1 seconds',
  });
  silent.closeAllConnections();
  silent.close();
  expect(await pipeTo(file('#!/bin/sh\nexec sleep 30\n', 0o700), [], 'x', 100)).toMatchObject({
    ok: false,
    error: expect.stringContaining('did not end within 0.1 seconds') as string,
  });
});

test('a name nobody has is a mistake of whoever typed it', () => {
  const known = [http('slack', '/a'), http('ntfy', '/b')];
  expect(notifiersMeant(['ops', 'ops'], known).map(({kind}) => kind)).toEqual(['ntfy']);
  expect(() => notifiersMeant(['opps'], known)).toThrow('no notifier is called opps');
});
