/** Items that share something of which only so many may use it at a time. */
interface Lane {
  readonly items: number[];
  next: number;
  busy: number;
}

/**
 * The order in which items are worked on: the first whose lane has room, so that a full lane delays
 * nobody in another.
 */
export class Lanes {
  private readonly laneOf: readonly Lane[];
  private readonly lanes: readonly Lane[];

  /**
   * @param names the lane of each item; undefined: it is in nobody's way
   * @param most how many items of one lane at a time
   */
  constructor(
    names: readonly (string | undefined)[],
    private readonly most: number,
  ) {
    const free: Lane = {items: [], next: 0, busy: -Infinity};
    const byName = new Map<string, Lane>();
    this.laneOf = names.map((name, item) => {
      const known = name === undefined ? free : byName.get(name);
      const lane = known ?? {items: [], next: 0, busy: 0};
      if (name !== undefined) byName.set(name, lane);
      lane.items.push(item);
      return lane;
    });
    this.lanes = [free, ...byName.values()];
  }

  /** The next item; undefined: none is left, or only in lanes that are full. */
  take(): number | undefined {
    const heads = this.lanes.flatMap((lane) => {
      const item = lane.items[lane.next];
      return item === undefined || lane.busy >= this.most ? [] : [{lane, item}];
    });
    const [first] = heads.sort((a, b) => a.item - b.item);
    if (first === undefined) return undefined;
    first.lane.next += 1;
    first.lane.busy += 1;
    return first.item;
  }

  /** The item was worked on. `again`: it comes once more, after the others of its lane. */
  done(item: number, again: boolean): void {
    const lane = this.laneOf[item];
    if (lane === undefined) return;
    lane.busy -= 1;
    if (again) lane.items.push(item);
  }
}
