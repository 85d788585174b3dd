import type { PortSet } from '../../src/model/ports.ts';

/** Where a port of a work stands. */
export const WAITING = 0;
export const IN_FLIGHT = 1;
export const SILENT = 2;
export const ANSWERED = 3;
const STATUSES = 4;

const MOST_TRIES = 255;
const TRIES = MOST_TRIES + 1;

/**
 * Where each port stands and how often it was asked, and how many ports there are of each kind. What is counted is
 * looked up, not decided: a sweep comes by here four times for each of 65,535 ports.
 */
export class PortCounts {
  readonly status: Uint8Array;
  readonly tries: Uint8Array;
  /** 1 for ports expected open. */
  readonly expected: Uint8Array;
  private readonly byStatus = new Int32Array(STATUSES);
  private readonly byTries = new Int32Array(STATUSES * TRIES);
  /** The same without those expected open, whose tries no pass brings. */
  private readonly unexpected = new Int32Array(STATUSES * TRIES);

  /** All wait, and none was asked. */
  constructor(ports: Uint16Array, expectedOpen: PortSet) {
    const count = ports.length;
    const isExpected = new Uint8Array(65536);
    for (const [lo, hi] of expectedOpen) isExpected.fill(1, lo, hi + 1);
    let expectedCount = 0;
    this.expected = new Uint8Array(count);
    for (let i = 0; i < count; i++) {
      const one = isExpected[ports[i]!]!;
      this.expected[i] = one;
      expectedCount += one;
    }
    this.status = new Uint8Array(count);
    this.tries = new Uint8Array(count);
    this.byStatus[WAITING] = count;
    this.byTries[WAITING * TRIES] = count;
    this.unexpected[WAITING * TRIES] = count - expectedCount;
  }

  move(index: number, status: number, tries: number): void {
    this.count(index, -1);
    this.status[index] = status;
    this.tries[index] = Math.min(MOST_TRIES, tries);
    this.count(index, 1);
  }

  private count(index: number, change: 1 | -1): void {
    const status = this.status[index]!;
    const place = status * TRIES + this.tries[index]!;
    this.byStatus[status]! += change;
    this.byTries[place]! += change;
    this.unexpected[place]! += change * (1 - this.expected[index]!);
  }

  of(status: number): number {
    return this.byStatus[status]!;
  }

  /** Ports that were silent this often. */
  silentAfter(tries: number): number {
    return this.byTries[SILENT * TRIES + tries]!;
  }

  /** Ports that were silent at least this often. */
  silentSince(tries: number): number {
    let count = 0;
    for (let n = tries; n <= MOST_TRIES; n++) count += this.silentAfter(n);
    return count;
  }

  /** Ports not expected open that were silent less often. */
  owing(tries: number): number {
    let count = 0;
    for (let n = 1; n < tries; n++) count += this.unexpected[SILENT * TRIES + n]!;
    return count;
  }
}
