/** Longer lines are cut. */
const LONGEST = 8 * 1024;

/** Makes lines of what comes in pieces. */
export class LineReader {
  private rest = '';

  take(chunk: Buffer): readonly string[] {
    const lines = (this.rest + chunk.toString('utf8')).split('\n');
    this.rest = (lines.pop() ?? '').slice(0, LONGEST);
    return lines;
  }
}
