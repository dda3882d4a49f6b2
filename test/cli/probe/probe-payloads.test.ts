import {existsSync} from 'node:fs';

import {expect, test} from 'vitest';

import {probePayloads} from '../../../src/cli/probe/probe-payloads.js';

const facts = (machine: string, practice = false) => ({
  system: 'FreeBSD',
  release: '15.1-RELEASE',
  machine,
  uid: 0,
  practice,
});

test('before sources are sent, it is said once why, and how to build a program', () => {
  const notes: string[] = [];
  const payloads = probePayloads(undefined, {note: (text) => notes.push(text)});

  expect(payloads.programFor(facts('riscv64'))).toBeUndefined();
  expect(payloads.sources(facts('riscv64')).kind).toBe('sources');
  payloads.sources(facts('riscv64'));

  expect(notes).toEqual([
    expect.stringMatching(/^no prebuilt .* sources are sent.*native\/build-freebsd\.sh/),
  ]);
});

test.skipIf(existsSync('native/prebuilt/zbufprobe-freebsd-amd64'))(
  'a checkout without built programs says so before it sends sources',
  () => {
    const notes: string[] = [];
    probePayloads(undefined, {note: (text) => notes.push(text)}).sources(facts('amd64'));

    expect(notes).toEqual([
      expect.stringMatching(/^zbufprobe-freebsd-amd64 is not built here.*--program FILE/),
    ]);
  },
);

test('a practice host never gets the program for a kernel, unless the operator gives one', () => {
  expect(
    probePayloads(undefined, {note: () => undefined}).programFor(facts('amd64', true)),
  ).toBeUndefined();
  expect(
    probePayloads('package.json', {note: () => undefined}).programFor(facts('amd64', true))?.kind,
  ).toBe('program');
});
