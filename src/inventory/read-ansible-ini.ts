import {readAnsibleVars} from './ansible-vars.js';
import type {AnsibleVariable} from './ansible-vars.js';
import type {ComplaintBook, Place} from './complaint-book.js';
import {quoted} from './complaint-book.js';
import type {Draft} from './draft.js';
import {ansibleGroupDefect} from './file-shape.js';
import {isIpv6} from './host-names.js';
import {readHostEntry} from './read-host-entry.js';
import type {PathBase} from './resolve-path.js';
import {splitQuoted} from '../text/split-quoted.js';

/** A [section]: hosts of a group, its children, or its variables. */
interface Section {
  readonly kind: 'hosts' | 'children' | 'vars';
  readonly group: string;
}

/** Reads an Ansible inventory in INI form into the draft. */
export function readAnsibleIni(
  text: string,
  base: PathBase,
  draft: Draft,
  book: ComplaintBook,
): void {
  new IniReader(base, draft, book).read(text);
}

class IniReader {
  private section: Section | undefined = {kind: 'hosts', group: 'all'};
  private readonly varsOf: {readonly group: string; readonly at: Place}[] = [];

  constructor(
    private readonly base: PathBase,
    private readonly draft: Draft,
    private readonly book: ComplaintBook,
  ) {}

  read(text: string): void {
    this.draft.define('all', {file: this.base.file, line: 0});
    text.split('\n').forEach((whole, i) => {
      const line = whole.replace(/^\uFEFF/, '').trim();
      if (line !== '' && !/^[#;]/.test(line)) this.line(line, {file: this.base.file, line: i + 1});
    });
    for (const {group, at} of this.varsOf) {
      if (this.draft.group(group).at === undefined)
        this.book.complain(
          at,
          `variables for the group ${quoted(group)}, which is not defined`,
          `Add [${group}], or correct the name.`,
        );
    }
  }

  private line(line: string, at: Place): void {
    const bracketed = /^\[([^\]]*)\]\s*(?:#.*)?$/.exec(line);
    if (bracketed !== null && !isIpv6(bracketed[1] ?? '')) {
      this.section = this.header(bracketed[1] ?? '', at);
      return;
    }
    switch (this.section?.kind) {
      case 'hosts':
        this.host(line, this.section.group, at);
        return;
      case 'children':
        this.child(line, this.section.group, at);
        return;
      case 'vars':
        this.variable(line, this.section.group, at);
        return;
      case undefined: // below a header that was complained about
    }
  }

  private header(inner: string, at: Place): Section | undefined {
    const [group = '', kind, extra] = inner.split(':').map((part) => part.trim());
    const defect = ansibleGroupDefect(group);
    if (defect !== undefined) {
      this.book.complain(
        at,
        `the section [${inner.slice(0, 60)}]: ${quoted(group)} ${defect.message}`,
        defect.fix,
      );
      return undefined;
    }
    if (extra !== undefined || (kind !== undefined && kind !== 'children' && kind !== 'vars')) {
      this.book.complain(
        at,
        `the section ${quoted(inner)} is of no known kind`,
        `Write [${group}], [${group}:children] or [${group}:vars].`,
      );
      return undefined;
    }
    if (kind === 'vars') {
      this.varsOf.push({group, at});
      return {kind, group};
    }
    this.draft.define(group, at);
    return {kind: kind ?? 'hosts', group};
  }

  private host(line: string, group: string, at: Place): void {
    const words = splitQuoted(line, {comments: true});
    if (words === undefined) {
      this.book.complain(at, 'a quote is never closed', 'Close it.');
      return;
    }
    const [pattern, ...assignments] = words;
    if (pattern === undefined) return;
    const entry = readHostEntry(pattern, ':', at, this.book);
    const variables = assignments.flatMap((word, i): AnsibleVariable[] => {
      const split = word.indexOf('=');
      if (split > 0)
        return [
          {key: word.slice(0, split), line: at.line, value: textValue(word.slice(split + 1))},
        ];
      // Not repeated: it may be the second half of a password with a blank in it.
      this.book.complain(
        at,
        `word ${i + 2} is not key=value`,
        'Put values with blanks in quotes: key="two words".',
      );
      return [];
    });
    if (entry === undefined) return;
    const {port} = entry;
    const vars = {
      ...(port === undefined ? {} : {port}),
      ...readAnsibleVars(variables, this.base, this.book),
    };
    if (vars.address !== undefined && entry.names.count > 1)
      this.book.complain(
        at,
        `${entry.names.count} hosts share one ansible_host`,
        'List them one by one.',
      );
    this.draft.add(entry.names, {group, vars, policy: {}, at}, this.book);
  }

  private child(line: string, group: string, at: Place): void {
    const name = line.replace(/\s+#.*$/, '');
    const defect = ansibleGroupDefect(name);
    if (defect !== undefined)
      this.book.complain(at, `the child ${quoted(name)} ${defect.message}`, defect.fix);
    else this.draft.group(group).children.push({name, at});
  }

  private variable(line: string, group: string, at: Place): void {
    const split = line.indexOf('=');
    if (split < 1) {
      this.book.complain(
        at,
        'no key = value',
        'Write key = value, one a line, below [group:vars].',
      );
      return;
    }
    const raw = line.slice(split + 1).trim();
    // Ansible takes the whole rest of the line, and a Python string literal for what is in its
    // quotes.
    const literal = /^(["'])(.*)\1(?:\s+#.*)?$/.exec(raw)?.[2];
    const text = literal ?? raw.replace(/\s+#.*$/, '');
    const variable = {key: line.slice(0, split).trim(), line: at.line, value: textValue(text)};
    const {address, ...vars} = readAnsibleVars([variable], this.base, this.book);
    if (address !== undefined)
      this.book.complain(
        at,
        `${variable.key} for a whole group`,
        'Write it on the line of the one host it belongs to.',
      );
    const known = this.draft.group(group);
    known.vars = {...known.vars, ...vars};
  }
}

const textValue = (text: string): AnsibleVariable['value'] =>
  text.startsWith('$ANSIBLE_VAULT') ? {kind: 'vault'} : {kind: 'text', text};
