/** Where texts are until somebody asks for one: in memory, or beyond that somewhere else. */
export interface TextShelf {
  /** @returns what `get` wants */
  put(text: string): number;
  get(at: number): string;
  /** Nothing is asked for after that. */
  close(): void;
}

/** All of them in memory. */
export function shelfInMemory(): TextShelf {
  const texts: string[] = [];
  return {
    put: (text) => texts.push(text) - 1,
    get: (at) => texts[at] ?? '',
    close: () => {
      texts.length = 0;
    },
  };
}
