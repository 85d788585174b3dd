const NONE = -1;

/**
 * A wheel of deadlines in milliseconds: cheap to set, cheap to miss. An entry is a slot and its generation. Entries lie
 * in arrays that grow and are used again, chained by their place in the wheel: a fast scan sets tens of thousands.
 */
export class Deadlines {
  private readonly heads: Int32Array;
  private readonly size: number;
  private slots = new Float64Array(64);
  private generations = new Float64Array(64);
  private due = new Float64Array(64);
  private next = new Int32Array(64);
  private used = 0;
  private free = NONE;
  private tick: number;

  constructor(now: number, size = 4096) {
    this.size = size;
    this.heads = new Int32Array(size).fill(NONE);
    this.tick = Math.floor(now);
  }

  set(slot: number, generation: number, deadline: number): void {
    const entry = this.takeEntry();
    this.slots[entry] = slot;
    this.generations[entry] = generation;
    this.due[entry] = Math.max(this.tick + 1, Math.ceil(deadline));
    this.chain(entry);
  }

  private chain(entry: number): void {
    const place = this.due[entry]! % this.size;
    this.next[entry] = this.heads[place]!;
    this.heads[place] = entry;
  }

  private takeEntry(): number {
    const entry = this.free;
    if (entry !== NONE) {
      this.free = this.next[entry]!;
      return entry;
    }
    if (this.used === this.next.length) this.grow();
    return this.used++;
  }

  private grow(): void {
    const twice = <T extends Float64Array | Int32Array>(larger: T, old: T): T => {
      larger.set(old);
      return larger;
    };
    const length = 2 * this.used;
    this.slots = twice(new Float64Array(length), this.slots);
    this.generations = twice(new Float64Array(length), this.generations);
    this.due = twice(new Float64Array(length), this.due);
    this.next = twice(new Int32Array(length), this.next);
  }

  /** Calls `expire` for every entry whose time has come. Entries further than the wheel is round stay in it. */
  advance(now: number, expire: (slot: number, generation: number) => void): void {
    const until = Math.floor(now);
    // After a long sleep one turn of the wheel meets every place.
    const from = Math.max(this.tick + 1, until - this.size + 1);
    this.tick = Math.max(this.tick, until);
    for (let at = from; at <= until; at++) {
      const place = at % this.size;
      let entry = this.heads[place]!;
      this.heads[place] = NONE;
      while (entry !== NONE) {
        const following = this.next[entry]!;
        if (this.due[entry]! > until) this.chain(entry);
        else {
          this.next[entry] = this.free;
          this.free = entry;
          expire(this.slots[entry]!, this.generations[entry]!);
        }
        entry = following;
      }
    }
  }

  /** Milliseconds from `now` to the next place that holds something, at most `limit`. */
  nextWithin(now: number, limit: number): number {
    const start = Math.max(this.tick + 1, Math.floor(now));
    for (let at = start; at <= start + limit; at++) {
      if (this.heads[at % this.size]! !== NONE) return Math.max(0, at - now);
    }
    return limit;
  }
}
