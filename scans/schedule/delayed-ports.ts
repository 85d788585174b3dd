/** Why a port rests before it is asked again; the first ones go first. */
export type Rest = (typeof RESTS)[number];
const RESTS = ['expected', 'confirm', 'unstable', 'engine', 'signature'] as const;

/** First in, first out, with a time before which the head may not be taken. */
class DelayQueue {
  private readonly due: number[] = [];
  private readonly items: number[] = [];
  private head = 0;

  push(dueAt: number, item: number): void {
    this.due.push(dueAt);
    this.items.push(item);
  }

  /** When the head may be taken; Infinity when there is none. */
  dueAt(): number {
    return this.head < this.items.length ? this.due[this.head]! : Number.POSITIVE_INFINITY;
  }

  shift(): number {
    const item = this.items[this.head++]!;
    if (this.head > 1024 && this.head * 2 > this.items.length) {
      this.due.splice(0, this.head);
      this.items.splice(0, this.head);
      this.head = 0;
    }
    return item;
  }
}

export interface RestedPort {
  readonly index: number;
  readonly rest: Rest;
}

/** Ports to be asked again after a fixed rest, before any pass goes on. */
export class DelayedPorts {
  private readonly queues = RESTS.map((rest) => ({ rest, queue: new DelayQueue() }));
  /** When the next one may be asked; Infinity while there is none. */
  dueAt = Number.POSITIVE_INFINITY;
  size = 0;

  push(rest: Rest, dueAt: number, index: number): void {
    this.queues[RESTS.indexOf(rest)]!.queue.push(dueAt, index);
    this.size++;
    this.noteHeads();
  }

  /** Takes the next one that is due. */
  shift(now: number): RestedPort | undefined {
    if (this.dueAt > now) return undefined;
    const { rest, queue } = this.queues.find((q) => q.queue.dueAt() <= now)!;
    const index = queue.shift();
    this.size--;
    this.noteHeads();
    return { index, rest };
  }

  private noteHeads(): void {
    this.dueAt = Number.POSITIVE_INFINITY;
    for (const { queue } of this.queues) this.dueAt = Math.min(this.dueAt, queue.dueAt());
  }
}
