import type {ComplaintBook} from './complaint-book.js';
import {quoted} from './complaint-book.js';
import type {Draft, Names} from './draft.js';
import {USER_NAME} from './host-names.js';
import {readHostEntry} from './read-host-entry.js';

/**
 * Reads one host a line: `[user@]host[:port]`, ranges included; # starts a comment. A port that is
 * written becomes part of the name (`fw1:2222`), because it says which machine is meant.
 */
export function readHostList(file: string, text: string, draft: Draft, book: ComplaintBook): void {
  draft.define('all', {file, line: 0});
  text.split('\n').forEach((whole, i) => {
    const at = {file, line: i + 1};
    const line = whole
      .replace(/^\uFEFF/, '')
      .replace(/(?:^|\s)#.*$/, '')
      .trim();
    if (line === '') return;
    const [word = '', more] = line.split(/\s+/);
    if (more !== undefined) {
      const fix = /^[\d.:a-f]+$/i.test(word)
        ? 'One host per line. This is not a hosts(5) file: give the names alone.'
        : 'One host per line; put comments after #.';
      book.complain(at, `${quoted(word)} is followed by more words`, fix);
      return;
    }
    const split = word.lastIndexOf('@');
    const user = split === -1 ? undefined : word.slice(0, split);
    if (user !== undefined && !USER_NAME.test(user)) {
      book.complain(at, `${quoted(word)} has a user name that cannot be`, 'Write user@host.');
      return;
    }
    const entry = readHostEntry(word.slice(split + 1), 'either', at, book);
    if (entry === undefined) return;
    const {names, port} = entry;
    const who = user === undefined ? {} : {user};
    if (port === undefined) {
      draft.add(names, {group: 'all', vars: who, policy: {}, at}, book);
      return;
    }
    for (const host of names.names()) {
      const vars = {...who, address: host, port};
      draft.add(one(nameWithPort(host, port)), {group: 'all', vars, policy: {}, at}, book);
    }
  });
}

const one = (name: string): Names => ({count: 1, names: () => [name]});

/** The name of a host that is known by its address and port alone. */
export function nameWithPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
