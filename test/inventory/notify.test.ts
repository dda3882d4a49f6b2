import {expect, test} from 'vitest';

import {complaintsOf} from './read.js';

test.each<[string, readonly RegExp[]]>([
  ['notify: {ops: {kind: slack, urlFile: slack.url}, log: {kind: syslog}}\nhosts: [fw1]\n', []],
  ['notify: {m: {kind: mail, to: [root, ops@example.net], from: a@b}}\nhosts: [fw1]\n', []],
  ['notify: {ops: {kind: slack}}\nhosts: [fw1]\n', [/the notifier ops has no urlFile/]],
  ['notify: {m: {kind: mail}}\nhosts: [fw1]\n', [/the notifier m has no to/]],
  ['notify: {m: {kind: mail, to: "-oQ/tmp"}}\nhosts: [fw1]\n', [/mail address/]],
  ['notify: {m: {kind: mail, to: "a,b"}}\nhosts: [fw1]\n', [/mail address/]],
  ['notify: {o: {kind: pager, urlFile: x}}\nhosts: [fw1]\n', [/pager/]],
  ['notify: {o: {kind: ntfy, url: "https://x"}}\nhosts: [fw1]\n', [/url/, /no urlFile/]],
  ['notify: {o: {kind: ntfy, urlFile: "$HOME/x"}}\nhosts: [fw1]\n', [/variable/]],
])('%j', (text, expected) => {
  const complaints = complaintsOf(text).map((one) => JSON.stringify(one));
  expect(complaints.length).toBe(expected.length);
  for (const words of expected) expect(complaints.join('\n')).toMatch(words);
});
