/** Gives what is remembered for a text, or makes it. */
export type Remembering<R> = (text: string, make: () => R | undefined) => R | undefined;

/**
 * Remembers what pure functions made of texts, together no more than so many characters: half of
 * the room is for what was asked for lately, half for what was before it. What is said again and
 * again stays; what only one host says goes, and no host can make it grow.
 *
 * @param room characters of all texts
 * @param longest characters of one; longer texts are rarely said twice
 * @returns makes a memory for one function
 */
export function rememberingTogether(room: number, longest: number): <R>() => Remembering<R> {
  const turned: (() => void)[] = [];
  let used = 0;
  const take = (length: number): void => {
    used += length;
    if (used * 2 <= room) return;
    used = length;
    for (const turn of turned) turn();
  };
  return <R>(): Remembering<R> => {
    let [lately, before] = [new Map<string, R>(), new Map<string, R>()];
    turned.push(() => {
      [lately, before] = [new Map<string, R>(), lately];
    });
    return (text, make) => {
      const found = lately.get(text);
      if (found !== undefined) return found;
      const result = before.get(text) ?? make();
      if (result === undefined || text.length > longest) return result;
      take(text.length);
      // A copy: a text that was cut out of a longer one would keep that in memory.
      lately.set(` ${text}`.slice(1), result);
      return result;
    };
  };
}
