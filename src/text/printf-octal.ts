/** Bytes a line of a script carries; four characters each. */
const CHUNK = 512;

/** Made once: a program sent to a host has tens of thousands of bytes. */
const OCTAL: readonly string[] = Array.from(
  {length: 256},
  (_, byte) => `\\${byte.toString(8).padStart(3, '0')}`,
);

/**
 * Commands for the body of a shell function that prints exactly these bytes; nothing to print gives
 * `:`. Octal escapes of printf(1) are the one encoding that every POSIX sh decodes by itself: no
 * b64decode or perl is needed on the host. A write that fails (disk full) becomes the function's
 * answer.
 */
export function printfOctal(bytes: Uint8Array): readonly string[] {
  if (bytes.length === 0) return [':'];
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK) {
    let line = '';
    for (const byte of bytes.subarray(at, at + CHUNK)) line += OCTAL[byte] ?? '';
    lines.push(`printf '${line}' || return 1`);
  }
  return lines;
}
