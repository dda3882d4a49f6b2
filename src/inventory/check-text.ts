import type {InputFile} from '../model/inventory-input.js';
import {MAX_INVENTORY_TEXT} from '../model/inventory-input.js';

import type {ComplaintBook} from './complaint-book.js';

/**
 * Control characters no text file has: all of C0 but tab, newline, form feed and return; and DEL.
 */
const CONTROL = /[\x00-\x08\x0b\x0e-\x1f\x7f]/;

/**
 * False, with a complaint, for a file that is not text of a sane size; no format has to be guessed
 * for it.
 */
export function checkText({path: file, text}: InputFile, book: ComplaintBook): boolean {
  if (text.length > MAX_INVENTORY_TEXT) {
    const limit = `${MAX_INVENTORY_TEXT / 1024 / 1024} MiB`;
    book.complain(
      {file, line: 0},
      `larger than ${limit}, which no inventory is`,
      'Give the inventory file itself; write many hosts as ranges, e.g. fw[0001-9999].example.net.',
    );
    return false;
  }
  const control = CONTROL.exec(text);
  if (control !== null) {
    const line = lineAt(text, control.index);
    if (/^\uFEFF?(?:[^\0]\0){2}|^\uFFFD\uFFFD/.test(text)) {
      book.complain({file, line: 0}, 'looks like UTF-16 text', 'Save it as UTF-8.');
      return false;
    }
    const code = control[0].charCodeAt(0).toString(16).padStart(2, '0');
    book.complain(
      {file, line},
      `holds the control character 0x${code}: binary data, not an inventory`,
      'Give a text file: zbufctl.yaml, an Ansible inventory, or one host per line.',
    );
    return false;
  }
  const undecodable = text.indexOf('\uFFFD');
  if (undecodable !== -1) {
    book.complain(
      {file, line: lineAt(text, undecodable)},
      'holds bytes that are not UTF-8',
      'Save it as UTF-8; host names, users and paths are plain ASCII anyway.',
    );
    return false;
  }
  return true;
}

/** 1-based line of an offset. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1))
    line++;
  return line;
}
