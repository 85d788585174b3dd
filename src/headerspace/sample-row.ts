import {
  A_HI,
  A_LO,
  B_HI,
  B_LO,
  DST,
  DST_FREE,
  type FlatSpace,
  type RowBuffer,
  SETS,
  SRC,
  SRC_FREE,
} from './flat-space.ts';

const SEED = 0x9e3779b9 | 0;

/**
 * Draws single packets from rows. Most lines of a list are alive, and nearly every packet of them shows it: one
 * look-up of one packet then saves the whole subtraction. Seeded, so that answers never change between runs.
 */
export class PacketSampler {
  /** The packet drawn last, as a row of its own. */
  readonly point: Int32Array;
  private readonly space: FlatSpace;
  private state = SEED;

  constructor(space: FlatSpace) {
    this.space = space;
    this.point = new Int32Array(space.stride);
  }

  /** Begins anew, each question with packets of its own: an answer then hangs on no earlier question. */
  restart(question: number): void {
    this.state = (SEED ^ Math.imul(question, 0x85ebca6b)) | 0 || SEED;
  }

  draw(words: Int32Array, at: number): void {
    const { point, space } = this;
    point[SRC] = words[at + SRC]! | (this.next() & words[at + SRC_FREE]!);
    point[SRC_FREE] = 0;
    point[DST] = words[at + DST]! | (this.next() & words[at + DST_FREE]!);
    point[DST_FREE] = 0;
    point[A_LO] = point[A_HI] = this.between(words[at + A_LO]!, words[at + A_HI]!);
    point[B_LO] = point[B_HI] = this.between(words[at + B_LO]!, words[at + B_HI]!);
    point.fill(0, SETS);
    for (const [from, to] of space.sets) {
      // Starts at a random bit and takes the first set one from there.
      const size = (to - from) * 32;
      for (let i = 0, bit = this.below(size); i < size; i++, bit = (bit + 1) % size)
        if ((words[at + from + (bit >>> 5)]! >>> (bit & 31)) & 1) {
          point[from + (bit >>> 5)] = 1 << (bit & 31);
          break;
        }
    }
  }

  /** Draws a packet and adds it to others as one more row. */
  drawTo(points: RowBuffer, words: Int32Array, at: number): void {
    this.draw(words, at);
    points.append(this.point, 0);
  }

  private between(lo: number, hi: number): number {
    return lo === hi ? lo : lo + this.below(hi - lo + 1);
  }

  private below(n: number): number {
    return Math.floor(((this.next() >>> 0) / 4294967296) * n);
  }

  private next(): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return this.state;
  }
}
