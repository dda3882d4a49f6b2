import {randomBytes} from 'node:crypto';

/** Stands before a script that is to end when nobody listens: which descriptor ends then. */
export const heldInput = (descriptor: number): string => `zbufctl_input=${descriptor}\n`;

/**
 * Carries a script over a terminal. A terminal has no end of file to give once it is raw, and mixes
 * stdout with stderr; so the elevated shell gets the script as a here-document, and prints after
 * the script's stdout a random word, the exit status and what went to stderr.
 */
export class PtyFrame {
  private readonly word = `zbufctl-${randomBytes(12).toString('hex')}`;

  /**
   * What to send instead of the script. Nothing runs before all of it has arrived.
   * @param held whether the script is to end with the terminal. The hangup does not always reach it
   *   (OpenDoas with PAM keeps it to itself), so it is given the terminal as descriptor 8
   */
  wrap(script: string, held = false): string {
    const {word} = this;
    return `{
${held ? 'exec 8<&0\n' : ''}run() {
/bin/sh -s <<'${word}'
${held ? heldInput(8) : ''}${script}${script.endsWith('\n') ? '' : '\n'}${word}
}
exec 4>&1
# The x keeps the last newlines, which a substitution would drop.
complaints=$(run 2>&1 >&4 4>&-; status=$?; echo x; exit $status)
printf '%s %s\\n%s' ${word} "$?" "\${complaints%x}"
exit 0
}
`;
  }

  /**
   * Takes the output apart; without the word the script did not come to its end, and everything is
   * its stdout.
   */
  unwrap(output: Buffer): {
    readonly stdout: Buffer;
    readonly stderr: Buffer;
    readonly exitCode?: number;
  } {
    const at = output.lastIndexOf(`${this.word} `);
    const end = at < 0 ? -1 : output.indexOf('\n', at);
    if (end < 0) return {stdout: output, stderr: Buffer.alloc(0)};
    const exitCode = Number(output.toString('latin1', at + this.word.length + 1, end).trim());
    return {stdout: output.subarray(0, at), stderr: output.subarray(end + 1), exitCode};
  }
}
