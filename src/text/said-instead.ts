import {sanitize} from './sanitize.js';

/** Lines that are kept of what a host printed instead of an answer. */
const MOST_LINES = 5;
const LONGEST = 200;

/**
 * The first lines of what a host printed on stdout, or else on stderr, made harmless; empty: it
 * printed nothing.
 */
export function saidInstead(stdout: Uint8Array, stderr: Uint8Array): readonly string[] {
  const [first = []] = [stdout, stderr].map(firstLines).filter((lines) => lines.length > 0);
  return first;
}

const firstLines = (bytes: Uint8Array): readonly string[] =>
  Buffer.from(bytes.subarray(0, 8 * 1024))
    .toString('utf8')
    .split(/[\r\n]+/)
    .map((line) => sanitize(line.trim(), {limit: LONGEST}))
    .filter((line) => line !== '')
    .slice(0, MOST_LINES);

/** What to do where a login works and the shell does not. */
export const NO_SHELL =
  'Give the user a login shell on the host (chsh -s /bin/sh USER), and take off what runs instead: ForceCommand in sshd_config, command= in authorized_keys. -v shows more of what the host said.';
