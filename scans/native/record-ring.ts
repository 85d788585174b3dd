/** Records of numbers from one thread to another, first in, first out, without a lock: one writes, one reads. */
export interface RingMemory {
  readonly values: Float64Array<SharedArrayBuffer>;
  /** How many records were ever taken, and ever put, modulo 2³². */
  readonly counts: Int32Array<SharedArrayBuffer>;
}

/** Numbers of a record. */
export const RECORD = 6;

const TAKEN = 0;
const PUT = 1;

/** `capacity`: a power of two. */
export const allocateRing = (capacity: number): RingMemory => ({
  values: new Float64Array(new SharedArrayBuffer(capacity * RECORD * 8)),
  counts: new Int32Array(new SharedArrayBuffer(8)),
});

export class RecordRing {
  private readonly values: Float64Array;
  private readonly counts: Int32Array;
  private readonly capacity: number;

  constructor(memory: RingMemory) {
    this.values = memory.values;
    this.counts = memory.counts;
    this.capacity = memory.values.length / RECORD;
  }

  get size(): number {
    return (Atomics.load(this.counts, PUT) - Atomics.load(this.counts, TAKEN)) | 0;
  }

  /** The writer never puts more than the ring holds. */
  put(a: number, b: number, c: number, d: number, e: number, f: number): void {
    if (this.size >= this.capacity) throw new RangeError('the ring is full');
    const count = this.counts[PUT]!;
    const at = (count & (this.capacity - 1)) * RECORD;
    const { values } = this;
    values[at] = a;
    values[at + 1] = b;
    values[at + 2] = c;
    values[at + 3] = d;
    values[at + 4] = e;
    values[at + 5] = f;
    Atomics.store(this.counts, PUT, (count + 1) | 0);
  }

  /** Copies the next record; false where there is none. */
  take(record: Float64Array): boolean {
    if (this.size === 0) return false;
    const count = this.counts[TAKEN]!;
    const at = (count & (this.capacity - 1)) * RECORD;
    for (let i = 0; i < RECORD; i++) record[i] = this.values[at + i]!;
    Atomics.store(this.counts, TAKEN, (count + 1) | 0);
    return true;
  }
}
