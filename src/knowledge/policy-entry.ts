import type {Complaint} from '../model/host.js';

/** Where a policy stands, for complaints. */
export interface Origin {
  readonly file: string;
  /** 1-based; 0: the file as a whole. */
  readonly line: number;
  /**
   * What complaints call the entry; '': whoever shows them says which it is. Absent: its place and
   * id.
   */
  readonly label?: string;
}

/**
 * One mapping of a policy file, read key by key; what is wrong with it is collected, never thrown.
 */
export class PolicyEntry {
  readonly #entry: Readonly<Record<string, unknown>>;
  readonly #read = new Set<string>();

  private constructor(
    entry: Readonly<Record<string, unknown>>,
    readonly label: string,
    readonly origin: Origin,
    readonly complaints: Complaint[],
  ) {
    this.#entry = entry;
  }

  /** `undefined`, with a complaint, when the value is no mapping. */
  static of(
    value: unknown,
    label: string,
    origin: Origin,
    complaints: Complaint[],
  ): PolicyEntry | undefined {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return new PolicyEntry(value as Readonly<Record<string, unknown>>, label, origin, complaints);
    }
    complaints.push({
      ...origin,
      message: `${label === '' ? 'it' : label} is not a mapping`,
      fix: 'Write keys and values, at least id, command and pattern.',
    });
    return undefined;
  }

  complain(message: string, fix: string): void {
    const text = this.label === '' ? message : `${this.label}: ${message}`;
    this.complaints.push({...this.origin, message: text, fix});
  }

  has(key: string): boolean {
    return this.#entry[key] !== undefined && this.#entry[key] !== null;
  }

  /** A line of text without control characters. */
  text(key: string): string | undefined {
    const value = this.#take(key);
    if (value === undefined) return undefined;
    if (typeof value === 'string' && isPlain(value)) return value;
    this.complain(
      `${key} is not a line of text`,
      `Write ${key}: followed by text, in quotes if need be.`,
    );
    return undefined;
  }

  /** A text that has to match, e.g. a name that a file or variable can have. */
  matching(key: string, pattern: RegExp, example: string): string | undefined {
    const value = this.text(key);
    if (value === undefined || pattern.test(value)) return value;
    this.complain(`${key} "${value}" is not possible`, `Write it like ${example}.`);
    return undefined;
  }

  /** One text or a list of them. */
  texts(key: string, pattern: RegExp, example: string): readonly string[] | undefined {
    const value = this.#take(key);
    if (value === undefined) return undefined;
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    const good = list.filter(
      (item): item is string => typeof item === 'string' && pattern.test(item),
    );
    if (good.length === list.length && list.length > 0) return good;
    this.complain(
      `${key} holds something else than it should`,
      `Write one or a list, like ${example}.`,
    );
    return undefined;
  }

  choice<T extends string>(key: string, choices: readonly T[]): T | undefined {
    const value = this.#take(key);
    if (value === undefined) return undefined;
    const found = choices.find((choice) => choice === value);
    if (found === undefined) {
      this.complain(
        `${key} is ${typeof value === 'string' && isPlain(value) ? `"${value}"` : 'something else'}`,
        `Write one of: ${choices.join(', ')}.`,
      );
    }
    return found;
  }

  /** A list of mappings. */
  entries(key: string): readonly PolicyEntry[] | undefined {
    const value = this.#take(key);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) {
      this.complain(`${key} is not a list`, `Begin each item of ${key} with "- ".`);
      return undefined;
    }
    return value.flatMap(
      (item, at) =>
        PolicyEntry.of(
          item,
          `${this.label === '' ? '' : `${this.label}, `}${key}[${at}]`,
          this.origin,
          this.complaints,
        ) ?? [],
    );
  }

  /** To be called last: keys that nobody asked for are mistakes, not remarks. */
  refuseOtherKeys(): void {
    for (const key of Object.keys(this.#entry)) {
      if (this.#read.has(key)) continue;
      const shown = isPlain(key) ? key : JSON.stringify(key);
      this.complain(`unknown key "${shown}"`, `Known keys: ${[...this.#read].join(', ')}.`);
    }
  }

  #take(key: string): unknown {
    this.#read.add(key);
    return this.has(key) ? this.#entry[key] : undefined;
  }
}

const isPlain = (text: string): boolean =>
  text.trim() !== '' && text.length <= 4096 && !/[\p{Cc}\p{Cf}\p{Cs}]/u.test(text);
