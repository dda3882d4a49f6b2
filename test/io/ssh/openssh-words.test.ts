import {expect, test} from 'vitest';

import {parseSshSettings} from '../../../src/io/ssh/config/ssh-settings.js';
import {meaningOf} from '../../../src/io/ssh/openssh/answers.js';
import {readChannelLog} from '../../../src/io/ssh/openssh/channel-log.js';
import {readVersion} from '../../../src/io/ssh/openssh/client-program.js';
import {MasterLog} from '../../../src/io/ssh/openssh/master-log.js';
import {needsOf} from '../../../src/io/ssh/openssh/needs.js';
import type {Need} from '../../../src/io/ssh/openssh/needs.js';
import {whyNot} from '../../../src/io/ssh/openssh/why-not.js';
import {resolveTarget} from '../../../src/io/ssh/target.js';
import {expectOk, lonely, testHost} from './client.js';

const target = expectOk(resolveTarget(testHost(), undefined, lonely({}).defaults, 'openssh'));

/** What OpenSSH 9.2 prints at LogLevel DEBUG3 up to the login, shortened. */
const EXCHANGE = [
  'debug1: Connecting to 127.0.0.1 [127.0.0.1] port 22.',
  'debug1: Connection established.',
  'debug1: Remote protocol version 2.0, remote software version OpenSSH_9.2p1',
  "debug1: Authenticating to 127.0.0.1:22 as 'root'",
  'debug3: receive packet: type 31',
  'debug1: Server host key: ssh-ed25519 SHA256:NKcknHt1mgZZoIHPydgIbAJw1t/mAiBKdUZgF+sa/Qg',
  'debug1: SSH2_MSG_NEWKEYS received',
  'debug1: SSH2_MSG_SERVICE_ACCEPT received',
];

const logOf = (lines: readonly string[]): MasterLog => {
  const log = new MasterLog();
  for (const line of lines) log.take(`${line}\r`);
  return log;
};

test('a banner of the host changes nothing that is known of its key, and is no refusal of it', () => {
  const log = logOf([
    ...EXCHANGE,
    ...Array.from({length: 500}, (_, i) => `line ${i} of a long banner`),
    'debug1: Server host key: ssh-rsa SHA256:AAAA',
    "debug1: Authenticating to other:1 as 'nobody'",
    '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @',
    'Host key verification failed.',
    'root@127.0.0.1: Permission denied (publickey).',
  ]);
  const failure = whyNot({
    target,
    log,
    known: [],
    mayAsk: false,
    answered: false,
    how: 'ssh ended with status 255',
  });

  expect(log.hostKey?.type).toBe('ssh-ed25519');
  expect(log.login).toEqual({hostname: '127.0.0.1', port: 22, user: 'root'});
  expect(log.said.length).toBeLessThanOrEqual(100);
  expect(failure.kind).toBe('auth');
});

test('what is not known is quoted, made harmless', () => {
  const log = logOf([...EXCHANGE, 'something new: \x1b[2J']);
  const failure = whyNot({target, log, known: [], mayAsk: false, answered: false, how: 'x'});

  expect(failure.kind).toBe('cut');
  expect(failure.message).toContain('something new: ');
  expect(failure.message).not.toContain('\x1b');
});

test.each<[string, Partial<Parameters<typeof needsOf>[0]>, readonly Need[]]>([
  ['', {}, []],
  ['proxycommand ssh -W %h:%p bastion', {}, []],
  ['proxycommand /usr/bin/corkscrew p 80 %h %p', {}, ['proxy-command']],
  ['proxycommand corkscrew', {host: testHost({proxyJump: []})}, []],
  ['certificatefile ~/.ssh/id-cert.pub', {}, ['certificate']],
  ['revokedhostkeys /etc/ssh/krl', {}, ['revocation-list']],
  ['gssapiauthentication yes', {}, []],
  ['gssapiauthentication yes\npreferredauthentications gssapi-with-mic,publickey', {}, ['gssapi']],
  ['kexalgorithms sntrup761x25519-sha512@openssh.com,curve25519-sha256', {}, []],
  ['kexalgorithms sntrup761x25519-sha512@openssh.com', {}, ['algorithms']],
  ['', {known: [{marker: 'cert-authority'}]}, ['host-certificate']],
  ['', {known: [{marker: 'cert-authority'}, {marker: 'none'}]}, []],
  ['', {candidates: {identities: [], unsupported: [{why: 'fido', what: 'k'}]}}, ['fido-key']],
])('what only ssh can do: %s', (said, more, needs) => {
  const candidates = {identities: [], unsupported: []};
  const settings = said === '' ? undefined : parseSshSettings(said);

  expect(needsOf({host: testHost(), settings, candidates, known: [], ...more})).toEqual(needs);
});

test.each([
  ["root@h's password: ", 'password'],
  ["root@other's password: ", 'other'],
  ['(root@h) Password: ', 'password'],
  ['(root@h) Verification code: ', 'other'],
  ["Enter passphrase for key '/k y': ", 'key'],
  ['Enter PIN for ED25519-SK key /k: ', 'key'],
])('ssh asks %s', (question, about) => {
  expect(meaningOf(question, {user: 'root', hostname: 'h'}).about).toBe(about);
});

test('the end of a command, and the version of the program', () => {
  const session = 'debug1: mux_client_request_session: master session id: 2\r\n';
  const ended = `${session}debug2: Received exit status from master 255\r\n`;
  expect(readChannelLog(ended, '')).toEqual({status: 255, channel: 2});
  expect(readChannelLog(session, '')).toEqual({channel: 2});
  expect(readVersion('OpenSSH_9.2p1 Debian-2+deb12u10, OpenSSL 3.0.19')?.version).toBe(902);
  expect(readVersion('Dropbear v2022.83')).toBeUndefined();
});
