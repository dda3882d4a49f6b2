import type {CST} from 'yaml';
import {Composer, LineCounter, Parser} from 'yaml';

import {lineAt} from './check-text.js';
import type {ComplaintBook} from './complaint-book.js';
import {explainYamlError} from './explain-yaml-error.js';
import {TreeBuilder} from './tree-builder.js';
import type {Tree} from './tree.js';

/**
 * Nesting no inventory needs. The YAML library descends recursively, and deep enough input ends the
 * process.
 */
const MAX_DEPTH = 64;
/**
 * Brackets opened and not closed, counted without looking at quotes: a coarse guard before the
 * parser runs.
 */
const MAX_OPEN_BRACKETS = 2000;
const MAX_SYNTAX_COMPLAINTS = 20;

/**
 * Reads one YAML 1.2 document (core schema). `undefined`: nothing usable, and the book says why.
 * Never throws: whatever the YAML library throws becomes a complaint.
 */
export function readYamlTree(file: string, text: string, book: ComplaintBook): Tree | undefined {
  try {
    return readGuarded(file, text, book);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    book.complain({file, line: 0}, `the YAML reader gave up: ${reason}`, 'Write it simpler.');
    return undefined;
  }
}

function readGuarded(file: string, text: string, book: ComplaintBook): Tree | undefined {
  const lines = new LineCounter();
  const lineOf = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  const complain = (line: number, message: string, fix: string): void => {
    book.complain({file, line}, message, fix);
  };

  const unclosed = tooManyBrackets(text);
  const tokens = unclosed === undefined ? [...new Parser(lines.addNewLine).parse(text)] : [];
  const deep = unclosed ?? firstTooDeep(tokens);
  if (deep !== undefined) {
    const message = `nested deeper than ${MAX_DEPTH} levels`;
    const fix = 'An inventory needs five; look for a bracket that is never closed.';
    complain(lineAt(text, deep), message, fix);
    return undefined;
  }

  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    uniqueKeys: false,
    prettyErrors: false,
  });
  const [document, ...others] = [...composer.compose(tokens)];
  const errors = [document, ...others].flatMap((each) => each?.errors ?? []);
  for (const error of errors.slice(0, MAX_SYNTAX_COMPLAINTS)) {
    const {message, fix} = explainYamlError(error.code, error.message);
    complain(lineOf(error.pos[0]), message, fix);
  }
  const [second] = others;
  if (second !== undefined) {
    const line = lineOf(second.range[0]);
    complain(line, 'a second YAML document starts here', 'Keep one document: drop the --- line.');
  }
  const version = document?.directives.yaml.version ?? '1.2';
  if (version !== '1.2') {
    const message = `asks for YAML ${version}, in which off means false and 022 means 18`;
    complain(1, message, 'Remove the %YAML line: the file is read as YAML 1.2.');
  }
  if (errors.length > 0 || second !== undefined || version !== '1.2') return undefined;
  if (document === undefined || document.contents === null) {
    complain(0, 'holds nothing but comments and blank lines', EMPTY_FIX);
    return undefined;
  }
  return new TreeBuilder(file, book, lineOf).build(document.contents);
}

export const EMPTY_FIX =
  'Write at least: hosts: [fw1.example.net] (zbufctl init writes a file to start from).';

/**
 * The offset of the first token below MAX_DEPTH. Walks with a list of its own, because the input
 * chooses the depth.
 */
function firstTooDeep(tokens: readonly CST.Token[]): number | undefined {
  const todo: {readonly token: CST.Token; readonly depth: number}[] = tokens.map((token) => ({
    token,
    depth: 0,
  }));
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const {token, depth} = next;
    if (depth > MAX_DEPTH) return 'offset' in token ? token.offset : 0;
    if (token.type === 'document' && token.value !== undefined)
      todo.push({token: token.value, depth});
    if (!('items' in token)) continue;
    for (const {key, value} of token.items) {
      // Scalars lead no deeper, and there are many.
      if (key && 'items' in key) todo.push({token: key, depth: depth + 1});
      if (value && 'items' in value) todo.push({token: value, depth: depth + 1});
    }
  }
  return undefined;
}

/** Where brackets that are never closed become too many. */
function tooManyBrackets(text: string): number | undefined {
  let open = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x5b || unit === 0x7b) open++;
    else if (unit === 0x5d || unit === 0x7d) open = Math.max(0, open - 1);
    if (open > MAX_OPEN_BRACKETS) return at;
  }
  return undefined;
}
