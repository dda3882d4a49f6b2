import type {Complaint} from '../model/host.js';
import {sanitize} from '../text/sanitize.js';

/** Where something stands in a file; line 0 is the file as a whole. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** More than this from one file says nothing new, and garbage must not fill the screen. */
const MOST_PER_FILE = 100;

/** Collects everything wrong with the files, so that it can be said at once. */
export class ComplaintBook {
  private readonly perFile = new Map<string, number>();
  private readonly complained: Complaint[] = [];
  private readonly warned: Complaint[] = [];
  private readonly said = new Set<string>();

  complain(at: Place, message: string, fix: string): void {
    if (this.isRepeated('complaint', at, message)) return;
    const count = (this.perFile.get(at.file) ?? 0) + 1;
    this.perFile.set(at.file, count);
    if (count <= MOST_PER_FILE) this.complained.push(harmless(at, message, fix));
  }

  warn(at: Place, message: string, fix: string): void {
    if (this.isRepeated('warning', at, message) || this.warned.length >= MOST_PER_FILE) return;
    this.warned.push(harmless(at, message, fix));
  }

  /** True when something was complained about, in `file` or anywhere. */
  hasComplaints(file?: string): boolean {
    return file === undefined ? this.complained.length > 0 : this.perFile.has(file);
  }

  /** Tells the lines that have a complaint now, whatever is complained about later. */
  linesSoFar(): (file: string, line: number) => boolean {
    const lines = new Set(this.complained.map(({file, line}) => `${line} ${file}`));
    return (file, line) => lines.has(`${line} ${file}`);
  }

  /** Complaints file by file, in the order of their lines; what was left out is counted. */
  complaints(): Complaint[] {
    const files = [...this.perFile.keys()];
    return files.flatMap((file) => {
      const ofFile = this.complained.filter((complaint) => complaint.file === file);
      ofFile.sort((a, b) => a.line - b.line);
      const left = (this.perFile.get(file) ?? 0) - ofFile.length;
      if (left <= 0) return ofFile;
      return [
        ...ofFile,
        {file, line: 0, message: `and ${left} more like these`, fix: 'Fix the first ones.'},
      ];
    });
  }

  warnings(): Complaint[] {
    return this.warned;
  }

  /** An aliased or inherited mistake is met many times and said once. */
  private isRepeated(kind: string, {file, line}: Place, message: string): boolean {
    const key = `${kind}\0${file}\0${line}\0${message}`;
    if (this.said.has(key)) return true;
    this.said.add(key);
    return false;
  }
}

/** Keys, names and sections of a file stand in its complaints, and must not draw on the screen. */
const harmless = ({file, line}: Place, message: string, fix: string): Complaint => ({
  file,
  line,
  message: sanitize(message, {limit: 500}),
  fix: sanitize(fix, {limit: 500}),
});

/** A piece of a file as messages show it: quoted, short, harmless on a terminal. */
export function quoted(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 60)}...` : text;
  return `"${sanitize(short)}"`;
}
