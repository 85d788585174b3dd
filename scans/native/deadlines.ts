/** A wheel of deadlines in milliseconds: cheap to set, cheap to miss. An entry is a slot and its generation. */
export class Deadlines {
  private readonly buckets: number[][];
  private readonly size: number;
  private tick: number;

  constructor(now: number, size = 4096) {
    this.size = size;
    this.buckets = Array.from({ length: size }, () => []);
    this.tick = Math.floor(now);
  }

  set(slot: number, generation: number, deadline: number): void {
    const at = Math.max(this.tick + 1, Math.ceil(deadline));
    this.buckets[at % this.size]!.push(slot, generation, at);
  }

  /** Calls `expire` for every entry whose time has come. Entries further than the wheel is round stay in it. */
  advance(now: number, expire: (slot: number, generation: number) => void): void {
    const until = Math.floor(now);
    // After a long sleep one turn of the wheel meets every bucket.
    const from = Math.max(this.tick + 1, until - this.size + 1);
    this.tick = Math.max(this.tick, until);
    for (let at = from; at <= until; at++) {
      const bucket = this.buckets[at % this.size]!;
      if (bucket.length === 0) continue;
      const entries = bucket.splice(0);
      for (let i = 0; i < entries.length; i += 3) {
        if (entries[i + 2]! > until) bucket.push(entries[i]!, entries[i + 1]!, entries[i + 2]!);
        else expire(entries[i]!, entries[i + 1]!);
      }
    }
  }

  /** Milliseconds from `now` to the next bucket that holds something, at most `limit`. */
  nextWithin(now: number, limit: number): number {
    const start = Math.max(this.tick + 1, Math.floor(now));
    for (let at = start; at <= start + limit; at++) {
      if (this.buckets[at % this.size]!.length > 0) return Math.max(0, at - now);
    }
    return limit;
  }
}
