/**
 * Whether there are more than so many items, without losing one.
 */
export async function lookAhead<T>(
  items: AsyncIterable<T>,
  count: number,
): Promise<{readonly isMore: boolean; readonly all: AsyncIterable<T>}> {
  const rest = items[Symbol.asyncIterator]();
  const first: T[] = [];
  while (first.length <= count) {
    const next = await rest.next();
    if (next.done === true) break;
    first.push(next.value);
  }
  async function* all(): AsyncIterable<T> {
    yield* first.splice(0);
    for (;;) {
      const next = await rest.next();
      if (next.done === true) return;
      yield next.value;
    }
  }
  return {isMore: first.length > count, all: all()};
}
