/**
 * Does work several pieces at a time, and gives what came of it in the order of the pieces. Takes
 * no piece before there is room for it, so that what is on its way stays little. When it ends,
 * nothing is on its way any more, whatever failed.
 * @param most how many at a time
 */
export async function* inOrder<T, R>(
  pieces: AsyncIterable<T> | Iterable<T>,
  work: (piece: T) => Promise<R>,
  most: number,
): AsyncIterable<R> {
  const underway: Promise<R>[] = [];
  try {
    for await (const piece of pieces) {
      const begun = work(piece);
      // Told when its turn comes; a failure before that is not unhandled.
      begun.catch(() => undefined);
      underway.push(begun);
      while (underway.length >= most) {
        const first = underway.shift();
        if (first !== undefined) yield await first;
      }
    }
    for (const rest of underway) yield await rest;
  } finally {
    await Promise.allSettled(underway);
  }
}
