/**
 * Remembers what a pure function made of a text: the hosts of a fleet mostly say the same. It
 * begins anew when it is full, so that no host can make it grow.
 *
 * @param most how many texts
 * @param longest characters of one; longer texts are rarely said twice, and would take memory
 * @returns gives what is remembered for the text, or makes it
 */
export function remembering<R>(most: number, longest = 512): (text: string, make: () => R) => R {
  const known = new Map<string, R>();
  return (text, make) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const made = make();
    if (text.length > longest) return made;
    if (known.size >= most) known.clear();
    known.set(text, made);
    return made;
  };
}
