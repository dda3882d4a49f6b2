/** What stands before and after a slot's number: no text that was made harmless holds it. */
const MARK = '\0';

/** A list of a page: what each item looks like by a template, given one after the other. */
interface Slot {
  readonly template: string;
  readonly items: () => Iterable<object>;
}

/**
 * The long lists of a page. The page is rendered with a mark where each stands; an item is made and
 * rendered when it is written, so that a page of thousands of hosts is never there as a whole.
 */
export class Slots {
  private readonly slots: Slot[] = [];

  /** @returns the mark, for the template that has the list */
  hold(template: string, items: () => Iterable<object>): string {
    return `${MARK}${this.slots.push({template, items}) - 1}${MARK}`;
  }

  /** The page with the items in their places. */
  *fill(page: string, render: (template: string, item: object) => string): Iterable<string> {
    for (const [at, piece] of page.split(MARK).entries()) {
      const slot = at % 2 === 0 ? undefined : this.slots[Number(piece)];
      if (slot === undefined) yield piece;
      else for (const item of slot.items()) yield `\n${render(slot.template, item)}`;
    }
  }
}
