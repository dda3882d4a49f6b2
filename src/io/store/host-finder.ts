const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];
/** The name of the list, with what stands before the name of a member. */
const NAMES = [',"hosts":', '{"hosts":'].map((name) => Buffer.from(name));
const NAMED = 9;

/** The last bytes of two buffers together. */
const lastOf = (earlier: Buffer, later: Buffer): Buffer =>
  later.length >= NAMED ? later.subarray(-NAMED) : Buffer.concat([earlier, later]).subarray(-NAMED);

/** One item of the list `hosts`. */
export interface FoundHost {
  /** Where it stands in the document, in bytes. */
  readonly at: number;
  readonly text: Buffer;
}

/**
 * Finds the hosts in a run's document as it comes, block by block: the items of its member `hosts`,
 * and the text of all the rest. The document is canonical JSON (no blanks); that it is JSON at all
 * is for JSON.parse to say.
 */
export class HostFinder {
  private at = 0;
  private depth = 0;
  private inString = false;
  private escaped = false;
  private inHosts = false;
  /** Where the last block ended. */
  private tail = Buffer.alloc(0);
  private held: Buffer[] = [];
  private readonly rest: Buffer[] = [];

  take(block: Buffer): readonly FoundHost[] {
    const found: FoundHost[] = [];
    // From where on this block is not handed on yet.
    let from = 0;
    for (let i = 0; i < block.length; i += 1) {
      if (this.inString) {
        i = this.endOfString(block, i);
        continue;
      }
      const byte = block[i];
      if (byte === QUOTE) this.inString = true;
      else if (byte === OPEN || byte === OPEN_LIST) {
        this.depth += 1;
        if (this.depth === 2 && byte === OPEN_LIST && this.follows(block, i)) {
          this.inHosts = true;
          this.keepRest(block.subarray(from, i + 1));
          from = i + 1;
        }
      } else if (byte === CLOSE || byte === CLOSE_LIST) {
        this.depth -= 1;
        if (!this.inHosts) continue;
        if (this.depth === 2) {
          const text = this.whole(block.subarray(from, i + 1));
          found.push({at: this.at + i + 1 - text.length, text});
          from = i + 1;
        } else if (this.depth === 1) {
          this.inHosts = false;
          from = i;
        }
      } else if (byte === COMMA && this.inHosts && this.depth === 2) from = i + 1;
    }
    this.at += block.length;
    this.tail = Buffer.from(lastOf(this.tail, block));
    const left = block.subarray(from);
    if (this.inHosts) this.held.push(Buffer.from(left));
    else this.keepRest(left);
    return found;
  }

  /** The document without its hosts; undefined: it was cut, or has no such list. */
  end(): string | undefined {
    const text = Buffer.concat(this.rest).toString('utf8');
    return this.depth === 0 && !this.inString && text.includes('"hosts":[]') ? text : undefined;
  }

  /**
   * Where the string ends that goes on here; the end of the block when it does not end in it. Most
   * of a document are strings, and to look at each byte took longer than to parse them.
   */
  private endOfString(block: Buffer, start: number): number {
    let from = this.escaped ? start + 1 : start;
    this.escaped = false;
    for (;;) {
      const quote = block.indexOf(QUOTE, from);
      const end = quote === -1 ? block.length : quote;
      let backslashes = 0;
      while (end - backslashes > from && block[end - backslashes - 1] === BACKSLASH)
        backslashes += 1;
      const isEscaped = backslashes % 2 === 1;
      if (quote === -1) this.escaped = isEscaped;
      else if (isEscaped) {
        from = quote + 1;
        continue;
      } else this.inString = false;
      return end;
    }
  }

  /** Whether what stands before the bracket is the name of the list, and a member's whole name. */
  private follows(block: Buffer, i: number): boolean {
    const before = lastOf(this.tail, block.subarray(0, i));
    return before.length === NAMED && NAMES.some((name) => before.equals(name));
  }

  private keepRest(bytes: Buffer): void {
    if (bytes.length > 0) this.rest.push(Buffer.from(bytes));
  }

  private whole(end: Buffer): Buffer {
    if (this.held.length === 0) return Buffer.from(end);
    const all = Buffer.concat([...this.held, end]);
    this.held = [];
    return all;
  }
}
