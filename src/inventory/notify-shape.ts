import type {Notifier, NotifierKind} from '../model/notify.js';
import {NOTIFIER_KINDS} from '../model/notify.js';

import type {ComplaintBook} from './complaint-book.js';
import {GROUP_NAME} from './host-names.js';
import type {PathBase} from './resolve-path.js';
import {resolvePath} from './resolve-path.js';
import type {MapShape} from './shape.js';
import type {Tree} from './tree.js';
import {child, entriesOf, itemsOf} from './tree.js';

const address = {
  kind: 'text',
  what: 'a mail address',
  pattern: /^[A-Za-z0-9_][A-Za-z0-9._%+-]{0,63}(?:@[A-Za-z0-9][A-Za-z0-9.-]{0,252})?$/,
} as const;
const file = (doc: string) =>
  ({kind: 'text', what: 'a path, relative to this file; ~ is the home directory', doc}) as const;

/** Whom `audit --notify NAME` tells; secrets stand in files of their own. */
export const notifyShape: MapShape = {
  kind: 'map',
  doc: 'Whom audit --notify NAME tells, by name. Secrets are in files only their owner may read.',
  key: {kind: 'text', what: 'a name', pattern: GROUP_NAME},
  of: {
    kind: 'record',
    what: 'a notifier',
    keys: {
      kind: {kind: 'word', words: NOTIFIER_KINDS, doc: 'What it speaks to.'},
      urlFile: file('The file with the URL, for webhook, slack, mattermost and ntfy.'),
      tokenFile: file('The file with a token, sent as Authorization: Bearer.'),
      to: {kind: 'one-or-list', of: address, doc: 'Who gets the mail.'},
      from: {...address, doc: 'Whom the mail comes from; without it sendmail(8) says.'},
      program: file('In place of /usr/sbin/sendmail or logger(1).'),
    },
    required: ['kind'],
  },
};

const OVER_HTTP: Readonly<Record<NotifierKind, boolean>> = {
  webhook: true,
  slack: true,
  mattermost: true,
  ntfy: true,
  mail: false,
  syslog: false,
};

const textOf = (tree: Tree | undefined): string | undefined =>
  tree?.kind === 'scalar' && typeof tree.value === 'string' ? tree.value : undefined;

/** The notifiers of a file; what is wrong with them goes into the book. */
export function notifiersOf(
  tree: Tree | undefined,
  base: PathBase,
  book: ComplaintBook,
): readonly Notifier[] {
  return entriesOf(tree).flatMap(({key: name, line, value}): Notifier[] => {
    const at = {file: base.file, line};
    const kind = NOTIFIER_KINDS.find((word) => word === textOf(child(value, 'kind')));
    if (kind === undefined) return []; // the shape complained
    const path = (key: string): string | undefined => {
      const text = textOf(child(value, key));
      if (text === undefined) return undefined;
      const resolved = resolvePath(text, base);
      if ('path' in resolved) return resolved.path;
      book.complain(at, `${key} ${resolved.message}`, resolved.fix);
      return undefined;
    };
    const [urlFile, tokenFile, program] = [path('urlFile'), path('tokenFile'), path('program')];
    const to = itemsOf(child(value, 'to')).flatMap((item) => textOf(item) ?? []);
    const from = textOf(child(value, 'from'));
    if (OVER_HTTP[kind] && child(value, 'urlFile') === undefined)
      book.complain(
        at,
        `the notifier ${name} has no urlFile`,
        'Put the URL into a file of mode 0600, and name that.',
      );
    if (kind === 'mail' && to.length === 0)
      book.complain(at, `the notifier ${name} has no to`, 'Say who gets the mail.');
    return [
      {
        name,
        kind,
        to,
        ...(urlFile === undefined ? {} : {urlFile}),
        ...(tokenFile === undefined ? {} : {tokenFile}),
        ...(from === undefined ? {} : {from}),
        ...(program === undefined ? {} : {program}),
      },
    ];
  });
}
