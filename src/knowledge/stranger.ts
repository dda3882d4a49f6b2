import {sanitize} from '../text/sanitize.js';
import {shellQuote} from '../text/shell.js';

/** As policy.services takes them (src/inventory/service-shape.ts). */
const COMMAND = /^[^\s/*"'\\]{1,64}$/;

/**
 * The entry of policy.services for a program nobody described, with the pattern that claims least:
 * a capture that would break. '' for a name no entry can hold.
 * @param command as ps -o comm shows it; what a host says
 */
export function strangerEntry(command: string): string {
  const id = command
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '')
    .slice(0, 64);
  if (id === '' || !COMMAND.test(command) || sanitize(command) !== command) return '';
  const word = /^[A-Za-z][A-Za-z0-9._-]*$/.test(command) ? command : JSON.stringify(command);
  return `{id: ${id}, command: ${word}, pattern: fork-child-captures, otherSide: lives-on}`;
}

/**
 * What to run on the host, as root, to see when the program forks. truss(1) and ktrace(1) are in
 * FreeBSD's base.
 */
export function strangerTrace(command: string, pid?: number): readonly string[] {
  const name = sanitize(command, {limit: 64});
  const word = /^[A-Za-z0-9._-]+$/.test(name) ? name : shellQuote(name);
  const file = '/tmp/zbufctl-trace';
  return [
    `truss -f -o ${file} ${word}   # as it is started, with its arguments`,
    ...(pid === undefined
      ? []
      : [`ktrace -i -f ${file}.out -p ${pid}   # or while it runs; kdump -f`]),
    `grep -nE 'fork|/dev/bpf|execve' ${file}`,
  ];
}
